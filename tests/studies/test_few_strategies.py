"""The study of few strategies: a tiny run whole, epsilons by hand, and what it refuses."""

import json

import gin
import pytest

from tfgan_landscape import main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import results


def study(folder, *bindings, mode='train_and_eval'):
  gin.clear_config()
  tiny = [f'few_strategies.{binding}' for binding in ('size = 20', 'draws = 10', 'counts = [1, 400]', *bindings)]
  gin_files.read([gin_files.find('few_strategies.gin')], tiny, True)
  return main.run(Execution(mode, folder))


def test_one_strategy_is_caught_and_many_are_near_the_equilibrium(tmp_path):
  """Guessing: one generator is caught always, one critic wins nothing against the others: epsilon (1 - 0) / 2."""
  assert study(tmp_path) == 0
  rows = {(row.quantity, row.subject): row.value for row in results.read(tmp_path)}
  assert rows['1', 'guessing: epsilon'] == 0.5
  for game in ('guessing', 'random pay-offs'):
    assert 0 < rows['400', f'{game}: epsilon'] < rows['400', f"{game}: the theorem's bound"] < 1
    assert rows['400', f'{game}: draws within it'] >= 0.5
  assert (tmp_path / 'figures/epsilons.png').stat().st_size > 0


def test_the_same_seed_gives_the_same_rows(tmp_path):
  study(tmp_path / 'one')
  study(tmp_path / 'two')
  assert (tmp_path / 'one/results.json').read_text() == (tmp_path / 'two/results.json').read_text()


def test_describe_counts(tmp_path, capsys):
  assert study(tmp_path / 'none', mode='describe') == 0
  assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {'draws': 40}


@pytest.mark.parametrize('binding', ['size = 1', 'draws = 1', 'counts = []', 'counts = [0]'])
def test_what_makes_no_sense_is_refused(tmp_path, binding):
  with pytest.raises(InputError, match=f'few_strategies.{binding.partition(" ")[0]} = .* does not fit'):
    study(tmp_path / 'run', binding)
