"""The bad-start study: whole on tiny runs, what it picks, what it shares, and what it refuses."""

import json

import gin
import numpy as np
import pytest

from tfgan_landscape import main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.dynamics.trajectories import Trajectories
from tfgan_landscape.errors import InputError
from tfgan_landscape.studies.bad_start.outcomes import Judge, Start, outcome, pick

# One mode, and a radius of 300 standard deviations: every run covers it, and at most one mode counts as collapsed.
TINY = [
  'bad_start.width = 4',
  'bad_start.iterations = 4',
  'bad_start.record_every = 2',
  'bad_start.sources = 2',
  'bad_start.repeats = 2',
  'bad_start.learning_rates = (1e-12, 1e-2)',
  'bad_start.samples = 50',
  'bad_start.collapsed_at_most = 1',
  'ring.modes = 1',
  'bad_start.radius = 300.0',
  'bad_start.quality = 0.0',
  'gaussians.centres = @ring()',
  'gaussians.per_mode = 20',
]


def study(folder, *more, mode='train_and_eval', seed=0):
  gin.clear_config()
  gin_files.read([gin_files.find('bad_start.gin')], [*TINY, *more], True)
  return main.run(Execution(mode, folder, seed=seed))


@pytest.fixture(scope='module')
def made(tmp_path_factory):
  folder = tmp_path_factory.mktemp('made')
  assert study(folder) == 0
  return folder


def test_a_study_leaves_tables_and_figures(made):
  table = (made / 'table.md').read_text()
  assert 'metric of Appendix D' in table
  assert table.count('From the start of') == 4  # each loss, with and without the projection
  outcomes = json.loads((made / 'outcomes.json').read_text())
  assert set(outcomes['sources']) == {'JS-GAN free', 'JS-GAN unit-norm', 'RS-GAN free', 'RS-GAN unit-norm'}
  crossed = {(each['start'], each['trained'], each['learning_rate']) for each in outcomes['retrained']}
  assert len(crossed) == len(outcomes['retrained']) == 4 * 4 * 2
  assert {path.name for path in (made / 'figures').glob('*.png')} == {'samples.png', 'modes.png'}


def test_losses_share_their_random_starts_and_repeats_differ_in_their_batches(made):
  kept = Trajectories(made / 'trajectories')
  js, rs, other = (
    kept.load(*key)['sample']
    for key in (('JS-GAN-free-source', 0), ('RS-GAN-free-source', 0), ('JS-GAN-free-source', 1))
  )
  np.testing.assert_allclose(js, rs, atol=0.02)  # four small steps from the same weights
  assert not np.allclose(js, other, atol=0.02)
  first, second = (kept.load('RS-GAN-free-from-JS-GAN-free-rate-0.01', seed)['critic_loss'] for seed in range(2))
  assert not np.array_equal(first, second)


def test_retrained_runs_begin_at_the_picked_networks(made):
  kept = Trajectories(made / 'trajectories')
  source = kept.load('JS-GAN-free-source', 0)
  again = kept.load('RS-GAN-free-from-JS-GAN-free-rate-1e-12', 1)
  for name in ('critic_0', 'critic_4'):
    np.testing.assert_allclose(again[name][-1], source[name][-1], atol=1e-6)
  for name in ('generator_0', 'generator_5'):
    np.testing.assert_allclose(again[name], source[name], atol=1e-6)
  moved = kept.load('RS-GAN-free-from-JS-GAN-free-rate-0.01', 1)
  assert not np.allclose(moved['generator_0'], source['generator_0'], atol=1e-3)


def test_a_projection_holds_at_the_end_for_either_loss(made):
  kept = Trajectories(made / 'trajectories')
  for loss in ('JS-GAN', 'RS-GAN'):
    unit, free = (
      np.linalg.norm(kept.load(f'{loss}-{name}-source', 0)['critic_4'][-1]) for name in ('unit-norm', 'free')
    )
    np.testing.assert_allclose(unit, 1.0, rtol=1e-5)
    assert abs(free - 1.0) > 1e-3


@pytest.mark.slow
def test_more_repeats_go_on_from_those_there(made):
  kept = Trajectories(made / 'trajectories')
  before = kept.path('RS-GAN-free-from-JS-GAN-free-rate-0.01', 1).stat().st_mtime_ns
  assert study(made, 'bad_start.repeats = 3') == 0
  assert kept.path('RS-GAN-free-from-JS-GAN-free-rate-0.01', 1).stat().st_mtime_ns == before
  assert kept.load('RS-GAN-free-from-JS-GAN-free-rate-0.01', 2) is not None


