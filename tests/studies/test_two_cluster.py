"""The two-cluster study: a tiny run whole, its table and figures, resuming, and what it refuses."""

import json

import gin
import numpy as np
import pytest

from tfgan_landscape import main
from tfgan_landscape.errors import InputError
from tfgan_landscape.studies.execution import Execution
from tfgan_landscape.studies.two_cluster import TwoCluster
from tfgan_landscape.training.trajectories import Trajectories

TINY = ['two_cluster.seeds = 2', 'two_cluster.epochs = 20', 'two_cluster.record_every = 10', 'two_cluster.drawn = 1']


def study(folder, *bindings, mode='train_and_eval', seed=0):
  gin.clear_config()
  main.parse_gin([main._find('two_cluster.gin')], [*TINY, *bindings])
  return main.run(Execution(mode, folder, seed=seed))


def test_a_run_leaves_a_table_figures_and_trajectories(tmp_path):
  assert study(tmp_path) == 0
  table = (tmp_path / 'table.md').read_text()
  assert "lowest critic's loss (median)" in table
  assert 'about 3 (Section 5)' in table
  outcomes = json.loads((tmp_path / 'outcomes.json').read_text())
  assert set(outcomes) == {'JS-GAN', 'RS-GAN'}
  assert len(outcomes['JS-GAN']['escapes']) == 2
  figures = {path.name for path in (tmp_path / 'figures').iterdir()}
  assert figures == {'movement.png', 'survival.png', 'critic_JS-GAN_0.png', 'critic_RS-GAN_0.png'}
  run = Trajectories(tmp_path / 'trajectories').load('RS-GAN', 1)
  assert (run['critic_loss'].shape, run['fake'].shape, run['critic_image'].shape) == ((2,), (2, 100), (2, 61))
  with np.load(tmp_path / 'states.npz') as states:
    assert states['epochs'].tolist() == [10, 20]
    counts, value = states['RS-GAN_counts'][1, 1], states['RS-GAN_value'][1, 1]
  # Claim C.1 by hand for the balanced data: sum over modes of (q(m)), q(0) = 0
  near = [np.sum(np.abs(run['fake'][1] - centre) <= 0.36) for centre in (0, 4)]
  assert counts.tolist() == near
  q = [(50 * np.log(50) + m * np.log(m) - (50 + m) * np.log(50 + m)) / 200 if m else 0.0 for m in near]
  np.testing.assert_allclose(value, sum(q), atol=1e-12)


def test_more_seeds_go_on_from_those_there_and_losses_share_their_starts(tmp_path):
  study(tmp_path)
  kept = Trajectories(tmp_path / 'trajectories')
  before = kept.path('JS-GAN', 0).stat().st_mtime_ns
  assert study(tmp_path, 'two_cluster.seeds = 3') == 0
  assert kept.path('JS-GAN', 0).stat().st_mtime_ns == before
  assert kept.load('JS-GAN', 2) is not None
  study(tmp_path / 'one', 'two_cluster.epochs = 1', 'two_cluster.record_every = 1', 'two_cluster.generator_steps = 1')
  first = Trajectories(tmp_path / 'one' / 'trajectories')
  js, rs = (first.load(name, 0)['fake'] for name in ('JS-GAN', 'RS-GAN'))
  np.testing.assert_allclose(js, rs, atol=0.02)  # one small step from the same start
  assert not np.allclose(js, first.load('JS-GAN', 1)['fake'], atol=0.02)


def test_another_experiment_in_the_folder_is_refused(tmp_path):
  study(tmp_path)
  with pytest.raises(InputError, match='two_cluster.critic_width 10 -> 7'):
    study(tmp_path, 'two_cluster.critic_width = 7')
  with pytest.raises(InputError, match='--seed 0 -> 1'):
    study(tmp_path, seed=1)


def test_eval_needs_the_runs(tmp_path):
  with pytest.raises(InputError, match='lacks 4 runs'):
    study(tmp_path, mode='eval')


def test_describe_ends_with_json(tmp_path, capsys):
  assert study(tmp_path / 'none', mode='describe') == 0
  sizes = json.loads(capsys.readouterr().out.splitlines()[-1])
  # 10 + 10 + 100 + 10 + 10 + 1 and 5 + 5 + 25 + 5 + 5 + 1
  assert (sizes['discriminator_parameters'], sizes['generator_parameters'], sizes['runs']) == (141, 46, 4)
  assert not (tmp_path / 'none').exists()


@pytest.mark.parametrize(
  ('binding', 'words'),
  [
    ('two_cluster.seeds = 0', 'two_cluster.seeds = 0 makes no sense'),
    ('two_cluster.record_every = 7', 'divides two_cluster.epochs'),
    ('two_cluster.share = 1.0', 'leaves a point in each cluster'),
    ('two_cluster.losses = {}', 'two_cluster.losses'),
    ("two_cluster.losses = {'a/b': @hinge}", 'two_cluster.losses'),
    ("two_cluster.paper = {'speed': {}}", 'names speed'),
    ('Momentum.learning_rate = 1e38', 'not finite'),
    ('hinge.scale = 2.0', 'nothing uses the binding of hinge.scale'),
  ],
)
def test_what_makes_no_sense_is_refused(tmp_path, binding, words):
  with pytest.raises(InputError, match=words):
    study(tmp_path, binding)


def test_generate_is_no_mode_of_it(tmp_path):
  with pytest.raises(InputError, match='no --mode=generate'):
    study(tmp_path, mode='generate')


def test_values_are_those_of_the_paper(tmp_path):
  gin.clear_config()
  balanced = TwoCluster(Execution('eval', tmp_path), losses={'a': None})
  counts = np.array([[0, 0], [50, 0], [100, 0], [50, 50]])
  np.testing.assert_allclose(balanced.values(counts), [0, -0.3466, -0.4774, -0.6931], atol=1e-4)
  imbalanced = TwoCluster(Execution('eval', tmp_path), losses={'a': None}, points=99, share=2 / 3)
  np.testing.assert_allclose(imbalanced.values(np.array([99, 0])), -0.5608, atol=1e-4)
