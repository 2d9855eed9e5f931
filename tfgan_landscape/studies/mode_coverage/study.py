"""Which modes of a mixture of Gaussians small GANs find and keep, over hundreds of seeds.

Every loss, with its way of pairing, meets every penalty from the same starts. PacGAN's and VEEGAN's ring of eight, the
RS-GAN paper's five Gaussians (Appendix D) and the 0-GP paper's toy data are settings of it.
"""

import functools
from collections.abc import Sequence
from typing import Annotated, Callable, Optional, Union

import gin
import numpy as np

from tfgan_landscape.config import bindings
from tfgan_landscape.config.arguments import Count, NonNegative, Positive, Range, Size, configurable
from tfgan_landscape.datasets import points
from tfgan_landscape.dynamics.descent import SmallAdam
from tfgan_landscape.dynamics.point_runs import PointRuns, Shape
from tfgan_landscape.errors import InputError
from tfgan_landscape.losses import kept
from tfgan_landscape.studies import many_runs, pairings, penalty_check
from tfgan_landscape.studies.mode_coverage import outcomes as mode_coverage_outcomes
from tfgan_landscape.studies.mode_coverage import report

_LINES = 1000  # the stream of random lines of a run

# May change when a study goes on: no run depends on them.
FREE = ('mode_coverage.seeds', 'mode_coverage.drawn')


