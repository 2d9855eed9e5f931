"""From the signs of a training's beginning: how likely is it to end collapsed, and what cures it."""

from tfgan_landscape.studies.doctor.study import DoctorStudy

__all__ = ['DoctorStudy']
