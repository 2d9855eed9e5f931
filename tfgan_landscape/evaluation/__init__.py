"""Scores of a generator, by TF-GAN; the only rooms that import it."""
