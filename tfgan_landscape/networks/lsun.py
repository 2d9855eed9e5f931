"""The 256-pixel CNN for LSUN of "Towards a Better Global Loss Landscape of GANs", Table 8.

No convolution has a bias, as in the released code. The paper does not say how weights start: as in `cnn.py`.
"""

from typing import Callable

import tensorflow as tf

from tfgan_landscape.config.arguments import Channels, Size, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.layers import (
  LeakyReLU,
  SpectralNormalization,
  batch_norm,
  critic_conv,
  critic_output,
  torch_uniform,
)

layers = tf.keras.layers

_SIZE = 256


@configurable
class Generator(tf.keras.Sequential):
  """Maps latents [n, latent_dim] to images [n, 256, 256, channels] in (-1, 1).

  A 4x4 transposed convolution from 1x1 to 4x4, six that double the resolution, batch norm and ReLU between,
  tanh.

  Args:
    image_size: 256, the only size of this network.
    width: channels before the output, 32 in the paper.
    channels: 1 (grey) or 3 (colour).
    latent_dim: dimensions of the latents.

  Raises:
    InputError: `image_size` is not 256.
  """

  def __init__(self, image_size: Size = _SIZE, width: Size = 32, channels: Channels = 3, latent_dim: Size = 128):
    _check(image_size)
    stack = [tf.keras.Input((latent_dim,), name='latents'), layers.Reshape((1, 1, latent_dim))]
    for factor in (32, 16, 8, 4, 2, 1):
      stack += [_transposed(factor * width, first=factor == 32), batch_norm(), layers.ReLU()]
    output = [_transposed(channels), layers.Activation('tanh', dtype='float32', name='images')]
    super().__init__(stack + output, name='generator')


def _transposed(filters, first=False):
  return layers.Conv2DTranspose(
    filters,
    4,
    strides=1 if first else 2,
    padding='valid' if first else 'same',
    use_bias=False,
    kernel_initializer=torch_uniform(filters * 4 * 4),
  )


@configurable
class Discriminator(tf.keras.Sequential):
  """Maps images [n, 256, 256, channels] in [-1, 1] to logits [n, 1].

  Six 4x4 stride-2 convolutions with LReLU(0.1), doubling the channels, and a dense layer.

  Args:
    image_size: 256, the only size of this network.
    width: channels of the first convolution, 32 in the paper.
    channels: 1 (grey), 3 (colour), or those of a pack (`packing.packed`).
    normalization: wraps every layer with weights: `SpectralNormalization`, `unnormalized`,
      `batch_normalized`.

  Raises:
    InputError: `image_size` is not 256.
  """

  def __init__(
    self,
    image_size: Size = _SIZE,
    width: Size = 32,
    channels: Size = 3,
    normalization: Callable = SpectralNormalization,
  ):
    _check(image_size)
    stack = [tf.keras.Input((image_size, image_size, channels), name='images')]
    for factor in (1, 2, 4, 8, 16, 32):
      conv = critic_conv(factor * width, 4, strides=2, use_bias=False)
      stack += [normalization(conv), LeakyReLU()]
    super().__init__([*stack, layers.Flatten(), critic_output(normalization)], name='discriminator')


def _check(image_size):
  if image_size != _SIZE:
    raise InputError(f'lsun: image_size {image_size} is not {_SIZE}; bind image_size = {_SIZE}, or take a cnn')
