"""Laws of the trainer: replicas add up, runs repeat, the order and the number of updates are the paper's."""

import functools
import inspect

import gin
import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import lipschitz_losses, losses, penalties, ramps
from tfgan_landscape.distribution import strategies
from tfgan_landscape.errors import InputError
from tfgan_landscape.networks import cnn, mlp
from tfgan_landscape.networks.conditional import LabelCode, conditional_discriminator, conditional_generator
from tfgan_landscape.networks.packing import packed
from tfgan_landscape.training.checkpoints import Checkpoints
from tfgan_landscape.training.draws import Draws
from tfgan_landscape.training.engine import Engine
from tfgan_landscape.training.schedules import LinearDecay, Ramped, adam, ramped_adam
from tfgan_landscape.training.trainer import Networks, Trainer, joint_pass, separate_passes

BATCH = 8


def sgd(learning_rate):
  return tf.keras.optimizers.SGD(learning_rate)


def one_device():
  return tf.distribute.OneDeviceStrategy('/cpu:0')


def build(strategy, loss=losses.relativistic_logistic, penalty=penalties.none, network=mlp, size=None, **settings):
  """Returns the engine of a small trainer."""
  size = size or {'width': 8, 'depth': 1}
  tf.keras.utils.set_random_seed(1)
  compiled = {name: settings.pop(name) for name in ('jit_compile',) if name in settings}
  with strategy.scope():
    networks = Networks(network.Generator(**size), network.Discriminator(**size), network.Generator(**size))
    settings = {
      'batch_size': BATCH,
      'iterations': 100,
      'optimizer': sgd,
      'generator_learning_rate': 0.1,
      **settings,
    }
    penalty = penalty() if isinstance(penalty, type) else penalty  # as gin makes it, inside the scope
    trainer = Trainer(networks, 3, strategy.num_replicas_in_sync, loss=loss, penalty=penalty, **settings)
  return Engine(trainer, strategy, **compiled)


def batches(engine, shape=(2,), first=0):
  data = np.random.RandomState(0).randn(100, BATCH, *shape).astype(np.float32)[first:]
  return strategies.distribute(engine.strategy, tf.data.Dataset.from_tensor_slices(data).repeat())


def state(engine):
  trainer = engine.trainer
  models = [trainer.generators.network, trainer.critics.network, *trainer.averages]
  return np.concatenate([variable.numpy().ravel() for model in models for variable in model.variables])


def trained(strategy, iterations=3, shape=(2,), **settings):
  engine = build(strategy, **settings)
  return engine, engine.iterate(batches(engine, shape), iterations)


class Path(penalties.LatentPath):
  """On the path through the latent space, with a small encoder."""

  def __init__(self):
    super().__init__(functools.partial(mlp.Encoder, width=8))


class Largest(penalties.MaxGradient):
  """Of the largest slope, with a small buffer."""

  def __init__(self):
    super().__init__(shape=[2], weight=1.0, buffer=2)


PENALTIES = {
  'gradient_penalty': penalties.gradient_penalty,
  'zero_centered': penalties.zero_centered,
  'lipschitz': penalties.lipschitz,
  'dragan': penalties.dragan,
  'r1': penalties.r1,
  'r2': penalties.r2,
  'r1_r2': penalties.r1_r2,
  'on_probability': penalties.on_probability(penalties.r1),
  'latent_path': Path,
  'max_gradient': Largest,
}


