"""Laws of the trainer: replicas add up, runs repeat, the order and the number of updates are the paper's."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import losses, penalties
from tfgan_landscape.errors import InputError
from tfgan_landscape.networks import cnn, mlp
from tfgan_landscape.training.schedules import LinearDecay
from tfgan_landscape.training.trainer import METRICS, Networks, Trainer, joint_pass, separate_passes

BATCH = 8


def sgd(learning_rate):
  return tf.keras.optimizers.SGD(learning_rate)


def one_device():
  return tf.distribute.OneDeviceStrategy('/cpu:0')


def build(strategy, loss=losses.relativistic_logistic, penalty=penalties.none, network=mlp, size=None, **settings):
  size = size or {'width': 8, 'depth': 1}
  tf.keras.utils.set_random_seed(1)
  with strategy.scope():
    networks = Networks(network.Generator(**size), network.Discriminator(**size), network.Generator(**size))
    settings = {
      'batch_size': BATCH,
      'iterations': 100,
      'optimizer': sgd,
      'generator_learning_rate': 0.1,
      **settings,
    }
    return Trainer(networks, strategy, seed=3, loss=loss, penalty=penalty, **settings)


def batches(trainer, shape=(2,), first=0):
  data = np.random.RandomState(0).randn(100, BATCH, *shape).astype(np.float32)[first:]
  return iter(
    trainer.strategy.experimental_distribute_dataset(
      tf.data.Dataset.from_tensor_slices(data.reshape(-1, *shape)).batch(BATCH, True)
    )
  )


def state(trainer):
  variables = trainer.generator.variables + trainer.discriminator.variables + trainer.average.variables
  return np.concatenate([variable.numpy().ravel() for variable in variables])


def trained(strategy, iterations=3, **settings):
  trainer = build(strategy, **settings)
  results = trainer.iterate(batches(trainer), tf.constant(iterations))
  return trainer, results


@pytest.mark.parametrize(
  ('loss', 'penalty', 'updates'),
  [
    (losses.relativistic_logistic, penalties.none, 1),
    (losses.nonsaturating, penalties.gradient_penalty, 2),
    (losses.relativistic_average_logistic, penalties.none, 1),
  ],
)
def test_two_replicas_match_one(two_replicas, loss, penalty, updates):
  settings = {'loss': loss, 'penalty': penalty, 'discriminator_updates': updates}
  one, (metrics, logits, _) = trained(one_device(), **settings)
  two, (metrics2, logits2, _) = trained(two_replicas, **settings)
  np.testing.assert_allclose(state(two), state(one), atol=1e-5)
  for name in METRICS:
    assert float(metrics2[name]) == pytest.approx(float(metrics[name]), abs=1e-5), name
  np.testing.assert_allclose(np.sort(logits2['real']), np.sort(logits['real']), atol=1e-5)


def test_two_replicas_keep_equal_spectral_vectors(two_replicas):
  size = {'width': 2}
  trainer = build(two_replicas, network=cnn, size=size)
  trainer.iterate(batches(trainer, (32, 32, 3)), tf.constant(1))
  for layer in trainer.discriminator.layers:
    if hasattr(layer, 'u'):
      first, second = trainer.strategy.experimental_local_results(layer.u)
      np.testing.assert_array_equal(first.numpy(), second.numpy())


def test_a_run_cut_in_two_calls_equals_one_call():
  whole, _ = trained(one_device(), iterations=5)
  cut = build(one_device())
  supply = batches(cut)
  cut.iterate(supply, tf.constant(2))
  cut.iterate(supply, tf.constant(3))
  np.testing.assert_array_equal(state(cut), state(whole))


def test_the_first_batch_of_a_resumed_run_is_the_next_one():
  trainer, _ = trained(one_device(), iterations=3, discriminator_updates=2)
  assert trainer.first_batch == 9


def test_another_seed_gives_another_run():
  first, _ = trained(one_device())
  second = build(one_device())
  second.seed = 4
  second.iterate(batches(second), tf.constant(3))
  assert np.abs(state(first) - state(second)).max() > 1e-4


def test_one_generator_step_by_hand():
  """Wasserstein, SGD, no discriminator learning: w moves by learning rate times the mean gradient of f(G(z))."""
  trainer = build(one_device(), loss=losses.wasserstein, discriminator_learning_rate=0.0)
  bias = trainer.generator.layers[-1].bias
  before = bias.numpy()
  trainer.iterate(batches(trainer), tf.constant(1))
  from tfgan_landscape.training.draws import Draws

  twin = build(one_device(), loss=losses.wasserstein)
  fake = twin.generator(Draws(3, tf.constant(0, tf.int64)).normal([BATCH, 2]))
  with tf.GradientTape() as tape:
    tape.watch(fake)
    score = tf.reduce_mean(twin.discriminator(fake))
  expected = before + 0.1 * tf.reduce_sum(tape.gradient(score, fake), axis=0).numpy()
  np.testing.assert_allclose(bias.numpy(), expected, atol=1e-6)


@pytest.mark.parametrize('updates', [1, 3])
def test_each_iteration_makes_the_bound_number_of_updates(updates):
  trainer, _ = trained(one_device(), iterations=4, discriminator_updates=updates)
  assert int(trainer.generator_optimizer.iterations.numpy()) == 4
  assert int(trainer.discriminator_optimizer.iterations.numpy()) == 4 * updates


def test_metrics_are_means_over_the_iterations():
  whole, (mean, _, _) = trained(one_device(), iterations=2, discriminator_updates=2)
  cut = build(one_device(), discriminator_updates=2)
  supply = batches(cut)
  singles = [cut.iterate(supply, tf.constant(1))[0] for _ in range(2)]
  for name in METRICS:
    expected = sum(float(single[name]) for single in singles) / 2
    assert float(mean[name]) == pytest.approx(expected, abs=1e-6), name


def test_probabilities_are_sigmoids_of_the_logits():
  _, (metrics, logits, _) = trained(one_device(), iterations=1)
  assert float(metrics['real_probability']) == pytest.approx(
    np.mean(1 / (1 + np.exp(-logits['real'].numpy()))), abs=1e-6
  )
  assert float(metrics['fake_logit']) == pytest.approx(np.mean(logits['fake'].numpy()), abs=1e-6)


def test_a_loss_that_breaks_is_found_at_its_iteration():
  def breaking(real_logits, fake_logits):
    loss = losses.relativistic_logistic(real_logits, fake_logits)
    return losses.GanLoss(tf.where(trainer.step >= 3, np.nan, loss.discriminator), loss.generator)

  trainer = build(one_device(), loss=breaking)
  _, _, broken = trainer.iterate(batches(trainer), tf.constant(6))
  assert int(broken) == 3


def test_sound_losses_report_no_break():
  assert int(trained(one_device())[1][2]) == -1


def test_compiled_steps_train_and_repeat():
  """They draw other numbers than uncompiled ones: TensorFlow's and XLA's Philox order theirs differently."""
  before = state(build(one_device()))
  first, (metrics, _, broken) = trained(one_device(), 2, jit_compile=True)
  second, _ = trained(one_device(), 2, jit_compile=True)
  np.testing.assert_array_equal(state(first), state(second))
  assert np.abs(state(first) - before).max() > 1e-3
  assert int(broken) == -1
  assert 0.1 < float(metrics['discriminator_loss']) < 2.0


def test_a_batch_that_does_not_divide_is_refused(two_replicas):
  with pytest.raises(InputError, match='batch_size = 7 does not divide by 2 replicas'):
    build(two_replicas, batch_size=7)


def test_compiling_on_two_replicas_is_refused(two_replicas):
  with pytest.raises(InputError, match='jit_compile'):
    build(two_replicas, jit_compile=True)


def test_joint_and_separate_passes_agree_without_batch_statistics():
  critic = lambda x: 2.0 * x[:, 0] - x[:, 1]  # noqa: E731
  real, fake = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant([[5.0, 6.0], [7.0, 9.0]])
  for scored in joint_pass(critic, real, fake), separate_passes(critic, real, fake):
    np.testing.assert_allclose(scored, [[0.0, 2.0], [4.0, 5.0]])


def test_a_separable_generator_loss_does_not_pay_for_real_logits():
  from tfgan_landscape.reporting.cost import flops

  spec = tf.TensorSpec([BATCH, 2]), tf.TensorSpec([], tf.int64)
  separable = flops(build(one_device(), loss=losses.nonsaturating).generator_step, *spec)
  paired = flops(build(one_device(), loss=losses.relativistic_logistic).generator_step, *spec)
  critic = 2 * BATCH * (2 * 8 + 8)  # 2-8-1
  assert paired - separable == critic


def test_float16_trains_with_a_loss_scale():
  tf.keras.mixed_precision.set_global_policy('mixed_float16')
  try:
    trainer, (metrics, _, broken) = trained(one_device())
  finally:
    tf.keras.mixed_precision.set_global_policy('float32')
  assert isinstance(trainer.generator_optimizer, tf.keras.mixed_precision.LossScaleOptimizer)
  assert int(broken) == -1
  plain, (expected, _, _) = trained(one_device())
  assert float(metrics['generator_loss']) == pytest.approx(float(expected['generator_loss']), abs=2e-2)


def test_linear_decay_by_hand():
  schedule = LinearDecay(2.0, iterations=100, updates=5)
  assert [float(schedule(step)) for step in (0, 250, 375, 500, 600)] == pytest.approx([2.0, 2.0, 1.0, 0.0, 0.0])


def test_a_decay_that_never_starts_is_constant():
  assert float(LinearDecay(2.0, iterations=100, start=1.0)(100)) == 2.0
