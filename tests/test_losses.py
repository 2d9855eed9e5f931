"""The losses against values done by hand, TF-GAN, and the laws that tell the families apart."""

import inspect
import itertools
import math

import gin
import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import losses

# sigmoid(f): 3/4 and 1/5 for the real, 1/3 and 5/6 for the fake examples; f(x) - f(y): log 6 and -log 20.
ODDS = ([math.log(3), -math.log(4)], [-math.log(2), math.log(5)])
PLAIN = ([0.5, -3.0], [-0.25, 2.0])
LOG_SIGMOID = tf.math.log_sigmoid


def _average_logistic():
  """Odds of f(x) over the mean f(y) = log(5/2) / 2, and of f(y) over the mean f(x) = log(3/4) / 2."""
  real = [odds / math.sqrt(5 / 2) for odds in (3, 1 / 4)]
  fake = [odds / math.sqrt(3 / 4) for odds in (1 / 2, 5)]
  discriminator = [math.log(1 + 1 / r) + math.log(1 + s) for r, s in zip(real, fake)]
  generator = [math.log(1 + r) + math.log(1 + 1 / s) for r, s in zip(real, fake)]
  return discriminator, generator


# name: (loss, (real, fake), discriminator [2], generator [2])
ROWS = {
  'saturating': (
    losses.saturating,
    ODDS,
    [math.log(2), math.log(30)],
    [math.log(2 / 3), math.log(1 / 6)],
  ),
  'nonsaturating': (
    losses.nonsaturating,
    ODDS,
    [math.log(2), math.log(30)],
    [math.log(3), math.log(6 / 5)],
  ),
  'wasserstein': (losses.wasserstein, PLAIN, [-0.75, 5.0], [0.25, -2.0]),
  'hinge': (losses.hinge, PLAIN, [1.25, 7.0], [0.25, -2.0]),
  'least_squares': (losses.least_squares, PLAIN, [0.3125, 20.0], [1.5625, 1.0]),
  'relativistic_logistic': (
    losses.relativistic_logistic,
    ODDS,
    [math.log(7 / 6), math.log(21)],
    [math.log(7), math.log(21 / 20)],
  ),
  'relativistic_hinge': (losses.relativistic_hinge, PLAIN, [0.25, 6.0], [1.75, 0.0]),
  'relativistic_least_squares': (losses.relativistic_least_squares, PLAIN, [0.0625, 36.0], [-0.0625, -36.0]),
  'relativistic_average_logistic': (losses.relativistic_average_logistic, ODDS, *_average_logistic()),
  'relativistic': (
    losses.relativistic(lambda t: t**3, nonsaturating=False),
    PLAIN,
    [-0.421875, 125.0],
    [0.421875, -125.0],
  ),
  'separable': (
    losses.separable(lambda t: 2 * t, tf.square),
    PLAIN,
    [-1.0625, 2.0],
    [1.0625, -2.0],
  ),
  # Odds of the four differences: 6 and 3/5 for the first real example, 1/2 and 1/20 for the second.
  'all_pairs': (
    losses.all_pairs(losses.relativistic_logistic),
    ODDS,
    [math.log(7 / 6 * 8 / 3) / 2, math.log(3 * 21) / 2],
    [math.log(7 * 3 / 2) / 2, math.log(8 / 5 * 21 / 20) / 2],
  ),
  'kept': (losses.kept(losses.relativistic_hinge), PLAIN, [0.25, 6.0], [1.75, 0.0]),
}
RELATIVISTIC = sorted(name for name in ROWS if name.startswith('relativistic') or name in ('all_pairs', 'kept'))
SEPARABLE = sorted(set(ROWS) - set(RELATIVISTIC))
MIN_MAX = ['saturating', 'separable', 'relativistic', 'relativistic_least_squares']


def _loss(name, *logits):
  return ROWS[name][0](*(tf.constant(values, tf.float32) for values in logits))