@pytest.mark.slow
@pytest.mark.parametrize('penalty', PENALTIES.values(), ids=PENALTIES)
def test_two_replicas_match_one_under_every_penalty(two_replicas, penalty):
  settings = {'loss': losses.nonsaturating, 'penalty': penalty}
  check_agree(trained(one_device(), **settings), trained(two_replicas, **settings), 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
  ('loss', 'penalty', 'updates'),
  [
    (losses.relativistic_logistic, penalties.none, 1),
    (losses.nonsaturating, penalties.gradient_penalty, 2),
    (losses.relativistic_average_logistic, penalties.none, 1),
    (losses.all_pairs(losses.relativistic_logistic), penalties.none, 1),
    (losses.nonsaturating, penalties.lazily(penalties.r1_r2, every=2), 2),
    (losses.nonsaturating, functools.partial(penalties.r1_r2, squares=penalties.difference_squares), 1),
    (losses.nonsaturating, penalties.dragan, 1),
  ],
)
def test_two_replicas_match_one(two_replicas, loss, penalty, updates):
  settings = {'loss': loss, 'penalty': penalty, 'discriminator_updates': updates}
  one, two = trained(one_device(), **settings), trained(two_replicas, **settings)
  check_agree(one, two, 1e-5)


def check_agree(one, two, atol):
  (engine, report), (engine2, report2) = one, two
  np.testing.assert_allclose(state(engine2), state(engine), atol=atol)
  assert set(report2.scalars) == set(report.scalars)
  for name, values in report.scalars.items():
    np.testing.assert_allclose(report2.scalars[name], values, atol=atol, err_msg=name)
  for name, values in report.samples.items():
    np.testing.assert_allclose(report2.samples[name], values, atol=atol, err_msg=name)


@pytest.mark.slow
def test_two_replicas_match_one_with_batch_norm(two_replicas):
  """The CNN with batch norm in both networks: its statistics are the global batch's."""
  settings = {'network': cnn, 'size': {'width': 2}, 'shape': (32, 32, 3), 'iterations': 2}
  gin.parse_config('cnn.Discriminator.normalization = @batch_normalized')
  settings['critic_pair'] = separate_passes
  check_agree(trained(one_device(), **settings), trained(two_replicas, **settings), 1e-5)


@pytest.mark.slow
def test_unsynchronised_batch_norm_is_a_binding_and_differs(two_replicas):
  settings = {'network': cnn, 'size': {'width': 2}, 'shape': (32, 32, 3), 'iterations': 1}
  one, _ = trained(one_device(), **settings)
  gin.parse_config('batch_norm.synchronized = False')
  two, _ = trained(two_replicas, **settings)
  assert np.abs(state(two) - state(one)).max() > 1e-4


def test_learning_rates_can_be_told_on_two_replicas(two_replicas):
  engine, _ = trained(two_replicas, iterations=1, optimizer=adam, discriminator_learning_rate=0.5)
  rates = engine.trainer.learning_rates()
  assert rates == {'generator_learning_rate': pytest.approx(0.1), 'discriminator_learning_rate': 0.5}


@pytest.mark.slow
def test_two_replicas_keep_equal_spectral_vectors(two_replicas):
  size = {'width': 2}
  engine, _ = trained(two_replicas, network=cnn, size=size, shape=(32, 32, 3), iterations=1)
  for layer in engine.trainer.critics.network.layers:
    if hasattr(layer, 'u'):
      first, second = engine.strategy.experimental_local_results(layer.u)
      np.testing.assert_array_equal(first.numpy(), second.numpy())


def test_a_run_cut_in_two_calls_equals_one_call():
  whole, _ = trained(one_device(), iterations=5)
  cut = build(one_device())
  supply = batches(cut)
  cut.iterate(supply, 2)
  cut.iterate(supply, 3)
  np.testing.assert_array_equal(state(cut), state(whole))


def test_the_first_batch_of_a_resumed_run_is_the_next_one():
  engine, _ = trained(one_device(), iterations=3, discriminator_updates=2)
  assert engine.trainer.position == 9


def test_another_seed_gives_another_run():
  first, _ = trained(one_device())
  second = build(one_device())
  second.trainer.seed = 4
  second.iterate(batches(second), 3)
  assert np.abs(state(first) - state(second)).max() > 1e-4


