"""Best responses that cycle: the MIX+GAN paper's Appendix B played out, with its bounds beside what comes out."""

from collections.abc import Sequence
from typing import Annotated, Callable

import gin
import numpy as np

from tfgan_landscape.config import bindings
from tfgan_landscape.config.arguments import Positive, Range, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import files
from tfgan_landscape.landscape import best_responses as game
from tfgan_landscape.reporting import results, tables
from tfgan_landscape.studies import lifecycle
from tfgan_landscape.studies.best_responses import figures

take_the_first = gin.external_configurable(game.take_the_first, module='best_responses')
take_in_turn = gin.external_configurable(game.take_in_turn, module='best_responses')
take_at_random = gin.external_configurable(game.take_at_random, module='best_responses')


@configurable('best_responses', denylist=['execution'])
class BestResponses:
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
    self.execution, self.examples, self.rules, self.rounds = execution, examples, rules, rounds
    self.true_angles, self.concentration = true_angles, concentration
    if len(true_angles) < 2:
      raise InputError('best_responses.true_angles has fewer than 2 angles; give the radians of 2 or more')

  def train_and_eval(self):
    """Plays and writes, as `eval`: nothing is learnt here."""
    return self.eval()

  def eval(self):
    """Plays every game, writes the table, the rounds and the figures; returns the exit code."""
    games = {
      (example, rule): [self._play(start, self.rules[rule]) for start in starts]
      for example, starts in self.examples.items()
      for rule in self.rules
    }
    with lifecycle.opened(self.execution):
      self._write(games)
      self._draw(games)
    print(f'everything is in {self.execution.model_dir}: table.md | results.json | rounds.json | figures/')
    return 0

  def _play(self, start, rule):
    return game.play(start, self.rounds, rule, self.true_angles, self.concentration, self.execution.seed)

  def _write(self, games):
    folder = self.execution.model_dir
    counts = ', '.join(f'{len(starts)} of {name}' for name, starts in self.examples.items())
    protocol = f'{self.rounds} rounds; the worst over rounds and starts: {counts}'
    worst = {f'{example}, {rule}': self._worst(played) for (example, rule), played in games.items()}
    results.write(folder, _rows(worst, protocol))
    header = ['bound', 'paper', *worst]
    lines = [[text, paper, *(f'{each[key]:.4g}' for each in worst.values())] for key, (text, paper) in _BOUNDS.items()]
    table = tables.markdown(header, lines)
    files.write_text(folder / 'table.md', f'{protocol}\n\n{table}')
    plain = {
      f'{example}, {rule}': [{name: part.tolist() for name, part in each._asdict().items()} for each in played]
      for (example, rule), played in games.items()
    }
    files.write_text(folder / 'rounds.json', files.to_json(plain) + '\n')
    print(f'{protocol}\n\n{table}')

  def _worst(self, played):
    found = [game.bounds(each, np.array(self.true_angles), self.concentration)._asdict() for each in played]
    smallest = {'deceived', 'true_mean', 'change', 'moved'}
    return {key: (min if key in smallest else max)(each[key] for each in found) for key in _BOUNDS}

  def _draw(self, games):
    folder = self.execution.model_dir / 'figures'
    files.folder(folder)
    true = np.array(self.true_angles)
    shown = {f'{example}, {rule}': played[0] for (example, rule), played in games.items()}
    figures.rounds(folder / 'rounds.png', shown, true)
    theta = np.zeros(1)
    phi = np.linspace(0, 2 * np.pi, 1000)
    value = game.critic_objective(phi, theta, true, self.concentration)
    best = game.maximisers(lambda angle: game.critic_objective(angle, theta, true, self.concentration))
    figures.objective(folder / 'objective.png', phi, value, theta, best, true)

  def describe(self):
    """Prints the bindings and, as JSON, the number of games; touches no disk; returns the exit code."""
    games = len(self.rules) * sum(len(starts) for starts in self.examples.values())
    return bindings.describe({'games': games, 'rounds_per_game': self.rounds})


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
