"""Multilayer perceptrons for points.

After the five Gaussians of "Towards a Better Global Loss Landscape of GANs", whose released code has
2-128-128-2 with ReLU, 2-128-128-1 with LReLU(0.2) and no bias in the critic's last layer, PyTorch's default
start.
"""

from typing import Callable

import tensorflow as tf

from tfgan_landscape.layers import LeakyReLU, torch_uniform, unnormalized
from tfgan_landscape.ranges import NonNegative, Size, Whole, configurable

layers = tf.keras.layers


@configurable
class Generator(tf.keras.Sequential):
  """Maps latents [n, latent_dim] to points [n, dimensions], through ReLU layers.

  Args:
    dimensions: of a point.
    width: units of a hidden layer.
    depth: number of hidden layers.
    latent_dim: dimensions of the latents.
  """

  def __init__(self, dimensions: Size = 2, width: Size = 128, depth: Whole = 2, latent_dim: Size = 2):
    sizes = [latent_dim] + [width] * depth
    stack = [tf.keras.Input((latent_dim,), name='latents')]
    stack += [_dense(i, o, activation='relu') for i, o in zip(sizes, sizes[1:])]
    output = _dense(sizes[-1], dimensions, dtype='float32')
    super().__init__([*stack, output], name='generator')


@configurable
class Discriminator(tf.keras.Sequential):
  """Maps points [n, dimensions] to logits [n, 1], through LReLU layers.

  Args:
    dimensions: of a point.
    width: units of a hidden layer.
    depth: number of hidden layers.
    slope: of the LReLU below zero.
    normalization: wraps every layer: `unnormalized`, `SpectralNormalization`.
  """

  def __init__(
    self,
    dimensions: Size = 2,
    width: Size = 128,
    depth: Whole = 2,
    slope: NonNegative = 0.2,
    normalization: Callable = unnormalized,
  ):
    sizes = [dimensions] + [width] * depth
    stack = [tf.keras.Input((dimensions,), name='points')]
    for i, o in zip(sizes, sizes[1:]):
      stack += [normalization(_dense(i, o)), LeakyReLU(slope)]
    output = _dense(sizes[-1], 1, use_bias=False, dtype='float32')
    super().__init__([*stack, normalization(output)], name='discriminator')


@configurable
class Encoder(tf.keras.Sequential):
  """Maps points [n, dimensions] to latents [n, latent_dim], through ReLU layers: for `penalties.LatentPath`.

  Args:
    dimensions: of a point.
    width: units of a hidden layer.
    depth: number of hidden layers.
    latent_dim: dimensions of the latents.
  """

  def __init__(self, dimensions: Size = 2, width: Size = 128, depth: Whole = 2, latent_dim: Size = 2):
    sizes = [dimensions] + [width] * depth
    stack = [tf.keras.Input((dimensions,), name='points')]
    stack += [_dense(i, o, activation='relu') for i, o in zip(sizes, sizes[1:])]
    super().__init__([*stack, _dense(sizes[-1], latent_dim, dtype='float32')], name='encoder')


def _dense(fan_in, units, **kwargs):
  return layers.Dense(units, kernel_initializer=torch_uniform(fan_in), bias_initializer=torch_uniform(fan_in), **kwargs)
