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
from tfgan_landscape.config.arguments import Count, Positive, Range, Size, configurable
from tfgan_landscape.dynamics.critic_runs import CriticRuns
from tfgan_landscape.dynamics.descent import SmallAdam
from tfgan_landscape.dynamics.small_mlp import initial_weights
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import survival
from tfgan_landscape.lipschitz_losses import lipschitz_gan
from tfgan_landscape.losses import kept
from tfgan_landscape.reporting.results import row
from tfgan_landscape.studies import lifecycle
from tfgan_landscape.studies.critic_directions import figures, outcomes

relu = gin.external_configurable(tf.nn.relu, module='critic_directions')
tanh = gin.external_configurable(tf.tanh, module='critic_directions')
selu = gin.external_configurable(tf.nn.selu, module='critic_directions')


@configurable('critic_directions', denylist=['execution'])
class CriticDirections(lifecycle.RunsStudy):
  """Critics of some objectives under some penalties between pairs of point sets.

  Args:
    execution: `Execution`, what the flags say.
    sets: {name: `(count, random, data_dir) -> (real [n, d], fake [m, d])`}, of `datasets/point_sets.py`.
    phis: {name: phi of `lipschitz_losses.py`}; the critic's loss is phi(-f(x)) + phi(f(y)).
    penalties: {name: penalty of `penalties.py`, or None}; the first should be the one of which the exact optimum is.
    weight: lambda of the exact optimum, of lambda k(f)^2; None for none, of objectives that violate Eq. 12.
    limit: in place of a weight, the largest k of the exact optimum.
    normalization: `weights -> weights` with which the critics compute, of `dynamics/small_mlp.py`, or None.
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

  title = 'directions of critics'
  free = ('critic_directions.seeds', 'critic_directions.image_shape')  # no run depends on them

  def __init__(
    self,
    execution,
    sets: dict[str, Callable] = gin.REQUIRED,
    phis: dict[str, Callable] = gin.REQUIRED,
    penalties: dict[str, Optional[Callable]] = gin.REQUIRED,
    weight: Optional[Positive] = 0.1,
    limit: Optional[Positive] = None,
    normalization: Optional[Callable] = None,
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
    super().__init__(execution, seeds)
    self.sets, self.phis, self.penalties, self.image_shape = sets, phis, penalties, tuple(image_shape)
    lifecycle.check_names('critic_directions', sets=sets, phis=phis, penalties=penalties)
    lifecycle.check_records('critic_directions', records, 'iterations', iterations, 'records')
    self.weight, self.limit, self.count, self.grid, self.descent = weight, limit, count, grid, descent
    if weight is not None and limit is not None:
      raise InputError('critic_directions has a weight and a limit of the optimum; bind one of them to None')
    self.has_optimum = weight is not None or limit is not None
    self.iterations = iterations
    self.losses = {name: lipschitz_gan(phi) for name, phi in phis.items()}
    self.paired = {name: kept(loss) for name, loss in self.losses.items()}
    sizes = width, layers, batch_size, iterations
    self.critic_runs = CriticRuns(*sizes, descent, activation, records, initial, normalization=normalization)
    self.cases = {'-'.join(case): case for case in itertools.product(sets, phis, penalties)}

  @property
  def protocol(self):
    """The setting in a line."""
    condition = f'lambda = {self.weight:g}' if self.weight else f'slopes of at most {self.limit or 0:g}'
    optimum = f'the exact optimum with {condition}; ' if self.has_optimum else ''
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
    loss = landscape.lipschitz_gan(self.phis[phi])
    return landscape.optimal_critic(*self.points(name, seed), loss, self.weight, self.limit)

  def _axes(self, name):
    """The grid's coordinates (x [grid], y [grid]), a frame around the first seed's points."""
    everything = np.concatenate(self.points(name, 0))
    low, high = everything.min(0), everything.max(0)
    margin = 0.25 * (high - low).max()
    return tuple(np.linspace(*ends, self.grid) for ends in zip(low - margin, high + margin))

  @property
  def sizes(self):
    """Numbers of runs and steps."""
    return {'runs': self.seeds * len(self.cases), 'steps_per_run': self.iterations}

  def prepare(self):
    """Calls the losses, the optimiser, and the penalties on points of every set."""
    self.descent()
    for name in self.sets:
      self.call_once(self.losses, self.penalties, self.points(name, 0)[0].shape[1])

  def run(self, name, seed):
    """Returns a critic's values and gradients at the points, its slopes between them, and the course of its mean."""
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
      x, y = self._axes(sets)
      found['surface'] = critic.logits(weights, np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)).reshape(len(y), len(x))
    return found

  def findings(self, runs):
    """Returns the `Findings` of {case: list of {record: array}}."""
    rows = [row for name in self.cases for row in self._rows(name, runs[name])]
    drawn = {}
    for name in self.sets:
      first = {case[1:]: runs[label][0] for label, case in self.cases.items() if case[0] == name}
      if self.image_shape:
        drawn |= figures.gradations(name, self.points(name, 0), first, self.image_shape)
      if self.points(name, 0)[0].shape[1] == 2:
        columns = len(self.phis) if len(self.phis) > 1 else len(self.penalties) + self.has_optimum
        axes, panels, points = self._axes(name), self._panels(name, first), self.points(name, 0)
        drawn[name] = functools.partial(figures.surfaces, axes=axes, panels=panels, points=points, columns=columns)
    of_first = {
      case[1:]: runs[label][0]['means'] for label, case in self.cases.items() if case[0] == next(iter(self.sets))
    }
    means = {penalty: {phi: of_first[phi, penalty] for phi in self.phis} for penalty in self.penalties}
    drawn['means'] = functools.partial(figures.means, found=means, iterations=self.iterations)
    return lifecycle.Findings({'': rows}, drawn, corner='sets, objective, penalty')

  def _rows(self, name, runs):
    sets, phi, penalty = self.cases[name]
    optima = [self.optimum(sets, phi, seed) for seed in range(len(runs))] if self.has_optimum else []
    numbers = outcomes.numbers(runs, optima)
    label = f'{sets}, {phi}, {penalty}'
    return [row(label, what, survival.mean(values), protocol=self.protocol) for what, values in numbers.items()]

  def _panels(self, name, runs):
    """{title: (f on the grid, gradients or directions at the fake points)}: exact critics, then trained ones."""
    x, y = self._axes(name)
    panels = {}
    for phi in self.phis if self.has_optimum else ():
      optimum = self.optimum(name, phi, 0)
      places = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
      middle = 0.5 * (optimum.lowest(places) + optimum.highest(places))
      arrows = [each.mean(0) if len(each) else np.zeros(2) for each in optimum.directions()]
      panels[f'{phi}, exact'] = middle.reshape(len(y), len(x)), np.array(arrows)
    for penalty, phi in itertools.product(self.penalties, self.phis):
      panels[f'{phi}, {penalty}'] = runs[phi, penalty]['surface'], runs[phi, penalty]['gradients']
    return panels


def _between(real, fake):
  """Eleven points on each line from a fake to a real point, [11 n m, d], where they are no more than 10,000."""
  shares = np.linspace(0, 1, 11)[:, None, None, None]
  points = (shares * real[None, None] + (1 - shares) * fake[None, :, None]).reshape(-1, real.shape[1])
  return points[:: max(1, len(points) // 10_000)]
