"""The Dirac GAN: one point against a linear critic."""

from tfgan_landscape.studies.dirac.study import Dirac

__all__ = ['Dirac']
