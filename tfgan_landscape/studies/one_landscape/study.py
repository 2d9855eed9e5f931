"""How strong a Lipschitz penalty clears a loss's landscape of bad minima: particles on the exact landscape.

Points descend V(Y) = max over critics of [ payoff - lambda k^2 ] from random starts, k the critic's Lipschitz constant
(`landscape.lipschitz_value`). Where they end says how much of the space the bad minima drain, at each weight lambda;
beside it stand the weight above which each bad state is no minimum (`landscape.critical_weight`), and how many of the
n^n states are strict local minima.
"""

import functools
import itertools
from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np

from tfgan_landscape import landscape
from tfgan_landscape.config.arguments import Count, Positive, Range, configurable
from tfgan_landscape.studies import lifecycle
from tfgan_landscape.studies.one_landscape import figures, outcomes

Losses = Literal[
  'js', 'rs', 'rs_all', 'hinge', 'rp_hinge', 'rp_hinge_all', 'least_squares', 'rp_least_squares', 'rp_least_squares_all'
]  # fmt: skip


@configurable('one_landscape', denylist=['execution'])
class OneLandscape(lifecycle.RunsStudy):
  """Descents on the landscape under a Lipschitz critic, n real points evenly on a line of length 1.

  Args:
    execution: `Execution`, what the flags say.
    losses: names of `landscape`'s losses.
    points: numbers n of real points.
    weights: lambda, over the squared length of the line.
    seeds: starts of each loss and n, drawn uniformly from the line and a quarter of its length on either side.
    counted: numbers n whose n^n states are all tried, for how many are strict local minima at each weight.
  """

  title = 'the landscape under a Lipschitz critic'
  free = ('one_landscape.seeds', 'one_landscape.counted')

  def __init__(
    self,
    execution,
    losses: Sequence[Losses] = ('js', 'rs_all', 'rs'),
    points: Sequence[Annotated[int, Range(2, at_most=20)]] = (2, 4),
    weights: Sequence[Positive] = (1e-3, 3e-3, 6e-3, 0.012, 0.02, 0.03, 0.05),
    seeds: Count = 40,
    counted: Sequence[Annotated[int, Range(2, at_most=5)]] = (2, 3),
  ):
    super().__init__(execution, seeds)
    self.losses = {name: getattr(landscape, name) for name in losses}
    self.points, self.weights, self.counted = points, np.sort(np.array(weights, np.float64)), counted
    self.cases = {f'{loss}-{n}': (loss, n) for loss, n in itertools.product(losses, points)}

  @property
  def protocol(self):
    """The setting in a line."""
    return f'exact critics; {self.seeds} random starts, n real points evenly on a line of length D; lambda over D^2'

  @property
  def sizes(self):
    """Number of descents."""
    return {'descents': len(self.cases) * self.seeds * len(self.weights)}

  def run(self, name, seed):
    """Returns the ends of one start at every weight: points [weights, n], values [weights], whether stationary."""
    loss, n = self.cases[name]
    real, start = line(n), np.random.default_rng([self.execution.seed, seed, n]).uniform(-0.25, 1.25, n)
    found = [landscape.descend(real, start, self.losses[loss], weight) for weight in self.weights]
    return {
      'ends': np.stack([each.points[:, 0] for each in found]),
      'values': np.array([each.values[-1] for each in found]),
      'stationary': np.array([each.stationary for each in found]),
    }

  def findings(self, runs):
    """Returns the `Findings` of {case: list of {record: array}}."""
    bad = {self.cases[name]: outcomes.bad_shares(line(self.cases[name][1]), each) for name, each in runs.items()}
    critical = {
      (loss, n): outcomes.critical_weights(line(n), each)
      for (loss, each), n in itertools.product(self.losses.items(), self.counted)
    }
    counts = {
      (loss, n): [outcomes.bad_minima(line(n), each, weight) for weight in self.weights]
      for (loss, each), n in itertools.product(self.losses.items(), self.counted)
    }
    names = {name: loss.name for name, loss in self.losses.items()}
    tables = {
      'Ends away from Y = X': outcomes.share_rows(bad, names, self.weights, self.protocol),
      'States that are strict local minima and no permutation of X': outcomes.count_rows(counts, names, self.weights),
      'The weight above which a state is no minimum': outcomes.critical_rows(critical, names),
    }
    drawn = {
      'phases': functools.partial(
        figures.phases, shares=bad, critical=critical, names=names, weights=self.weights, counts=counts
      )
    }
    return lifecycle.Findings(tables, drawn, corner='lambda / D^2')


def line(n):
  """Returns n points evenly from 0 to 1."""
  return np.linspace(0.0, 1.0, n)
