"""The two-cluster study: a tiny run whole, its table and figures, resuming, and what it refuses."""

import json

import gin
import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.dynamics import small_mlp
from tfgan_landscape.dynamics.trajectories import Trajectories
from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import results
from tfgan_landscape.studies.two_cluster import outcomes as two_cluster_outcomes

TINY = ['two_cluster.seeds = 2', 'two_cluster.epochs = 20', 'two_cluster.record_every = 10', 'two_cluster.drawn = 1']


def study(folder, *bindings, mode='train_and_eval', seed=0):
  gin.clear_config()
  gin_files.read([gin_files.find('two_cluster.gin')], [*TINY, *bindings], True)
  return main.run(Execution(mode, folder, seed=seed))


def test_a_run_leaves_a_table_figures_and_trajectories(tmp_path):
  assert study(tmp_path) == 0
  table = (tmp_path / 'table.md').read_text()
  assert "lowest critic's loss in the basin (median)" in table
  assert 'nan' not in table
  assert 'about 3 (Section 5)' in table
  outcomes = json.loads((tmp_path / 'outcomes.json').read_text())
  assert set(outcomes) == {'JS-GAN', 'JS-GAN-scale-1', 'RS-GAN'}
  assert len(outcomes['JS-GAN']['escapes']) == 2
  figures = {path.name for path in (tmp_path / 'figures').glob('*.png')}
  assert {f'{path.stem}.png' for path in (tmp_path / 'figures').glob('*.svg')} == figures
  assert figures == {
    'movement.png',
    'survival.png',
    'critic_JS-GAN_0.png',
    'critic_JS-GAN-scale-1_0.png',
    'critic_RS-GAN_0.png',
  }
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


@pytest.mark.slow
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
  with pytest.raises(InputError, match='lacks 2 runs of JS-GAN'):
    study(tmp_path, mode='eval')


def test_describe_ends_with_json(tmp_path, capsys):
  assert study(tmp_path / 'none', mode='describe') == 0
  sizes = json.loads(capsys.readouterr().out.splitlines()[-1])
  # 10 + 10 + 100 + 10 + 10 + 1 and 5 + 5 + 25 + 5 + 5 + 1
  assert (sizes['discriminator_parameters'], sizes['generator_parameters'], sizes['runs']) == (141, 46, 6)
  assert not (tmp_path / 'none').exists()


@pytest.mark.parametrize(
  ('binding', 'words'),
  [
    ('two_cluster.seeds = 0', 'two_cluster.seeds = 0 does not fit'),
    ('two_cluster.record_every = 7', 'no divisor of two_cluster.epochs'),
    ('two_cluster.share = 1.0', 'above 0 and below 1'),
    ('two_cluster.share = 0.999', 'leaves a cluster without a point'),
    ('two_cluster.losses = {}', 'two_cluster.losses'),
    ("two_cluster.losses = {'a/b': @hinge}", 'two_cluster.losses'),
    ("two_cluster.paper = {'speed': {'JS': '1'}}", 'names speed'),
    ('two_cluster.pairs = @hinge', 'is no pairing .*bind @kept'),
    ("two_cluster.pairs = {'RS': @kept}", 'two_cluster.pairs names RS; the losses are JS-GAN'),
    ("two_cluster.penalties = {'a/b': None}", "has the name 'a/b'"),
    ("two_cluster.mixtures = {'T2': (2, 3)}", r'mixtures has T2 = .2, 3.; give .components'),
    ("two_cluster.penalties = {'odd': @hinge}", 'the penalty odd fails'),
    ('two_cluster.batch_size = 0', 'two_cluster.batch_size = 0 does not fit'),
    ('hinge.scale = 2.0', 'nothing uses the binding of hinge.scale'),
  ],
)
def test_what_makes_no_sense_is_refused(tmp_path, binding, words):
  with pytest.raises(InputError, match=words):
    study(tmp_path, binding)