@configurable('mode_coverage', denylist=['execution'])
class ModeCoverage:
  """Runs of small GANs on a mixture with known centres.

  Args:
    execution: `Execution`, what the flags say.
    losses: {name: loss}, of `losses.py`.
    pairs: which real point of a batch meets which generated one: a pairing of `losses.py`, or {name of a loss:
      pairing}, `kept` for losses that it does not name.
    penalties: {name: penalty of `penalties.py`, or None}, on the critic; every loss meets each. None for none.
    dataset: loader of points whose `source` has 'centres' and 'std': `points.gaussians`, `points.swiss_roll`.
    width: units of every hidden layer.
    mixtures: {name: (generators and critics of a mixture, T, units of their hidden layers)}; every loss and penalty
      meets each. None for one of each, of `width`.
    layers: hidden layers of both players.
    latent_dim: of z ~ N(0, I).
    slope: of the critic's leaky ReLU below 0; the generator has ReLU.
    output_bias: whether the critic's last layer has a bias.
    critic_descent: makes the critic's optimiser.
    generator_descent: makes the generator's.
    batch_size: real points drawn with replacement, and latents, of an iteration: a critic's step, then a generator's.
    iterations: of a run.
    record_every: iterations between records; a divisor of `iterations`.
    seeds: runs of each loss and penalty.
    radius: standard deviations of a mode within which a point belongs to it.
    least: a mode is covered from this share of samples / modes points on, the number that it is due.
    samples: generated points that the end of a run is judged by; 1,000 judge its records.
    drawn: runs of each loss and penalty in the figure.

  Raises:
    InputError: a number makes no sense.
  """

  def __init__(
    self,
    execution,
    losses: dict[str, Callable] = gin.REQUIRED,
    pairs: Union[Callable, dict[str, Callable]] = kept,
    penalties: Optional[dict[str, Optional[Callable]]] = None,
    dataset: Callable = points.gaussians,
    width: Size = 64,
    mixtures: Optional[dict[str, Sequence[Count]]] = None,
    layers: Count = 2,
    latent_dim: Size = 2,
    slope: NonNegative = 0.2,
    output_bias: bool = False,
    critic_descent: Callable = SmallAdam,
    generator_descent: Callable = SmallAdam,
    batch_size: Count = 64,
    iterations: Count = 10_000,
    record_every: Count = 250,
    seeds: Count = 100,
    radius: Positive = 3.0,
    least: Annotated[float, Range(above=0, at_most=1)] = 0.5,
    samples: Count = 2500,
    drawn: Count = 4,
  ):
    self.execution, self.seeds, self.drawn, self.samples = execution, seeds, drawn, samples
    self.penalties = penalties or {'none': None}
    self.mixtures = mixtures or {'one': (1, width)}
    for name, value in (('losses', losses), ('penalties', self.penalties), ('mixtures', self.mixtures)):
      many_runs.check_names(f'mode_coverage.{name}', value)
    _check_mixtures(self.mixtures)
    self.unpaired, self.losses = losses, pairings.paired('mode_coverage', losses, pairs)
    self.dataset, self.shape = dataset, Shape(width, layers, latent_dim, slope, output_bias)
    self.descents = critic_descent, generator_descent
    self.batch_size, self.iterations, self.record_every = batch_size, iterations, record_every
    self.radius, self.least = radius, least
    many_runs.check_records('mode_coverage', record_every, 'iterations', iterations)
    self.runs = many_runs.ManyRuns(execution, FREE)

  @functools.cached_property
  def mixture(self):
    """The real data: (points [n, d], centres [modes, d], std)."""
    examples = self.dataset('train', data_dir=self.execution.data_dir)
    return points.mixture(examples, 'mode_coverage', self.samples)

  @functools.cached_property
  def held_out(self):
    """Fresh real points [n, d]."""
    return points.mixture(self.dataset('test', data_dir=self.execution.data_dir), 'mode_coverage', self.samples)[0]

  @functools.cached_property
  def point_runs(self):
    """{name of a mixture: its `PointRuns`}."""
    sizes = self.batch_size, self.iterations, self.record_every, self.samples
    return {
      name: PointRuns(
        self.mixture[0], self.execution.seed, self.shape._replace(components=count, width=width), *sizes, self.descents
      )
      for name, (count, width) in self.mixtures.items()
    }

  @property
  def judge(self):
    """The `Judge` of generated points."""
    _, centres, std = self.mixture
    return mode_coverage_outcomes.Judge(centres, self.radius * std, self.least)

  @property
  def sides(self):
    """{name: (loss's name, penalty's name, mixture's name)}, see `pairings.crossed`."""
    return pairings.crossed(self.losses, self.penalties, self.mixtures)

  @property
  def protocol(self):
    """The setting in a line."""
    _, centres, std = self.mixture
    widths = ' or '.join(f'{count} x {width}' if count > 1 else str(width) for count, width in self.mixtures.values())
    return (
      f'{self.seeds} runs of each, {self.iterations:,} iterations of batches of {self.batch_size}, {self.shape.layers} '
      f'hidden layers of {widths}; {len(centres)} modes of std {std:.3g}; a mode is covered when it has '
      f'{self.least:.0%} of the points it is due within {self.radius:g} std; 95 % intervals in brackets'
    )

  def train_and_eval(self):
    """Runs what is missing, then writes tables and figures; returns the exit code."""
    return self.train() or self.eval()

  def train(self):
    """Runs every seed of every loss and penalty that the folder does not hold yet; returns the exit code."""
    many_runs.touch(self.unpaired)
    for make in self.descents:
      make()  # gin knows what it uses
    keys = [(name, seed) for seed in range(self.seeds) for name in self.sides]
    dimensions = self.mixture[0].shape[1]  # reads the data before anything is written
    self.held_out  # noqa: B018
    penalty_check.check_all(self.penalties, dimensions)
    with self.runs.opened():
      print(f'modes of a mixture  {self.protocol}', flush=True)
      return self.runs.make(keys, self._run)

  def _run(self, name, seed):
    loss, penalty, mixture = self.sides[name]
    runs = self.point_runs[mixture]
    found = runs.run(self.losses[loss], None, seed, penalty=self.penalties[penalty])
    random = np.random.default_rng([self.execution.seed, seed, _LINES])
    points = self.mixture[0], self.held_out, found['sample']
    critic = mode_coverage_outcomes.of_critic(functools.partial(runs.critic, found), points, self.judge.axis, random)
    return mode_coverage_outcomes.record(found, self.judge) | critic

  def eval(self):
    """Writes tables and figures of the runs in the folder; returns the exit code."""
    with self.runs.reporting():
      print(report.write(self))
    print(f'everything is in {self.execution.model_dir}: table.md | results.json | figures/ | trajectories/')
    return 0

  def describe(self):
    """Prints the bindings and, as JSON, the sizes; touches no disk; returns the exit code."""
    sizes = bindings.sizes_of_players(self.point_runs)
    return bindings.describe({**sizes, 'runs': self.seeds * len(self.sides), 'iterations_per_run': self.iterations})


def _check_mixtures(mixtures):
  for name, sizes in mixtures.items():
    if len(sizes) != 2:
      raise InputError(f'mode_coverage.mixtures has {name} = {tuple(sizes)}; give (components, units of a layer)')
