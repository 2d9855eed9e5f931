"""The functional perceptron against NumPy and against automatic gradients."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.dynamics import small_mlp


def test_start_is_pytorchs():
  weights = small_mlp.initial_weights((400, 300, 2), np.random.default_rng(0))
  assert [w.shape for w in weights] == [(300, 400), (300, 1), (2, 300), (2, 1)]
  np.testing.assert_allclose([weights[0].min(), weights[0].max()], [-0.05, 0.05], rtol=1e-3)
  assert len(small_mlp.initial_weights((1, 2, 1), np.random.default_rng(0), output_bias=False)) == 3


def test_a_deep_perceptron_of_selus_keeps_its_scale_from_normal_weights():
  weights = small_mlp.normal_weights([2, *[128] * 64, 1], np.random.default_rng(0))
  assert np.std(weights[2]) == pytest.approx(128**-0.5, rel=0.02)
  assert not weights[3].any()
  points = tf.constant(np.random.default_rng(1).normal(size=[2, 200]), tf.float32)
  assert 0.3 < np.std(small_mlp.apply(weights, points, tf.nn.selu)) < 3
  shrunk = small_mlp.initial_weights([2, *[128] * 64, 1], np.random.default_rng(0))
  assert np.std(small_mlp.apply(shrunk, points, tf.nn.selu)) < 0.01


@pytest.mark.parametrize('bias', [True, False])
def test_outputs_are_those_of_numpy(bias):
  random = np.random.default_rng(1)
  weights = small_mlp.initial_weights((2, 4, 3), random, output_bias=bias)
  x = random.normal(size=(2, 5)).astype('float32')
  expected = weights[2] @ np.tanh(weights[0] @ x + weights[1]) + (weights[3] if bias else 0)
  np.testing.assert_allclose(small_mlp.apply(weights, tf.constant(x), tf.tanh), expected, rtol=1e-5, atol=1e-6)


def test_gradients_are_those_of_a_matrix_product():
  random = np.random.default_rng(2)
  kernel, x = (tf.constant(random.normal(size=shape), tf.float32) for shape in ((3, 4), (4, 6)))
  results = []
  for product in (small_mlp._sums, tf.matmul):
    with tf.GradientTape() as tape:
      tape.watch([kernel, x])
      y = tf.reduce_sum(tf.sin(product(kernel, x)))
    results.append(tape.gradient(y, [kernel, x]))
  for ours, theirs in zip(*results):
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_unit_output_scales_the_last_kernel_only():
  with_bias = [np.ones([2, 2]), np.ones([2, 1]), np.array([[3.0, 4.0]]), np.array([[7.0]])]
  scaled = small_mlp.unit_output([tf.constant(weight) for weight in with_bias])
  np.testing.assert_allclose(scaled[2], [[0.6, 0.8]])
  for index in (0, 1, 3):
    np.testing.assert_array_equal(scaled[index], with_bias[index])
  np.testing.assert_allclose(small_mlp.unit_output([tf.constant(w) for w in with_bias[:-1]])[2], [[0.6, 0.8]])


def test_wide_layers_give_what_narrow_ones_sum():
  """A matrix product from 33 units on; the same numbers as sums."""
  random = np.random.default_rng(3)
  weights = small_mlp.initial_weights((2, 40, 40, 1), random)
  x = random.normal(size=[2, 5]).astype('float32')
  hidden = np.tanh(weights[2] @ np.tanh(weights[0] @ x + weights[1]) + weights[3])
  given = small_mlp.apply([tf.constant(w) for w in weights], tf.constant(x), tf.tanh)
  np.testing.assert_allclose(given, weights[4] @ hidden + weights[5], rtol=1e-4, atol=1e-6)


def test_spectrally_normalized_kernels_have_norm_1_and_biases_stay():
  random = np.random.default_rng(4)
  weights = [random.normal(size=shape).astype('float32') for shape in ((5, 2), (5, 1), (5, 5), (5, 1), (1, 5), (1, 1))]
  found = small_mlp.spectrally_normalized([tf.constant(weight) for weight in weights], iterations=100)
  for before, after in zip(weights[::2], found[::2]):
    np.testing.assert_allclose(after, before / np.linalg.norm(before, 2), rtol=1e-4, atol=1e-6)
  for before, after in zip(weights[1::2], found[1::2]):
    np.testing.assert_array_equal(before, after)


def test_the_gradient_through_a_spectral_norm_is_that_of_the_largest_singular_value():
  kernel = tf.constant([[3.0, 0.0], [0.0, 1.0]])
  with tf.GradientTape() as tape:
    tape.watch(kernel)
    total = tf.reduce_sum(small_mlp.spectrally_normalized([kernel], iterations=50)[0])
  # total = (sum of entries) / sigma; d sigma is 1 at the first entry: 1 / 3 everywhere, less 4 / 9 there
  np.testing.assert_allclose(tape.gradient(total, kernel), [[1 / 3 - 4 / 9, 1 / 3], [1 / 3, 1 / 3]], atol=1e-5)
