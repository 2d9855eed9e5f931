"""The study of the Dirac-GAN: its table, its figure, and what it refuses."""

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
  gin_files.read([gin_files.find('dirac.gin')], ['dirac.steps = 20', *bindings], True)
  return main.run(Execution(mode, folder))


def test_it_leaves_a_table_and_a_figure(tmp_path):
  two = "dirac.losses = {'JS-GAN': @nonsaturating, 'W-GAN': @wasserstein}"
  assert study(tmp_path, two) == 0
  rows = {(row.quantity, row.subject): row.value for row in results.read(tmp_path)}
  assert rows['JS-GAN, R1', 'second derivative of the penalty'] == pytest.approx(0.3)
  assert rows['W-GAN, 0-GP', 'second derivative of the penalty'] == pytest.approx(0.3)
  assert rows['W-GAN, none', 'largest eigenvalue, absolute'] == pytest.approx(1.0)
  # trace 2 - 0.06 - 0.01, determinant 0.94: complex, of absolute value sqrt(0.94)
  assert rows['JS-GAN, R1', 'largest eigenvalue, absolute'] == pytest.approx(0.94**0.5)
  assert max(value for (_, column), value in rows.items() if column == 'difference from theory') < 1e-8
  assert {path.name for path in (tmp_path / 'figures').glob('*.png')} == {'ways.png'}


def test_describe_counts(tmp_path, capsys):
  assert study(tmp_path / 'none', mode='describe') == 0
  assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {'runs': 18, 'steps_per_run': 20}
  assert not (tmp_path / 'none').exists()


@pytest.mark.parametrize(
  ('binding', 'words'),
  [
    ('dirac.steps = 0', 'dirac.steps = 0 does not fit'),
    ('dirac.critic_rate = 0.0', 'dirac.critic_rate'),
    ('dirac.losses = {}', 'dirac.losses'),
    ("dirac.penalties = {'odd': @nonsaturating}", 'the penalty odd fails: nonsaturating'),
  ],
)
def test_what_makes_no_sense_is_refused(tmp_path, binding, words):
  with pytest.raises(InputError, match=words):
    study(tmp_path / 'run', binding)
  assert not (tmp_path / 'run').exists()
