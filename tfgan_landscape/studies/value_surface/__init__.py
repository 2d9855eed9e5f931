"""The critic's value over a plane, with slopes."""

from tfgan_landscape.studies.value_surface.study import ValueSurface

__all__ = ['ValueSurface']
