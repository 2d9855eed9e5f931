"""A bad start: a generator that has found every mode against a critic of a run that collapsed.

The experiment of the RS-GAN paper, Appendix D (Figures 13 and 14). First many runs from random starts, the *sources*.
Each loss, with and without a projection of its critic, lends a start: the generator of the first source that covers
every mode, and the critic of the latest record at which a source is collapsed, on one or two modes with nearly all of
its points in them. Then every loss with every projection goes on from every start, over learning rates and repeats, so
that losses are compared on equal terms. (The paper's code starts each loss from its own networks, and projects
RS-GAN's critic alone.)
"""

import functools
import itertools
from collections.abc import Sequence
from typing import Callable, Optional

import gin

from tfgan_landscape.config import bindings
from tfgan_landscape.config.arguments import Count, Positive, Share, Size, configurable
from tfgan_landscape.datasets import points
from tfgan_landscape.dynamics.descent import SmallAdam
from tfgan_landscape.dynamics.point_runs import PointRuns, Shape
from tfgan_landscape.losses import kept
from tfgan_landscape.studies import many_runs
from tfgan_landscape.studies.bad_start import outcomes, report

# May change when a study goes on: no run depends on them, or their runs have names of their own.
FREE = ('bad_start.repeats', 'bad_start.learning_rates', 'bad_start.metric_scale')


