"""Which modes small GANs find and keep."""

from tfgan_landscape.studies.mode_coverage.study import ModeCoverage

__all__ = ['ModeCoverage']
