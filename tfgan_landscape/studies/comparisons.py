"""How the times of some losses stand beside each other: ratios of medians and log-rank tests, as rows and as notes."""

import itertools

import numpy as np

from tfgan_landscape.evaluation import survival
from tfgan_landscape.reporting import outcome_figures
from tfgan_landscape.reporting.results import Row, row


def fastest(times):
  """Returns the name with the smallest median time, of {name: times [runs]}."""
  return min(times, key=lambda name: survival.median(times[name]).value)


def beside_each_other(times, end, event, protocol, references=None):
  """Returns a `Row` for every two losses: the ratio of their median times, its interval, and the log-rank test's p.

  The test's null hypothesis is that both have the same survival curve. It has little power where two curves cross, so
  that an equal p may hide unlike curves: look at the figure too.

  Args:
    times: {name: times [runs]}, NaN for never; run i of every loss has the same start.
    end: when the runs ended.
    event: what happens at these times.
    protocol: of the rows.
    references: names that every loss is put beside; None for all.
  """
  rows = []
  for below, above in itertools.product(references or times, times):
    if above == below:
      rows.append(Row(f'{event}: times {below}', above, 1.0, protocol=protocol))
    else:
      ratio = survival.median_ratio(times[above], times[below])
      numbers = (None,) if np.isnan(ratio.value) else ratio
      note = ('ratio not defined, ' if np.isnan(ratio.value) else '') + _p(times[above], times[below], end)
      rows.append(row(f'{event}: times {below}', above, numbers, protocol=protocol, note=note))
  return rows


def notes(times, end):
  """Returns {name: its median time with interval, and the log-rank test's p beside the first loss} for a legend."""
  first, *others = times
  medians = {name: str(survival.median(each)) for name, each in times.items()}
  return medians | {name: f'{medians[name]}, {_p(times[name], times[first], end)} beside {first}' for name in others}


def draw(path, times, end, title, paper=None):
  """Draws survival curves of {name: times [runs]}, with medians and log-rank tests beside the first loss.

  Args:
    path: of the PNG.
    times: {name: times [runs]}, NaN for never.
    end: when the runs ended.
    title: of the figure.
    paper: {name: time that the paper has}.
  """
  curves = {name: survival.survival_curve(each, end) for name, each in times.items()}
  outcome_figures.survival(path, curves, title, end, paper or {}, notes(times, end))


def _p(times, others, end):
  value = survival.log_rank(times, others, end)
  return 'neither happened' if np.isnan(value) else f'p = {value:.2g}'
