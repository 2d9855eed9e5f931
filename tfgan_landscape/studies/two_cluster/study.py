"""Two clusters on a line: how training falls into the basin of mode collapse and out of it, over hundreds of seeds.

The experiment of the RS-GAN paper, Section 5, Appendix B (Figures 5 to 9) and Appendix C (Figure 11), as its code has
it: data and latents are drawn once, every step sees all of them, the critic goes first. Every seed is a compiled
program of its own, and every loss meets the same starts.
"""

from collections.abc import Sequence
from typing import Annotated, Callable, Optional, Union

import gin
import numpy as np

from tfgan_landscape.config import bindings
from tfgan_landscape.config.arguments import Count, Range, Size, configurable
from tfgan_landscape.dynamics.cluster_runs import ClusterRuns
from tfgan_landscape.dynamics.descent import Momentum
from tfgan_landscape.errors import InputError
from tfgan_landscape.losses import kept
from tfgan_landscape.reporting import grouped_figures, results
from tfgan_landscape.studies import many_runs, pairings, penalty_check
from tfgan_landscape.studies.two_cluster import outcomes as two_cluster_outcomes
from tfgan_landscape.studies.two_cluster import report

_CENTERS = np.array([0.0, 4.0])
_SPREAD = 0.3
_RADIUS = 1.2 * _SPREAD  # as the paper's code counts
_GRID = np.linspace(-1.0, 5.0, 61, dtype=np.float32)

# May change when a study goes on: no run depends on them.
FREE = ('two_cluster.seeds', 'two_cluster.paper', 'two_cluster.drawn')


@configurable('two_cluster', denylist=['execution'])
class TwoCluster:
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
    self.execution, self.batch_size, self.seeds = execution, batch_size, seeds
    self.penalties = penalties or {'none': None}
    self.mixtures = mixtures or {'one': (1, critic_width, generator_width)}
    for name, value in (('losses', losses), ('penalties', self.penalties), ('mixtures', self.mixtures)):
      many_runs.check_names(f'two_cluster.{name}', value)
    self.unpaired, self.losses = losses, pairings.paired('two_cluster', losses, pairs)
    self.epochs, self.record_every, self.points, self.share = epochs, record_every, points, share
    self.paper, self.drawn = paper or {}, drawn
    self.steps, self.descents = (critic_steps, generator_steps), (critic_descent, generator_descent)
    _check(self)
    self.cluster_runs = {name: self._runs_of(*sizes) for name, sizes in self.mixtures.items()}
    self.runs = many_runs.ManyRuns(execution, FREE)

  def _runs_of(self, components, *widths):
    points = _CENTERS, _SPREAD, self.setting.due, self.execution.seed
    times = self.steps, self.epochs, self.record_every
    return ClusterRuns(*points, widths, self.descents, *times, self.batch_size, _GRID, components)

  @property
  def setting(self):
    """The `Setting` that outcomes are judged by."""
    first = round(self.share * self.points)
    due = np.array([first, self.points - first])
    times = np.arange(1, self.epochs // self.record_every + 1) * self.record_every
    return two_cluster_outcomes.Setting(_CENTERS, _SPREAD, _RADIUS, due, times, _GRID)

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

  def train_and_eval(self):
    """Runs what is missing, then writes tables and figures; returns the exit code."""
    return self.train() or self.eval()

  def train(self):
    """Runs every seed of every loss that the folder does not hold yet; returns the exit code."""
    keys = [(name, seed) for seed in range(self.seeds) for name in self.sides]
    self.touch()
    with self.runs.opened():
      self._announce(len(self.runs.missing(keys)), len(keys))
      programs = {name: self.program(name) for name in self.sides}
      return self.runs.make(keys, lambda name, seed: self.run(programs[name], name, seed))

  def touch(self):
    """Calls every loss and penalty once, so that gin knows what they use; refuses what is none."""
    many_runs.touch(self.unpaired)
    penalty_check.check_all(self.penalties, 1)

  @property
  def sides(self):
    """{name: (loss's name, penalty's name, mixture's name)}, see `pairings.crossed`."""
    return pairings.crossed(self.losses, self.penalties, self.mixtures)

  def program(self, name):
    """Returns a whole run with the loss and the penalty of a side as a compiled program."""
    loss, penalty, mixture = self.sides[name]
    return self.cluster_runs[mixture].program(self.losses[loss], self.penalties[penalty])

  def run(self, program, name, seed, rates=None):
    """Returns the records of one run of a side with its program, see `ClusterRuns.run`."""
    return self.cluster_runs[self.sides[name][-1]].run(program, seed, rates)

  def eval(self):
    """Writes tables and figures of the runs in the folder; returns the exit code."""
    with self.runs.reporting():
      folder = self.execution.model_dir
      runs = {name: self.runs.load(name, self.seeds) for name in self.sides}
      outcomes = {name: two_cluster_outcomes.outcome(each, self.setting) for name, each in runs.items()}
      said = self.setting, self.paper, self.protocol, pairings.references(self.sides)
      print(report.write(folder, runs, outcomes, *said))
      report.draw(folder / 'figures', runs, outcomes, *said, self.drawn)
      if len(self.sides) > len(self.losses):
        quantities = 'escape, epochs (median)', 'not recovered at the end'
        rows = results.read(folder)
        grouped_figures.combinations(folder / 'figures/combinations.png', rows, self.sides, quantities)
    print(f'everything is in {folder}:')
    print('  table.md | results.json | outcomes.json by run | states.npz by record | figures/ | trajectories/')
    return 0

  def describe(self):
    """Prints the bindings and, as JSON, the sizes; touches no disk; returns the exit code."""
    steps = self.epochs * sum(self.steps)
    sizes = bindings.sizes_of_players(self.cluster_runs)
    return bindings.describe({**sizes, 'gradient_steps_per_run': steps, 'runs': self.seeds * len(self.sides)})

  def _announce(self, missing, runs):
    print(f'two clusters  {self.protocol}')
    print(f'losses        {", ".join(self.sides)}')
    print(f'run           {self.execution.model_dir}: {missing} of {runs} runs to do', flush=True)


def _check(study):
  """Refuses sizes that do not fit each other, and rows of a paper that name no quantity."""
  for name, sizes in study.mixtures.items():
    if len(sizes) != 3:
      wanted = "(components, units of a critic's layer, units of a generator's)"
      raise InputError(f'two_cluster.mixtures has {name} = {tuple(sizes)}; give {wanted}')
  many_runs.check_records('two_cluster', study.record_every, 'epochs', study.epochs)
  if not 0 < study.setting.due[0] < study.points:
    raise InputError(f'two_cluster.share = {study.share} leaves a cluster without a point; give one nearer to 1/2')
  unknown = set(study.paper) - set(two_cluster_outcomes.QUANTITIES)
  if unknown:
    known = ', '.join(two_cluster_outcomes.QUANTITIES)
    raise InputError(f'two_cluster.paper names {", ".join(unknown)}; the quantities are {known}')
