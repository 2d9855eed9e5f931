"""The standard CNN of "Towards a Better Global Loss Landscape of GANs", Table 7, after SN-GAN's Table 3.

Paper and code differ: the paper's table raises the critic's channels in its 4x4 stride-2 convolutions, the
released code in its 3x3 ones. The code's scheme is built: on CIFAR-10 it gives the model sizes of the paper's Table 2
(29.0 and 9.2 %), the table's scheme does not; on STL-10 neither does (32.43 and 11.83 % where the paper prints 32.9 and
11.9). The critic's last layer has no bias, as in the code. Batch norm is Keras' 0.9 for PyTorch's
momentum 0.1, epsilon 1e-5.
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

# Kernel size, strides and channels / width of the critic's convolutions.
_CRITIC = ((3, 1, 1), (4, 2, 1), (3, 1, 2), (4, 2, 2), (3, 1, 4), (4, 2, 4), (3, 1, 8))


@configurable
class Generator(tf.keras.Sequential):
  """Maps latents [n, latent_dim] to images [n, image_size, image_size, channels] in (-1, 1).

  Dense to 8 width channels at an eighth of the image, three 4x4 stride-2 transposed convolutions (4, 2, 1 x
  width) with batch norm and ReLU, a 3x3 convolution, tanh.

  Args:
    image_size: pixels a side, a multiple of 8; 32 and 48 in the paper.
    width: channels before the output, 64 / c in the paper (c = 1, 2, 4).
    channels: 1 (grey) or 3 (colour).
    latent_dim: dimensions of the latents.

  Raises:
    InputError: `image_size` is no positive multiple of 8.
  """

  def __init__(self, image_size: Size = 32, width: Size = 64, channels: Channels = 3, latent_dim: Size = 128):
    side = _eighth(image_size)
    super().__init__(
      [
        tf.keras.Input((latent_dim,), name='latents'),
        layers.Dense(side * side * 8 * width, bias_initializer=torch_uniform(latent_dim)),
        layers.Reshape((side, side, 8 * width)),
        *_up(4 * width),
        *_up(2 * width),
        *_up(width),
        layers.Conv2D(channels, 3, padding='same', bias_initializer=torch_uniform(width * 3 * 3)),
        layers.Activation('tanh', dtype='float32', name='images'),
      ],
      name='generator',
    )


def _up(filters):
  fan_in = filters * 4 * 4  # PyTorch takes a transposed convolution's outputs for its fan-in
  conv = layers.Conv2DTranspose(
    filters,
    4,
    strides=2,
    padding='same',
    kernel_initializer=torch_uniform(fan_in),
    bias_initializer=torch_uniform(fan_in),
  )
  return [conv, batch_norm(), layers.ReLU()]


@configurable
class Discriminator(tf.keras.Sequential):
  """Maps images [n, image_size, image_size, channels] in [-1, 1] to logits [n, 1].

  Seven convolutions, 3x3 stride 1 and 4x4 stride 2 in turn, of 1, 1, 2, 2, 4, 4, 8 x width channels with
  LReLU(0.1), then a dense layer without bias.

  Args:
    image_size: pixels a side, a multiple of 8.
    width: channels of the first convolution, 64 / c in the paper.
    channels: 1 (grey), 3 (colour), or those of a pack (`packing.packed`).
    normalization: wraps every layer with weights: `SpectralNormalization`, `unnormalized`,
      `batch_normalized`.

  Raises:
    InputError: `image_size` is no positive multiple of 8.
  """

  def __init__(
    self,
    image_size: Size = 32,
    width: Size = 64,
    channels: Size = 3,
    normalization: Callable = SpectralNormalization,
  ):
    _eighth(image_size)
    stack = [tf.keras.Input((image_size, image_size, channels), name='images')]
    for kernel_size, strides, factor in _CRITIC:
      conv = critic_conv(factor * width, kernel_size, strides)
      stack += [normalization(conv), LeakyReLU()]
    super().__init__([*stack, layers.Flatten(), critic_output(normalization)], name='discriminator')


def _eighth(image_size):
  if image_size < 8 or image_size % 8:
    raise InputError(f'cnn: image_size {image_size} is no positive multiple of 8; bind e.g. image_size = 32 or 48')
  return image_size // 8