CENTRES = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
JUDGE = Judge(CENTRES, radius=0.1, collapsed_at_most=2, quality=0.9, metric_scale=1.0)


def cloud(*counts):
  """Points on each centre, and the last count of them far away."""
  places = np.concatenate([CENTRES, [[9.0, 9.0]]])
  return np.repeat(places[: len(counts)], counts, 0)


EVERY, TWO, ONE, NONE, STRAY = cloud(4, 4, 4), cloud(6, 6), cloud(12), cloud(0, 0, 0, 12), cloud(10, 0, 0, 2)


def test_outcomes_by_hand():
  found = outcome([EVERY, TWO, ONE, NONE, STRAY, np.full([12, 2], np.nan)], JUDGE)
  assert found.covered.tolist() == [3, 2, 1, 0, 1, 0]
  # No mode is no collapse, and neither is one mode with a sixth of the points elsewhere.
  assert found.collapsed.tolist() == [False, True, True, False, False, False]


def test_the_first_perfect_run_and_the_latest_collapsed_record_are_picked():
  runs = [[NONE, ONE, TWO, cloud(6, 6, 0)], [TWO, TWO, STRAY, EVERY], [ONE, ONE, EVERY, EVERY]]
  assert pick(runs, JUDGE) == Start(generator=1, critic=0, record=3)
  assert pick([run[:3] for run in runs], JUDGE) == Start(generator=2, critic=0, record=2)
  assert pick([[STRAY, NONE, EVERY]], JUDGE) is None
  assert pick([[ONE, TWO, TWO]], JUDGE) is None


@pytest.mark.slow
def test_a_study_without_a_start_says_so(tmp_path):
  assert study(tmp_path, 'bad_start.quality = 1.0', 'bad_start.radius = 1e-9') == 0
  assert 'No run of JS-GAN free, JS-GAN unit-norm, RS-GAN free' in (tmp_path / 'table.md').read_text()


def test_eval_needs_the_runs(tmp_path):
  with pytest.raises(InputError, match='lacks 2 runs of JS-GAN-free-source; --mode=train makes them'):
    study(tmp_path, mode='eval')


def test_describe_ends_with_json_and_touches_no_disk(tmp_path, capsys):
  assert study(tmp_path / 'none', 'bad_start.width = 128', mode='describe') == 0
  sizes = json.loads(capsys.readouterr().out.splitlines()[-1])
  # 2 128 + 128 + 128 128 + 128 + 128 and 2 128 + 128 + 128 128 + 128 + 2 128 + 2
  assert (sizes['discriminator_parameters'], sizes['generator_parameters']) == (17024, 17154)
  assert sizes['runs_at_most'] == 4 * 2 + 4 * 4 * 2 * 2
  assert not (tmp_path / 'none').exists()


@pytest.mark.parametrize(
  ('binding', 'words'),
  [
    ('bad_start.sources = 0', 'bad_start.sources = 0 does not fit'),
    ('bad_start.repeats = -1', 'bad_start.repeats = -1 does not fit'),
    ('bad_start.record_every = 3', 'no divisor of bad_start.iterations'),
    ('bad_start.learning_rates = ()', 'bad_start.learning_rates'),
    ('bad_start.learning_rates = (0.0,)', 'bad_start.learning_rates'),
    ('bad_start.losses = {}', 'bad_start.losses'),
    ('bad_start.projections = {}', 'bad_start.projections'),
    ('bad_start.quality = 1.5', 'bad_start.quality'),
    ('import tfgan_landscape.datasets.digits\nbad_start.dataset = @digits', 'no mixture'),
    ('bad_start.radius = 0.0', 'bad_start.radius'),
    ('bad_start.samples = 1\ngaussians.centres = ((0.0, 0.0), (1.0, 1.0))', 'samples = 1 cannot cover 2 modes'),
    ('Momentum.momentum = 0.5', 'nothing uses the binding of Momentum.momentum'),
  ],
)
def test_what_makes_no_sense_is_refused(tmp_path, binding, words):
  with pytest.raises(InputError, match=words):
    study(tmp_path, binding)
