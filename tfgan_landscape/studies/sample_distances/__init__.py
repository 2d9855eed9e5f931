"""Distances between samples, exact and by critics."""

from tfgan_landscape.studies.sample_distances.study import SampleDistances

__all__ = ['SampleDistances']
