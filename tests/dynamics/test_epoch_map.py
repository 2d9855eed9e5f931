"""The Jacobian of an epoch: that of a linear game by hand, and of a perceptron's by automatic differentiation."""

import numpy as np
import tensorflow as tf

from tfgan_landscape import losses
from tfgan_landscape.dynamics import small_mlp
from tfgan_landscape.dynamics.descent import Momentum
from tfgan_landscape.dynamics.epoch_map import EpochMap
from tfgan_landscape.dynamics.whole_runs import Learner

RATES = (0.1, 0.05)


def dirac(momentum, steps=(1, 1)):
  """The data is 0, the generator theta, the critic psi x, with Wasserstein losses; the critic goes first."""
  critic = Learner(lambda weights, points: weights[0] * points, Momentum(RATES[0], momentum), steps[0])
  generator = Learner(lambda weights, latents: weights[0] + 0 * latents, Momentum(RATES[1], momentum), steps[1])
  found = EpochMap(critic, generator, losses.kept(losses.wasserstein), lambda data, epoch: data, 10)
  players = (critic, generator)
  vector = found.start(*(player.start([np.full([1, 1], value)]) for player, value in zip(players, (0.3, 0.7))))
  return found, vector, (tf.zeros([1, 1], tf.float64), tf.zeros([1, 1], tf.float64))


def test_an_epoch_of_the_dirac_gan_by_hand():
  """The critic psi -= h theta, then theta += k psi: [[1, -h], [k, 1 - h k]] for (psi, theta), without momentum."""
  found, vector, data = dirac(0.0)
  h, k = RATES
  jacobian = found.jacobian(vector, data, tf.constant(0))
  weights = [0, 2]  # beside each stands its momentum, which starts anew
  np.testing.assert_allclose(jacobian[np.ix_(weights, weights)], [[1, -h], [k, 1 - h * k]], atol=1e-7)
  after = found.states(found.advance(vector, data, tf.constant(0), tf.constant(1)))
  np.testing.assert_allclose(after[0][0][0], [[0.3 - h * 0.7]], rtol=1e-6)
  np.testing.assert_allclose(after[1][0][0], [[0.7 + k * (0.3 - h * 0.7)]], rtol=1e-6)


def test_momentum_is_a_part_of_the_state():
  """One step of each: s' = m s + g, w' = w - rate s'."""
  found, vector, data = dirac(0.9)
  h, k = RATES
  jacobian = found.jacobian(vector, data, tf.constant(0))
  expected = np.array(
    [  # of (psi, its momentum, theta, its momentum)
      [1, -0.9 * h, -h, 0],
      [0, 0.9, 1, 0],
      [k, -0.9 * h * k, 1 - h * k, -0.9 * k],
      [-1, 0.9 * h, h, 0.9],
    ]
  )
  np.testing.assert_allclose(jacobian, expected, atol=1e-7)


def test_several_epochs_of_a_linear_map_are_its_power():
  found, vector, data = dirac(0.5, steps=(2, 3))
  jacobian = found.jacobian(vector, data, tf.constant(0))
  moved = np.array(found.advance(vector, data, tf.constant(0), tf.constant(4)))
  start = np.array(vector)[found.moving]
  np.testing.assert_allclose(moved[found.moving], np.linalg.matrix_power(jacobian, 4) @ start, rtol=1e-6)


def test_a_perceptrons_jacobian_is_that_of_automatic_differentiation():
  random = np.random.default_rng(0)
  network = lambda weights, inputs: small_mlp.apply(weights, inputs, tf.tanh)  # noqa: E731
  players = [Learner(network, Momentum(rate, 0.9), 2) for rate in RATES]
  data = tuple(tf.constant(random.standard_normal([1, 6])) for _ in range(2))
  found = EpochMap(*players, losses.kept(losses.relativistic_logistic), lambda data, epoch: data, 10)
  vector = found.start(*(player.start(small_mlp.initial_weights([1, 3, 1], random)) for player in players))
  with tf.GradientTape(persistent=True) as tape:
    tape.watch(vector)
    _, *states = found._epoch(tf.constant(0), *found.states(vector), data, tf.constant(0))
    after = tf.concat([tf.reshape(part, [-1]) for part in tf.nest.flatten(states)], 0)
  exact = tape.jacobian(after, vector, experimental_use_pfor=False).numpy()
  exact = exact[np.ix_(found.moving, found.moving)]
  np.testing.assert_allclose(found.jacobian(vector, data, tf.constant(0)), exact, atol=1e-7)
