"""The moving average by hand."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import ramps
from tfgan_landscape.training.ema import exponential_moving_average, half_life_average


def test_moving_average_by_hand():
  average, source = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 0.0])
  exponential_moving_average([average], [source], tf.constant(1), decay=0.75)
  np.testing.assert_allclose(average.numpy(), [1.5, 1.5])
  np.testing.assert_allclose(source.numpy(), [3.0, 0.0])


def test_moving_average_of_a_constant_is_the_constant():
  average, source = tf.Variable(2.0), tf.Variable(2.0)
  for step in range(1, 4):
    exponential_moving_average([average], [source], tf.constant(step), decay=0.9)
  assert average.numpy() == pytest.approx(2.0)


@pytest.mark.parametrize(('step', 'decay'), [(1, 2 / 11), (10, 11 / 20), (10**6, 0.9)])
def test_warm_up_shortens_the_memory_at_the_start(step, decay):
  average, source = tf.Variable(1.0), tf.Variable(0.0)
  exponential_moving_average([average], [source], tf.constant(step), decay=0.9, warm_up=True)
  assert average.numpy() == pytest.approx(decay)


def test_a_half_life_is_in_images_and_may_grow():
  """Halfway through the run the half-life is 100 images: after 50 of them a weight counts 2^(-1/2)."""
  settings = {'half_life': ramps.linear(0.0, 200.0), 'batch_size': 50, 'iterations': 10}
  for step, kept in ((5, 0.5**0.5), (10, 0.5**0.25)):
    average, source = tf.Variable(1.0), tf.Variable(0.0)
    half_life_average([average], [source], tf.constant(step), **settings)
    assert average.numpy() == pytest.approx(kept)


def test_without_a_half_life_the_average_is_the_newest():
  average, source = tf.Variable(1.0), tf.Variable(0.0)
  half_life_average([average], [source], tf.constant(1), ramps.linear(0.0, 0.0), batch_size=8, iterations=10)
  assert average.numpy() == 0.0
