"""The control of a comparison of losses: every loss over a grid of learning rates, then each at its own best.

For plain gradient descent the scale of the critic's loss is its learning rate, so that two losses at one rate are not
compared on equal terms. Here the two-cluster experiment runs at every pair of rates; each loss's best pair is picked,
and fresh seeds compare the losses there, each at its own.
"""

import functools
import itertools
from collections.abc import Sequence
from typing import Annotated, Callable, Literal

from tfgan_landscape.config.arguments import Positive, Range, configurable
from tfgan_landscape.evaluation import two_clusters
from tfgan_landscape.studies import comparisons, lifecycle
from tfgan_landscape.studies.rate_grid import figures, outcomes
from tfgan_landscape.studies.two_cluster.outcomes import recovery
from tfgan_landscape.studies.two_cluster.study import TwoCluster

FRESH = 1000  # the first seed of the comparison; the grid's are smaller


@configurable('rate_grid', denylist=['execution'])
class RateGrid(lifecycle.RunsStudy):
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

  title = 'two clusters over learning rates'
  free = (  # no run depends on them, or their runs have other names
    'rate_grid.critic_rates',
    'rate_grid.generator_rates',
    'rate_grid.grid_seeds',
    'rate_grid.best_by',
    'two_cluster.seeds',
  )

  def __init__(
    self,
    execution,
    experiment: Callable = TwoCluster,
    critic_rates: Sequence[Positive] = (0.005, 0.01, 0.02, 0.04),
    generator_rates: Sequence[Positive] = (0.005, 0.01, 0.02),
    grid_seeds: Annotated[int, Range(1, at_most=FRESH)] = 20,
    best_by: Literal['escape', 'lasting'] = 'lasting',
  ):
    self.experiment = experiment(execution)
    super().__init__(execution, self.experiment.seeds)
    self.critic_rates, self.generator_rates = critic_rates, generator_rates
    self.grid_seeds, self.best_by = grid_seeds, best_by
    self.losses, self.rates = list(self.experiment.cases), list(itertools.product(critic_rates, generator_rates))
    self.cases = {run_name(*case): case for case in itertools.product(self.losses, self.rates)}

  @property
  def protocol(self):
    """The setting in a line."""
    return (
      f'{self.grid_seeds} runs of each loss at each pair of rates; {self.experiment.protocol}, other seeds than the '
      f"grid's; each loss at its pair with the smallest median {outcomes.TIMES[self.best_by]}"
    )

  @property
  def sizes(self):
    """Numbers of runs."""
    return {'grid_runs': len(self.cases) * self.grid_seeds, 'fresh_runs': len(self.losses) * self.seeds}

  def prepare(self):
    """Calls what the experiment is made of."""
    self.experiment.prepare()

  def stages(self):
    """First the grid, then fresh seeds of each loss at its best rates."""
    yield dict.fromkeys(self.cases, range(self.grid_seeds))
    for loss, rates in self.best.items():
      print(f'best of {loss}: critic {rates[0]:g}, generator {rates[1]:g}')
    yield {run_name(*case): range(FRESH, FRESH + self.seeds) for case in self.best.items()}

  def run(self, name, seed):
    """Returns the counts in the clusters and the critic's loss of a run of a case."""
    loss, rates = self.cases[name]
    records, setting = self.experiment.run(loss, seed, rates), self.experiment.setting
    counts = two_clusters.mode_counts(records['fake'], setting.centers, setting.radius)
    return {'counts': counts, 'critic_loss': records['critic_loss']}

  @functools.cached_property
  def grid(self):
    """{loss: {pair of rates: `Recovery` of its runs}}."""
    return {
      loss: {rates: self._recovery(loss, rates, range(self.grid_seeds)) for rates in self.rates} for loss in self.losses
    }

  @functools.cached_property
  def best(self):
    """{loss: its best pair of rates in the grid}."""
    return {loss: outcomes.best(found, self.best_by) for loss, found in self.grid.items()}

  def _recovery(self, loss, rates, seeds):
    counts = [run['counts'] for run in self.runs.load_all(run_name(loss, rates), seeds)]
    return recovery(counts, self.experiment.setting)

  def findings(self, runs):
    """Returns the `Findings`, of the grid and of the fresh runs at each loss's best rates."""
    fresh = {loss: self._recovery(loss, rates, range(FRESH, FRESH + self.seeds)) for loss, rates in self.best.items()}
    end = int(self.experiment.setting.times[-1])
    times = {key: outcomes.times(fresh, key) for key in outcomes.TIMES}
    tables = {'Each loss at its own best rates': outcomes.at_best(fresh, self.best, self.protocol)}
    for key, event in outcomes.TIMES.items():
      tables[f'Beside each other: {event}'] = comparisons.beside_each_other(times[key], end, event, self.protocol)
    tables['The grid'] = outcomes.cells(self.grid, self.protocol)
    rates = self.critic_rates, self.generator_rates
    drawn = {
      'rates': functools.partial(figures.heat_maps, measures=outcomes.maps(self.grid), rates=rates, best=self.best)
    }
    for key, event in outcomes.TIMES.items():
      title = f'{event}, each loss at its own best learning rates'
      drawn[key] = functools.partial(comparisons.draw, times=times[key], end=end, title=title)
    return lifecycle.Findings(tables, drawn)


def run_name(loss, rates):
  """The name under which runs of a loss at a pair of rates are kept."""
  return f'{loss}-critic-{rates[0]:g}-generator-{rates[1]:g}'