@configurable('bad_start', denylist=['execution'])
class BadStart:
  """Runs from random starts, and from the bad starts that are picked among them.

  Args:
    execution: `Execution`, what the flags say.
    losses: {name: loss}, of `losses.py`.
    projections: {name: `weights -> weights` after every step of the critic, or None}; every loss meets each.
    dataset: loader of points whose `source` has 'centres' and 'std', as `points.gaussians`.
    width: units of both hidden layers (critic: leaky ReLU 0.2; generator: ReLU), the critic's last layer without bias.
    latent_dim: of z ~ N(0, I).
    descent: makes an optimiser, called with `learning_rate` for the retrained runs.
    batch_size: real points drawn with replacement, and latents, of an iteration: a critic's step, then a generator's.
    iterations: of every run.
    record_every: iterations between records; a divisor of `iterations`.
    sources: runs of each loss and projection from random starts.
    repeats: runs of each loss, projection, start and learning rate; they differ in their batches.
    learning_rates: of the retrained runs, both players'.
    collapsed_at_most: modes that a collapsed run covers at most.
    quality: share of a collapsed run's points that lie in modes, at least.
    radius: standard deviations of a mode within which a point belongs to it.
    samples: generated points that a run is judged by.
    metric_scale: alpha of the paper's metric, which gives no value for it.

  Raises:
    InputError: a number makes no sense.
  """

  def __init__(
    self,
    execution,
    losses: dict[str, Callable] = gin.REQUIRED,
    projections: dict[str, Optional[Callable]] = gin.REQUIRED,
    dataset: Callable = points.gaussians,
    width: Size = 128,
    latent_dim: Size = 2,
    descent: Callable = SmallAdam,
    batch_size: Count = 128,
    iterations: Count = 20_000,
    record_every: Count = 1000,
    sources: Count = 20,
    repeats: Count = 50,
    learning_rates: Sequence[Positive] = (1e-4,),
    collapsed_at_most: Count = 2,
    quality: Share = 0.9,
    radius: Positive = 3.0,
    samples: Count = 10_000,
    metric_scale: Positive = 1.0,
  ):
    self.execution, self.projections = execution, projections
    self.losses = {name: kept(loss) for name, loss in losses.items()}
    self.latent_dim, self.batch_size, self.samples = latent_dim, batch_size, samples
    self.descent = descent
    self.iterations, self.record_every, self.width = iterations, record_every, width
    self.sources, self.repeats, self.learning_rates = sources, repeats, learning_rates
    self.collapsed_at_most, self.quality = collapsed_at_most, quality
    self.radius, self.metric_scale, self.dataset = radius, metric_scale, dataset
    for name, value in (('losses', losses), ('projections', projections)):
      many_runs.check_names(f'bad_start.{name}', value)
    many_runs.check_records('bad_start', record_every, 'iterations', iterations)
    self.runs = many_runs.ManyRuns(execution, FREE)

  @functools.cached_property
  def mixture(self):
    """The real data: (points [n, d], centres [modes, d], std)."""
    return points.mixture(self.dataset('train', data_dir=self.execution.data_dir), 'bad_start', self.samples)

  @functools.cached_property
  def point_runs(self):
    """The `PointRuns` of the study."""
    sizes = self.batch_size, self.iterations, self.record_every, self.samples
    shape = Shape(self.width, latent_dim=self.latent_dim)
    return PointRuns(self.mixture[0], self.execution.seed, shape, *sizes, (self.descent, self.descent))

  @functools.cached_property
  def judge(self):
    """The `Judge` of samples."""
    _, centres, std = self.mixture
    return outcomes.Judge(centres, self.radius * std, self.collapsed_at_most, self.quality, self.metric_scale)

  @property
  def sides(self):
    """Every (loss, projection), by name."""
    return list(itertools.product(self.losses, self.projections))

  def train_and_eval(self):
    """Runs what is missing, then writes tables and figures; returns the exit code."""
    return self.train() or self.eval()

  def train(self):
    """Makes the source runs, picks the starts, retrains from them; returns the exit code."""
    many_runs.touch(self.losses)
    self.descent()  # gin knows what it uses
    self.judge  # noqa: B018  reads the data before anything is written
    with self.runs.opened():
      return self._make_sources() or self._make_retrained()

  def _make_sources(self):
    sides = {source_name(side): side for side in self.sides}
    print(f'{self.sources} runs from random starts of each of {", ".join(map(report.words, sides.values()))}')

    def run(name, seed):
      return self._run(sides[name], seed)

    return self.runs.make([(name, seed) for seed in range(self.sources) for name in sides], run)

  def _make_retrained(self):
    starts = {side: start for side, start in self.starts().items() if start}
    weights = {side: outcomes.weights_of(self.source_runs(side), start) for side, start in starts.items()}
    jobs = {
      retrained_name(side, rate, lender): (side, rate, lender)
      for side, rate, lender in itertools.product(self.sides, self.learning_rates, starts)
    }
    lenders = ', '.join(map(report.words, starts)) or 'no run qualifies'
    print(f'{len(starts)} of {len(self.sides)} lend a start: {lenders}')

    def run(name, seed):
      side, rate, lender = jobs[name]
      return self._run(side, seed, weights[lender], rate)

    return self.runs.make([(name, seed) for seed in range(self.repeats) for name in jobs], run)

  def _run(self, side, seed, weights=None, learning_rate=None):
    loss, projection = self.losses[side[0]], self.projections[side[1]]
    return self.point_runs.run(loss, projection, seed, weights, learning_rate)

  def starts(self):
    """Returns {(loss, projection): `Start` that its source runs lend, or None}."""
    watched = {side: [run['watched'] for run in self.source_runs(side)] for side in self.sides}
    return {side: outcomes.pick(each, self.judge) for side, each in watched.items()}

  def source_runs(self, side):
    """Returns the records of the source runs of a (loss, projection)."""
    return self.runs.load(source_name(side), self.sources)

  def eval(self):
    """Writes tables and figures of the runs in the folder; returns the exit code."""
    with self.runs.reporting():
      report.write(self)
    files_left = 'table.md | results.json | outcomes.json by run | figures/ | trajectories/'
    print(f'everything is in {self.execution.model_dir}: {files_left}')
    return 0

  def retrained_runs(self, lender, rate, side, count=None):
    """Returns the records of the runs of a (loss, projection) from the start that another, or itself, lends."""
    return self.runs.load(retrained_name(side, rate, lender), count or self.repeats)

  def describe(self):
    """Prints the bindings and, as JSON, the sizes; touches no disk; returns the exit code."""
    sides = len(self.sides)
    most = sides * (self.sources + sides * self.repeats * len(self.learning_rates))
    sizes = bindings.sizes_of_players({'one': self.point_runs})
    return bindings.describe({**sizes, 'runs_at_most': most, 'iterations_per_run': self.iterations})


def source_name(side):
  """The name under which a side's source runs are kept."""
  return f'{"-".join(side)}-source'


def retrained_name(side, rate, lender):
  """The name under which a side's runs from a lender's start are kept."""
  return f'{"-".join(side)}-from-{"-".join(lender)}-rate-{rate:g}'
