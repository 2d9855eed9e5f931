"""Laws of the draws: functions of (seed, position, place), the same on any number of replicas."""

import numpy as np
import tensorflow as tf

from tfgan_landscape.training.draws import Draws


def position(number):
  return tf.constant(number, tf.int64)


def test_draws_repeat_for_the_same_seed_and_position():
  np.testing.assert_array_equal(Draws(1, position(5)).normal([3, 2]), Draws(1, position(5)).normal([3, 2]))


def test_draws_differ_by_seed_position_and_place():
  one = Draws(1, position(5))
  others = [
    one.normal([3, 2]),
    one.normal([3, 2]),
    Draws(2, position(5)).normal([3, 2]),
    Draws(1, position(6)).normal([3, 2]),
  ]
  for i in range(4):
    for j in range(i):
      assert np.abs(others[i] - others[j]).min() > 0


def test_replicas_draw_the_rows_of_one_device(two_replicas):
  halves = two_replicas.run(lambda: Draws(1, position(5)).uniform([3, 2]))
  rows = np.concatenate([half.numpy() for half in two_replicas.experimental_local_results(halves)])
  np.testing.assert_array_equal(rows, Draws(1, position(5)).uniform([6, 2]))


def test_draws_have_the_moments_of_their_distributions():
  draws = Draws(0, position(0))
  normal, uniform = draws.normal([20000, 1]).numpy(), draws.uniform([20000, 1]).numpy()
  assert abs(normal.mean()) < 0.03
  assert abs(normal.std() - 1) < 0.03
  assert abs(uniform.mean() - 0.5) < 0.01
  assert 0 <= uniform.min() < 0.01 < 0.99 < uniform.max() < 1
