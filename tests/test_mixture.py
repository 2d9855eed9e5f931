"""Mixtures of generators and critics: weights, draws, pay-off by hand; one component is the plain GAN, bit for bit."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import losses, mixture, penalties
from tfgan_landscape.distribution import strategies
from tfgan_landscape.errors import InputError
from tfgan_landscape.networks import mlp
from tfgan_landscape.training.checkpoints import Checkpoints
from tfgan_landscape.training.draws import Draws
from tfgan_landscape.training.engine import Engine
from tfgan_landscape.training.trainer import Networks, Trainer

BATCH = 8


def generators(count, **settings):
  return mixture.generators([functools.partial(mlp.Generator, width=4)] * count, **settings)


def discriminators(count, **settings):
  return mixture.discriminators([functools.partial(mlp.Discriminator, width=5)] * count, **settings)


def trained(make_generator, make_critic, iterations=3, strategy=None, **settings):
  tf.keras.utils.set_random_seed(1)
  strategy = strategy or tf.distribute.get_strategy()
  settings = {'loss': losses.relativistic_logistic, 'penalty': penalties.none, 'batch_size': BATCH} | settings
  with strategy.scope():
    networks = Networks(make_generator(), make_critic(), make_generator())
    trainer = Trainer(networks, seed=3, replicas=strategy.num_replicas_in_sync, **settings)
  real = tf.random.stateless_normal([BATCH * 40, 2], [1, 1])
  data = tf.data.Dataset.from_tensor_slices(real).batch(BATCH, drop_remainder=True)
  engine = Engine(trainer, strategy)
  return engine, engine.iterate(strategies.distribute(strategy, data.repeat()), iterations)


def test_components_are_drawn_by_weight():
  weights = tf.constant([0.25, 0.5, 0.25])
  drawn = mixture.draw_components(weights, tf.constant([0.0, 0.24, 0.26, 0.74, 0.76, 1.0]))
  np.testing.assert_array_equal(drawn, [0, 0, 1, 1, 2, 2])


def test_the_last_latent_draws_the_component():
  """Weights 1/4 and 3/4: below the normal quantile -0.6745 the first generator, above it the second."""
  model = generators(2)
  model.weighing.log_weights.assign([0.0, np.log(3.0)])
  latents = np.array([[0.3, -0.2, -0.68], [0.3, -0.2, -0.67], [0.3, -0.2, 5.0]], np.float32)
  first, second = (network(latents[:, :2]).numpy() for network in model.components)
  np.testing.assert_allclose(model(latents), [first[0], second[1], second[2]], rtol=1e-6)


def test_a_mixture_of_critics_is_their_expected_logit():
  model = discriminators(3)
  model.weighing.log_weights.assign(np.log([1.0, 2.0, 5.0]))
  points = tf.random.stateless_normal([4, 2], [0, 0])
  single = [network(points).numpy() for network in model.components]
  np.testing.assert_allclose(model(points), np.tensordot([1 / 8, 2 / 8, 5 / 8], single, 1), rtol=1e-5, atol=1e-6)


def test_the_entropy_term_is_least_at_equal_weights():
  model = generators(2, entropy=0.5)
  np.testing.assert_allclose(mixture.entropy(model), 0.5 * np.log(2), rtol=1e-5)
  model.weighing.log_weights.assign(np.log([1.0, 3.0]))
  np.testing.assert_allclose(mixture.entropy(model), -0.25 * np.log(3 / 16), rtol=1e-5)
  assert mixture.entropy(generators(1)) is None


@pytest.mark.slow
def test_one_component_is_the_plain_gan_bit_for_bit():
  plain = trained(functools.partial(mlp.Generator, width=4), functools.partial(mlp.Discriminator, width=5))
  mixed = trained(lambda: generators(1), lambda: discriminators(1))
  assert list(plain[1].scalars) == list(mixed[1].scalars)
  for name, values in plain[1].scalars.items():
    np.testing.assert_array_equal(values, mixed[1].scalars[name])
  for ours, theirs in zip(plain[0].trainer.variables, mixed[0].trainer.variables, strict=True):
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize('loss', [losses.nonsaturating, losses.relativistic_logistic, losses.wasserstein])
def test_a_step_descends_the_pay_off_over_all_pairs_by_hand(loss):
  """The critics' loss and their gradients, from the components one by one."""
  engine, _ = trained(lambda: generators(2), lambda: discriminators(3), iterations=1, loss=loss)
  trainer = engine.trainer
  critics, makers = trainer.critics.network, trainer.generators.network
  makers.weighing.log_weights.assign([0.0, 1.0])
  critics.weighing.log_weights.assign([0.0, 1.0, -1.0])
  real, position = tf.random.stateless_normal([BATCH, 2], [7, 7]), tf.constant(1, tf.int64)
  latents = Draws(trainer.seed, position).normal([BATCH, makers.input_shape[1]])
  fakes = trainer.payoff.sample(latents)
  w, v = (tf.nn.softmax(each.weighing.log_weights).numpy() for each in (makers, critics))
  value = 0.0
  for j, critic in enumerate(critics.components):
    for i, fake in enumerate(fakes):
      value += w[i] * v[j] * np.mean(loss(critic(real)[:, 0], critic(fake)[:, 0]).discriminator)
  value += -0.1 * np.mean(np.log(v + 1e-6))
  found = trainer.critic_step(real, position).scalars['discriminator_loss']
  np.testing.assert_allclose(found, value, rtol=1e-5)
  assert trainer.payoff.drawn(latents, fakes).shape == (BATCH, 2)


