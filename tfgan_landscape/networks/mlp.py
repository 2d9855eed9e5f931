"""Multilayer perceptrons for points and for images.

For points after the five Gaussians of "Towards a Better Global Loss Landscape of GANs", whose released code has
2-128-128-2 with ReLU, 2-128-128-1 with LReLU(0.2) and no bias in the critic's last layer, PyTorch's default start. For
images (`shape`) after the MNIST experiments of the 0-GP paper, whose code has 50-512-512-512-784, linear at the end,
and 784-512-512-512-1, ReLU in both.
"""

from collections.abc import Sequence
from typing import Callable, Optional

import numpy as np
import tensorflow as tf

from tfgan_landscape.config.arguments import NonNegative, Size, Whole, configurable
from tfgan_landscape.layers import LeakyReLU, torch_uniform, unnormalized

layers = tf.keras.layers


@configurable
class Generator(tf.keras.Sequential):
  """Maps latents [n, latent_dim] to points [n, dimensions] or images [n, *shape], unbounded, through ReLU layers.

  Args:
    dimensions: of a point.
    width: units of a hidden layer.
    depth: number of hidden layers.
    latent_dim: dimensions of the latents.
    shape: of an image, (height, width, channels); None for points.
  """

  def __init__(
    self,
    dimensions: Size = 2,
    width: Size = 128,
    depth: Whole = 2,
    latent_dim: Size = 2,
    shape: Optional[Sequence[Size]] = None,
  ):
    outputs = int(np.prod(shape)) if shape else dimensions
    stack = _relu_stack('latents', latent_dim, width, depth, outputs)
    super().__init__([*stack, layers.Reshape(shape, dtype='float32')] if shape else stack, name='generator')


@configurable
class Discriminator(tf.keras.Sequential):
  """Maps points [n, dimensions] or images [n, *shape] to logits [n, 1], through LReLU layers.

  Args:
    dimensions: of a point.
    width: units of a hidden layer.
    depth: number of hidden layers.
    slope: of the LReLU below zero.
    normalization: wraps every layer: `unnormalized`, `SpectralNormalization`.
    shape: of an image, (height, width, channels); None for points.
    output_bias: whether the last layer has a bias.
  """

  def __init__(
    self,
    dimensions: Size = 2,
    width: Size = 128,
    depth: Whole = 2,
    slope: NonNegative = 0.2,
    normalization: Callable = unnormalized,
    shape: Optional[Sequence[Size]] = None,
    output_bias: bool = False,
  ):
    sizes = [int(np.prod(shape)) if shape else dimensions] + [width] * depth
    stack = [tf.keras.Input(tuple(shape) if shape else (dimensions,), name='examples')]
    stack += [layers.Flatten()] if shape else []
    for i, o in zip(sizes, sizes[1:]):
      stack += [normalization(_dense(i, o)), LeakyReLU(slope)]
    output = _dense(sizes[-1], 1, use_bias=output_bias, dtype='float32')
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
    super().__init__(_relu_stack('points', dimensions, width, depth, latent_dim), name='encoder')


def _relu_stack(name, inputs, width, depth, outputs):
  """The layers of a perceptron with ReLU between them and nothing at the end."""
  sizes = [inputs] + [width] * depth
  hidden = [_dense(i, o, activation='relu') for i, o in zip(sizes, sizes[1:])]
  return [tf.keras.Input((inputs,), name=name), *hidden, _dense(sizes[-1], outputs, dtype='float32')]


def _dense(fan_in, units, **kwargs):
  return layers.Dense(units, kernel_initializer=torch_uniform(fan_in), bias_initializer=torch_uniform(fan_in), **kwargs)