def test_one_generator_step_by_hand():
  """Wasserstein, SGD, no discriminator learning: w moves by learning rate times the mean gradient of f(G(z))."""
  engine = build(one_device(), loss=losses.wasserstein, discriminator_learning_rate=0.0)
  bias = engine.trainer.generators.network.layers[-1].bias
  before = bias.numpy()
  engine.iterate(batches(engine), 1)
  twin = build(one_device(), loss=losses.wasserstein).trainer
  fake = twin.generators.network(Draws(3, tf.constant(0, tf.int64)).normal([BATCH, 2]))
  with tf.GradientTape() as tape:
    tape.watch(fake)
    score = tf.reduce_mean(twin.critics.network(fake))
  expected = before + 0.1 * tf.reduce_sum(tape.gradient(score, fake), axis=0).numpy()
  np.testing.assert_allclose(bias.numpy(), expected, atol=1e-6)


@pytest.mark.parametrize('updates', [1, 3])
def test_each_iteration_makes_the_bound_number_of_updates(updates):
  engine, _ = trained(one_device(), iterations=4, discriminator_updates=updates)
  assert int(engine.trainer.generators.optimizer.iterations.numpy()) == 4
  assert int(engine.trainer.critics.optimizer.iterations.numpy()) == 4 * updates


def test_scalars_are_those_of_each_iteration_and_samples_of_the_last():
  whole, (scalars, samples) = trained(one_device(), iterations=3, discriminator_updates=2)
  cut = build(one_device(), discriminator_updates=2)
  supply = batches(cut)
  singles = [cut.iterate(supply, 1) for _ in range(3)]
  for name, values in scalars.items():
    np.testing.assert_array_equal(values, [single.scalars[name][0] for single in singles], err_msg=name)
  for name, values in samples.items():
    np.testing.assert_array_equal(values, singles[-1].samples[name])


def test_the_critics_scalars_are_means_over_its_updates():
  """It learns nothing here, so that two updates are those of two iterations of one."""
  settings = {'generator_learning_rate': 0.0, 'discriminator_learning_rate': 0.0, 'loss': losses.wasserstein}
  _, (twice, _) = trained(one_device(), 1, discriminator_updates=2, **settings)
  engine = build(one_device(), **settings)
  singles = [
    float(engine.trainer.critic_step(real, tf.constant(position, tf.int64)).scalars['real_logit'])
    for position, real in zip(range(3), batches(engine))
  ]
  np.testing.assert_allclose(twice['real_logit'], [np.mean(singles[1:])], rtol=1e-5)


def test_probabilities_are_sigmoids_of_the_logits():
  _, (scalars, samples) = trained(one_device(), iterations=1)
  assert scalars['real_probability'][0] == pytest.approx(np.mean(1 / (1 + np.exp(-samples['real']))), abs=1e-6)
  assert scalars['fake_logit'][0] == pytest.approx(np.mean(samples['fake']), abs=1e-6)


def broken_from(iteration, make_nan):
  """A loss that breaks at an iteration, and the engine that trains it."""

  def breaking(real_logits, fake_logits):
    loss = losses.relativistic_logistic(real_logits, fake_logits)
    if not engines:
      return loss
    broken = tf.cast(tf.where(engines[0].trainer.step >= iteration, np.nan, 0.0), tf.float32)
    return losses.GanLoss(make_nan(loss.discriminator, broken), loss.generator)

  engines = []
  engines.append(build(one_device(), loss=breaking))
  return engines[0]


def test_a_loss_that_breaks_is_found_at_its_iteration():
  engine = broken_from(3, lambda loss, broken: loss + broken)
  scalars, _ = engine.iterate(batches(engine), 6)
  assert np.isfinite(scalars['discriminator_loss']).tolist()[:3] == [True, True, False]


@tf.custom_gradient
def same_value_times(x, broken):
  return x, lambda upstream: (upstream + broken, tf.zeros_like(broken))


def test_a_gradient_that_breaks_under_a_finite_loss_shows_in_its_norm():
  engine = broken_from(3, same_value_times)
  scalars, _ = engine.iterate(batches(engine), 3)
  assert np.isfinite(scalars['discriminator_loss']).all()
  assert np.isfinite(scalars['discriminator_gradient_norm']).tolist() == [True, True, False]


