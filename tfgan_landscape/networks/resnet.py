"""The ResNets of "Towards a Better Global Loss Landscape of GANs", Tables 9 to 12, after SN-GAN's 4 and 5.

Where paper and released code differ the code is built, because it gives the model sizes of the paper's Table 2, all but
one (a quarter of the channels on CIFAR-10: 8.14 % where the paper prints 10.4): the last convolution of the generator
is 1x1 (the paper prints 3x3: bind `resnet.Generator.output_kernel = 3`), and a critic's block is as wide inside as its
input. The paper is silent on upsampling: bilinear, as in the code.
"""

from typing import Callable

import tensorflow as tf

from tfgan_landscape.config.arguments import Channels, Size, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.layers import (
  DownBlock,
  LeakyReLU,
  SpectralNormalization,
  UpBlock,
  batch_norm,
  critic_output,
  torch_uniform,
)

layers = tf.keras.layers

# By the smallest size of images: channels of the generator's dense layer and three blocks, of the critic's blocks.
_GENERATOR = {16: lambda width: (width,) * 4, 48: lambda width: (8 * width, 4 * width, 2 * width, width)}
_CRITIC = {16: lambda width: (width // 2,) * 4, 48: lambda width: tuple(width * 2**i for i in range(5))}


@configurable
class Generator(tf.keras.Sequential):
  """Maps latents [n, latent_dim] to images [n, image_size, image_size, channels] in (-1, 1).

  Dense, three `UpBlock`s, batch norm, ReLU, convolution, tanh.

  Args:
    image_size: pixels a side, a multiple of 8 from 16 on; in the paper 32 (CIFAR-10, Table 9) and 48 (STL-10, Table
      10), whose networks smaller and larger images have too.
    width: below 48 pixels the channels of every block, 256 / c; from 48 on those of the last block, 64 / c.
    bottleneck: halves the channels inside each block (Tables 11 and 12, where `width` is 128 and 32).
    channels: 1 (grey) or 3 (colour).
    latent_dim: dimensions of the latents.
    output_kernel: side of the last convolution, 1 as in the code or 3 as in the paper.

  Raises:
    InputError: `image_size` is no multiple of 8, or below 16.
  """

  def __init__(
    self,
    image_size: Size = 32,
    width: Size = 256,
    bottleneck: bool = False,
    channels: Channels = 3,
    latent_dim: Size = 128,
    output_kernel: Size = 1,
  ):
    filters = _filters(_GENERATOR, image_size, width)
    side = image_size // 8
    super().__init__(
      [
        tf.keras.Input((latent_dim,), name='latents'),
        layers.Dense(side * side * filters[0], **_torch_start(latent_dim)),
        layers.Reshape((side, side, filters[0])),
        *(UpBlock(i, o, hidden=o // 2 if bottleneck else o) for i, o in zip(filters, filters[1:])),
        batch_norm(),
        layers.ReLU(),
        layers.Conv2D(channels, output_kernel, padding='same', **_torch_start(filters[-1] * output_kernel**2)),
        layers.Activation('tanh', dtype='float32', name='images'),
      ],
      name='generator',
    )


def _torch_start(fan_in):
  return {'kernel_initializer': torch_uniform(fan_in), 'bias_initializer': torch_uniform(fan_in)}


@configurable
class Discriminator(tf.keras.Sequential):
  """Maps images [n, image_size, image_size, channels] in [-1, 1] to logits [n, 1].

  Four (below 48 pixels) or five `DownBlock`s, LReLU(0.1), sum over pixels, dense layer without bias.

  Args:
    image_size: that of the generator.
    width: that of the generator; below 48 pixels every block has width / 2 channels, from 48 on width to 16 width.
    bottleneck: halves the channels inside each block.
    channels: 1 (grey), 3 (colour), or those of a pack (`packing.packed`).
    normalization: wraps every layer with weights: `SpectralNormalization`, `unnormalized`,
      `batch_normalized`.

  Raises:
    InputError: `image_size` is no multiple of 8, or below 16.
  """

  def __init__(
    self,
    image_size: Size = 32,
    width: Size = 256,
    bottleneck: bool = False,
    channels: Size = 3,
    normalization: Callable = SpectralNormalization,
  ):
    outs = _filters(_CRITIC, image_size, width)
    ins = (outs[0], *outs)  # the first block is as wide inside as its output: its input is the image
    super().__init__(
      [
        tf.keras.Input((image_size, image_size, channels), name='images'),
        *(
          DownBlock(o, i // 2 if bottleneck else i, normalization, first=index == 0)
          for index, (i, o) in enumerate(zip(ins, outs))
        ),
        LeakyReLU(),
        layers.Lambda(lambda x: tf.reduce_sum(x, [1, 2]), name='sum_pool'),
        critic_output(normalization),
      ],
      name='discriminator',
    )


def _filters(channels_from_size, image_size, width):
  if image_size % 8 or image_size < min(channels_from_size):
    raise InputError(f'resnet: image_size {image_size} is no multiple of 8 from 16 on; bind one')
  return channels_from_size[max(size for size in channels_from_size if size <= image_size)](width)
