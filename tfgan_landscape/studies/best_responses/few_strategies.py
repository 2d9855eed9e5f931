"""How few strategies are enough: Theorem 4.2 of the MIX+GAN paper on matrix games that are solved exactly.

A game between infinitely many generators and critics has an equilibrium in mixed strategies; T of them drawn from it
are already near one, and T need not be large. The game here is a matrix, its equilibrium comes from a linear program,
and the epsilon of every draw is exact.
"""

import functools
from collections.abc import Sequence
from typing import Annotated, Callable

import gin
import numpy as np

from tfgan_landscape.config.arguments import Count, Range, configurable
from tfgan_landscape.evaluation import survival
from tfgan_landscape.landscape import games
from tfgan_landscape.reporting import results
from tfgan_landscape.studies import lifecycle
from tfgan_landscape.studies.best_responses import figures

random_game = gin.external_configurable(games.random_game, module='few_strategies')
guessing_game = gin.external_configurable(games.guessing_game, module='few_strategies')


@configurable('few_strategies', denylist=['execution'])
class FewStrategies(lifecycle.Study):
  """Epsilons of small mixtures drawn from the equilibria of matrix games.

  Args:
    execution: `Execution`, what the flags say; `--seed` draws games and strategies.
    games: {name: `(size, random) -> pay-offs [size, size]`}, what a critic wins.
    size: pure strategies of either side.
    counts: T, strategies of each mixture.
    draws: mixtures of each count.
  """

  def __init__(
    self,
    execution,
    games: dict[str, Callable] = gin.REQUIRED,
    size: Annotated[int, Range(2, at_most=2000)] = 200,
    counts: Sequence[Count] = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
    draws: Annotated[int, Range(2)] = 100,
  ):
    super().__init__(execution)
    self.games, self.size, self.counts, self.draws = games, size, counts, draws

  @property
  def protocol(self):
    """The setting in a line."""
    return (
      f'{self.draws} draws of T generators and T critics from the exact equilibrium of a game of {self.size} against '
      f'{self.size}, pay-offs in [0, 1]; means, 95 % intervals in brackets'
    )

  @property
  def sizes(self):
    """Number of draws."""
    return {'draws': self.draws * len(self.counts) * len(self.games)}

  def findings(self):
    """Returns the `Findings`: the games solved, and epsilons of mixtures drawn from their equilibria."""
    found, bounds = {}, {}
    for index, (name, make) in enumerate(self.games.items()):
      random = np.random.default_rng([self.execution.seed, index])
      payoff = make(self.size, random)
      found[name] = self._epsilons(payoff, random)
      bounds[name] = {count: games.within(payoff, count) for count in self.counts}
    means = {name: {count: survival.mean(values) for count, values in each.items()} for name, each in found.items()}
    drawing = functools.partial(figures.epsilons, found=means, bounds=bounds)
    return lifecycle.Findings({'': self._rows(found, means, bounds)}, {'epsilons': drawing}, corner='T')

  def _epsilons(self, payoff, random):
    """{T: exact epsilons of its draws}."""
    solved = games.equilibrium(payoff)

    def draw(count):
      sides = (games.sampled(shares, count, random) for shares in (solved.generators, solved.critics))
      return games.approximation(payoff, *sides)

    return {count: [draw(count) for _ in range(self.draws)] for count in self.counts}

  def _rows(self, found, means, bounds):
    rows = []
    for name, counts in found.items():
      for count, values in counts.items():
        bound = bounds[name][count]
        numbers = {
          'epsilon': means[name][count],
          "the theorem's bound": (bound,),
          'draws within it': (float(np.mean(np.array(values) <= bound)),),
        }
        subjects = {f'{name}: {what}': each for what, each in numbers.items()}
        rows += [results.row(f'{count:,}', what, each, protocol=self.protocol) for what, each in subjects.items()]
    return rows