def test_compiled_steps_train_and_repeat():
  """They draw other numbers than uncompiled ones: TensorFlow's and XLA's Philox order theirs differently."""
  before = state(build(one_device()))
  first, (scalars, _) = trained(one_device(), 2, jit_compile=True)
  second, _ = trained(one_device(), 2, jit_compile=True)
  np.testing.assert_array_equal(state(first), state(second))
  assert np.abs(state(first) - before).max() > 1e-3
  assert (scalars['discriminator_loss'] > 0.1).all()
  assert (scalars['discriminator_loss'] < 2.0).all()


def test_a_batch_that_does_not_divide_is_refused(two_replicas):
  with pytest.raises(InputError, match='batch_size = 7 does not divide by 2 replicas'):
    build(two_replicas, batch_size=7)


def test_compiling_on_two_replicas_is_refused(two_replicas):
  with pytest.raises(InputError, match='jit_compile'):
    build(two_replicas, jit_compile=True)


def test_joint_and_separate_passes_agree_without_batch_statistics():
  critic = lambda x: 2.0 * x[:, 0] - x[:, 1]  # noqa: E731
  real, fake = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant([[5.0, 6.0], [7.0, 9.0]])
  for scored in joint_pass(critic, [real, fake]), separate_passes(critic, [real, fake]):
    np.testing.assert_allclose(scored, [[0.0, 2.0], [4.0, 5.0]])


PUBLIC = [loss for loss in vars(losses).values() if inspect.isfunction(loss) and loss.__module__ == losses.__name__]
TWO_LOGITS = [loss for loss in PUBLIC if list(inspect.signature(loss).parameters)[:2] == ['real_logits', 'fake_logits']]
TWO_LOGITS += [losses.relativistic(tf.tanh), losses.separable(tf.tanh, tf.tanh), lipschitz_losses.lipschitz_gan(tf.exp)]


@pytest.mark.parametrize('loss', TWO_LOGITS, ids=repr)
def test_a_loss_says_that_its_generator_reads_no_real_logits_only_where_it_reads_none(loss):
  values = [loss(tf.constant([real, 0.3]), tf.constant([0.2, -0.4])).generator for real in (-1.0, 2.0)]
  assert getattr(loss, 'generator_reads_real', True) == (np.abs(values[0] - values[1]).max() > 0)


def test_a_generator_step_that_needs_no_real_logits_passes_the_critic_once():
  """JS-GAN as the paper's code has it: `u` advances by one power iteration, RS-GAN's by two."""
  passes = {}
  for loss in (losses.nonsaturating, losses.relativistic_logistic):
    engine = build(one_device(), loss=loss, network=cnn, size={'width': 2})
    payoff, calls = engine.trainer.payoff, []
    scored = payoff._logits(engine.trainer.critics.network)
    counted = lambda examples, calls=calls, scored=scored: calls.append(1) or scored(examples)  # noqa: E731
    payoff._logits = lambda network, counted=counted: counted
    engine.trainer.generator_step(tf.zeros([BATCH, 32, 32, 3]), tf.constant(0, tf.int64))
    passes[loss] = len(calls)
  assert passes == {losses.nonsaturating: 1, losses.relativistic_logistic: 2}


def test_real_logits_of_a_generator_step_leave_batch_norm_alone_where_nobody_reads_them():
  """The fakes start near 0, so that only real images of 5 can move the first mean so far."""
  gin.parse_config('cnn.Discriminator.normalization = @batch_normalized')
  moved = {}
  for loss in (losses.nonsaturating, losses.relativistic_logistic):
    engine = build(one_device(), loss=loss, network=cnn, size={'width': 2})
    mean = next(v for v in engine.trainer.critics.network.variables if 'moving_mean' in v.name)
    engine.trainer.generator_step(tf.fill([BATCH, 32, 32, 3], 5.0), tf.constant(0, tf.int64))
    moved[loss] = np.abs(mean.numpy()).max()
  assert moved[losses.nonsaturating] < 0.1 * moved[losses.relativistic_logistic]


