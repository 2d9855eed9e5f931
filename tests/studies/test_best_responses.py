"""The best-response study: whole, what changes its result, and what it refuses. (The game: tests/landscape.)"""

import json

import gin
import pytest

from tfgan_landscape import main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.dynamics import descent  # noqa: F401  Momentum is bound below
from tfgan_landscape.errors import InputError


def study(folder, *more, mode='train_and_eval', seed=0):
  gin.clear_config()
  gin_files.read([gin_files.find('best_responses.gin')], ['best_responses.rounds = 6', *more], True)
  return main.run(Execution(mode, folder, seed=seed))


def cells(folder, start):
  rows = [
    line.split('|')[1:-1] for line in (folder / 'table.md').read_text().splitlines() if line.startswith('| ' + start)
  ]
  return [cell.strip() for cell in rows[0]]


def test_the_study_leaves_its_table_rounds_and_figures(tmp_path):
  assert study(tmp_path) == 0
  assert cells(tmp_path, 'share of rounds') == ['share of rounds that change the true point', '1 (B.2)', *['1'] * 6]
  assert cells(tmp_path, 'angle between two')[2:] == ['0'] * 6
  rounds = json.loads((tmp_path / 'rounds.json').read_text())
  assert len(rounds['Example 1, first']) == 13
  assert len(rounds['Example 2, at random'][0]['theta']) == 7
  assert {path.name for path in (tmp_path / 'figures').iterdir()} == {
    f'{name}.{kind}' for name in ('rounds', 'objective') for kind in ('png', 'svg')
  }


def test_an_even_number_of_bumps_breaks_the_theorem_and_the_table_says_so(tmp_path):
  study(tmp_path, "best_responses.examples = {'two': [[0.0, 0.0]]}", "best_responses.rules = {'turns': @take_in_turn}")
  assert float(cells(tmp_path, 'angle between two')[2]) > 2


def test_seeds_draw_the_ties(tmp_path):
  def ties(seed):
    study(tmp_path / str(seed), seed=seed)
    return json.loads((tmp_path / str(seed) / 'rounds.json').read_text())['Example 2, at random']

  first, other = ties(0), ties(1)
  assert first != other


def test_another_experiment_in_the_folder_is_refused(tmp_path):
  study(tmp_path)
  with pytest.raises(InputError, match='best_responses.rounds 6 -> 7'):
    study(tmp_path, 'best_responses.rounds = 7')


def test_describe_ends_with_json_and_touches_no_disk(tmp_path, capsys):
  assert study(tmp_path / 'none', mode='describe') == 0
  assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {'games': 42, 'rounds_per_game': 6}
  assert not (tmp_path / 'none').exists()


@pytest.mark.parametrize(
  ('binding', 'words'),
  [
    ('best_responses.rounds = 1', 'rounds = 1 does not fit'),
    ('best_responses.rounds = "many"', 'does not fit'),
    ('best_responses.examples = {}', 'best_responses.examples'),
    ("best_responses.examples = {'a': []}", 'best_responses.examples'),
    ("best_responses.examples = {'a': [[]]}", 'examples = .* does not fit'),
    ("best_responses.examples = {'a': [[float('nan')]]}", '--gin_param, line '),
    ('best_responses.rules = {}', 'best_responses.rules'),
    ('best_responses.true_angles = (1.0,)', 'fewer than 2'),
    ('best_responses.concentration = -1.0', 'concentration = -1.0'),
    ('Momentum.momentum = 0.5', 'nothing uses the binding of Momentum.momentum'),
  ],
)
def test_what_makes_no_sense_is_refused(tmp_path, binding, words):
  with pytest.raises(InputError, match=words):
    study(tmp_path, binding)


@pytest.mark.parametrize('mode', ['generate', 'train'])
def test_modes_it_does_not_have_are_refused(tmp_path, mode):
  with pytest.raises(InputError, match=f'no --mode={mode}'):
    study(tmp_path, mode=mode)
