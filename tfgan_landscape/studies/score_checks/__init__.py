"""Whether a distance ranks generators, before it is trusted."""

from tfgan_landscape.studies.score_checks.study import ScoreChecks

__all__ = ['ScoreChecks']
