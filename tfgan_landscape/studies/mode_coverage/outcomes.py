"""What runs on a mixture of Gaussians came to: per run, and as rows with intervals."""

from typing import NamedTuple

import numpy as np

from tfgan_landscape.dynamics import trajectories
from tfgan_landscape.evaluation import modes, survival
from tfgan_landscape.reporting.results import row

_FAR = 1e9  # where a point counts that is not finite
_GRID = 24  # points a side of the value surface that is kept of every critic
_LINES = 1000  # points on lines from generated to real points, at which the critic's slope is taken


class Judge(NamedTuple):
  """By what generated points are judged.

  Attributes:
    centres: [modes, d].
    radius: a point at most so far from a centre belongs to it.
    least: a mode is covered from this share of the points that it is due on.
  """

  centres: np.ndarray
  radius: float
  least: float

  @property
  def axis(self):
    """Coordinates of the grid of value surfaces, on both axes, [grid]: a square around the first two of the data."""
    reach = 1.3 * np.abs(self.centres[:, :2]).max()
    return np.linspace(-reach, reach, _GRID)

  def coverage(self, sample):
    """Returns the `modes.Coverage` of points [n, d]."""
    return modes.coverage(
      np.nan_to_num(sample, nan=_FAR, posinf=_FAR, neginf=-_FAR), self.centres, self.radius, self.least
    )


class Outcome(NamedTuple):
  """What the runs of one loss and penalty came to.

  Attributes:
    covered: modes covered at every record, [runs, records].
    quality: share of the points in a mode at every record, [runs, records].
    at_end: modes covered by the sample of the end, [runs].
    reached: modes with at least one of its points (PacGAN's count), [runs].
    quality_at_end: share of that sample's points in a mode, [runs].
    first: iterations when every mode was covered first, NaN for never, [runs].
    lasting: iterations from which on every mode was covered up to the end, NaN for never, [runs].
    slope: mean slope of the critic at the end on lines from generated to real points, [runs].
    largest: largest of those slopes, [runs].
    overfit: mean logit of the real points that it learnt from less that of fresh ones, [runs].
    diverged: whether a run's numbers stopped being finite, [runs].
  """

  covered: np.ndarray
  quality: np.ndarray
  at_end: np.ndarray
  reached: np.ndarray
  quality_at_end: np.ndarray
  first: np.ndarray
  lasting: np.ndarray
  slope: np.ndarray
  largest: np.ndarray
  overfit: np.ndarray
  diverged: np.ndarray


def record(run, judge):
  """Returns what is kept of the records of `PointRuns.run`, {name: array}."""
  found = [judge.coverage(points) for points in run['watched']]
  end = judge.coverage(run['sample'])
  return {
    'critic_loss': run['critic_loss'],
    'covered': np.array([each.covered.sum() for each in found]),
    'quality': np.array([each.high_quality for each in found]),
    'sample': run['sample'],
    'counts': end.counts,
    'at_end': np.array(end.covered.sum()),
    'quality_at_end': np.array(end.high_quality),
    'evolution': run['watched'][moments(len(found))],
  }


def moments(records):
  """Returns up to five of so many records, the first and the last among them, ever further apart."""
  return np.unique(np.geomspace(1, records, 5).round().astype(int)) - 1


def of_critic(critic, points, axis, random):
  """Returns what is kept of a critic at the end of a run, {name: array}.

  'slopes' [1000] on lines from generated to real points; 'overfit', its mean logit of the real points less that of
  fresh ones; its 'surface' over the first two coordinates: logits and their gradient, [3, grid, grid].

  Args:
    critic: points [n, d] -> (logits [n], their gradients [n, d]).
    points: (real, fresh real, generated), [n, d] each.
    axis: coordinates of the surface's grid, on both axes.
    random: NumPy generator of the lines.
  """
  real, fresh, generated = points
  starts, ends = (cloud[random.integers(len(cloud), size=_LINES)] for cloud in (real, generated))
  mix = random.random([_LINES, 1])
  slopes = np.linalg.norm(critic(mix * starts + (1 - mix) * ends)[1], axis=1)
  overfit = critic(real)[0].mean() - critic(fresh)[0].mean()
  plane = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
  values, gradients = critic(np.concatenate([plane, np.zeros([len(plane), real.shape[1] - 2])], 1))
  surface = np.concatenate([values[None], gradients[:, :2].T]).reshape(3, len(axis), len(axis))
  return {'slopes': slopes, 'overfit': np.array(overfit), 'surface': surface.astype(np.float32)}


def outcome(runs, judge, times):
  """Returns the `Outcome` of runs.

  Args:
    runs: list of {name: array}, what `record` keeps, the critic's 'slopes' [points] and 'overfit'.
    judge: `Judge`.
    times: iterations done at each record, [records].
  """
  covered, quality, at_end, quality_at_end = (
    np.stack([run[name] for run in runs]) for name in ('covered', 'quality', 'at_end', 'quality_at_end')
  )
  every = covered == len(judge.centres)
  first = np.where(every.any(1), times[every.argmax(1)], np.nan)
  broken = ~every[:, ::-1]
  tail = np.where(broken.any(1), broken.argmax(1), every.shape[1])  # records at the end with every mode
  lasting = np.where(tail > 0, times[np.minimum(every.shape[1] - tail, every.shape[1] - 1)], np.nan)
  reached = np.array([(run['counts'] > 0).sum() for run in runs])
  diverged = np.array([trajectories.diverged(run) for run in runs])
  slopes = np.stack([run['slopes'] for run in runs])
  critic = slopes.mean(1), slopes.max(1), np.array([run['overfit'] for run in runs])
  return Outcome(covered, quality, at_end, reached, quality_at_end, first, lasting, *critic, diverged)


def rows(outcomes, modes_due, protocol):
  """Returns `Row`s of {name: `Outcome`} on a mixture of `modes_due` modes."""
  measures = {
    f'modes covered at the end, of {modes_due} (mean)': lambda each: survival.mean(each.at_end),
    f'modes with a point at the end, of {modes_due} (mean)': lambda each: survival.mean(each.reached),
    'every mode covered at the end': lambda each: survival.share(each.at_end == modes_due),
    'points in a mode at the end (mean)': lambda each: survival.mean(each.quality_at_end),
    'every mode covered first, iterations (median)': lambda each: survival.median(each.first),
    'every mode covered for good, iterations (median)': lambda each: survival.median(each.lasting),
    "critic's mean slope on lines between generated and real points (median)": lambda each: survival.median(each.slope),
    "critic's largest slope there (median)": lambda each: survival.median(each.largest),
    "critic's logit of its real points less that of fresh ones (median)": lambda each: survival.median(each.overfit),
    'diverged': lambda each: survival.share(each.diverged),
  }
  return [
    row(quantity, name, measure(each), protocol=protocol)
    for quantity, measure in measures.items()
    for name, each in outcomes.items()
  ]


def over_time(outcomes, modes_due):
  """Returns {label: {name: (mean, low, high), each [records]}} of {name: `Outcome`}."""
  return {
    f'modes covered, of {modes_due} (mean)': {name: _means(each.covered) for name, each in outcomes.items()},
    'points in a mode (mean)': {name: _means(each.quality) for name, each in outcomes.items()},
  }


def _means(values):
  """(mean, low, high), each [records], of values [runs, records]."""
  return np.array([survival.mean(column, resamples=500) for column in values.T]).T
