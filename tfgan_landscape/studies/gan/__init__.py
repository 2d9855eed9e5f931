"""One GAN: trained, scored, sampled."""

from tfgan_landscape.studies.gan.study import TrainGan

__all__ = ['TrainGan']
