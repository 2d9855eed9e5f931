"""Densities and particles: the same loss seen from both."""

from tfgan_landscape.studies.particles.study import Particles

__all__ = ['Particles']
