"""The study of learning rates: its runs, what it picks, its table and figures, and what it refuses."""

import json

import gin
import numpy as np
import pytest

from tfgan_landscape import main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.dynamics.trajectories import Trajectories
from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import results
from tfgan_landscape.studies.rate_grid.study import FRESH, run_name

TINY = [
  'two_cluster.seeds = 2',
  'two_cluster.epochs = 20',
  'rate_grid.grid_seeds = 3',
  'rate_grid.critic_rates = [0.01, 0.5]',
  'rate_grid.generator_rates = [0.01]',
  "two_cluster.losses = {'JS-GAN': @nonsaturating, 'one': @scale_1/nonsaturating, 'RS-GAN': @relativistic_logistic}",
  "two_cluster.pairs = {'RS-GAN': @all_pairs}",
]


def study(folder, *bindings, mode='train_and_eval'):
  gin.clear_config()
  given = [*TINY, *bindings]
  gin_files.read([gin_files.find('two_cluster_rates.gin')], given, True)
  return main.run(Execution(mode, folder, seed=0, own=frozenset()))


def fill(folder, loss, rates, first, escapes):
  """Puts runs of two records into the folder of which the given ones recover at the first, others at neither."""
  kept = Trajectories(folder / 'trajectories')
  for seed, escape in enumerate(escapes):
    counts = np.array([[50, 50], [50, 50]] if escape else [[100, 0], [100, 0]])
    kept.save(run_name(loss, rates), first + seed, counts=counts, critic_loss=np.zeros(2))


def test_it_runs_the_grid_and_fresh_seeds_at_each_losss_best(tmp_path):
  assert study(tmp_path) == 0
  rows = {(row.quantity, row.subject): row for row in results.read(tmp_path)}
  names = {path.name for path in (tmp_path / 'trajectories').iterdir()}
  for loss in ('JS-GAN', 'RS-GAN'):
    best = rows['critic learning rate', loss].value, rows['generator learning rate', loss].value
    assert best in [(0.01, 0.01), (0.5, 0.01)]
    fresh = {name for name in names if name.startswith(f'{loss}-') and int(name[-9:-4]) >= FRESH}
    assert fresh == {f'{run_name(loss, best)}-{FRESH + seed:05d}.npz' for seed in range(2)}
  assert len(names) == 3 * 2 * 3 + 3 * 2
  for figure in ('rates', 'escape', 'lasting'):
    assert (tmp_path / 'figures' / f'{figure}.png').stat().st_size > 1000
  assert 'nan' not in (tmp_path / 'table.md').read_text()


@pytest.mark.slow
def test_a_rate_is_that_of_its_player(tmp_path):
  study(tmp_path, 'rate_grid.critic_rates = [1e-9]', mode='train')
  kept = Trajectories(tmp_path / 'trajectories')
  run = kept.load(run_name('JS-GAN', (1e-9, 0.01)), 0)
  assert np.ptp(run['critic_loss']) < 0.1
  study(tmp_path / 'other', 'rate_grid.generator_rates = [1e-9]', mode='train')
  still = Trajectories(tmp_path / 'other' / 'trajectories').load(run_name('JS-GAN', (0.01, 1e-9)), 0)
  assert (still['counts'] == still['counts'][0]).all()


def test_the_best_rates_are_those_of_the_smallest_median_then_of_fewest_failures(tmp_path):
  for loss in ('JS-GAN', 'one', 'RS-GAN'):
    fill(tmp_path, loss, (0.01, 0.01), 0, [True, True, False])
    fill(tmp_path, loss, (0.5, 0.01), 0, [True, True, True])
    fill(tmp_path, loss, (0.5, 0.01), FRESH, [True, True] if loss == 'JS-GAN' else [True, False])
  assert study(tmp_path, mode='eval') == 0
  rows = {(row.quantity, row.subject): row for row in results.read(tmp_path)}
  assert rows['critic learning rate', 'JS-GAN'].value == 0.5
  assert rows['first escape, epochs (median)', 'JS-GAN'].value == 10
  assert rows['not recovered at the end', 'RS-GAN'].value == 0.5
  assert rows['JS-GAN, critic 0.01: not recovered at the end', 'generator 0.01'].value == pytest.approx(1 / 3)
  # Two of two escape at 10 beside one of two: 2 where 1.5 are expected, with variance 1/4.
  assert rows['first escape: times JS-GAN', 'RS-GAN'].note == 'p = 0.32'
  assert rows['first escape: times RS-GAN', 'JS-GAN'].value == 0.0  # whose median run never escapes


def test_eval_needs_the_runs(tmp_path):
  with pytest.raises(InputError, match='lacks 3 runs of JS-GAN-critic-0.01-generator-0.01'):
    study(tmp_path, mode='eval')


def test_describe_counts_the_runs(tmp_path, capsys):
  assert study(tmp_path / 'none', mode='describe') == 0
  assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {'grid_runs': 18, 'fresh_runs': 6}
  assert not (tmp_path / 'none').exists()


@pytest.mark.parametrize(
  ('binding', 'words'),
  [
    ('rate_grid.critic_rates = []', 'rate_grid.critic_rates'),
    ('rate_grid.generator_rates = [0.0]', 'rate_grid.generator_rates'),
    ('rate_grid.grid_seeds = 0', 'rate_grid.grid_seeds = 0 does not fit'),
    ("rate_grid.best_by = 'speed'", "rate_grid.best_by = 'speed' does not fit; give 'escape' or 'lasting'"),
    ('two_cluster.seeds = 0', 'two_cluster.seeds = 0 does not fit'),
  ],
)
def test_what_makes_no_sense_is_refused(tmp_path, binding, words):
  with pytest.raises(InputError, match=words):
    study(tmp_path, binding)
