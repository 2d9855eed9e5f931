"""The ResNets of GAN_stability (Mescheder et al. 2018), with which the 0-GP paper trains on ImageNet (Appendix E.2).

A block is leaky ReLU, 3x3, leaky ReLU, 3x3, its output times 0.1 added to the shortcut; no normalisation; one block a
resolution from 4 pixels on, with nearest upsampling or 3x3 average pooling between. At 64 pixels that makes the five
blocks that the paper counts. The released networks are conditional on the class; these are not.
"""

from typing import Callable

import tensorflow as tf

from tfgan_landscape.config.arguments import Channels, Size, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.layers import LeakyReLU, RepeatPixels, unnormalized

layers = tf.keras.layers

_SLOPE, _RESIDUAL, _SMALLEST = 0.2, 0.1, 4


@configurable
class Generator(tf.keras.Model):
  """Maps latents [n, latent_dim] to images [n, image_size, image_size, channels] in (-1, 1).

  Args:
    image_size: 4 times a power of 2, pixels a side.
    width: channels of the last block; twice as many for every halving of the side.
    most: channels of a block at most.
    channels: 1 (grey) or 3 (colour).
    latent_dim: dimensions of the latents.

  Raises:
    InputError: another `image_size`.
  """

  def __init__(
    self, image_size: Size = 64, width: Size = 32, most: Size = 512, channels: Channels = 3, latent_dim: Size = 256
  ):
    filters = _filters(image_size, width, most)[::-1]
    latents = tf.keras.Input((latent_dim,), name='latents')
    maps = layers.Reshape((_SMALLEST, _SMALLEST, filters[0]))(layers.Dense(_SMALLEST**2 * filters[0])(latents))
    for index, each in enumerate(filters):
      maps = _block(RepeatPixels()(maps) if index else maps, each, unnormalized)
    output = layers.Conv2D(channels, 3, padding='same')(LeakyReLU(_SLOPE)(maps))
    super().__init__(latents, layers.Activation('tanh', dtype='float32')(output), name='generator')


@configurable
class Discriminator(tf.keras.Model):
  """Maps images [n, image_size, image_size, channels] to logits [n, 1].

  Args:
    image_size: 4 times a power of 2, pixels a side.
    width: channels of the first block; twice as many for every halving of the side.
    most: channels of a block at most.
    channels: 1 (grey) or 3 (colour).
    normalization: wraps every layer with weights: `unnormalized`, `SpectralNormalization`.

  Raises:
    InputError: another `image_size`.
  """

  def __init__(
    self,
    image_size: Size = 64,
    width: Size = 32,
    most: Size = 512,
    channels: Channels = 3,
    normalization: Callable = unnormalized,
  ):
    filters = _filters(image_size, width, most)
    images = tf.keras.Input((image_size, image_size, channels), name='images')
    maps = normalization(layers.Conv2D(filters[0], 3, padding='same'))(images)
    for index, each in enumerate(filters):
      pooled = layers.AveragePooling2D(3, 2, 'same')(maps) if index else maps
      maps = _block(pooled, each, normalization)
    logits = normalization(layers.Dense(1, use_bias=False, dtype='float32'))(layers.Flatten()(LeakyReLU(_SLOPE)(maps)))
    super().__init__(images, logits, name='discriminator')


def _block(maps, filters, normalization):
  """A residual block; its shortcut is a 1x1 convolution without bias where the channels change."""
  inside = min(maps.shape[-1], filters)
  residual = normalization(layers.Conv2D(inside, 3, padding='same'))(LeakyReLU(_SLOPE)(maps))
  residual = normalization(layers.Conv2D(filters, 3, padding='same'))(LeakyReLU(_SLOPE)(residual))
  if maps.shape[-1] != filters:
    maps = normalization(layers.Conv2D(filters, 1, use_bias=False))(maps)
  return maps + _RESIDUAL * residual


def _filters(image_size, width, most):
  """Channels of the blocks from the largest resolution to 4 pixels."""
  sides = [image_size]
  while sides[-1] > _SMALLEST and sides[-1] % 2 == 0:
    sides.append(sides[-1] // 2)
  if sides[-1] != _SMALLEST:
    raise InputError(f'image_size is {image_size}: the residual networks take 4, 8, 16, 32, 64 and so on')
  return [min(most, width * 2**index) for index in range(len(sides))]
