"""Where a critic's gradient points: critics trained alone between two small sets of points, beside the exact optimum.

LGAN paper, Sections 3 and 5.1, Appendices A and E: the optimal critic under a Lipschitz penalty has a gradient at every
fake point that points at a real one. Here that optimum is computed (`landscape.optimal_critic`), and trained critics
are held against it: the angles between their gradients and its directions, and the distance of their values.
"""

import functools
import itertools
from collections.abc import Sequence
from typing import Annotated, Callable, Optional

import gin
import numpy as np
import tensorflow as tf

from tfgan_landscape import landscape
from tfgan_landscape.config import bindings
from tfgan_landscape.config.arguments import Count, Positive, Range, Size, configurable
from tfgan_landscape.dynamics.critic_runs import CriticRuns
from tfgan_landscape.dynamics.descent import SmallAdam
from tfgan_landscape.dynamics.small_mlp import initial_weights
from tfgan_landscape.lipschitz_losses import lipschitz_gan
from tfgan_landscape.losses import kept
from tfgan_landscape.studies import many_runs, penalty_check
from tfgan_landscape.studies.critic_directions import report

# May change when a study goes on: no run depends on them.
FREE = ('critic_directions.seeds', 'critic_directions.image_shape')

relu = gin.external_configurable(tf.nn.relu, module='critic_directions')
tanh = gin.external_configurable(tf.tanh, module='critic_directions')
selu = gin.external_configurable(tf.nn.selu, module='critic_directions')


