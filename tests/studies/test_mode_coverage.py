"""The study of mode coverage: a tiny run whole, what it counts, resuming, penalties, and what it refuses."""

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
from tfgan_landscape.studies.mode_coverage import outcomes as mode_coverage_outcomes

TINY = [
  'mode_coverage.seeds = 2',
  'mode_coverage.iterations = 4',
  'mode_coverage.record_every = 2',
  'mode_coverage.width = 4',
  'mode_coverage.samples = 40',
  'mode_coverage.drawn = 1',
  "mode_coverage.losses = {'JS-GAN': @nonsaturating}",
  'mode_coverage.pairs = @kept',
]
PENALISED = ['import tfgan_landscape.penalties', "mode_coverage.penalties = {'no': None, 'gp': @gradient_penalty}"]


def study(folder, *bindings, mode='train_and_eval', seed=0):
  gin.clear_config()
  gin_files.read([gin_files.find('modes_ring8.gin')], [*TINY, *bindings], True)
  return main.run(Execution(mode, folder, seed=seed))


@pytest.mark.slow
def test_a_run_leaves_tables_figures_and_trajectories_and_more_seeds_go_on(tmp_path):
  assert study(tmp_path) == 0
  table = (tmp_path / 'table.md').read_text()
  assert '8 modes of std 0.01' in table
  assert 'nan' not in table
  names = {row.quantity for row in results.read(tmp_path)}
  assert {'modes covered at the end, of 8 (mean)', 'diverged'} <= names
  assert {path.name for path in (tmp_path / 'figures').glob('*.png')} == {
    *('samples.png', 'evolution.png', 'modes.png', 'surfaces.png')
  }
  kept = Trajectories(tmp_path / 'trajectories')
  run = kept.load('JS-GAN', 1)
  assert (run['covered'].shape, run['sample'].shape, run['counts'].shape) == ((2,), (40, 2), (8,))
  before = kept.path('JS-GAN', 0).stat().st_mtime_ns
  assert study(tmp_path, 'mode_coverage.seeds = 3') == 0
  assert kept.path('JS-GAN', 0).stat().st_mtime_ns == before
  assert kept.load('JS-GAN', 2) is not None
  with pytest.raises(InputError, match='mode_coverage.width 4 -> 5'):
    study(tmp_path, 'mode_coverage.width = 5')


def test_moments_are_ever_further_apart():
  assert mode_coverage_outcomes.moments(40).tolist() == [0, 2, 5, 15, 39]
  assert mode_coverage_outcomes.moments(1).tolist() == [0]


@pytest.mark.slow
def test_every_loss_meets_every_rate_and_a_rate_moves_the_players(tmp_path):
  with pytest.raises(InputError, match='mode_coverage.rates = .* does not fit; give .* a number above 0'):
    study(tmp_path, "mode_coverage.rates = {'none': 0.0, 'own': 1e-3}")
  rates = "mode_coverage.rates = {'slow': 1e-9, 'fast': 1e-2}"
  assert study(tmp_path, rates, mode='train') == 0
  kept = Trajectories(tmp_path / 'trajectories')
  slow, fast = (kept.load(f'JS-GAN-{name}', 0)['evolution'] for name in ('slow', 'fast'))
  np.testing.assert_allclose(slow[0], slow[-1], atol=1e-4)
  assert np.abs(fast[0] - fast[-1]).max() > 0.01


@pytest.mark.slow
def test_every_loss_meets_every_penalty_from_the_same_start(tmp_path):
  strong = 'gradient_penalty.weight = 100.0', 'SmallAdam.learning_rate = 0.05'
  assert study(tmp_path, *PENALISED, *strong, mode='train') == 0
  kept = Trajectories(tmp_path / 'trajectories')
  free, penalised = (kept.load(f'JS-GAN-{name}', 0) for name in ('no', 'gp'))
  assert not np.allclose(free['sample'], penalised['sample'])
  idle = 'gradient_penalty.weight = 0.0', 'SmallAdam.learning_rate = 0.05'
  assert study(tmp_path / 'idle', *PENALISED, *idle, mode='train') == 0
  same = Trajectories(tmp_path / 'idle' / 'trajectories').load('JS-GAN-gp', 0)
  np.testing.assert_allclose(same['sample'], free['sample'], atol=1e-5)


MIXED = ["mode_coverage.mixtures = {'T1': (1, 4), 'T3': (3, 2)}"]


@pytest.mark.slow
def test_every_loss_meets_every_mixture(tmp_path):
  assert study(tmp_path, *MIXED) == 0
  assert study(tmp_path / 'plain', mode='train') == 0
  plain = Trajectories(tmp_path / 'plain' / 'trajectories').load('JS-GAN', 0)
  one, three = (Trajectories(tmp_path / 'trajectories').load(f'JS-GAN-{name}', 0) for name in ('T1', 'T3'))
  for name in plain:
    np.testing.assert_array_equal(one[name], plain[name])
  assert three['sample'].shape == (40, 2)
  assert (tmp_path / 'figures/combinations.png').exists()
  assert not (tmp_path / 'plain/figures/combinations.png').exists()
  assert 'hidden layers of 4 or 3 x 2' in (tmp_path / 'table.md').read_text()


