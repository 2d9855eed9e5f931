"""Two clusters on a line: into mode collapse and out of it."""

from tfgan_landscape.studies.two_cluster.study import TwoCluster

__all__ = ['TwoCluster']
