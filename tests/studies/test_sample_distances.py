"""The study of distances of samples: a tiny run whole, its laws, and what it refuses."""

import json

import gin
import numpy as np
import pytest

from tfgan_landscape import main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import results

TINY = ['seeds = 2', 'iterations = 300', 'counts = [5, 400]', 'widths = [3]', 'dimensions = 6']


def study(folder, *bindings, mode='train_and_eval'):
  gin.clear_config()
  tiny = [f'sample_distances.{binding}' for binding in (*TINY, *bindings)]
  gin_files.read([gin_files.find('sample_distances.gin')], tiny, True)
  return main.run(Execution(mode, folder))


def test_ideal_critics_tell_samples_apart_and_a_small_network_less_with_more_points(tmp_path):
  assert study(tmp_path) == 0
  rows = {(row.quantity, row.subject): row.value for row in results.read(tmp_path)}
  for count in ('m = 5', 'm = 400'):
    assert rows['Jensen-Shannon, ideal critic', count] == pytest.approx(np.log(2))
    assert rows['Wasserstein of m points and the distribution, at least', count] > 0.3
    on_fresh = rows['the same critic on fresh points, width 3', count]
    assert on_fresh < rows['two samples, critic of width 3', count] <= np.log(2)  # equal distributions have at most 0
  for words in 'two samples, critic of width 3', 'm points beside the distribution, width 3':
    assert rows[words, 'm = 5'] > 2 * rows[words, 'm = 400']
  assert (tmp_path / 'figures/distances.png').stat().st_size > 0


def test_a_critic_that_goes_on_is_named_and_one_that_has_converged_is_not(tmp_path, capsys):
  assert study(tmp_path / 'few', 'iterations = 20') == 0
  warned = [line for line in capsys.readouterr().out.splitlines() if line.startswith('not converged: ')]
  assert any('two samples, critic of width 3, m = 5: on the points it learns from' in line for line in warned)
  assert all(line.endswith('sample_distances.iterations = 80 would say more') for line in warned)
  assert all(line in (tmp_path / 'few/table.md').read_text() for line in warned)
  assert study(tmp_path / 'many', 'iterations = 4000', 'counts = [5]') == 0
  assert 'not converged: two samples' not in capsys.readouterr().out


def test_describe_counts(tmp_path, capsys):
  assert study(tmp_path / 'none', mode='describe') == 0
  assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {'runs': 8, 'steps_per_run': 300}


@pytest.mark.parametrize('binding', ['seeds = 0', 'counts = [1]', 'counts = [6000]', 'noise = 0.0', 'widths = []'])
def test_what_makes_no_sense_is_refused(tmp_path, binding):
  with pytest.raises(InputError, match=f'sample_distances.{binding.partition(" ")[0]} = .* does not fit'):
    study(tmp_path / 'run', binding)
  assert not (tmp_path / 'run').exists()


def test_steps_that_cannot_be_measured_ten_times_are_refused(tmp_path):
  with pytest.raises(InputError, match='sample_distances.iterations = 305 is no multiple of 10; give one'):
    study(tmp_path / 'run', 'iterations = 305')
  assert not (tmp_path / 'run').exists()