@configurable('critic_directions', denylist=['execution'])
class CriticDirections:
  """Critics of some objectives under some penalties between pairs of point sets.

  Args:
    execution: `Execution`, what the flags say.
    sets: {name: `(count, random, data_dir) -> (real [n, d], fake [m, d])`}, of `datasets/point_sets.py`.
    phis: {name: phi of `lipschitz_losses.py`}; the critic's loss is phi(-f(x)) + phi(f(y)).
    penalties: {name: penalty of `penalties.py`, or None}; the first should be the one of which the exact optimum is.
    weight: lambda of the exact optimum, of lambda k(f)^2; None for none, of objectives that violate Eq. 12.
    count: points of each set, at most 1,000.
    width: units of every hidden layer.
    layers: hidden layers.
    activation: of the hidden layers.
    initial: draws the weights at the start, of `dynamics/small_mlp.py`.
    descent: makes the optimiser.
    batch_size: real points, and fake ones, of a step, drawn with replacement.
    iterations: steps of a run.
    records: how often a run keeps the mean of f; a divisor of `iterations`.
    seeds: runs of each combination; each has sets of its own, the same for all objectives and penalties.
    grid: points along each side of the square that is drawn.
    image_shape: (height, width, channels) of points that are images: they are drawn along the gradient.

  Raises:
    InputError: a value makes no sense.
  """

  def __init__(
    self,
    execution,
    sets: dict[str, Callable] = gin.REQUIRED,
    phis: dict[str, Callable] = gin.REQUIRED,
    penalties: dict[str, Optional[Callable]] = gin.REQUIRED,
    weight: Optional[Positive] = 0.1,
    count: Annotated[int, Range(1, at_most=landscape.LIMIT)] = 16,
    width: Size = 128,
    layers: Count = 3,
    activation: Callable = tf.nn.relu,
    initial: Callable = initial_weights,
    descent: Callable = SmallAdam,
    batch_size: Count = 64,
    iterations: Count = 20_000,
    records: Count = 100,
    seeds: Count = 3,
    grid: Annotated[int, Range(2, at_most=1000)] = 60,
    image_shape: Sequence[Count] = (),
  ):
    self.image_shape = tuple(image_shape)
    self.execution, self.sets, self.phis, self.penalties = execution, sets, phis, penalties
    for name, value in (('sets', sets), ('phis', phis), ('penalties', penalties)):
      many_runs.check_names(f'critic_directions.{name}', value)
    many_runs.check_records('critic_directions', records, 'iterations', iterations, 'records')
    self.weight, self.count, self.seeds, self.grid, self.descent = weight, count, seeds, grid, descent
    self.iterations = iterations
    self.losses = {name: lipschitz_gan(phi) for name, phi in phis.items()}
    self.paired = {name: kept(loss) for name, loss in self.losses.items()}
    sizes = width, layers, batch_size, iterations
    self.critic_runs = CriticRuns(*sizes, descent, activation, records, initial)
    self.runs = many_runs.ManyRuns(execution, FREE)

  @property
  def cases(self):
    """{name: (set's name, phi's name, penalty's name)}."""
    sides = itertools.product(self.sets, self.phis, self.penalties)
    return {'-'.join(side): side for side in sides}

  @property
  def protocol(self):
    """The setting in a line."""
    optimum = f'the exact optimum with lambda = {self.weight:g}; ' if self.weight else ''
    return (
      f'{self.seeds} runs of each, {self.count} points of each set, {self.iterations:,} steps; {optimum}means, 95 % '
      'intervals in brackets'
    )

  @functools.cache  # noqa: B019  a study lives as long as its process
  def points(self, name, seed):
    """Returns the sets (real, fake) of a seed."""
    index = list(self.sets).index(name)
    random = np.random.default_rng([self.execution.seed, seed, index])
    return self.sets[name](self.count, random, self.execution.data_dir)

  @functools.cache  # noqa: B019
  def optimum(self, name, phi, seed):
    """Returns the `OptimalCritic` of a set, an objective and a seed."""
    return landscape.optimal_critic(*self.points(name, seed), exact_phi(self.phis[phi]), self.weight)

  def axes(self, name):
    """Returns the grid's coordinates (x [grid], y [grid]), a frame around the first seed's points."""
    everything = np.concatenate(self.points(name, 0))
    low, high = everything.min(0), everything.max(0)
    margin = 0.25 * (high - low).max()
    return tuple(np.linspace(*ends, self.grid) for ends in zip(low - margin, high + margin))

  def train_and_eval(self):
    """Runs what is missing, then writes table and figures; returns the exit code."""
    return self.train() or self.eval()

  def train(self):
    """Trains the critics that the folder does not hold yet; returns the exit code."""
    many_runs.touch(self.losses)
    self.descent()  # gin knows what it uses
    for name in self.sets:
      dimensions = self.points(name, 0)[0].shape[1]
      for label, penalty in self.penalties.items():
        if penalty is not None:
          penalty_check.check(f'the penalty {label}', penalty, dimensions)
    with self.runs.opened():
      print(f'directions of critics  {self.protocol}', flush=True)
      return self.runs.make([(name, seed) for seed in range(self.seeds) for name in self.cases], self._run)

  def _run(self, name, seed):
    sets, phi, penalty = self.cases[name]
    real, fake = self.points(sets, seed)
    critic = self.critic_runs
    weights, means = critic.run(self.paired[phi], self.penalties[penalty], real, fake, [self.execution.seed, seed])
    found = {
      'real_values': critic.logits(weights, real),
      'fake_values': critic.logits(weights, fake),
      'gradients': critic.gradients(weights, fake),
      'slopes': np.linalg.norm(critic.gradients(weights, _between(real, fake)), axis=1),
      'means': means,
    }
    if seed == 0 and real.shape[1] == 2:
      x, y = self.axes(sets)
      found['surface'] = critic.logits(weights, np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)).reshape(len(y), len(x))
    return found

  def eval(self):
    """Writes table and figures of the runs in the folder; returns the exit code."""
    with self.runs.reporting():
      print(report.write(self))
    print(f'everything is in {self.execution.model_dir}: table.md | results.json | figures/ | trajectories/')
    return 0

  def describe(self):
    """Prints the bindings and, as JSON, the number of runs; touches no disk; returns the exit code."""
    return bindings.describe({'runs': self.seeds * len(self.cases), 'steps_per_run': self.iterations})


def exact_phi(phi):
  """Returns the `landscape.Phi` of a TensorFlow function, by its derivatives in float64."""

  def derivatives(t):
    t = tf.constant(np.asarray(t, np.float64))
    with tf.GradientTape() as outer:
      outer.watch(t)
      with tf.GradientTape() as inner:
        inner.watch(t)
        value = phi(t)
      slope = inner.gradient(value, t, unconnected_gradients='zero')
    return value, slope, outer.gradient(slope, t, unconnected_gradients='zero')

  return landscape.Phi(
    *(functools.partial(lambda index, t: derivatives(t)[index].numpy(), index) for index in range(3))
  )


def _between(real, fake):
  """Eleven points on each line from a fake to a real point, [11 n m, d], where they are no more than 10,000."""
  shares = np.linspace(0, 1, 11)[:, None, None, None]
  points = (shares * real[None, None] + (1 - shares) * fake[None, :, None]).reshape(-1, real.shape[1])
  return points[:: max(1, len(points) // 10_000)]