def test_every_loss_has_a_row():
  public = {
    name
    for name, value in vars(losses).items()
    if inspect.isfunction(value) and not name.startswith('_') and value.__module__ == losses.__name__
  }
  scalar = {'smoothed_log_sigmoid'}
  assert public - {'generator_reads_fake_alone'} == set(ROWS) | scalar | {
    'redrawn',
    'redrawn_within_labels',
  }  # whose pairs tests/dynamics/test_whole_runs.py follows


def test_scalar_functions_make_the_losses_of_their_names():
  logits = [tf.constant(values, tf.float32) for values in ODDS]
  np.testing.assert_allclose(losses.log_sigmoid(logits[0]), [math.log(3 / 4), math.log(1 / 5)], rtol=1e-6)
  np.testing.assert_allclose(losses.negative_hinge(tf.constant([0.5, -3.0, 2.0])), [-0.5, -4.0, 0.0])
  smoothed = losses.smoothed_log_sigmoid(tf.constant([-200.0, math.log(3), 200.0]), delta=0.2)
  np.testing.assert_allclose(smoothed, [math.log(0.2), math.log(0.2 + 0.8 * 0.75), 0.0], rtol=1e-6, atol=1e-7)
  pairs = (losses.log_sigmoid, losses.relativistic_logistic), (losses.negative_hinge, losses.relativistic_hinge)
  for h, named in pairs:
    for ours, theirs in zip(losses.relativistic(h, nonsaturating=True)(*logits), named(*logits)):
      np.testing.assert_allclose(ours, theirs, rtol=1e-6)
  ours, theirs = losses.separable(losses.log_sigmoid, losses.log_sigmoid)(*logits), losses.saturating(*logits)
  np.testing.assert_allclose(ours.discriminator, theirs.discriminator, rtol=1e-6)


@pytest.mark.parametrize('name', ROWS)
def test_loss_has_the_values_done_by_hand(name):
  _, logits, discriminator, generator = ROWS[name]
  loss = _loss(name, *logits)
  np.testing.assert_allclose(loss.discriminator, discriminator, rtol=2e-6, atol=1e-6)
  np.testing.assert_allclose(loss.generator, generator, rtol=2e-6, atol=1e-6)


TFGAN = {
  'saturating': ('minimax_discriminator_loss', {'label_smoothing': 0.0}, 'minimax_generator_loss', {}, 1.0),
  'nonsaturating': (
    'minimax_discriminator_loss',
    {'label_smoothing': 0.0},
    'modified_generator_loss',
    {},
    1.0,
  ),
  'wasserstein': ('wasserstein_discriminator_loss', {}, 'wasserstein_generator_loss', {}, 1.0),
  'hinge': ('wasserstein_hinge_discriminator_loss', {}, 'wasserstein_hinge_generator_loss', {}, 1.0),
  # TF-GAN halves the squares.
  'least_squares': ('least_squares_discriminator_loss', {}, 'least_squares_generator_loss', {}, 0.5),
}


@pytest.mark.parametrize('name', TFGAN)
def test_mean_of_a_separable_loss_is_that_of_tfgan(tfgan_losses, name):
  discriminator_name, d_options, generator_name, g_options, factor = TFGAN[name]
  real, fake = tf.random.normal([9], 0.3, 2.0), tf.random.normal([9], -0.7, 2.0)
  loss = ROWS[name][0](real, fake)
  discriminator = getattr(tfgan_losses, discriminator_name)(real, fake, **d_options)
  generator = getattr(tfgan_losses, generator_name)(fake, **g_options)
  np.testing.assert_allclose(factor * tf.reduce_mean(loss.discriminator), discriminator, rtol=1e-5)
  # TF-GAN's minimax generator carries the constant loss of a real logit of 1.
  constant = math.log(1 + math.exp(-1)) if name == 'saturating' else 0.0
  np.testing.assert_allclose(factor * tf.reduce_mean(loss.generator), generator + constant, rtol=1e-5)


