"""Figures of the exact landscape."""

from tfgan_landscape.studies.landscape.study import LandscapeFigures

__all__ = ['LandscapeFigures']
