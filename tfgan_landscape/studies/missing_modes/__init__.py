"""What the critic's loss says of missing modes."""

from tfgan_landscape.studies.missing_modes.study import MissingModes

__all__ = ['MissingModes']