def test_mean_of_the_relativistic_average_loss_is_that_of_tfgan(tfgan_losses):
  real, fake = tf.random.normal([9], 0.3, 2.0), tf.random.normal([9], -0.7, 2.0)
  loss = losses.relativistic_average_logistic(real, fake)
  discriminator = tfgan_losses.relativistic_discriminator_loss(real, fake)
  generator = tfgan_losses.relativistic_generator_loss(real, fake)
  np.testing.assert_allclose(tf.reduce_mean(loss.discriminator), discriminator, rtol=1e-5)
  np.testing.assert_allclose(tf.reduce_mean(loss.generator), generator, rtol=1e-5)


GENERAL = {
  'relativistic_logistic': losses.relativistic(LOG_SIGMOID, nonsaturating=True),
  'relativistic_hinge': losses.relativistic(lambda t: -tf.nn.relu(1.0 - t), nonsaturating=True),
  'relativistic_least_squares': losses.relativistic(lambda t: -tf.square(t - 1.0)),
}


@pytest.mark.parametrize('name', GENERAL)
def test_general_loss_reproduces_the_named_one(name):
  real, fake = tf.random.normal([9], 0.3, 2.0), tf.random.normal([9], -0.7, 2.0)
  general, named = GENERAL[name](real, fake), ROWS[name][0](real, fake)
  np.testing.assert_allclose(general.discriminator, named.discriminator, rtol=1e-5, atol=1e-6)
  np.testing.assert_allclose(general.generator, named.generator, rtol=1e-5, atol=1e-6)


