"""The small GANs that the doctor learns from: a run's first part with its signs, and how it ends, treated or not."""

import functools
from typing import Callable, NamedTuple

import numpy as np

from tfgan_landscape.config.arguments import Count, Positive, Size, configurable
from tfgan_landscape.datasets import points
from tfgan_landscape.dynamics.cluster_runs import ClusterRuns
from tfgan_landscape.dynamics.descent import Momentum, SmallAdam
from tfgan_landscape.dynamics.point_runs import PointRuns, Shape
from tfgan_landscape.evaluation import modes, signs, two_clusters

_PER_MODE = 0.5  # share of the points that a mode is due which it has to hold


class Part(NamedTuple):
  """Some iterations of a run.

  Attributes:
    signs: `signs.SIGNS` at every record [records, 6].
    critic_loss: [records].
    covered: modes that the last generator covers.
    weights: ([critic's weights], [generator's]) at the end.
  """

  signs: np.ndarray
  critic_loss: np.ndarray
  covered: int
  weights: tuple


@configurable('doctor_clusters', denylist=['seed'])
class Clusters:
  """Two clusters on a line, the setting of the RS-GAN paper's Appendix B.

  Args:
    seed: of all runs together.
    epochs: of a run.
    widths: units of a hidden layer, (critic's, generator's).
    steps: in an epoch, (critic's, generator's).
    points: real and fake ones.
  """

  modes = 2

  def __init__(self, seed, epochs: Count = 2000, widths: tuple = (10, 5), steps: tuple = (10, 10), points: Count = 100):
    self._seed, self.length, self._widths, self._steps, self._points = seed, epochs, widths, steps, points
    self._runs, self._program = functools.cache(self._runs_of), functools.cache(self._program_of)

  def part(self, loss, penalty, seed, length, records, weights=None, critic_rate=1.0):
    """Returns the `Part` of a run of so many epochs.

    Args:
      loss: of `losses.py`, paired.
      penalty: of `penalties.py`, or None.
      seed: of the run.
      length: epochs.
      records: how many, evenly.
      weights: to go on from, the optimisers starting anew; None for the seed's own start.
      critic_rate: the critic's learning rate over its usual one.
    """
    runs, rate = self._runs(length, records), Momentum().learning_rate
    program, rates = self._program(loss, penalty, length, records), (critic_rate * rate, rate)
    found, last = runs.run_with_weights(program, seed, rates, weights)
    counts = two_clusters.mode_counts(found['fake'][-1], two_clusters.CENTERS, two_clusters.RADIUS)
    covered = int((counts >= _PER_MODE * self._points / self.modes).sum())
    return Part(found['seen'], found['critic_loss'], covered, _as_arrays(last))

  def _runs_of(self, length, records):
    first = self._points // 2
    due, grid = np.array([first, self._points - first]), two_clusters.CENTERS
    times = self._steps, length, length // records
    data = two_clusters.CENTERS, two_clusters.SPREAD, due, self._seed
    return ClusterRuns(*data, self._widths, (Momentum, Momentum), *times, None, grid)

  def _program_of(self, loss, penalty, length, records):
    return self._runs(length, records).program(loss, penalty, signs.of_batch)


@configurable('doctor_points', denylist=['seed'])
class Points:
  """A mixture of Gaussians.

  Args:
    seed: of all runs together.
    dataset: loader of a mixture, of `datasets/points.py`.
    iterations: of a run.
    width: units of both hidden layers.
    batch_size: of an iteration.
    descent: makes the optimiser of either player.
    radius: standard deviations from a centre to which a point belongs to it.
  """

  def __init__(
    self,
    seed,
    dataset: Callable = points.gaussians,
    iterations: Count = 2000,
    width: Size = 64,
    batch_size: Count = 64,
    descent: Callable = SmallAdam,
    radius: Positive = 3.0,
  ):
    self._seed, self.length, self._shape, self._batch_size = seed, iterations, Shape(width), batch_size
    self._descent, self._rate = descent, descent().learning_rate
    self._real, self._centres, std = points.mixture(dataset('train', data_dir=None), 'doctor_points', 1000)
    self._radius, self.modes = radius * std, len(self._centres)
    self._runs = functools.cache(self._runs_of)

  def part(self, loss, penalty, seed, length, records, weights=None, critic_rate=1.0):
    """Returns the `Part` of a run of so many iterations; arguments as of `Clusters.part`."""
    rates = critic_rate * self._rate, self._rate
    found = self._runs(length, records).run(loss, None, seed, weights, rates, penalty)
    sample = np.nan_to_num(found['sample'], nan=1e9, posinf=1e9, neginf=-1e9)
    covered = int(modes.coverage(sample, self._centres, self._radius, _PER_MODE).covered.sum())
    critic = [found[name][-1] for name in sorted(found) if name.startswith('critic_') and name != 'critic_loss']
    generator = [found[name] for name in sorted(found) if name.startswith('generator_')]
    return Part(found['seen'], found['critic_loss'], covered, (critic, generator))

  def _runs_of(self, length, records):
    sizes = self._batch_size, length, length // records, 1000
    descents = self._descent, self._descent
    return PointRuns(self._real, self._seed, self._shape, *sizes, descents, signs.of_batch, signs.EXAMPLES)


def _as_arrays(weights):
  return tuple([each.numpy() for each in player] for player in weights)
