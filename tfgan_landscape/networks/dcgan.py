"""DCGAN (Radford et al. 2016): five layers of 5x5 convolutions with strides of 2, batch norm in both networks.

Its code for MNIST appends the label to the input of every layer; here `conditional.py` appends it to the networks'
inputs. Weights start as N(0, 0.02^2), biases as 0; batch norm's numbers are those of the package (`batch_norm`).
"""

from typing import Callable

import tensorflow as tf

from tfgan_landscape.config.arguments import Channels, Size, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.layers import LeakyReLU, batch_norm, batch_normalized

layers = tf.keras.layers

_FACTORS = (1, 2, 4, 8)


def _start():
  return tf.keras.initializers.RandomNormal(stddev=0.02)


@configurable
class Generator(tf.keras.Sequential):
  """Maps latents [n, latent_dim] to images [n, image_size, image_size, channels] in (-1, 1).

  Dense to 8 width channels at a sixteenth of the image, then four 5x5 stride-2 transposed convolutions (4, 2, 1 x
  width, channels), batch norm and ReLU after all but the last, tanh.

  Args:
    image_size: pixels a side, a multiple of 16; 64 in the paper.
    width: channels before the output, 128 in the paper.
    channels: 1 (grey) or 3 (colour).
    latent_dim: dimensions of the latents, 100 in the paper.

  Raises:
    InputError: `image_size` is no positive multiple of 16.
  """

  def __init__(self, image_size: Size = 64, width: Size = 128, channels: Channels = 3, latent_dim: Size = 100):
    side = _sixteenth(image_size)
    stack = [
      tf.keras.Input((latent_dim,), name='latents'),
      layers.Dense(side * side * 8 * width, use_bias=False, kernel_initializer=_start()),
      layers.Reshape((side, side, 8 * width)),
      batch_norm(),
      layers.ReLU(),
    ]
    for factor in reversed(_FACTORS[:-1]):
      up = layers.Conv2DTranspose(factor * width, 5, 2, padding='same', use_bias=False, kernel_initializer=_start())
      stack += [up, batch_norm(), layers.ReLU()]
    last = layers.Conv2DTranspose(channels, 5, 2, padding='same', kernel_initializer=_start())
    tanh = layers.Activation('tanh', dtype='float32', name='images')
    super().__init__([*stack, last, tanh], name='generator')


@configurable
class Discriminator(tf.keras.Sequential):
  """Maps images [n, image_size, image_size, channels] in [-1, 1] to logits [n, 1].

  Four 5x5 stride-2 convolutions of 1, 2, 4, 8 x width channels with LReLU(0.2), batch norm after all but the first,
  then a dense layer. Bind `Trainer.critic_pair = @separate_passes`: batch norm sees real and generated images apart.

  Args:
    image_size: pixels a side, a multiple of 16.
    width: channels of the first convolution, 128 in the paper.
    channels: 1 (grey), 3 (colour), or those of a pack or of images with labels.
    normalization: wraps the convolutions after the first: `batch_normalized`, `SpectralNormalization`, `unnormalized`.

  Raises:
    InputError: `image_size` is no positive multiple of 16.
  """

  def __init__(
    self,
    image_size: Size = 64,
    width: Size = 128,
    channels: Size = 3,
    normalization: Callable = batch_normalized,
  ):
    _sixteenth(image_size)
    stack = [
      tf.keras.Input((image_size, image_size, channels), name='images'),
      layers.Conv2D(width, 5, 2, padding='same', kernel_initializer=_start()),
      LeakyReLU(0.2),
    ]
    for factor in _FACTORS[1:]:
      conv = layers.Conv2D(factor * width, 5, 2, padding='same', use_bias=False, kernel_initializer=_start())
      stack += [normalization(conv), LeakyReLU(0.2)]
    logit = layers.Dense(1, kernel_initializer=_start(), dtype='float32')
    super().__init__([*stack, layers.Flatten(), logit], name='discriminator')


def _sixteenth(image_size):
  if image_size < 16 or image_size % 16:
    raise InputError(f'dcgan: image_size {image_size} is no positive multiple of 16; bind e.g. image_size = 32 or 64')
  return image_size // 16