def test_each_critic_scores_real_examples_and_those_of_all_generators_in_one_pass():
  seen = []

  def counted(critic, batches):
    seen.append(len(batches))
    return [critic(batch) for batch in batches]

  trained(lambda: generators(3), lambda: discriminators(2), iterations=1, critic_pair=counted)
  assert set(seen) == {3, 4}  # the generators' step, the critics'


def test_weights_learn_are_reported_and_add_up_to_1():
  engine, report = trained(lambda: generators(2), lambda: discriminators(2), iterations=20)
  for name in ('generator', 'discriminator'):
    shares = np.stack([report.scalars[f'{name}_weight/{index}'] for index in range(2)])
    np.testing.assert_allclose(shares.sum(0), 1, rtol=1e-5)
    assert np.abs(shares[0] - 0.5).max() > 1e-5
  average = engine.trainer.averages[0]
  assert not np.array_equal(average.weighing.log_weights, engine.trainer.generators.network.weighing.log_weights)


@pytest.mark.slow
@pytest.mark.parametrize('penalty', [penalties.r1_r2, penalties.gradient_penalty])
def test_two_replicas_match_one(two_replicas, penalty):
  settings = {'penalty': penalty, 'optimizer': tf.keras.optimizers.SGD}
  one = trained(lambda: generators(2), lambda: discriminators(2), **settings)[1]
  two = trained(lambda: generators(2), lambda: discriminators(2), strategy=two_replicas, **settings)[1]
  for name in ('generator_loss', 'discriminator_loss', 'generator_weight/0'):
    np.testing.assert_allclose(one.scalars[name], two.scalars[name], rtol=1e-5)


@pytest.mark.slow
def test_half_precision_trains_as_float32_up_to_its_rounding():
  whole = trained(lambda: generators(2), lambda: discriminators(2))[1]
  tf.keras.mixed_precision.set_global_policy('mixed_bfloat16')
  try:
    engine, half = trained(lambda: generators(2), lambda: discriminators(2))
  finally:
    tf.keras.mixed_precision.set_global_policy('float32')
  assert {variable.dtype for variable in engine.trainer.critics.learned} == {tf.float32}
  for name in ('generator_loss', 'discriminator_loss', 'generator_weight/0', 'discriminator_weight/1'):
    assert not np.array_equal(half.scalars[name], whole.scalars[name])
    np.testing.assert_allclose(half.scalars[name], whole.scalars[name], rtol=0.02)


@pytest.mark.slow
def test_a_resumed_mixture_goes_on_bit_for_bit(two_replicas, tmp_path):
  def engine():
    tf.keras.utils.set_random_seed(1)
    with two_replicas.scope():
      networks = Networks(generators(2), discriminators(3), generators(2))
      trainer = Trainer(networks, 3, 2, losses.relativistic_logistic, penalties.r1, batch_size=BATCH)
    return Engine(trainer, two_replicas)

  def batches(first):
    real = tf.random.stateless_normal([BATCH * 40, 2], [1, 1])
    data = tf.data.Dataset.from_tensor_slices(real).batch(BATCH, drop_remainder=True).skip(first)
    return strategies.distribute(two_replicas, data.repeat())

  whole, cut = engine(), engine()
  given = batches(0)
  whole.iterate(given, 2)
  report = whole.iterate(given, 3)
  cut.iterate(batches(0), 2)
  Checkpoints(tmp_path, cut.trainer).save()
  resumed = engine()
  assert Checkpoints(tmp_path, resumed.trainer).restore()
  again = resumed.iterate(batches(resumed.trainer.position), 3)
  for name, values in report.scalars.items():
    np.testing.assert_array_equal(again.scalars[name], values, err_msg=name)
  for ours, theirs in zip(whole.trainer.variables, resumed.trainer.variables, strict=True):
    np.testing.assert_array_equal(ours, theirs)


def test_what_makes_no_sense_is_refused():
  with pytest.raises(InputError, match='generators.components = .* does not fit'):
    mixture.generators([])
  with pytest.raises(InputError, match='differ in what they take and give'):
    mixture.discriminators([mlp.Discriminator, functools.partial(mlp.Discriminator, dimensions=3)])
  with pytest.raises(InputError, match='entropy'):
    mixture.generators([mlp.Generator], entropy=-1.0)
