"""The ResNet of WGAN-GP (Gulrajani et al. 2017), as the LGAN paper has it (Table 3): no normalisation of the critic.

Larger images than 32 pixels get one more doubling block in either network for each doubling. Upsampling repeats pixels;
3x3 convolutions start He-uniform, 1x1 ones and the last one Xavier-uniform, as the paper's code.
"""

from typing import Callable

import tensorflow as tf

from tfgan_landscape.config.arguments import Channels, Size, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.layers import RepeatPixels, batch_norm, unnormalized

layers = tf.keras.layers


def _conv(filters, kernel_size, start=None):
  start = start or ('he_uniform' if kernel_size == 3 else 'glorot_uniform')
  return layers.Conv2D(filters, kernel_size, padding='same', kernel_initializer=start)


@configurable
class Generator(tf.keras.Model):
  """Maps latents [n, latent_dim] to images [n, image_size, image_size, channels] in (-1, 1).

  Dense to 4 x 4 x width, residual blocks that double the resolution (batch norm, ReLU, upsample, 3x3, batch norm, ReLU,
  3x3; shortcut: upsample, 1x1), batch norm, ReLU, 3x3, tanh.

  Args:
    image_size: pixels a side, a power of 2 from 8 on; 32 in the paper's table.
    width: channels of every block, 128 in the paper.
    channels: 1 (grey) or 3 (colour).
    latent_dim: dimensions of the latents.

  Raises:
    InputError: `image_size` is no such power.
  """

  def __init__(self, image_size: Size = 32, width: Size = 128, channels: Channels = 3, latent_dim: Size = 128):
    latents = tf.keras.Input((latent_dim,), name='latents')
    x = layers.Reshape((4, 4, width))(layers.Dense(4 * 4 * width)(latents))
    for _ in range(_doublings(image_size)):
      x = _up(x, width)
    x = _conv(channels, 3, 'glorot_uniform')(layers.ReLU()(batch_norm()(x)))
    super().__init__(latents, layers.Activation('tanh', dtype='float32', name='images')(x), name='generator')


@configurable
class Discriminator(tf.keras.Model):
  """Maps images [n, image_size, image_size, channels] in [-1, 1] to logits [n, 1].

  Residual blocks that halve the resolution down to 8 pixels, the first without a ReLU before it, two more at 8 pixels;
  ReLU, the mean over pixels, dense.

  Args:
    image_size: pixels a side, a power of 2 from 16 on.
    width: channels of every block, 128 in the paper.
    channels: 1 (grey), 3 (colour), or those of a pack.
    normalization: wraps every layer with weights: `unnormalized`, as the paper; `SpectralNormalization`.

  Raises:
    InputError: `image_size` is no such power.
  """

  def __init__(
    self,
    image_size: Size = 32,
    width: Size = 128,
    channels: Size = 3,
    normalization: Callable = unnormalized,
  ):
    images = tf.keras.Input((image_size, image_size, channels), name='images')
    if _doublings(image_size) < 2:
      raise InputError(f'wgan_resnet: image_size {image_size} leaves nothing to halve; bind 16 or more')

    def conv(kernel_size):
      return normalization(_conv(width, kernel_size))

    x = _first(images, conv)
    for _ in range(_doublings(image_size) - 2):
      x = _down(x, conv)
    for _ in range(2):
      x = layers.Add()([x, _residual(x, conv)])
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(x))
    super().__init__(images, normalization(layers.Dense(1, dtype='float32'))(x), name='discriminator')


def _up(x, width):
  y = RepeatPixels()(layers.ReLU()(batch_norm()(x)))
  y = layers.ReLU()(batch_norm()(_conv(width, 3)(y)))
  return layers.Add()([_conv(width, 1)(RepeatPixels()(x)), _conv(width, 3)(y)])


def _first(x, conv):
  pool = layers.AveragePooling2D
  residual = conv(3)(layers.ReLU()(conv(3)(x)))
  return layers.Add()([conv(1)(pool()(x)), pool()(residual)])


def _down(x, conv):
  pool = layers.AveragePooling2D
  return layers.Add()([pool()(conv(1)(x)), pool()(_residual(x, conv))])


def _residual(x, conv):
  return conv(3)(layers.ReLU()(conv(3)(layers.ReLU()(x))))


def _doublings(image_size):
  doublings = (image_size // 4).bit_length() - 1
  if doublings < 1 or 4 * 2**doublings != image_size:
    raise InputError(f'wgan_resnet: image_size {image_size} is no power of 2 from 8 on; bind e.g. image_size = 32')
  return doublings
