"""Multilayer perceptrons as plain functions of a list of weights, for programs that train them whole.

The two-cluster experiment of "Towards a Better Global Loss Landscape of GANs" (Appendix B) and its five Gaussians
(Appendix D) start from PyTorch's default. Examples stand last, [features, n]: a layer's sums then run along contiguous
examples, which a compiler turns into vector instructions.
"""

import numpy as np
import tensorflow as tf

from tfgan_landscape.config.arguments import Count, configurable

_FEW_UNITS = 32  # a layer with as few inputs or outputs is a sum, a larger one a matrix product: measured under XLA


@configurable(denylist=['sizes', 'random', 'output_bias'])
def initial_weights(sizes, random, output_bias=True):
  """Draws PyTorch's default start, U(-1 / sqrt(fan_in), 1 / sqrt(fan_in)).

  Args:
    sizes: units of every layer, the inputs' first.
    random: `numpy.random.Generator`.
    output_bias: whether the last layer has a bias; without, the list ends with its kernel.

  Returns:
    [kernel [o, i], bias [o, 1], ...], float32 NumPy arrays.
  """
  weights = []
  for fan_in, units in zip(sizes, sizes[1:]):
    bound = fan_in**-0.5
    weights += [random.uniform(-bound, bound, shape).astype('float32') for shape in ((units, fan_in), (units, 1))]
  return weights if output_bias else weights[:-1]


@configurable(denylist=['sizes', 'random', 'output_bias'])
def normal_weights(sizes, random, output_bias=True):
  """Draws N(0, 1 / fan_in) and biases of 0: a deep perceptron of SELUs keeps its scale. See `initial_weights`."""
  weights = []
  for fan_in, units in zip(sizes, sizes[1:]):
    kernel = random.standard_normal([units, fan_in]) * fan_in**-0.5
    weights += [kernel.astype('float32'), np.zeros([units, 1], 'float32')]
  return weights if output_bias else weights[:-1]


def apply(weights, inputs, activation):
  """Maps inputs [d, n] to outputs [units of the last layer, n]; `activation` follows every layer but the last."""
  outputs = inputs
  for index in range(0, len(weights), 2):
    product = tf.matmul if min(weights[index].shape) > _FEW_UNITS else _sums
    outputs = product(weights[index], activation(outputs) if index else outputs)
    if index + 1 < len(weights):
      outputs += weights[index + 1]
  return outputs


def scores(weights, points, activation, components=1):
  """Returns the logits [T, n] of points [d, n] by each of T critics, whose weights follow one another in a list."""
  return tf.concat([apply(part, points, activation) for part in split(weights, components)], 0)


def generated(weights, latents, activation, components=1):
  """Returns points [d, n] of latents [l, n], each of T generators making its share of them, in turn."""
  parts, count = split(weights, components), latents.shape[1]
  sizes = [count // components + (index < count % components) for index in range(components)]
  shares = tf.split(latents, sizes, 1)
  return tf.concat([apply(part, share, activation) for part, share in zip(parts, shares)], 1)


def split(weights, components):
  """Returns the weights of each of T networks that follow one another in a list."""
  size = len(weights) // components
  return [weights[first : first + size] for first in range(0, len(weights), size)]


@configurable(denylist=['weights'])
def unit_output(weights):
  """Scales the last kernel to Euclidean norm 1, as RS-GAN's five-Gaussian code does after every critic's step."""
  last = -1 if len(weights) % 2 else -2
  weights = list(weights)
  weights[last] /= tf.norm(weights[last])
  return weights


@configurable(denylist=['weights'])
def spectrally_normalized(weights, iterations: Count = 10):
  """Divides every kernel by its largest singular value (Miyato et al. 2018): with ReLUs the slope is at most 1.

  Args:
    weights: [kernel [o, i], bias [o, 1], ...].
    iterations: of the power method, from the same vector at every step.
  """
  return [weight if index % 2 else weight / _spectral_norm(weight, iterations) for index, weight in enumerate(weights)]


def _spectral_norm(kernel, iterations):
  right = tf.fill([kernel.shape[1], 1], kernel.shape[1] ** -0.5)
  for _ in range(iterations):
    left = tf.math.l2_normalize(kernel @ right)
    right = tf.math.l2_normalize(tf.transpose(kernel) @ left)
  left, right = tf.stop_gradient(left), tf.stop_gradient(right)
  return tf.reduce_sum(left * (kernel @ right))


@tf.custom_gradient
def _sums(kernel, inputs):
  """kernel [o, i] times inputs [i, n], as sums that XLA fuses; on a CPU its own small products are slower."""

  def gradient(upstream):
    to_inputs = tf.reduce_sum(kernel[:, :, None] * upstream[:, None, :], 0)
    return tf.matmul(upstream, inputs, transpose_b=True), to_inputs

  return tf.reduce_sum(kernel[:, :, None] * inputs[None, :, :], 1), gradient
