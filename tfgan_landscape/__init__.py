"""tfgan_landscape: why a GAN collapses and what cures it, in TensorFlow 2.

Importing this package does no work and does not import TensorFlow.
"""

__version__ = '0.1.0'
