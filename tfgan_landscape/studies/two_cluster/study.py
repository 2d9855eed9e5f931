"""Two clusters on a line: how training falls into the basin of mode collapse and out of it, over hundreds of seeds.

The experiment of the RS-GAN paper, Section 5, Appendix B (Figures 5 to 9) and Appendix C (Figure 11), as its code has
it: data and latents are drawn once, every step sees all of them, the critic goes first. Every seed is a compiled
program of its own, and every loss meets the same starts.
"""

import functools
from collections.abc import Sequence
from typing import Annotated, Callable, Optional, Union

import gin
import numpy as np

from tfgan_landscape.config import bindings
from tfgan_landscape.config.arguments import Count, Range, Size, configurable
from tfgan_landscape.dynamics.cluster_runs import ClusterRuns
from tfgan_landscape.dynamics.descent import Momentum
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import two_clusters
from tfgan_landscape.io import files
from tfgan_landscape.losses import kept
from tfgan_landscape.reporting import outcome_figures
from tfgan_landscape.studies import comparisons, lifecycle
from tfgan_landscape.studies.two_cluster import figures, outcomes

_GRID = np.linspace(-1.0, 5.0, 61, dtype=np.float32)


@configurable('two_cluster', denylist=['execution'])
class TwoCluster(lifecycle.RunsStudy):
  """The two-cluster experiment over many seeds and some losses.

  Args:
    execution: `Execution`, what the flags say.
    losses: {name: loss}, of `losses.py`.
    pairs: which real point meets which generated one, a pairing of `losses.py`: `kept`, as the paper's code;
      `redrawn` at every step; `all_pairs`. Or {name of a loss: pairing}, `kept` for losses that it does not name.
    penalties: {name: penalty of `penalties.py`, or None}, on the critic; every loss meets each. None for none.
    mixtures: {name: (generators and critics of a mixture, T, units of a critic's hidden layers, units of a
      generator's)}; every loss and penalty meets each. None for one of each, of `critic_width` and `generator_width`.
    batch_size: points drawn with replacement, and latents by themselves, for an epoch; None for all of them.
    seeds: runs of each loss.
    critic_width: units of both hidden layers (sigmoid).
    generator_width: units of both hidden layers (tanh).
    critic_descent: makes the critic's optimiser.
    generator_descent: makes the generator's.
    critic_steps: in an epoch, the generator standing still.
    generator_steps: in an epoch, the critic standing still.
    epochs: of a run.
    record_every: epochs between records; a divisor of `epochs`.
    points: real and fake ones, n.
    share: of the real points in the cluster at 0, alpha; the others are in that at 4.
    paper: {quantity: {name of a loss, or of loss and penalty: the paper's words}}, shown beside the measured quantity.
    drawn: runs of each loss in the figures.

  Raises:
    InputError: a number makes no sense, or a `paper` row names no quantity.
  """

  title = 'two clusters'
  free = ('two_cluster.seeds', 'two_cluster.paper', 'two_cluster.drawn')  # no run depends on them

  def __init__(
    self,
    execution,
    losses: dict[str, Callable] = gin.REQUIRED,
    pairs: Union[Callable, dict[str, Callable]] = kept,
    penalties: Optional[dict[str, Optional[Callable]]] = None,
    mixtures: Optional[dict[str, Sequence[Count]]] = None,
    batch_size: Optional[Count] = None,
    seeds: Count = 200,
    critic_width: Size = 10,
    generator_width: Size = 5,
    critic_descent: Callable = Momentum,
    generator_descent: Callable = Momentum,
    critic_steps: Count = 10,
    generator_steps: Count = 10,
    epochs: Count = 5000,
    record_every: Count = 10,
    points: Annotated[int, Range(2)] = 100,
    share: Annotated[float, Range(above=0, below=1)] = 0.5,
    paper: Optional[dict[str, dict[str, str]]] = None,
    drawn: Count = 2,
  ):
    super().__init__(execution, seeds)
    self.penalties, self.batch_size = penalties or {'none': None}, batch_size
    self.mixtures = mixtures or {'one': (1, critic_width, generator_width)}
    lifecycle.check_names('two_cluster', losses=losses, penalties=self.penalties, mixtures=self.mixtures)
    self.unpaired, self.losses = losses, comparisons.paired('two_cluster', losses, pairs)
    self.epochs, self.record_every, self.points, self.share = epochs, record_every, points, share
    self.paper, self.drawn = paper or {}, drawn
    self.steps, self.descents = (critic_steps, generator_steps), (critic_descent, generator_descent)
    _check(self)
    self.cases = comparisons.crossed(self.losses, self.penalties, self.mixtures)
    self.cluster_runs = {name: self._runs_of(*sizes) for name, sizes in self.mixtures.items()}

  def _runs_of(self, components, *widths):
    points = two_clusters.CENTERS, two_clusters.SPREAD, self.setting.due, self.execution.seed
    times = self.steps, self.epochs, self.record_every
    return ClusterRuns(*points, widths, self.descents, *times, self.batch_size, _GRID, components)

  @property
  def setting(self):
    """The `Setting` that outcomes are judged by."""
    first = round(self.share * self.points)
    due = np.array([first, self.points - first])
    times = np.arange(1, self.epochs // self.record_every + 1) * self.record_every
    return outcomes.Setting(two_clusters.CENTERS, two_clusters.SPREAD, two_clusters.RADIUS, due, times, _GRID)

  @property
  def protocol(self):
    """The setting in a line."""
    first, second = self.setting.due
    each = 'loss and penalty' if len(self.penalties) > 1 else 'loss'
    batch = f', batches of {self.batch_size}' if self.batch_size else ''
    sizes = ' or '.join(f'{count} x ' * (count > 1) + f'{tuple(widths)}' for count, *widths in self.mixtures.values())
    return (
      f'{self.seeds} runs of each {each}, {self.epochs:,} epochs of {self.steps[0]} critic and '
      f'{self.steps[1]} generator steps, widths {sizes}, {first} and {second} real '
      f'points{batch}; 95 % intervals in brackets'
    )

  @property
  def sizes(self):
    """Parameters of the players and numbers of runs."""
    runs = {'gradient_steps_per_run': self.epochs * sum(self.steps), 'runs': self.seeds * len(self.cases)}
    return bindings.sizes_of_players(self.cluster_runs) | runs

  def prepare(self):
    """Calls every loss and penalty, and builds the programs of the runs."""
    self.call_once(self.unpaired, self.penalties, 1)
    self.programs  # noqa: B018

  @functools.cached_property
  def programs(self):
    """{case: a whole run with its loss and penalty, a compiled program}."""
    return {
      name: self.cluster_runs[mixture].program(self.losses[loss], self.penalties[penalty])
      for name, (loss, penalty, mixture) in self.cases.items()
    }

  def run(self, name, seed, rates=None):
    """Returns the records of one run of a case, see `ClusterRuns.run`."""
    return self.cluster_runs[self.cases[name][-1]].run(self.programs[name], seed, rates)

  def findings(self, runs):
    """Returns the `Findings` of {case: list of {record: array}}."""
    found = {name: outcomes.outcome(each, self.setting) for name, each in runs.items()}
    escapes, end = {name: each.escapes for name, each in found.items()}, self.epochs
    references = comparisons.references(self.cases)
    rows = outcomes.rows(found, self.paper, self.protocol)
    compared = comparisons.beside_each_other(escapes, end, 'escape', self.protocol, references)
    others = {
      'outcomes.json': files.to_json({name: each.plain() for name, each in found.items()}) + '\n',
      'states.npz': {'epochs': self.setting.times, **outcomes.all_states(runs, self.setting)},
    }
    drawn = self._figures(runs, escapes, references, [*rows, *compared])
    return lifecycle.Findings({'': rows, 'Beside each other': compared}, drawn, others=others)

  def _figures(self, runs, escapes, references, rows):
    """Escapes of all, and of the `references` as many runs as `drawn` says, with their critics."""
    shown = {f'{name}, run {seed}': run for name in references for seed, run in enumerate(runs[name][: self.drawn])}
    paper = outcomes.epochs_of_paper(self.paper)
    title = self.protocol.partition(',')[0]
    found = {
      'movement': functools.partial(figures.movement, runs=shown, setting=self.setting),
      'survival': functools.partial(comparisons.draw, times=escapes, end=self.epochs, title=title, paper=paper),
    }
    for name, run in shown.items():
      file = 'critic_' + name.replace(', run ', '_')
      found[file] = functools.partial(figures.critics, run=run, setting=self.setting, title=name)
    if len(self.cases) > len(self.losses):
      quantities = 'escape, epochs (median)', 'not recovered at the end'
      found['combinations'] = functools.partial(
        outcome_figures.combinations, rows=rows, cases=comparisons.in_rows(self.cases), quantities=quantities
      )
    return found


def _check(study):
  """Refuses sizes that do not fit each other, and rows of a paper that name no quantity."""
  for name, sizes in study.mixtures.items():
    if len(sizes) != 3:
      wanted = "(components, units of a critic's layer, units of a generator's)"
      raise InputError(f'two_cluster.mixtures has {name} = {tuple(sizes)}; give {wanted}')
  lifecycle.check_records('two_cluster', study.record_every, 'epochs', study.epochs)
  if not 0 < study.setting.due[0] < study.points:
    raise InputError(f'two_cluster.share = {study.share} leaves a cluster without a point; give one nearer to 1/2')
  unknown = set(study.paper) - set(outcomes.QUANTITIES)
  if unknown:
    known = ', '.join(outcomes.QUANTITIES)
    raise InputError(f'two_cluster.paper names {", ".join(unknown)}; the quantities are {known}')
