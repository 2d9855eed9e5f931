"""From runs in the basin to rank correlations of what might predict how long they stay."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from tfgan_landscape.reporting.results import Row


class Stays(NamedTuple):
  """Of the runs that sat in the basin, [runs] each: the case, growth an epoch, the basin's depth, stay, whether left.

  `growth` is the logarithm of the largest absolute eigenvalue: a disturbance grows e-fold in about 1 / growth epochs.
  """

  case: np.ndarray
  growth: np.ndarray
  depth: np.ndarray
  stay: np.ndarray
  left: np.ndarray


def stays(runs, depths):
  """Returns the `Stays` of {case: list of records} and {case: depth}; runs that never settled are left out."""
  settled = [(case, run) for case, each in runs.items() for run in each if 'eigenvalues' in run]
  growth = [float(np.log(np.abs(run['eigenvalues']).max())) for _, run in settled]
  columns = (
    [case for case, _ in settled],
    growth,
    [depths[case] for case, _ in settled],
    [float(run['stay']) for _, run in settled],
    [bool(run['left']) for _, run in settled],
  )
  return Stays(*map(np.array, columns))


def rank_correlation(predictor, stay):
  """Returns (Spearman's correlation, its p) of two arrays [runs]; None where one of them is constant or too short."""
  if len(stay) < 5 or np.ptp(predictor) == 0 or np.ptp(stay) == 0:
    return None
  found = stats.spearmanr(predictor, stay)
  return float(found.statistic), float(found.pvalue)


def rows(found, labels, protocol):
  """Returns `Row`s of both predictors, over all runs and within each loss.

  Args:
    found: `Stays`.
    labels: {case: its loss}.
    protocol: of the rows.
  """
  rows = []
  losses = np.array([labels[case] for case in found.case])
  groups = {'all': np.ones(len(losses), bool)} | {loss: losses == loss for loss in dict.fromkeys(labels.values())}
  for name, where in groups.items():
    left = f'{int(found.left[where].sum())} of {int(where.sum())}'
    rows.append(
      Row(name, 'left the basin', float(np.mean(found.left[where])) if where.any() else None, note=f'({left})')
    )
    for predictor, values in (('growth in an epoch', found.growth), ("basin's depth", found.depth)):
      pair = rank_correlation(values[where], found.stay[where])
      note = 'not defined' if pair is None else f'p = {pair[1]:.2g}'
      rows.append(
        Row(name, f'rank correlation of the stay with {predictor}', pair and pair[0], note=note, protocol=protocol)
      )
  return rows
