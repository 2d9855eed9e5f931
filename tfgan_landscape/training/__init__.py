"""The two steps of a GAN, the loop around them, and what a run keeps on disk."""
