"""The control of a comparison of losses: every loss over a grid of learning rates, then each at its own best.

For plain gradient descent the scale of the critic's loss is its learning rate, so that two losses at one rate are not
compared on equal terms. Here the two-cluster experiment runs at every pair of rates; each loss's best pair is picked,
and fresh seeds compare the losses there, each at its own.
"""

import functools
import itertools
from collections.abc import Sequence
from typing import Annotated, Callable, Literal

from tfgan_landscape.config import bindings
from tfgan_landscape.config.arguments import Positive, Range, configurable
from tfgan_landscape.evaluation import survival, two_clusters
from tfgan_landscape.studies import many_runs
from tfgan_landscape.studies.rate_grid import report
from tfgan_landscape.studies.two_cluster import outcomes as two_cluster_outcomes
from tfgan_landscape.studies.two_cluster.study import TwoCluster

FRESH = 1000  # the first seed of the comparison; the grid's are smaller

# May change when a study goes on: no run depends on them, or their runs have names of their own.
FREE = (
  'rate_grid.critic_rates',
  'rate_grid.generator_rates',
  'rate_grid.grid_seeds',
  'rate_grid.best_by',
  'two_cluster.seeds',
)


@configurable('rate_grid', denylist=['execution'])
class RateGrid:
  """The two-cluster experiment over learning rates of both players.

  Args:
    execution: `Execution`, what the flags say.
    experiment: makes the `TwoCluster` whose losses and setting these are; its `seeds` is the number of fresh ones.
    critic_rates: learning rates of the critic.
    generator_rates: of the generator.
    grid_seeds: runs of each loss at each pair of rates.
    best_by: what picks a loss's best pair: the smallest median time of the first escape, or of the recovery that lasts
      to the end; of equals, the one with fewer runs that end without recovery.
  """

  def __init__(
    self,
    execution,
    experiment: Callable = TwoCluster,
    critic_rates: Sequence[Positive] = (0.005, 0.01, 0.02, 0.04),
    generator_rates: Sequence[Positive] = (0.005, 0.01, 0.02),
    grid_seeds: Annotated[int, Range(1, at_most=FRESH)] = 20,
    best_by: Literal['escape', 'lasting'] = 'lasting',
  ):
    self.execution, self.experiment = execution, experiment(execution)
    self.critic_rates, self.generator_rates = critic_rates, generator_rates
    self.grid_seeds, self.best_by = grid_seeds, best_by
    self.runs = many_runs.ManyRuns(execution, FREE)
    self._program = functools.cache(self.experiment.program)

  @property
  def cells(self):
    """Every pair of rates (critic's, generator's)."""
    return list(itertools.product(self.critic_rates, self.generator_rates))

  @property
  def protocol(self):
    """The setting in a line."""
    return (
      f'{self.grid_seeds} runs of each loss at each pair of rates; {self.experiment.protocol}, other seeds than the '
      f"grid's; each loss at its pair with the smallest median {report.TIMES[self.best_by]}"
    )

  def train_and_eval(self):
    """Runs what is missing, then writes tables and figures; returns the exit code."""
    return self.train() or self.eval()

  def train(self):
    """Runs the grid, picks each loss's best rates, runs the fresh seeds there; returns the exit code."""
    self.experiment.touch()
    with self.runs.opened():
      print(f'two clusters over learning rates  {self.protocol}', flush=True)
      return self._make(self._grid_keys()) or self._make(self._fresh_keys())

  def _grid_keys(self):
    names = itertools.product(self.experiment.sides, self.cells)
    return {(run_name(loss, rates), seed): (loss, rates) for loss, rates in names for seed in range(self.grid_seeds)}

  def _fresh_keys(self):
    best = {name: self.best(name) for name in self.experiment.sides}
    print('\n'.join(f'best of {name}: critic {rates[0]:g}, generator {rates[1]:g}' for name, rates in best.items()))
    seeds = range(FRESH, FRESH + self.experiment.seeds)
    return {(run_name(loss, rates), seed): (loss, rates) for loss, rates in best.items() for seed in seeds}

  def _make(self, keys):
    def run(name, seed):
      loss, rates = keys[name, seed]
      records = self.experiment.run(self._program(loss), loss, seed, rates)
      setting = self.experiment.setting
      counts = two_clusters.mode_counts(records['fake'], setting.centers, setting.radius)
      return {'counts': counts, 'critic_loss': records['critic_loss']}

    return self.runs.make(list(keys), run)

  def recovery(self, loss, rates):
    """Returns the `Recovery` of a loss's runs in the grid."""
    return self._recovery(loss, rates, self.grid_seeds)

  def fresh(self, loss):
    """Returns the `Recovery` of a loss's fresh runs at its best rates."""
    return self._recovery(loss, self.best(loss), self.experiment.seeds, FRESH)

  def _recovery(self, loss, rates, count, first=0):
    counts = [run['counts'] for run in self.runs.load(run_name(loss, rates), count, first)]
    return two_cluster_outcomes.recovery(counts, self.experiment.setting)

  def best(self, loss):
    """Returns the pair of rates that is best for a loss in the grid."""

    def cost(rates):
      found = self.recovery(loss, rates)
      times = {'escape': found.escapes, 'lasting': found.lasting}[self.best_by]
      return survival.median(times).value, (~found.recovered).mean()

    return min(self.cells, key=cost)

  def eval(self):
    """Writes tables and figures of the runs in the folder; returns the exit code."""
    with self.runs.reporting():
      print(report.write(self))
    print(f'everything is in {self.execution.model_dir}: table.md | results.json | figures/ | trajectories/')
    return 0

  def describe(self):
    """Prints the bindings and, as JSON, the numbers of runs; touches no disk; returns the exit code."""
    losses = len(self.experiment.sides)
    runs = {'grid_runs': losses * len(self.cells) * self.grid_seeds, 'fresh_runs': losses * self.experiment.seeds}
    return bindings.describe(runs)


def run_name(loss, rates):
  """The name under which runs of a loss at a pair of rates are kept."""
  return f'{loss}-critic-{rates[0]:g}-generator-{rates[1]:g}'
