"""The game of best responses between finitely many strategies."""

from tfgan_landscape.studies.best_responses.study import BestResponses

__all__ = ['BestResponses']