class Buffer(tf.Module):
  """A penalty with a state, as MaxGP has: the largest real coordinate met so far."""

  def __init__(self):
    super().__init__()
    self.largest = tf.Variable(
      0.0, trainable=False, synchronization=tf.VariableSynchronization.ON_READ, aggregation=tf.VariableAggregation.MEAN
    )

  def __call__(self, critic, batch, generators):
    del critic, generators
    largest = tf.reduce_max(tf.abs(batch.real))
    self.largest.assign(tf.maximum(self.largest, largest))
    return {'largest': tf.fill([batch.real.shape[0]], self.largest)}


class Encoder(tf.Module):
  """A penalty with a part that learns, as LatentPath has: an encoder back to the latents."""

  def __init__(self):
    super().__init__()
    self.kernel = tf.Variable(tf.zeros([2, 2]))

  def __call__(self, critic, batch, generators):
    del critic
    assert len(generators.networks) == 1
    back = tf.matmul(tf.stop_gradient(batch.fake), self.kernel)
    return {'reconstruction': tf.reduce_sum(tf.square(back - batch.latents), 1)}


def test_a_penalty_with_a_state_keeps_it_from_step_to_step_and_in_the_checkpoint(tmp_path):
  engine, (scalars, _) = trained(one_device(), 4, penalty=Buffer)
  assert (np.diff(scalars['largest']) >= 0).all()
  assert scalars['largest'][-1] == pytest.approx(float(engine.trainer.penalty.largest.numpy()))
  Checkpoints(tmp_path, engine.trainer).save()
  twin = build(one_device(), penalty=Buffer)
  Checkpoints(tmp_path, twin.trainer).restore()
  assert float(twin.trainer.penalty.largest.numpy()) == scalars['largest'][-1] > 0


def test_a_penalty_with_variables_that_learn_is_trained_with_the_critic():
  engine, (scalars, _) = trained(one_device(), 200, penalty=Encoder, discriminator_learning_rate=0.1)
  assert scalars['reconstruction'][-20:].mean() < 0.8 * scalars['reconstruction'][:20].mean()
  assert np.abs(engine.trainer.penalty.kernel.numpy()).max() > 0.1


def test_the_encoder_of_the_latent_path_learns_and_is_restored(tmp_path):
  class Path(penalties.LatentPath):
    def __init__(self):
      super().__init__(functools.partial(mlp.Encoder, width=16, depth=1), weight=0.1)

  engine, (scalars, _) = trained(one_device(), 200, penalty=Path, discriminator_learning_rate=0.05)
  assert scalars['encoder'][-20:].mean() < 0.9 * scalars['encoder'][:20].mean()
  Checkpoints(tmp_path, engine.trainer).save()
  twin = build(one_device(), penalty=Path)
  Checkpoints(tmp_path, twin.trainer).restore()
  for ours, theirs in zip(engine.trainer.penalty.variables, twin.trainer.penalty.variables):
    np.testing.assert_array_equal(ours, theirs)


def test_a_penaltys_terms_are_part_of_the_critics_loss_under_their_names():
  def two_terms(critic, batch, generators):
    del critic, generators
    return {'one': tf.ones([batch.real.shape[0]]), 'progress': tf.fill([batch.real.shape[0]], batch.progress)}

  _, (plain, _) = trained(one_device(), 2)
  _, (scalars, _) = trained(one_device(), 2, penalty=two_terms)
  added = scalars['discriminator_loss'] - plain['discriminator_loss']
  np.testing.assert_allclose(added, 1.0 + scalars['progress'], rtol=1e-5)
  np.testing.assert_allclose(scalars['progress'], [0.01, 0.02])  # the generator's update counts, of 100


