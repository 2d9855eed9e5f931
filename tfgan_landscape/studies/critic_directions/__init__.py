"""Where a critic's gradient points, beside the exact optimum."""

from tfgan_landscape.studies.critic_directions.study import CriticDirections

__all__ = ['CriticDirections']
