"""Counts by hand."""

import tensorflow as tf

from tfgan_landscape.training.cost import flops, parameters


def test_matrix_product_by_hand():
  assert flops(tf.matmul, tf.TensorSpec([3, 4]), tf.TensorSpec([4, 5])) == 2 * 3 * 4 * 5


def test_convolution_and_its_gradients_by_hand():
  kernel = tf.Variable(tf.zeros([3, 3, 2, 5]))

  def forward(images):
    return tf.nn.conv2d(images, kernel, 2, 'SAME')

  def both(images):
    with tf.GradientTape() as tape:
      tape.watch(images)
      value = tf.reduce_sum(forward(images) ** 2)
    return tape.gradient(value, [images, kernel])

  images = tf.TensorSpec([7, 8, 8, 2])
  one = 2 * (7 * 4 * 4 * 5) * (3 * 3 * 2)
  assert flops(forward, images) == one
  assert flops(both, images) == 3 * one


def test_transposed_convolution_by_hand():
  layer = tf.keras.layers.Conv2DTranspose(5, 4, 2, 'same', use_bias=False)
  assert flops(layer, tf.TensorSpec([3, 8, 8, 2])) == 2 * (3 * 8 * 8 * 2) * (4 * 4 * 5)


def test_what_nothing_depends_on_costs_nothing():
  def lazy(x, y):
    tf.matmul(x, y)
    return x + 1.0

  assert flops(lazy, tf.TensorSpec([3, 4]), tf.TensorSpec([4, 5])) == 0


def test_a_condition_on_a_tensor_is_no_obstacle():
  def either(x, y):
    if tf.reduce_sum(x) > 0:
      x = 2 * x
    return tf.matmul(x, y)

  assert flops(either, tf.TensorSpec([3, 4]), tf.TensorSpec([4, 5])) == 2 * 3 * 4 * 5


def test_parameters_leave_out_what_is_not_trained():
  model = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(2), tf.keras.layers.BatchNormalization()])
  assert parameters(model) == 3 * 2 + 2 + 2 * 2
