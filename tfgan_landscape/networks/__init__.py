"""One architecture family a file, each with a Generator and a Discriminator."""