@pytest.mark.slow
def test_a_run_that_diverges_is_counted(tmp_path):
  assert study(tmp_path, 'Momentum.learning_rate = 1e38') == 0
  rows = {(row.quantity, row.subject): row for row in results.read(tmp_path)}
  assert rows['diverged', 'JS-GAN'].value == 1.0
  assert rows['not recovered at the end', 'JS-GAN'].value == 1.0
  assert rows["last critic's loss (median)", 'JS-GAN'].note == 'every run diverged'
  assert 'nan' not in (tmp_path / 'table.md').read_text()


@pytest.mark.slow
def test_the_loss_and_the_fake_points_of_a_record_belong_together(tmp_path):
  """With one critic's step an epoch and none that moves, the loss is that of the recorded points."""
  small = ('critic_steps = 1', 'seeds = 1', 'critic_descent = @still/Momentum')
  study(tmp_path, *(f'two_cluster.{each}' for each in small), 'still/Momentum.learning_rate = 0.0')
  run = Trajectories(tmp_path / 'trajectories').load('RS-GAN', 0)
  random = np.random.default_rng([0, 0])
  critic, _ = (small_mlp.initial_weights((1, width, width, 1), random) for width in (10, 5))
  real = random.permutation(np.repeat([0.0, 4.0], 50)) + random.uniform(0, 0.3, 100)

  def scores(points):
    return small_mlp.apply(critic, tf.constant(points[None], tf.float32), tf.sigmoid)[0].numpy()

  by_hand = [np.mean(np.log1p(np.exp(scores(fake) - scores(real)))) for fake in run['fake']]
  np.testing.assert_allclose(run['critic_loss'], by_hand, rtol=1e-5)


PAIRS = "two_cluster.pairs = {'redrawn': @redrawn, 'all': @all_pairs}"


def only(**losses):
  """A binding of these losses, beside two that use what the file binds."""
  others = "'JS-GAN': @nonsaturating, 'JS-GAN-scale-1': @scale_1/nonsaturating"
  return f'two_cluster.losses = {{{others}, {", ".join(f"{name!r}: @{loss}" for name, loss in losses.items())}}}'


def under_each_pairing(folder, loss):
  losses = only(kept=loss, redrawn=loss, all=loss)
  assert study(folder, PAIRS, losses, mode='train') == 0
  return [Trajectories(folder / 'trajectories').load(name, 0) for name in ('kept', 'redrawn', 'all')]


@pytest.mark.slow
def test_a_loss_under_each_pairing(tmp_path):
  kept, redrawn, all_pairs = (run['fake'][-1] for run in under_each_pairing(tmp_path / 'each', 'relativistic_logistic'))
  assert not np.array_equal(kept, redrawn)
  assert not np.array_equal(redrawn, all_pairs)
  np.testing.assert_allclose(redrawn, all_pairs, atol=0.05)  # the same start, 400 small steps
  study(tmp_path / 'plain', only(RS='relativistic_logistic'), mode='train')
  plain = Trajectories(tmp_path / 'plain' / 'trajectories').load('RS', 0)['fake'][-1]
  np.testing.assert_array_equal(plain, kept)


def test_the_pairs_of_a_separable_loss_do_not_enter(tmp_path):
  kept, *others = under_each_pairing(tmp_path, 'hinge')
  for other in others:
    np.testing.assert_allclose(other['critic_loss'], kept['critic_loss'], rtol=1e-4)


@pytest.mark.slow
def test_every_loss_meets_every_penalty_from_the_same_start(tmp_path):
  losses = only(RS='relativistic_logistic')
  bindings = 'import tfgan_landscape.penalties', "two_cluster.penalties = {'none': None, 'R1': @r1}"
  found = {}
  for gamma in (0.0, 5.0):
    folder = tmp_path / str(gamma)
    assert study(folder, losses, *bindings, f'r1.gamma = {gamma}', 'two_cluster.seeds = 1', mode='train') == 0
    kept = Trajectories(folder / 'trajectories')
    found[gamma] = [kept.load(name, 0)['critic_image'][-1] for name in ('RS-R1', 'RS-none')]
  assert np.ptp(found[5.0][0]) < 0.8 * np.ptp(found[0.0][0])  # a flatter critic
  np.testing.assert_allclose(*found[0.0], atol=1e-5)
  np.testing.assert_array_equal(found[5.0][1], found[0.0][1])


