"""Every loss at its best learning rates."""

from tfgan_landscape.studies.rate_grid.study import RateGrid

__all__ = ['RateGrid']
