"""Value surfaces of critics: what a critic makes of two samples, beside the optimal one of their distributions.

"Improving Generalization and Stability of Generative Adversarial Networks" (the 0-GP paper), Section 4 and Figure 1:
only the critic learns, on fixed samples of two normal distributions whose optimal critic, D* = p_r / (p_r + p_g), is
known.
"""

import functools
import itertools
from collections.abc import Sequence
from typing import Annotated, Callable, Optional

import gin
import numpy as np
import scipy.special

from tfgan_landscape.config.arguments import Count, Range, Size, configurable
from tfgan_landscape.datasets import densities
from tfgan_landscape.dynamics.critic_runs import CriticRuns
from tfgan_landscape.dynamics.descent import SmallAdam
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import survival
from tfgan_landscape.losses import kept, nonsaturating
from tfgan_landscape.reporting import plane_figures
from tfgan_landscape.reporting.results import row
from tfgan_landscape.studies import lifecycle

_HELD_OUT = 10_000  # fresh points of each distribution by which a critic is judged
_NEWER = {  # what runs of earlier versions did not keep
  'largest slope of D at a real point': 'slopes_at_real',
  'spread of slopes between real and fake points': 'slopes_between',
}


@configurable('value_surface', denylist=['execution'])
class ValueSurface(lifecycle.RunsStudy):
  """Critics trained alone, under penalties and on samples of some sizes.

  Args:
    execution: `Execution`, what the flags say.
    real: `Density` of the real points, in two dimensions.
    fake: `Density` of the fake points.
    penalties: {name: penalty of `penalties.py`, or None}.
    counts: points of each sample.
    loss: `(real_logits [n], fake_logits [n]) -> GanLoss`, of which the critic's is used.
    width: units of every hidden layer (tanh).
    layers: hidden layers.
    descent: makes the optimiser.
    batch_size: real points, and fake ones, of a step.
    iterations: steps of a run.
    seeds: runs of each penalty and count; each has a sample of its own, the same for all penalties.
    lower: lower end of the square that is drawn and measured, on both axes.
    upper: its upper end.
    grid: points along each side of it.

  Raises:
    InputError: the square is empty.
  """

  title = 'value surfaces of critics'
  free = ('value_surface.seeds', 'value_surface.counts')  # no run depends on them, or their runs have other names

  def __init__(
    self,
    execution,
    real: densities.Density = gin.REQUIRED,
    fake: densities.Density = gin.REQUIRED,
    penalties: dict[str, Optional[Callable]] = gin.REQUIRED,
    counts: Sequence[Count] = (100, 1000),
    loss: Callable = nonsaturating,
    width: Size = 64,
    layers: Count = 2,
    descent: Callable = SmallAdam,
    batch_size: Count = 20,
    iterations: Count = 10_000,
    seeds: Count = 10,
    lower: float = -2.5,
    upper: float = 4.5,
    grid: Annotated[int, Range(2, at_most=1000)] = 100,
  ):
    super().__init__(execution, seeds)
    self.real, self.fake, self.penalties, self.counts = real, fake, penalties, counts
    lifecycle.check_names('value_surface', penalties=penalties)
    self.unpaired, self.loss, self.iterations = loss, kept(loss), iterations
    self.critic_runs = CriticRuns(width, layers, batch_size, iterations, descent)
    self.descent = descent
    if not lower < upper:
      raise InputError(f'value_surface.lower = {lower:g} is not below value_surface.upper = {upper:g}')
    self.axis = np.linspace(lower, upper, grid)
    self.cases = {f'{name}-{count}': (name, count) for count, name in itertools.product(counts, penalties)}

  @property
  def protocol(self):
    """The setting in a line."""
    return (
      f'{self.seeds} runs of each, {self.iterations:,} steps; distances are means of |D - D*| over {_HELD_OUT:,} fresh '
      'points of each distribution; 95 % intervals in brackets'
    )

  @functools.cached_property
  def places(self):
    """The grid [grid^2, 2]; the first coordinate runs fastest."""
    return np.stack(np.meshgrid(self.axis, self.axis), -1).reshape(-1, 2)

  @functools.cached_property
  def held_out(self):
    """Fresh points of both distributions, [2, 10,000, 2]."""
    random = np.random.default_rng([self.execution.seed, 2**31])
    return np.stack([density.sample(_HELD_OUT, random) for density in (self.real, self.fake)])

  @functools.cached_property
  def between(self):
    """Places [10,000, 2] between a fresh real and a fresh fake point each, where 0-GP takes its slopes."""
    shares = np.random.default_rng([self.execution.seed, 2**31 + 1]).uniform(size=[_HELD_OUT, 1])
    return shares * self.held_out[0] + (1 - shares) * self.held_out[1]

  def optimum(self, points):
    """Returns D* [n] at points [n, 2]."""
    return 1 / (1 + np.exp(-densities.optimal_logit(self.real, self.fake, points)))

  @property
  def sizes(self):
    """Numbers of runs and steps."""
    return {'runs': self.seeds * len(self.cases), 'steps_per_run': self.iterations}

  def prepare(self):
    """Calls the loss, the penalties and the optimiser."""
    self.call_once({'loss': self.unpaired}, self.penalties)
    self.descent()

  def run(self, name, seed):
    """Returns a critic's logits and slopes where it is judged, and its sample."""
    penalty, count = self.cases[name]
    random = np.random.default_rng([self.execution.seed, seed, count])
    sample = np.stack([density.sample(count, random) for density in (self.real, self.fake)])
    key = [self.execution.seed, seed]
    weights, _ = self.critic_runs.run(self.loss, self.penalties[penalty], *sample, key)
    logits = {'sample': sample, 'held_out': self.held_out, 'grid': self.places[None]}
    found = {
      f'{part}_logits': np.stack([self.critic_runs.logits(weights, each) for each in sets])
      for part, sets in logits.items()
    }
    places = {'slopes': self.places, 'slopes_between': self.between, 'slopes_at_real': sample[0]}
    return {**found, 'sample': sample, **{part: self._slopes(weights, each) for part, each in places.items()}}

  def _slopes(self, weights, points):
    """|grad D| [n] at points [n, 2]."""
    probability = scipy.special.expit(self.critic_runs.logits(weights, points))
    return probability * (1 - probability) * np.linalg.norm(self.critic_runs.gradients(weights, points), axis=1)

  def findings(self, runs):
    """Returns the `Findings` of {case: list of {record: array}}."""
    labels = {name: f'{penalty}, {count:,}' for name, (penalty, count) in self.cases.items()}
    measures = _measures(np.stack([self.optimum(points) for points in self.held_out]))
    rows = [
      row(labels[name], label, survival.mean([measure(run) for run in runs[name]]), protocol=self.protocol)
      for name in self.cases
      for label, measure in measures.items()
      if all(_NEWER.get(label, 'slopes') in run for run in runs[name])
    ]
    grid = (len(self.axis),) * 2
    optimum, columns = ('D*, the optimum', (self.optimum(self.places).reshape(grid), None)), len(self.penalties) + 1
    surfaces = []
    for name, each in runs.items():
      image = scipy.special.expit(each[0]['grid_logits'][0]).reshape(grid)
      surfaces.append((labels[name], (image, each[0]['sample'])))
      surfaces += [optimum] * (len(surfaces) % columns == columns - 1)  # at the end of every row
    drawing = functools.partial(plane_figures.surfaces, axis=self.axis, found=surfaces, columns=columns)
    return lifecycle.Findings({'': rows}, {'surfaces': drawing}, corner='penalty, points of each sample')


def _measures(optimum):
  """{label: run -> number}, of D* at the held-out points [2, n]."""
  return {
    'distance to D*': lambda run: np.abs(scipy.special.expit(run['held_out_logits'].astype(float)) - optimum).mean(),
    'loss on its sample': lambda run: _loss(run['sample_logits']),
    'loss on fresh points': lambda run: _loss(run['held_out_logits']),
    'gap': lambda run: _loss(run['held_out_logits']) - _loss(run['sample_logits']),
    'largest slope of D in the square': lambda run: run['slopes'].max(),
    'largest slope of D at a real point': lambda run: run['slopes_at_real'].max(),
    'spread of slopes between real and fake points': lambda run: _spread(run['slopes_between']),
  }


def _spread(slopes):
  """Standard deviation over mean: 0 where all slopes are equal, as Section 5.5 says that 0-GP makes them."""
  return slopes.std() / slopes.mean()


def _loss(logits):
  """-E log D(x) - E log(1 - D(y)), of logits [2, n]."""
  return np.logaddexp(0, -logits[0]).mean() + np.logaddexp(0, logits[1]).mean()
