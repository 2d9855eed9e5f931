"""A bad start: a generator that has found every mode against a critic of a run that collapsed.

The experiment of the RS-GAN paper, Appendix D (Figures 13 and 14). First many runs from random starts, the *sources*.
Each loss, with and without a projection of its critic, gives a start: the generator of the first source that covers
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
from tfgan_landscape.io import files
from tfgan_landscape.losses import kept
from tfgan_landscape.reporting import plane_figures
from tfgan_landscape.studies import lifecycle
from tfgan_landscape.studies.bad_start import figures, outcomes


@configurable('bad_start', denylist=['execution'])
class BadStart(lifecycle.RunsStudy):
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

  title = 'bad starts'
  free = ('bad_start.repeats', 'bad_start.learning_rates', 'bad_start.metric_scale')  # or their runs have other names

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
    super().__init__(execution, repeats)
    self.unpaired, self.losses, self.projections = (
      losses,
      {name: kept(loss) for name, loss in losses.items()},
      projections,
    )
    self.latent_dim, self.batch_size, self.samples = latent_dim, batch_size, samples
    self.descent = descent
    self.iterations, self.record_every, self.width = iterations, record_every, width
    self.sources, self.learning_rates = sources, learning_rates
    self.collapsed_at_most, self.quality = collapsed_at_most, quality
    self.radius, self.metric_scale, self.dataset = radius, metric_scale, dataset
    lifecycle.check_names('bad_start', losses=losses, projections=projections)
    lifecycle.check_records('bad_start', record_every, 'iterations', iterations)
    self.sides = list(itertools.product(losses, projections))

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
  def protocol(self):
    """The setting in a line."""
    return (
      f'{self.sources} runs of each from random starts, {self.seeds} of each from every bad start and learning rate, '
      f'{self.iterations:,} iterations; collapsed: at most {self.collapsed_at_most} modes with {self.quality:.0%} of '
      'the points in modes; 95 % intervals in brackets'
    )

  @property
  def sizes(self):
    """Parameters of the players and numbers of runs."""
    sides = len(self.sides)
    most = sides * (self.sources + sides * self.seeds * len(self.learning_rates))
    return bindings.sizes_of_players({'one': self.point_runs}) | {
      'runs_at_most': most,
      'iterations_per_run': self.iterations,
    }

  def prepare(self):
    """Calls the losses and the optimiser, and reads the data."""
    self.call_once(self.unpaired)
    self.descent()
    self.judge  # noqa: B018

  @functools.cached_property
  def cases(self):
    """{name: `Case`} of the source runs, and of the runs from every bad start that there may be."""
    sources = {f'{"-".join(side)}-source': outcomes.Case(side) for side in self.sides}
    again = itertools.product(self.sides, self.learning_rates, self.sides)
    return sources | {
      f'{"-".join(side)}-from-{"-".join(source)}-rate-{rate:g}': outcomes.Case(side, source, rate)
      for side, rate, source in again
    }

  def stages(self):
    """First the source runs, then those from the bad starts picked among them."""
    yield {name: range(self.sources) for name, case in self.cases.items() if case.start_of is None}
    chosen = [side for side, start in self.starts.items() if start]
    print(
      f'{len(chosen)} of {len(self.sides)} give a start: {", ".join(map(outcomes.words, chosen)) or "no run qualifies"}'
    )
    yield {name: range(self.seeds) for name, case in self.cases.items() if case.start_of in chosen}

  @functools.cached_property
  def starts(self):
    """{(loss, projection): `Start` picked from its source runs, or None}."""
    watched = {side: [run['watched'] for run in self._source_runs(side)] for side in self.sides}
    return {side: outcomes.pick(each, self.judge) for side, each in watched.items()}

  def _source_runs(self, side):
    return self.runs.load_all(f'{"-".join(side)}-source', range(self.sources))

  @functools.cached_property
  def weights(self):
    """{(loss, projection): weights (critic, generator) of the start picked from its runs}."""
    chosen = {side: start for side, start in self.starts.items() if start}
    return {side: outcomes.weights_of(self._source_runs(side), start) for side, start in chosen.items()}

  def run(self, name, seed):
    """Returns the records of a run, from a random start or from a bad one, see `PointRuns.run`."""
    case = self.cases[name]
    loss, projection = self.losses[case.side[0]], self.projections[case.side[1]]
    weights = self.weights[case.start_of] if case.start_of else None
    return self.point_runs.run(loss, projection, seed, weights, case.rate)

  def findings(self, runs):
    """Returns the `Findings` of {case: list of {record: array}}: a section for each start."""
    found = {
      self.cases[name]: outcomes.outcome([run['sample'] for run in each], self.judge) for name, each in runs.items()
    }
    sections = outcomes.sections(found, self.starts, self.judge, self.protocol, self.record_every)
    drawn = {}
    if any(self.starts.values()):
      samples = {self.cases[name]: each for name, each in runs.items()}
      real, centres, _ = self.mixture
      panels = outcomes.panels(samples, self.starts, real, self.learning_rates[-1])
      curves = outcomes.by_learning_rate(found, self.starts, len(centres))
      drawn['samples'] = functools.partial(plane_figures.samples, rows=panels, centres=centres)
      drawn['modes'] = functools.partial(figures.by_learning_rate, rates=self.learning_rates, measures=curves)
    return lifecycle.Findings(sections, drawn, others={'outcomes.json': files.to_json(outcomes.plain(found)) + '\n'})
