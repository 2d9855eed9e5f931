"""The landscape under a Lipschitz critic, by loss and by the weight of its penalty."""

from tfgan_landscape.studies.one_landscape.study import OneLandscape

__all__ = ['OneLandscape']
