"""Small GANs trained whole, one compiled program a run, over hundreds of seeds."""
