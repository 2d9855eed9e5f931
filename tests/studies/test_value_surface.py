"""The study of value surfaces: distances by hand, a tiny run whole, and what it refuses."""

import json

import gin
import numpy as np
import pytest

from tfgan_landscape import main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.datasets import densities
from tfgan_landscape.dynamics.trajectories import Trajectories
from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import results

TINY = ['seeds = 2', 'iterations = 20', 'counts = [30]', 'width = 4', 'grid = 5']


def study(folder, *bindings, mode='train_and_eval'):
  gin.clear_config()
  tiny = [f'value_surface.{binding}' for binding in TINY]
  gin_files.read([gin_files.find('value_surface.gin')], [*tiny, *bindings], True)
  return main.run(Execution(mode, folder))


def test_it_leaves_a_table_a_figure_and_runs(tmp_path):
  assert study(tmp_path) == 0
  rows = {(row.quantity, row.subject): row.value for row in results.read(tmp_path)}
  assert {quantity for quantity, _ in rows} == {'none, 30', '1-GP, 30', '0-GP-sample, 30', '0-GP, 30'}
  gap = rows['none, 30', 'loss on fresh points'] - rows['none, 30', 'loss on its sample']
  assert rows['none, 30', 'gap'] == pytest.approx(gap, abs=1e-6)
  assert {path.name for path in (tmp_path / 'figures').glob('*.png')} == {'surfaces.png'}
  free, penalised = (Trajectories(tmp_path / 'trajectories').load(f'{name}-30', 1) for name in ('none', '0-GP'))
  np.testing.assert_array_equal(free['sample'], penalised['sample'])
  assert free['grid_logits'].shape == (1, 25)
  assert not np.allclose(free['grid_logits'], penalised['grid_logits'])


def test_runs_of_an_earlier_version_lack_some_rows_and_nothing_else(tmp_path):
  assert study(tmp_path) == 0
  everything = {(row.quantity, row.subject) for row in results.read(tmp_path)}
  for path in (tmp_path / 'trajectories').glob('none-30*.npz'):
    with np.load(path) as kept:
      before = {name: kept[name] for name in kept.files if name not in ('slopes_between', 'slopes_at_real')}
    np.savez(path, **before)
  assert study(tmp_path, mode='eval') == 0
  rows = {(row.quantity, row.subject) for row in results.read(tmp_path)}
  lacking = {'largest slope of D at a real point', 'spread of slopes between real and fake points'}
  assert everything - rows == {('none, 30', subject) for subject in lacking}


def test_a_critic_that_learns_long_from_many_points_comes_near_the_optimum(tmp_path):
  more = 'iterations = 3000', 'counts = [3000]', 'width = 32', 'seeds = 1', "penalties = {'none': None}"
  bindings = [f'value_surface.{each}' for each in more]
  gin.clear_config()
  unused = ('one/', 'sample/', 'line/', 'gradient', 'zero', 'together', 'r1', 'r2')
  text = gin_files.find('value_surface.gin').read_text().splitlines()
  text = [line for line in text if not line.startswith(unused)]
  (tmp_path / 'plain.gin').write_text('\n'.join(text))
  gin_files.read([tmp_path / 'plain.gin'], bindings, True)
  assert main.run(Execution('train_and_eval', tmp_path / 'run')) == 0
  (distance,) = [row.value for row in results.read(tmp_path / 'run') if row.subject == 'distance to D*']
  assert distance < 0.06  # a constant 1/2 has 0.17


def test_densities_by_hand():
  density = densities.normal([1.0, 0.0], [[4.0, 0.0], [0.0, 1.0]])
  # at (3, 0): -1/2 - log(2 pi 2)
  np.testing.assert_allclose(density.log_density([[3.0, 0.0]]), [-0.5 - np.log(4 * np.pi)])
  points = density.sample(20_000, np.random.default_rng(0))
  np.testing.assert_allclose(points.mean(0), [1.0, 0.0], atol=0.05)
  np.testing.assert_allclose(np.cov(points.T), [[4.0, 0.0], [0.0, 1.0]], atol=0.15)
  other = densities.normal([0.0, 0.0], [[1.0, 0.5], [0.5, 1.0]])
  again = other.sample(20_000, np.random.default_rng(1))
  np.testing.assert_allclose(np.cov(again.T), [[1.0, 0.5], [0.5, 1.0]], atol=0.05)
  np.testing.assert_allclose(densities.optimal_logit(density, density, points[:5]), np.zeros(5))


def test_describe_counts(tmp_path, capsys):
  assert study(tmp_path / 'none', mode='describe') == 0
  assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {'runs': 8, 'steps_per_run': 20}
  assert not (tmp_path / 'none').exists()


@pytest.mark.parametrize(
  ('binding', 'words'),
  [
    ('value_surface.seeds = 0', 'value_surface.seeds = 0 does not fit'),
    ('value_surface.lower = 5.0', 'is not below value_surface.upper = 4.5'),
    ('real/normal.covariance = [[1.0, 2.0], [2.0, 1.0]]', 'not positive definite'),
    ('real/normal.mean = [0.4]', 'no symmetric matrix of 1 rows'),
    ("value_surface.penalties = {'a b': None}", "has the name 'a b'"),
  ],
)
def test_what_makes_no_sense_is_refused(tmp_path, binding, words):
  with pytest.raises(InputError, match=words):
    study(tmp_path / 'run', binding)
  assert not (tmp_path / 'run').exists()
