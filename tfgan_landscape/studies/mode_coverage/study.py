"""Which modes of a mixture of Gaussians small GANs find and keep, over hundreds of seeds.

Every loss, with its way of pairing, meets every penalty from the same starts. PacGAN's and VEEGAN's ring of eight, the
RS-GAN paper's five Gaussians (Appendix D) and the 0-GP paper's toy data are settings of it.
"""

import functools
import itertools
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
from tfgan_landscape.reporting import outcome_figures, plane_figures
from tfgan_landscape.studies import comparisons, lifecycle
from tfgan_landscape.studies.mode_coverage import outcomes

_LINES = 1000  # the stream of random lines of a run
_EVOLUTIONS = 12  # cases whose points are drawn over time, at most


@configurable('mode_coverage', denylist=['execution'])
class ModeCoverage(lifecycle.RunsStudy):
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
    rates: {name: learning rate of both players}, which every combination meets; None for those of the optimisers.
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

  title = 'modes of a mixture'
  free = ('mode_coverage.seeds', 'mode_coverage.drawn')  # no run depends on them

  def __init__(
    self,
    execution,
    losses: dict[str, Callable] = gin.REQUIRED,
    pairs: Union[Callable, dict[str, Callable]] = kept,
    penalties: Optional[dict[str, Optional[Callable]]] = None,
    dataset: Callable = points.gaussians,
    width: Size = 64,
    mixtures: Optional[dict[str, Sequence[Count]]] = None,
    rates: Optional[dict[str, Positive]] = None,
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
    super().__init__(execution, seeds)
    self.drawn, self.samples = drawn, samples
    self.penalties, self.mixtures = penalties or {'none': None}, mixtures or {'one': (1, width)}
    self.rates = rates or {'own': None}
    named = {'penalties': self.penalties, 'mixtures': self.mixtures, 'rates': self.rates}
    lifecycle.check_names('mode_coverage', losses=losses, **named)
    _check_mixtures(self.mixtures)
    self.unpaired, self.losses = losses, comparisons.paired('mode_coverage', losses, pairs)
    self.cases = comparisons.crossed(self.losses, *named.values())
    self.dataset, self.shape = dataset, Shape(width, layers, latent_dim, slope, output_bias)
    self.descents = critic_descent, generator_descent
    self.batch_size, self.iterations, self.record_every = batch_size, iterations, record_every
    self.radius, self.least = radius, least
    lifecycle.check_records('mode_coverage', record_every, 'iterations', iterations)

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
    return outcomes.Judge(centres, self.radius * std, self.least)

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

  @property
  def sizes(self):
    """Parameters of the players and numbers of runs."""
    runs = {'runs': self.seeds * len(self.cases), 'iterations_per_run': self.iterations}
    return bindings.sizes_of_players(self.point_runs) | runs

  def prepare(self):
    """Calls losses, penalties and optimisers, and reads the data."""
    self.call_once(self.unpaired, self.penalties, self.mixture[0].shape[1])
    for make in self.descents:
      make()
    self.held_out  # noqa: B018

  def run(self, name, seed):
    """Returns what is kept of a run: its course, its last sample, its critic."""
    loss, penalty, mixture, rate = self.cases[name]
    runs = self.point_runs[mixture]
    found = runs.run(self.losses[loss], None, seed, learning_rate=self.rates[rate], penalty=self.penalties[penalty])
    random = np.random.default_rng([self.execution.seed, seed, _LINES])
    clouds = self.mixture[0], self.held_out, found['sample']
    critic = outcomes.of_critic(functools.partial(runs.critic, found), clouds, self.judge.axis, random)
    return outcomes.record(found, self.judge) | critic

  def findings(self, runs):
    """Returns the `Findings` of {case: list of {record: array}}."""
    times = np.arange(1, self.iterations // self.record_every + 1) * self.record_every
    found = {name: outcomes.outcome(each, self.judge, times) for name, each in runs.items()}
    firsts, references = {name: each.first for name, each in found.items()}, comparisons.references(self.cases)
    rows = outcomes.rows(found, len(self.judge.centres), self.protocol)
    compared = comparisons.beside_each_other(
      firsts, self.iterations, 'every mode covered first', self.protocol, references
    )
    return lifecycle.Findings({'': rows, 'Beside each other': compared}, self._figures(times, runs, found, rows))

  def _figures(self, times, runs, found, rows):
    real, centres, _ = self.mixture
    surfaces = {name: (each[0]['surface'], each[0]['sample']) for name, each in runs.items()}
    measures = outcomes.over_time(found, len(centres))
    drawn = {
      'samples': functools.partial(plane_figures.samples, rows=self._panels(real, runs), centres=centres),
      'surfaces': functools.partial(plane_figures.fields, axis=self.judge.axis, found=surfaces, real=real),
      'modes': functools.partial(outcome_figures.over_time, times=times, measures=measures),
    }
    if all('evolution' in each[0] for each in runs.values()):  # runs of earlier versions have none
      first = itertools.islice(runs.items(), _EVOLUTIONS)
      evolutions = {name: self._evolution(times, each[0]['evolution']) for name, each in first}
      drawn['evolution'] = functools.partial(plane_figures.samples, rows=evolutions, centres=centres)
    if len(self.cases) > len(self.losses):
      quantities = list(dict.fromkeys(row.quantity for row in rows))[:2]
      drawn['combinations'] = functools.partial(
        outcome_figures.combinations, rows=rows, cases=comparisons.in_rows(self.cases), quantities=quantities
      )
    return drawn

  @staticmethod
  def _evolution(times, clouds):
    """{title: generated points} of one run at some of its records."""
    return {f'iteration {times[place]:,}': cloud for place, cloud in zip(outcomes.moments(len(times)), clouds)}

  def _panels(self, real, runs):
    """Points by row and panel: a row each case with its runs, or each loss with one run of its combinations."""
    if self.drawn > 1 or len(self.cases) == len(self.losses):
      return {
        name: {'real': real, **{f'run {seed}': run['sample'] for seed, run in enumerate(each[: self.drawn])}}
        for name, each in runs.items()
      }
    found = {}
    for name, (line, column) in comparisons.in_rows(self.cases).items():
      found.setdefault(line, {'real': real})[column] = runs[name][0]['sample']
    return found


def _check_mixtures(mixtures):
  for name, sizes in mixtures.items():
    if len(sizes) != 2:
      raise InputError(f'mode_coverage.mixtures has {name} = {tuple(sizes)}; give (components, units of a layer)')
