"""Games between finitely many strategies: their best responses, and how few strategies a mixture needs."""

from tfgan_landscape.studies.best_responses.few_strategies import FewStrategies
from tfgan_landscape.studies.best_responses.study import BestResponses

__all__ = ['BestResponses', 'FewStrategies']
