"""What distances of samples came to, and which critics had not converged."""

import itertools

import numpy as np

from tfgan_landscape.evaluation import survival

_IDEAL = {
  'jensen_shannon': 'Jensen-Shannon, ideal critic',
  'blurred': 'Jensen-Shannon of blurred samples, ideal critic',
  'wasserstein': 'Wasserstein, ideal critic',
  'from_distribution': 'Wasserstein of m points and the distribution, at least',
}
_TRAINED = {
  'two_samples': 'two samples, critic of width {}',
  'two_samples_fresh': 'the same critic on fresh points, width {}',
  'support': 'm points beside the distribution, width {}',
}
_STILL = 0.05  # of a divergence: a smaller rise in the last tenth of the steps is none


def distances(runs, cases):
  """Returns {distance: {m: mean with interval}}.

  Args:
    runs: {case: list of {record: array}}.
    cases: {name: (width, or None for ideal critics, m)}.
  """
  found = {}
  for name, (width, count) in cases.items():
    for measure, words in (_IDEAL if width is None else _TRAINED).items():
      if all(measure in run for run in runs[name]):  # others were made before there was such a measure
        found.setdefault(words.format(width), {})[count] = survival.mean([float(run[measure]) for run in runs[name]])
  return found


def still_rising(runs, cases, iterations):
  """Yields a line for each divergence that had not converged: its rise in the last tenth of the steps is no chance.

  Args:
    runs: {case: list of {record: array}}.
    cases: {name: (width, or None for ideal critics, m)}.
    iterations: steps of a run.
  """
  trained = [(name, *case) for name, case in cases.items() if case[0] is not None]
  for (name, width, count), measure in itertools.product(trained, ('two_samples', 'support')):
    courses = [run[f'{measure}_course'] for run in runs[name]]
    before, value = np.mean([course[-2:] for course in courses], 0)
    if _is_no_chance([np.diff(course)[-1] for course in courses]) and value - before > _STILL * abs(value):
      yield (
        f'not converged: {_TRAINED[measure].format(width)}, m = {count:,}: on the points it learns from {before:.4g} '
        f'after nine tenths of {iterations:,} steps, {value:.4g} after all; '
        f'sample_distances.iterations = {4 * iterations} would say more'
      )


def _is_no_chance(rises):
  """Whether the interval of rises is above 0, or of few runs each."""
  low = survival.mean(rises).low
  return min(rises) > 0 if np.isnan(low) else low > 0