class Packing:
  """Networks whose critic scores two points at once."""

  Generator = mlp.Generator

  @staticmethod
  def Discriminator(**size):  # noqa: N802  as the modules of networks have it
    return packed(functools.partial(mlp.Discriminator, dimensions=4, **size), packing=2)


@pytest.mark.parametrize('loss', [losses.nonsaturating, losses.relativistic_logistic])
def test_packs_train_with_any_loss_and_penalty_and_two_replicas_match_one(two_replicas, loss):
  settings = {'loss': loss, 'penalty': penalties.r1_r2, 'network': Packing}
  one, two = trained(one_device(), **settings), trained(two_replicas, **settings)
  check_agree(one, two, 1e-5)
  assert one[1].samples['real'].shape[-1] == BATCH // 2


def test_a_batch_that_packs_do_not_fill_is_refused():
  with pytest.raises(InputError, match='packed.packing = 2 does not divide the 3 examples of a replica'):
    build(one_device(), network=Packing, batch_size=3)


def test_a_penalty_knows_how_many_critic_steps_are_done():
  def steps(critic, batch, generators):
    del critic, generators
    return {'step': tf.fill([batch.real.shape[0]], tf.cast(batch.step, tf.float32))}

  for updates in (1, 3):
    _, (scalars, _) = trained(one_device(), 3, penalty=steps, discriminator_updates=updates)
    expected = np.arange(3 * updates).reshape(3, updates).mean(1)  # the mean over an iteration's updates
    np.testing.assert_allclose(scalars['step'], expected)


@pytest.mark.parametrize('penalty', PENALTIES.values(), ids=PENALTIES)
def test_penalties_train_in_bfloat16(penalty):
  tf.keras.mixed_precision.set_global_policy('mixed_bfloat16')
  try:
    _, (scalars, _) = trained(one_device(), penalty=penalty)
  finally:
    tf.keras.mixed_precision.set_global_policy('float32')
  _, (expected, _) = trained(one_device(), penalty=penalty)
  assert set(scalars) == set(expected)
  for name in {*PENALTIES, 'encoder', 'discriminator_loss'} & set(expected):
    np.testing.assert_allclose(scalars[name], expected[name], rtol=0.1, atol=2e-2, err_msg=name)


def test_float16_trains_with_a_loss_scale_and_a_skipped_step_is_no_break():
  tf.keras.mixed_precision.set_global_policy('mixed_float16')
  try:
    engine, (scalars, _) = trained(one_device())
    optimizer = engine.trainer.critics.optimizer
    assert isinstance(optimizer, tf.keras.mixed_precision.LossScaleOptimizer)
    with tf.GradientTape() as tape:  # a scaled loss that overflows
      objective = tf.cast(engine.trainer.critics.learned[0][0, 0], tf.float32) * 1e37
    optimizer.loss_scale  # noqa: B018
    before = state(engine)
    assert float(engine.strategy.run(lambda: engine.trainer.critics.descend(tape, objective))) == 0.0
    np.testing.assert_array_equal(state(engine), before)
  finally:
    tf.keras.mixed_precision.set_global_policy('float32')
  assert all(np.isfinite(values).all() for values in scalars.values())
  _, (expected, _) = trained(one_device())
  np.testing.assert_allclose(scalars['generator_loss'], expected['generator_loss'], atol=2e-2)


@pytest.mark.parametrize('policy', ['mixed_bfloat16', 'mixed_float16'])
def test_two_replicas_match_one_in_mixed_precision(two_replicas, policy):
  """Up to the rounding of half precision, from the same weights; float16 with its loss scale."""
  tf.keras.mixed_precision.set_global_policy(policy)
  try:
    one, two = (trained(strategy)[1].scalars for strategy in (one_device(), two_replicas))
  finally:
    tf.keras.mixed_precision.set_global_policy('float32')
  for name in ('generator_loss', 'discriminator_loss'):
    np.testing.assert_allclose(two[name], one[name], atol=2e-2, err_msg=name)