MIXED = ["two_cluster.mixtures = {'T1': (1, 10, 5), 'T3': (3, 4, 2)}"]


@pytest.mark.slow
def test_every_loss_meets_every_mixture_and_one_component_is_the_plain_game(tmp_path):
  assert study(tmp_path, only(JS='nonsaturating'), *MIXED) == 0
  assert study(tmp_path / 'plain', only(JS='nonsaturating'), mode='train') == 0
  plain = Trajectories(tmp_path / 'plain' / 'trajectories').load('JS', 0)
  one, three = (Trajectories(tmp_path / 'trajectories').load(f'JS-{name}', 0) for name in ('T1', 'T3'))
  for name in plain:
    np.testing.assert_array_equal(one[name], plain[name])
  assert three['fake'].shape == one['fake'].shape
  beside = {row.quantity for row in results.read(tmp_path) if 'times' in row.quantity}
  assert 'escape: times JS-T1' in beside
  assert 'escape: times JS-T3' not in beside
  assert (tmp_path / 'figures/combinations.png').stat().st_size > 0
  assert 'widths (10, 5) or 3 x (4, 2)' in (tmp_path / 'table.md').read_text()


def test_a_batch_of_real_points_and_of_latents_is_drawn_for_every_epoch(tmp_path):
  gin.clear_config()
  gin_files.read([gin_files.find('two_cluster.gin')], ['two_cluster.batch_size = 6'], True)
  two_cluster = gin.get_configurable('two_cluster')(Execution('train', tmp_path, seed=0))
  data = tf.range(100.0)[None], tf.range(100.0)[None], tf.constant([1, 2])
  real, latents = two_cluster.cluster_runs['one'].batch(data, 3)
  again, later = two_cluster.cluster_runs['one'].batch(data, 3), two_cluster.cluster_runs['one'].batch(data, 4)
  assert real.shape == latents.shape == (1, 6)
  assert not np.array_equal(real, latents)
  np.testing.assert_array_equal(real, again[0])
  assert not np.array_equal(real, later[0])
  assert 'batches of 6' in two_cluster.protocol


def test_values_are_those_of_the_paper():
  counts = np.array([[0, 0], [50, 0], [100, 0], [50, 50]])
  balanced = two_cluster_outcomes.values(counts, np.array([50, 50]))
  np.testing.assert_allclose(balanced, [0, -0.3466, -0.4774, -0.6931], atol=1e-4)
  imbalanced = two_cluster_outcomes.values(np.array([99, 0]), np.array([66, 33]))
  np.testing.assert_allclose(imbalanced, -0.5608, atol=1e-4)


def by_hand():
  """One run of six records: away, three in the basin at 4, away, recovered."""
  fakes = np.array([[9, 9, 9, 9], [4, 4, 4, 4], [4.2, 4, 4, 4], [4, 4, 4, 4], [0, 9, 9, 4], [0, 0, 4, 4]], float)
  images = np.tile(np.linspace(0, 1, 61), [6, 1]) * np.arange(1, 7)[:, None] / 6
  return {'critic_loss': np.array([0.7, 0.6, 0.4, 0.5, 0.1, 0.69]), 'fake': fakes, 'critic_image': images}


def test_outcomes_by_hand():
  due, times = np.array([2, 2]), np.arange(1, 7) * 10
  setting = two_cluster_outcomes.Setting(np.array([0.0, 4.0]), 0.3, 0.36, due, times, np.linspace(-1, 5, 61))
  found = two_cluster_outcomes.outcome([by_hand()], setting)
  assert (found.escapes.tolist(), found.lasting.tolist(), found.dwell.tolist()) == ([50], [50], [30])
  ((visit,),) = found.visits
  # The lowest loss of the visit, not the 0.1 outside; D is x / 6 + 1/6 at record 2, halved by its factor 3/6.
  assert (visit.entered, visit.left, visit.lowest_loss) == (1, 4, 0.4)
  assert visit.critic_here == pytest.approx((4.05 + 1) / 6 * 0.5)
  assert visit.critic_there == pytest.approx((0.15 + 1) / 6 * 0.5)
  assert found.shares.tolist() == [[0.5, 0.5]]
