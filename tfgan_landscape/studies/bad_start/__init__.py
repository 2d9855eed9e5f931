"""A generator that has found every mode, against a critic that collapsed."""

from tfgan_landscape.studies.bad_start.study import BadStart

__all__ = ['BadStart']