def test_a_ramped_rate_by_hand():
  schedule = Ramped(2.0, iterations=100, updates=5, ramp=ramps.linear(1.0, 0.5, until=0.5))
  assert [float(schedule(step)) for step in (0, 125, 250, 500)] == pytest.approx([2.0, 1.5, 1.0, 1.0])


def test_adam_with_a_ramped_second_moment_by_hand():
  """Two updates of gradient 1 and 2 with decays 0 and 1/2: v = 1, then (1 + 4) / 2; corrected by 1 - (1/2)^2."""
  optimizer = ramped_adam(0.1, beta_2=ramps.linear(0.0, 1.0), updates=2)
  variable = tf.Variable([0.0])
  optimizer.build([variable])
  apply = tf.function(lambda gradient: optimizer.apply_gradients([(gradient, variable)]))
  apply(tf.constant([1.0]))
  np.testing.assert_allclose(variable, [-0.1], rtol=1e-5)
  apply(tf.constant([2.0]))
  np.testing.assert_allclose(variable, [-0.1 - 0.1 * 2 / np.sqrt(2.5 / 0.75)], rtol=1e-5)


@pytest.mark.parametrize('updates', [1, 3])
def test_ramps_reach_their_end_at_the_last_iteration_for_both_players(updates):
  """Optimisers and average follow `Trainer.iterations`, whatever the number of critic steps."""
  seen = []

  def average(average, source, step, *, iterations, batch_size):
    seen.append((iterations, batch_size))

  optimizer = functools.partial(ramped_adam, beta_2=ramps.linear(0.0, 0.8, until=0.5))
  settings = {'optimizer': optimizer, 'discriminator_updates': updates, 'iterations': 4, 'moving_average': average}
  engine = build(one_device(), **settings)
  for iteration, expected in ((0, 0.0), (1, 0.4), (2, 0.8), (4, 0.8)):
    engine.iterate(batches(engine), iteration - engine.trainer.iteration) if iteration else None
    for player in (engine.trainer.generators, engine.trainer.critics):
      assert float(player.optimizer.beta_2) == pytest.approx(expected)
  assert set(seen) == {(4, BATCH)}


def test_linear_decay_by_hand():
  schedule = LinearDecay(2.0, iterations=100, updates=5)
  assert [float(schedule(step)) for step in (0, 250, 375, 500, 600)] == pytest.approx([2.0, 2.0, 1.0, 0.0, 0.0])


def test_a_decay_that_never_starts_is_constant():
  assert float(LinearDecay(2.0, iterations=100, start=1.0)(100)) == 2.0


def test_a_penalty_between_pairs_tells_the_critic_labels_that_there_are():
  """A conditional GAN in training: at every point between a pair the critic's label channel is one of 3 labels."""
  seen = []

  def watched():
    inner = conditional_discriminator(
      functools.partial(cnn.Discriminator, image_size=8, width=2, channels=6), classes=3
    )
    examples = tf.keras.Input(inner.input_shape[1:])
    model = tf.keras.Model(examples, inner(tf.keras.layers.Lambda(_noting(seen))(examples)))
    model.label_code = inner.label_code
    return model

  generator = functools.partial(
    conditional_generator, functools.partial(cnn.Generator, image_size=8, width=2, latent_dim=5), classes=3
  )
  networks = Networks(generator(), watched(), generator())
  settings = {'batch_size': BATCH, 'iterations': 3, 'optimizer': sgd}
  trainer = Trainer(networks, 3, loss=losses.nonsaturating, penalty=penalties.gradient_penalty, **settings)
  code = LabelCode(3)
  real = code.join(tf.random.stateless_normal([BATCH, 8, 8, 3], [0, 0]), tf.range(BATCH) % 3)
  trainer.critic_step(real, tf.constant(1, tf.int64))
  assert len(seen) >= 2
  for values in seen:
    assert set(np.unique(values)) <= {-1.0, 0.0, 1.0}


def _noting(seen):
  def note(examples):
    if tf.executing_eagerly():
      seen.append(examples[..., -1].numpy())
    return examples

  return note
