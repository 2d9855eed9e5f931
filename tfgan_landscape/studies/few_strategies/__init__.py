"""How few strategies a mixture needs."""

from tfgan_landscape.studies.few_strategies.study import FewStrategies

__all__ = ['FewStrategies']