def test_what_runs_came_to_by_hand():
  judge = mode_coverage_outcomes.Judge(np.array([[0.0, 0.0], [4.0, 0.0]]), radius=1.0, least=0.5)
  both, one = [[0.0, 0.5], [4.0, 0.0]], [[0.0, 0.0], [9.0, 9.0]]

  def run(*watched, end):
    found = {'watched': np.array(watched), 'sample': np.array(end), 'critic_loss': np.zeros(len(watched))}
    critic = {'surface': np.zeros([3, 2, 2]), 'slopes': np.array([1.0, 3.0]), 'overfit': np.array(0.5)}
    return mode_coverage_outcomes.record(found, judge) | critic

  runs = [run(both, one, both, both, end=both), run(one, both, one, one, end=[[np.nan, 0.0], [4.0, 0.0]])]
  found = mode_coverage_outcomes.outcome(runs, judge, np.array([10, 20, 30, 40]))
  assert found.covered.tolist() == [[2, 1, 2, 2], [1, 2, 1, 1]]
  assert found.quality.tolist() == [[1, 0.5, 1, 1], [0.5, 1, 0.5, 0.5]]
  assert found.at_end.tolist() == [2, 1]
  assert found.reached.tolist() == [2, 1]
  assert found.quality_at_end.tolist() == [1, 0.5]
  np.testing.assert_array_equal(found.first, [10, 20])
  np.testing.assert_array_equal(found.lasting, [30, np.nan])
  assert found.diverged.tolist() == [False, True]
  assert (found.slope.tolist(), found.largest.tolist(), found.overfit.tolist()) == ([2, 2], [3, 3], [0.5, 0.5])


def test_what_is_kept_of_a_linear_critic_by_hand():
  """f = 3 x + 4 y: slope 5 everywhere; real points of mean (1, 1), fresh ones of (1, 2)."""

  def critic(points):
    return points @ [3.0, 4.0], np.tile([3.0, 4.0], (len(points), 1))

  points = np.ones([5, 2]), np.tile([1.0, 2.0], (7, 1)), np.zeros([6, 2])
  found = mode_coverage_outcomes.of_critic(critic, points, np.array([-1.0, 0.0, 2.0]), np.random.default_rng(0))
  np.testing.assert_allclose(found['slopes'], np.full(1000, 5.0))
  np.testing.assert_allclose(found['overfit'], -4.0)
  assert found['surface'][:, 2, 1].tolist() == [8.0, 3.0, 4.0]  # the row is y = 2, the column x = 0


def test_describe_ends_with_json(tmp_path, capsys):
  assert study(tmp_path / 'none', *PENALISED, mode='describe') == 0
  sizes = json.loads(capsys.readouterr().out.splitlines()[-1])
  # 2 * 4 + 4 + 4 * 4 + 4 + 4 and 12 + 20 + 4 * 2 + 2
  assert (sizes['discriminator_parameters'], sizes['generator_parameters'], sizes['runs']) == (36, 42, 4)
  assert not (tmp_path / 'none').exists()


@pytest.mark.parametrize(
  ('binding', 'words'),
  [
    ('mode_coverage.seeds = 0', 'mode_coverage.seeds = 0 does not fit'),
    ('mode_coverage.record_every = 3', 'no divisor of mode_coverage.iterations = 4'),
    ("mode_coverage.mixtures = {'T2': (2, 3, 4)}", r'mixtures has T2 = .2, 3, 4.; give .components'),
    ("mode_coverage.mixtures = {'T0': (0, 3)}", 'mode_coverage.mixtures'),
    ('mode_coverage.samples = 7', 'cannot cover 8 modes'),
    ("mode_coverage.pairs = {'RS': @kept}", 'mode_coverage.pairs names RS; the losses are JS-GAN'),
    ('mode_coverage.pairs = 3', 'mode_coverage.pairs = 3 does not fit'),
    ("mode_coverage.losses = {'a/b': @nonsaturating}", "has the name 'a/b'"),
    ("mode_coverage.penalties = {'odd': @ring}", 'the penalty odd fails'),
    ("mode_coverage.penalties = {'odd': 3}", 'mode_coverage.penalties'),
    ('import tfgan_landscape.datasets.digits\nmode_coverage.dataset = @digits', 'no mixture with known centres'),
    ('gradient_penalty.weight = 3', 'gradient_penalty'),
  ],
)
def test_what_makes_no_sense_is_refused(tmp_path, binding, words):
  with pytest.raises(InputError, match=words):
    study(tmp_path / 'run', binding)
  assert not (tmp_path / 'run').exists()
