"""What sets the time that a run stays in the basin of mode collapse."""

from tfgan_landscape.studies.escape_times.study import EscapeTimes

__all__ = ['EscapeTimes']
