"""Whole runs as compiled programs: against the same steps in NumPy, and independent of company."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import losses, penalties
from tfgan_landscape.dynamics import small_mlp
from tfgan_landscape.dynamics.descent import Momentum, SmallAdam
from tfgan_landscape.dynamics.whole_runs import Learner, compiled, in_threads

REAL = np.array([0.1, 4.0, 0.2, 4.1], np.float32)
LATENTS = np.array([-1.0, 0.5, 2.0, -3.0], np.float32)
KEY = tf.constant(7)


def affine(weights, inputs):
  return weights[0] * inputs + weights[1]


def program(loss, critic_steps=2, generator_steps=3, records=2, epochs=2):
  return compiled(
    Learner(affine, Momentum(0.1, 0.9), critic_steps),
    Learner(affine, Momentum(0.05, 0.5), generator_steps),
    losses.kept(loss),
    batch=lambda data, _: data,
    observe=lambda critic, generator, data: (affine(generator, data[1])[0],),
    records=records,
    epochs_per_record=epochs,
  )


def paired_program(loss):
  player = Learner(affine, Momentum(0.1, 0.0), 2)
  return compiled(player, player, loss, lambda data, _: data, lambda *_: (), 1, 3)


def start(critic_rate=0.1, generator_rate=0.1):
  data = tuple(tf.constant(values[None]) for values in (REAL, LATENTS))
  critic = Learner(affine, Momentum(critic_rate), 1).start([0.3, 0.0])
  return critic, Learner(affine, Momentum(generator_rate), 1).start([0.7, -0.2]), data


def test_wasserstein_steps_are_those_by_hand():
  """f(x) = a x + b and G(z) = c z + d: the gradients are means, worked out on paper."""
  (losses_, fakes), critic, generator = program(losses.wasserstein)(*start(0.1, 0.05), KEY)
  a, b, c, d = 0.3, 0.0, 0.7, -0.2
  slots = dict.fromkeys('abcd', 0.0)
  values, points = [], []
  for epoch in range(4):
    fake = c * LATENTS + d
    for _ in range(2):
      value = np.mean(a * fake - a * REAL)
      slots['a'] = 0.9 * slots['a'] + np.mean(fake - REAL)
      a -= 0.1 * slots['a']
    for _ in range(3):
      slots['c'] = 0.5 * slots['c'] - a * np.mean(LATENTS)
      slots['d'] = 0.5 * slots['d'] - a
      c, d = c - 0.05 * slots['c'], d - 0.05 * slots['d']
    if epoch % 2:
      values.append(value)
      points.append(fake)
  np.testing.assert_allclose(losses_, values, rtol=1e-4)
  np.testing.assert_allclose(fakes, points, rtol=1e-4)
  np.testing.assert_allclose(critic, [a, b], rtol=1e-4, atol=1e-6)
  np.testing.assert_allclose(generator, [c, d], rtol=1e-4)


def test_a_run_is_the_same_alone_and_in_company():
  network = functools.partial(small_mlp.apply, activation=tf.tanh)
  player = Learner(network, Momentum(), 3)
  run = compiled(
    player,
    player,
    losses.kept(losses.relativistic_logistic),
    lambda data, _: data,
    lambda c, g, data: (network(g, data[1])[0],),
    5,
    4,
  )

  def job(seed):
    random = np.random.default_rng(seed)
    states = [player.start(small_mlp.initial_weights((1, 4, 4, 1), random)) for _ in range(2)]
    return run(*states, start()[2], KEY)[0][1].numpy()

  alone = [job(seed) for seed in range(4)]
  together = dict(in_threads([functools.partial(job, seed) for seed in range(4)], threads=2))
  for seed in range(4):
    np.testing.assert_array_equal(together[seed], alone[seed])
  assert not np.array_equal(alone[0], alone[1])


def test_a_projection_follows_every_step():
  def halved(weights):
    return [weights[0] * 0.5, weights[1]]

  player = Learner(affine, Momentum(0.1, 0.0), 2, halved)
  run = compiled(player, player, losses.kept(losses.wasserstein), lambda data, _: data, lambda *_: (), 1, 1)
  critic, generator, data = start()
  _, (a, _), (c, _) = run(critic, generator, data, KEY)
  fake = 0.7 * LATENTS - 0.2
  by_hand = (0.3 - 0.1 * np.mean(fake - REAL)) * 0.5
  by_hand = (by_hand - 0.1 * np.mean(fake - REAL)) * 0.5
  np.testing.assert_allclose(a, by_hand, rtol=1e-4)
  generated = 0.7
  for _ in range(2):
    generated = (generated + 0.1 * by_hand * np.mean(LATENTS)) * 0.5
  np.testing.assert_allclose(c, generated, rtol=1e-4)


def test_one_program_serves_every_learning_rate():
  player = Learner(affine, SmallAdam(), 1)
  run = compiled(player, player, losses.kept(losses.relativistic_logistic), lambda data, _: data, lambda *_: (), 1, 1)
  moved = []
  for rate in (1e-3, 1e-1):
    state = Learner(affine, SmallAdam(rate), 1).start([0.3, 0.0])
    _, (a, _), _ = run(state, state, start()[2], KEY)
    moved.append(abs(float(a) - 0.3))
  # Adam's first step is the learning rate, whatever the gradient.
  np.testing.assert_allclose(moved, [1e-3, 1e-1], rtol=1e-2)
  assert run.experimental_get_tracing_count() == 1


def test_redrawn_pairs_are_those_of_the_steps_seeds():
  """The same steps one by one: the critic's are numbers 0 and 1 of an epoch of four, the generator's 2 and 3."""
  paired = tf.function(losses.redrawn(losses.relativistic_logistic), jit_compile=True)  # XLA draws other numbers
  (value,), critic, generator = paired_program(paired)(*start(), tf.constant(5))
  weights = [tf.constant([0.3, 0.0]), tf.constant([0.7, -0.2])]
  for epoch in range(3):
    for player in (0, 1):
      for index in range(2):
        with tf.GradientTape() as tape:
          tape.watch(weights[player])
          (a, b), (c, d) = tf.unstack(weights[0]), tf.unstack(weights[1])
          logits = a * REAL + b, a * (c * LATENTS + d) + b
          seed = tf.constant([5, 4 * epoch + 2 * player + index])
          loss = tf.reduce_mean(paired(*logits, seed)[player])
        weights[player] -= 0.1 * tape.gradient(loss, weights[player])
      if player == 0:
        last = loss
  np.testing.assert_allclose(value, last, rtol=1e-5)
  np.testing.assert_allclose(critic, weights[0], rtol=1e-4, atol=1e-6)
  np.testing.assert_allclose(generator, weights[1], rtol=1e-4)
  other = paired_program(paired)(*start(), tf.constant(6))[2]
  assert not np.allclose(generator, other, rtol=1e-4)  # another run, other pairs


@pytest.mark.parametrize('labels', [1, 2, 5, 12])
def test_pairs_within_labels_stay_within_them(labels):
  """Example i has label i mod 5, say; every pairing within a label comes up, one label is a shuffle of all."""
  index = tf.range(12, dtype=tf.float32)
  paired = losses.redrawn_within_labels(losses.GanLoss, labels)
  seeds = [tf.constant([3, step]) for step in range(200)]
  drawn = np.array([paired(index, index, seed).discriminator for seed in seeds]).astype(int)
  assert (np.sort(drawn) == np.arange(12)).all()
  assert (drawn % labels == np.arange(12) % labels).all()
  met = {(place, partner) for order in drawn for place, partner in enumerate(order)}
  assert len(met) == sum((np.arange(12) % labels == place % labels).sum() for place in range(12))


def test_all_pairs_are_the_mean_of_many_redrawn_ones():
  paired = losses.redrawn(losses.relativistic_hinge)
  real, fake = tf.constant([0.3, -1.0, 2.0, 0.4]), tf.constant([1.1, 0.2, -0.5, 0.9])
  mean = tf.function(lambda step: tf.reduce_mean(paired(real, fake, tf.stack([1, step])).discriminator))
  drawn = [mean(tf.constant(step)).numpy() for step in range(4000)]
  exact = np.mean(losses.all_pairs(losses.relativistic_hinge)(real, fake).discriminator)
  np.testing.assert_allclose(np.mean(drawn), exact, atol=5 * np.std(drawn) / 4000**0.5)
  assert np.std(drawn) > 0.05


def test_a_penalty_is_part_of_the_critics_steps_and_not_of_its_loss():
  """R1 of f(x) = a x + b is gamma / 2 a^2: a plain step with gamma a more in its gradient."""
  player = Learner(affine, Momentum(0.1, 0.0), 2)
  given = losses.kept(losses.wasserstein)
  penalty = functools.partial(penalties.r1, gamma=0.5)
  run = compiled(player, player._replace(steps=1), given, lambda data, _: data, lambda *_: (), 1, 1, penalty)
  (value,), (a, _), _ = run(*start(), KEY)
  gradient = np.mean(0.7 * LATENTS - 0.2 - REAL)
  first = 0.3 - 0.1 * (gradient + 0.5 * 0.3)
  np.testing.assert_allclose(value, first * gradient, rtol=1e-5)  # before the last step, without R1
  np.testing.assert_allclose(a, first - 0.1 * (gradient + 0.5 * first), rtol=1e-5)


def test_a_lazy_penalty_comes_at_every_nth_step():
  """R1 of f(x) = a x + b at the first of two steps alone, twice as strong."""
  player = Learner(affine, Momentum(0.1, 0.0), 2)
  penalty = penalties.lazily(functools.partial(penalties.r1, gamma=0.5), every=2)
  given = losses.kept(losses.wasserstein)
  run = compiled(player, player._replace(steps=1), given, lambda data, _: data, lambda *_: (), 1, 1, penalty)
  _, (a, _), _ = run(*start(), KEY)
  gradient = np.mean(0.7 * LATENTS - 0.2 - REAL)
  np.testing.assert_allclose(a, 0.3 - 0.1 * (2 * gradient + 2 * 0.5 * 0.3), rtol=1e-5)


def test_a_penalty_sees_points_latents_progress_step_and_draws_of_each_step():
  seen = []

  def watching(critic, batch, generators):
    seen.append((batch.real.shape, batch.fake.shape, batch.latents.shape))
    np.testing.assert_array_equal(generators.networks[0](batch.latents).shape, (4, 1))
    told = tf.stack([batch.progress, tf.cast(batch.step, tf.float32), batch.random.uniform([2])[0]])
    # The critic of slope a moves by the gradient of a times what is told.
    return {'told': tf.reduce_sum(told * [1.0, 10.0, 100.0]) * critic(tf.ones([4, 1]))}

  player = Learner(affine, Momentum(1e-3, 0.0), 1)
  given = losses.kept(lambda real, fake: losses.GanLoss(0.0 * real, 0.0 * fake))
  run = compiled(player, player, given, lambda data, _: data, lambda critic, *_: (tf.stack(critic),), 4, 1, watching)
  (_, weights), _, _ = run(*start(critic_rate=1e-3), KEY)
  moved = -np.diff(np.concatenate([[0.3], weights[:, 0]])) * 1e3  # progress 0, 1/4, ... and steps 0, 1, ...
  draws = moved - np.arange(4) * (0.25 + 10.0)
  assert seen[0] == ((4, 1), (4, 1), (4, 1))
  assert (draws > 0).all()
  assert (draws < 100).all()
  assert len(set(np.round(draws, 2))) == 4