def test_general_separable_loss_reproduces_the_discriminators_of_the_named_ones():
  real, fake = tf.random.normal([9]), tf.random.normal([9])
  saturating = losses.separable(LOG_SIGMOID, LOG_SIGMOID)
  hinge = losses.separable(lambda t: -tf.nn.relu(1.0 - t), lambda t: -tf.nn.relu(1.0 - t))
  wasserstein = losses.separable(tf.identity, tf.identity)
  pairs = (saturating, losses.saturating), (hinge, losses.hinge), (wasserstein, losses.wasserstein)
  for general, named in pairs:
    expected = named(real, fake).discriminator
    np.testing.assert_allclose(general(real, fake).discriminator, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize('name', RELATIVISTIC)
def test_relativistic_loss_is_invariant_to_a_constant_shift(name):
  real, fake = np.float32([0.5, -3.0, 1.0]), np.float32([-0.25, 2.0, 0.75])
  before, after = _loss(name, real, fake), _loss(name, real + 8, fake + 8)
  np.testing.assert_allclose(after.discriminator, before.discriminator, rtol=1e-5, atol=1e-6)
  np.testing.assert_allclose(after.generator, before.generator, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize('name', SEPARABLE)
def test_separable_loss_sees_a_constant_shift(name):
  real, fake = np.float32([0.5, -3.0, 1.0]), np.float32([-0.25, 2.0, 0.75])
  before, after = _loss(name, real, fake), _loss(name, real + 8, fake + 8)
  assert np.abs(after.generator - before.generator).min() > 0.1
  if name != 'wasserstein':  # whose discriminator, alone among them, is a function of the difference
    assert np.abs(after.discriminator - before.discriminator).min() > 0.1


@pytest.mark.parametrize('name', RELATIVISTIC)
def test_relativistic_loss_is_no_function_of_one_logit_alone(name):
  real, fake = np.float32([0.5, -3.0]), np.float32([-0.25, 2.0])
  before, after = _loss(name, real, fake), _loss(name, real + 8, fake)
  assert np.abs(after.discriminator - before.discriminator).min() > 0.1
  assert np.abs(after.generator - before.generator).max() > 0.1


@pytest.mark.parametrize('name', MIN_MAX)
def test_generator_of_a_min_max_game_pays_what_the_discriminator_gains(name):
  real = tf.constant([0.5, -3.0])
  fakes = [tf.constant([-0.25, 2.0]), tf.constant([1.25, -0.5])]
  lower, upper = (ROWS[name][0](real, fake) for fake in fakes)
  gain = lower.discriminator - upper.discriminator
  np.testing.assert_allclose(upper.generator - lower.generator, gain, rtol=1e-5)
  if name != 'saturating':  # which drops the part of the game's value that has no fake in it
    np.testing.assert_allclose(lower.generator, -lower.discriminator, rtol=1e-6)


@pytest.mark.parametrize('name', ['saturating', 'nonsaturating', 'wasserstein', 'hinge', 'least_squares'])
def test_scale_multiplies_the_discriminator_and_the_generator_of_the_same_value(name):
  real, fake = tf.constant([0.5, -3.0]), tf.constant([-0.25, 2.0])
  whole, half = ROWS[name][0](real, fake), ROWS[name][0](real, fake, scale=0.5)
  np.testing.assert_allclose(half.discriminator, 0.5 * whole.discriminator, rtol=1e-6)
  factor = 0.5 if name == 'saturating' else 1.0
  np.testing.assert_allclose(half.generator, factor * whole.generator, rtol=1e-6)


def test_scale_multiplies_both_sides_of_the_general_separable_loss():
  real, fake = tf.constant([0.5, -3.0]), tf.constant([-0.25, 2.0])
  whole = losses.separable(tf.exp, tf.square)(real, fake)
  half = losses.separable(tf.exp, tf.square, scale=0.5)(real, fake)
  np.testing.assert_allclose(half.discriminator, 0.5 * whole.discriminator, rtol=1e-6)
  np.testing.assert_allclose(half.generator, 0.5 * whole.generator, rtol=1e-6)


@pytest.mark.parametrize('name', sorted(set(ROWS) - {'relativistic', 'separable'}))
def test_discriminator_raises_the_real_and_lowers_the_fake_logit_and_the_generator_raises_it(name):
  real, fake = tf.constant([0.5, 0.75]), tf.constant([0.25, 0.125])
  with tf.GradientTape(persistent=True) as tape:
    tape.watch([real, fake])
    loss = ROWS[name][0](real, fake)
  assert np.all(tape.gradient(loss.discriminator, real) < -1e-2)
  assert np.all(tape.gradient(loss.discriminator, fake) > 1e-2)
  assert np.all(tape.gradient(loss.generator, fake) < -1e-2)


# (real, fake) logits of a lost and of a won game, and the exact loss: 200 and 400 are the linear tails.
TAILS = {
  'saturating': ([400.0, 0.0], [-200.0, 0.0]),
  'nonsaturating': ([400.0, 0.0], [0.0, 200.0]),
  'wasserstein': ([400.0, -400.0], [-200.0, 200.0]),
  'hinge': ([402.0, 0.0], [-200.0, 200.0]),
  'least_squares': ([80401.0, 79601.0], [39601.0, 40401.0]),
  'relativistic_logistic': ([400.0, 0.0], [0.0, 400.0]),
  'relativistic_hinge': ([401.0, 0.0], [0.0, 401.0]),
  'relativistic_least_squares': ([160801.0, 159201.0], [-160801.0, -159201.0]),
  'relativistic_average_logistic': ([400.0, 0.0], [0.0, 400.0]),  # both means are 0
  'all_pairs': ([200 + math.log(2) / 2, math.log(2) / 2], [math.log(2) / 2, 200 + math.log(2) / 2]),
}


@pytest.mark.parametrize('name', TAILS)
def test_logits_of_200_give_the_exact_tail_and_finite_gradients(name):
  real, fake = tf.constant([-200.0, 200.0]), tf.constant([200.0, -200.0])
  with tf.GradientTape(persistent=True) as tape:
    tape.watch([real, fake])
    loss = ROWS[name][0](real, fake)
  discriminator, generator = TAILS[name]
  np.testing.assert_allclose(loss.discriminator, discriminator, rtol=1e-6, atol=1e-6)
  np.testing.assert_allclose(loss.generator, generator, rtol=1e-6, atol=1e-6)
  for value in loss:
    assert np.all(np.isfinite(tape.gradient(value, [real, fake], unconnected_gradients='zero')))


def test_every_named_loss_has_a_tail():
  assert set(TAILS) == set(ROWS) - {'relativistic', 'separable', 'kept'}


def _average_objective(slope, bend, real, fake):
  """Loss of the critic f(t) = slope t + bend t^2, and the sum over the rows at hand by the global batch 4."""
  critic = [slope * values + bend * values**2 for values in (real, fake)]
  loss = losses.relativistic_average_logistic(*critic)
  return loss.discriminator, tf.reduce_sum(loss.discriminator - 0.3 * loss.generator) / 4


def test_relativistic_average_loss_of_two_replicas_and_its_gradient_are_those_of_one_device(two_replicas):
  real, fake = tf.constant([0.3, -1.0, 2.0, 0.7]), tf.constant([0.1, 0.9, -2.0, 0.4])
  alone = [tf.Variable(1.5), tf.Variable(0.3)]
  with tf.GradientTape() as tape:
    values, objective = _average_objective(*alone, real, fake)
  gradients = tape.gradient(objective, alone)

  with two_replicas.scope():
    shared = [tf.Variable(1.5), tf.Variable(0.3)]

  def replica_step(real, fake):
    with tf.GradientTape() as tape:
      values, objective = _average_objective(*shared, real, fake)
    gradients = tape.gradient(objective, shared)
    return values, tf.distribute.get_replica_context().all_reduce('SUM', gradients)

  @tf.function
  def step(*batch):
    return two_replicas.run(replica_step, batch)

  def halves(rows):
    return two_replicas.experimental_distribute_values_from_function(
      lambda context: rows[2 * context.replica_id_in_sync_group :][:2]
    )

  replica_values, replica_gradients = step(halves(real), halves(fake))
  together = tf.concat(two_replicas.experimental_local_results(replica_values), 0)
  np.testing.assert_allclose(together, values, rtol=1e-5)
  for replicas, expected in zip(replica_gradients, gradients):
    for gradient in two_replicas.experimental_local_results(replicas):
      np.testing.assert_allclose(gradient, expected, rtol=1e-5)


def test_gin_binds_the_scale_and_the_scalar_functions_but_not_the_logits():
  gin.parse_config("""
    losses.saturating.scale = 0.5
    losses.relativistic.nonsaturating = True
  """)
  real, fake = tf.constant(ODDS[0]), tf.constant(ODDS[1])
  np.testing.assert_allclose(losses.saturating(real, fake).discriminator[0], math.log(2) / 2, rtol=1e-5)
  generator = losses.relativistic(LOG_SIGMOID)(real, fake).generator
  np.testing.assert_allclose(generator, ROWS['relativistic_logistic'][3], rtol=1e-5)
  with pytest.raises(ValueError, match='fake_logits'):
    gin.parse_config('losses.saturating.fake_logits = 1.0')


def test_all_pairs_are_the_mean_of_kept_pairs_over_every_pairing():
  real, fake = (tf.random.stateless_normal([3], [seed, 0]) for seed in (0, 1))
  found = losses.all_pairs(losses.relativistic_hinge)(real, fake)
  pairings = [losses.relativistic_hinge(real, tf.gather(fake, order)) for order in itertools.permutations(range(3))]
  for side in ('discriminator', 'generator'):
    mean = np.mean([getattr(each, side) for each in pairings])
    assert float(tf.reduce_mean(getattr(found, side))) == pytest.approx(mean, rel=1e-5)


@pytest.mark.parametrize('name', ['nonsaturating', 'hinge', 'wasserstein'])
def test_all_pairs_of_a_separable_loss_have_its_means(name):
  real, fake = (tf.random.stateless_normal([5], [seed, 0]) for seed in (0, 1))
  plain, paired = ROWS[name][0](real, fake), losses.all_pairs(ROWS[name][0])(real, fake)
  for one, other in zip(plain, paired):
    assert float(tf.reduce_mean(one)) == pytest.approx(float(tf.reduce_mean(other)), rel=1e-5)
