"""Best responses that cycle: the MIX+GAN paper's Appendix B played out, with its bounds beside what comes out."""

import functools
from collections.abc import Sequence
from typing import Annotated, Callable

import gin
import numpy as np

from tfgan_landscape.config.arguments import Positive, Range, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import files
from tfgan_landscape.landscape import best_responses as game
from tfgan_landscape.reporting import results
from tfgan_landscape.studies import lifecycle
from tfgan_landscape.studies.best_responses import figures

take_the_first = gin.external_configurable(game.take_the_first, module='best_responses')
take_in_turn = gin.external_configurable(game.take_in_turn, module='best_responses')
take_at_random = gin.external_configurable(game.take_at_random, module='best_responses')


@configurable('best_responses', denylist=['execution'])
class BestResponses(lifecycle.Study):
  """Games of Algorithm 1 from some starts, and the worst of every bound over them.

  Args:
    execution: `Execution`, what the flags say; `--seed` draws the ties.
    examples: {name: starts}, a start being the generator's angles; all starts of an example have as many.
    rules: {name: rule for ties}; every start is played under each.
    rounds: of a game, at least 2.
    true_angles: the true distribution is uniform over them, 2 or more.
    concentration: of the critic's bumps.

  Raises:
    InputError: a value makes no sense.
  """

  def __init__(
    self,
    execution,
    examples: dict[str, Sequence[Sequence[float]]] = gin.REQUIRED,
    rules: dict[str, Callable] = gin.REQUIRED,
    rounds: Annotated[int, Range(2)] = 50,
    true_angles: Sequence[float] = tuple(game.TRUE_ANGLES),
    concentration: Positive = game.CONCENTRATION,
  ):
    super().__init__(execution)
    self.examples, self.rules, self.rounds = examples, rules, rounds
    self.true_angles, self.concentration = true_angles, concentration
    if len(true_angles) < 2:
      raise InputError('best_responses.true_angles has fewer than 2 angles; give the radians of 2 or more')

  @property
  def protocol(self):
    """The setting in a line."""
    counts = ', '.join(f'{len(starts)} of {name}' for name, starts in self.examples.items())
    return f'{self.rounds} rounds; the worst over rounds and starts: {counts}'

  @property
  def sizes(self):
    """Numbers of games and rounds."""
    games = len(self.rules) * sum(len(starts) for starts in self.examples.values())
    return {'games': games, 'rounds_per_game': self.rounds}

  def prepare(self):
    """Plays every game."""
    self.games  # noqa: B018

  @functools.cached_property
  def games(self):
    """{example and rule: the games played from its starts}."""
    return {
      f'{example}, {rule}': [self._play(start, self.rules[rule]) for start in starts]
      for example, starts in self.examples.items()
      for rule in self.rules
    }

  def _play(self, start, rule):
    return game.play(start, self.rounds, rule, self.true_angles, self.concentration, self.execution.seed)

  def findings(self):
    """Returns the `Findings`: every bound beside the worst of the games, and the rounds of the first."""
    rows = _rows({name: self._worst(played) for name, played in self.games.items()}, self.protocol)
    plain = {
      name: [{part: values.tolist() for part, values in each._asdict().items()} for each in played]
      for name, played in self.games.items()
    }
    shown, true = {name: played[0] for name, played in self.games.items()}, np.array(self.true_angles)
    drawn = {
      'rounds': functools.partial(figures.rounds, games=shown, true_angles=true),
      'objective': self._draw_objective,
    }
    return lifecycle.Findings({'': rows}, drawn, 'bound', others={'rounds.json': files.to_json(plain) + '\n'})

  def _worst(self, played):
    found = [game.bounds(each, np.array(self.true_angles), self.concentration)._asdict() for each in played]
    smallest = {'deceived', 'true_mean', 'change', 'moved'}
    return {key: (min if key in smallest else max)(each[key] for each in found) for key in _BOUNDS}

  def _draw_objective(self, path):
    """What a critic gains by its angle against one generated point at 0."""

    def gain(angle):
      return game.critic_objective(angle, np.zeros(1), np.array(self.true_angles), self.concentration)

    phi = np.linspace(0, 2 * np.pi, 1000)
    figures.objective(path, phi, gain(phi), np.zeros(1), game.maximisers(gain), np.array(self.true_angles))


def _rows(worst, protocol):
  return [
    results.Row(text, subject, float(found[key]), paper=paper, protocol=protocol)
    for key, (text, paper) in _BOUNDS.items()
    for subject, found in worst.items()
  ]


_BOUNDS = {
  'deceived': ("D at the generator's answer, smallest", '1 (B.1, Example 1)'),
  'caught': ("the same after the critic's answer, largest", '<= 0.001 (B.1)'),
  'true_mean': ("E_true[D] of the critic's answers, smallest", '>= 1/3 (B.1)'),
  'change': ('change of D at theta in a round, smallest', '>= 1/4 (B.1, Example 1)'),
  'spread': ('angle between two generated points, largest', '0 (B.2)'),
  'from_true': ('angle from a generated to the nearest true point, largest', '<= 0.1 (B.2)'),
  'moved': ('share of rounds that change the true point', '1 (B.2)'),
  'critic_from_others': ('angle from a bump to the nearest other true point, largest', '<= 0.05 (Claim 1)'),
}
