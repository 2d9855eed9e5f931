"""R3GAN's networks (Huang et al. 2024, "The GAN is dead; long live the GAN!"), after its released code.

A stage is a change of resolution and residual blocks of 1x1, grouped 3x3 and 1x1 convolutions, without normalisation; a
stage at 4x4 pixels begins the generator (a learned basis, scaled by a dense layer of the latents) and ends the critic.
They train with RS-GAN's loss and `penalties.r1_r2`. All weights start as N(0, gain^2 / fan_in), the gain of a block
shrinks with the number of blocks, its last convolution starts at 0.
"""

import functools
import math
from collections.abc import Sequence

import tensorflow as tf

from tfgan_landscape.config.arguments import Channels, Count, Size, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.layers import LeakyReLU

layers = tf.keras.layers

_SLOPE = 0.2
_GAIN = math.sqrt(2 / (1 + _SLOPE**2))
_FILTER = (0.25, 0.5, 0.25)  # of both resamplings, along each axis


@configurable
class Generator(tf.keras.Sequential):
  """Maps latents [n, latent_dim] to images [n, side, side, channels], side 4 x 2^(stages - 1), without a last tanh.

  Args:
    widths: channels of each stage, from 4x4 pixels up; (768,) * 4 for CIFAR-10.
    blocks: residual blocks of a stage.
    cardinality: groups of the 3x3 convolutions.
    expansion: of the channels within a block.
    channels: 1 (grey) or 3 (colour).
    latent_dim: dimensions of the latents.

  Raises:
    InputError: the groups do not divide a stage's inner channels.
  """

  def __init__(
    self,
    widths: Sequence[Size] = (768,) * 4,
    blocks: Count = 2,
    cardinality: Count = 96,
    expansion: Count = 2,
    channels: Channels = 3,
    latent_dim: Size = 64,
  ):
    _check(widths, cardinality, expansion)
    stack = [tf.keras.Input((latent_dim,), name='latents'), _dense(widths[0], latent_dim), Basis()]
    for index, width in enumerate(widths):
      if index:
        stack += _changed(widths[index - 1], width) + [Upsample()]
      stack += [Block(width, cardinality, expansion, blocks * len(widths)) for _ in range(blocks)]
    stack += [_conv(channels, 1, widths[-1]), layers.Activation('linear', dtype='float32', name='images')]
    super().__init__(stack, name='generator')


@configurable
class Discriminator(tf.keras.Sequential):
  """Maps images [n, side, side, channels] to logits [n, 1], side 4 x 2^(stages - 1).

  Args:
    widths: channels of each stage, from 4x4 pixels up, as the generator's.
    blocks: residual blocks of a stage.
    cardinality: groups of the 3x3 convolutions.
    expansion: of the channels within a block.
    channels: 1 (grey), 3 (colour), or those of a pack (`packing.packed`).

  Raises:
    InputError: the groups do not divide a stage's inner channels.
  """

  def __init__(
    self,
    widths: Sequence[Size] = (768,) * 4,
    blocks: Count = 2,
    cardinality: Count = 96,
    expansion: Count = 2,
    channels: Size = 3,
  ):
    _check(widths, cardinality, expansion)
    side = 4 * 2 ** (len(widths) - 1)
    down = widths[::-1]
    stack = [tf.keras.Input((side, side, channels), name='images'), _conv(down[0], 1, channels)]
    for index, width in enumerate(down):
      if index:
        stack += [Downsample(), *_changed(down[index - 1], width)]
      stack += [Block(width, cardinality, expansion, blocks * len(down)) for _ in range(blocks)]
    pool = layers.DepthwiseConv2D(4, use_bias=False, depthwise_initializer=_normal(16), name='basis')
    super().__init__([*stack, pool, layers.Flatten(), _dense(1, down[-1], dtype='float32')], name='discriminator')


@tf.keras.utils.register_keras_serializable(package='tfgan_landscape')
class Basis(layers.Layer):
  """Scales a learned 4x4 picture of every channel: [n, c] -> [n, 4, 4, c]."""

  def build(self, input_shape):
    """Makes the pictures, N(0, 1)."""
    self.pictures = self.add_weight('pictures', [4, 4, input_shape[-1]], initializer=_normal(1))

  def call(self, inputs):
    """Returns the pictures times inputs."""
    return self.pictures * inputs[:, None, None, :]


@tf.keras.utils.register_keras_serializable(package='tfgan_landscape')
class GroupedConv2D(layers.Conv2D):
  """A grouped convolution of stride 1 with a bias.

  Keras has XLA compile its own, and XLA's gradients of its gradients take hundreds of times as long on a CPU.
  """

  def call(self, inputs):
    """[n, h, w, c] -> [n, h, w, filters]."""
    return tf.nn.bias_add(grouped_convolution(inputs, self.kernel, self.groups), self.bias)


def grouped_convolution(inputs, kernel, groups):
  """Convolves [n, h, w, c] with [kh, kw, c / groups, filters] at stride 1; by group where it cannot be done at once."""
  if _has_grouped_gradients():
    return tf.nn.conv2d(inputs, kernel, 1, 'SAME')
  parts = zip(tf.split(inputs, groups, 3), tf.split(kernel, groups, 3))
  return tf.concat([tf.nn.conv2d(part, own, 1, 'SAME') for part, own in parts], 3)


@functools.cache
def _has_grouped_gradients():
  """TensorFlow has them on a GPU, and on a CPU with oneDNN."""
  with tf.init_scope():
    inputs, kernel = tf.ones([1, 1, 1, 2]), tf.ones([1, 1, 1, 2])
    try:
      with tf.GradientTape() as tape:
        tape.watch(kernel)
        outputs = tf.nn.conv2d(inputs, kernel, 1, 'SAME')
      tape.gradient(outputs, kernel)
    except tf.errors.OpError:
      return False
  return True


@tf.keras.utils.register_keras_serializable(package='tfgan_landscape')
class Block(layers.Layer):
  """x + 1x1(act(grouped 3x3(act(1x1(x))))), act being a leaky ReLU of slope 0.2 after a bias.

  Args:
    filters: channels of x.
    cardinality: groups.
    expansion: inner channels over outer ones.
    depth: residual blocks of the whole network; starts are scaled by depth^(-1/4).
  """

  def __init__(self, filters, cardinality, expansion, depth, **kwargs):
    super().__init__(**kwargs)
    self.settings = {'filters': filters, 'cardinality': cardinality, 'expansion': expansion, 'depth': depth}
    inner, gain = filters * expansion, _GAIN * depth**-0.25
    self._layers = [
      _conv(inner, 1, filters, gain, use_bias=True),
      LeakyReLU(_SLOPE),
      GroupedConv2D(
        inner, 3, padding='same', groups=cardinality, kernel_initializer=_normal(9 * inner // cardinality, gain)
      ),
      LeakyReLU(_SLOPE),
      _conv(filters, 1, inner, gain=0.0),
    ]

  def call(self, inputs):
    """Returns a tensor of the shape of inputs [n, h, w, filters]."""
    outputs = inputs
    for layer in self._layers:
      outputs = layer(outputs)
    return inputs + outputs

  def get_config(self):
    """The arguments."""
    return {**super().get_config(), **self.settings}


@tf.keras.utils.register_keras_serializable(package='tfgan_landscape')
class Upsample(layers.Layer):
  """Doubles the sides: zeros between the pixels, then the filter [1, 2, 1] / 2 along each axis."""

  def call(self, inputs):
    """[n, h, w, c] -> [n, 2 h, 2 w, c]."""
    batch, height, width, filters = tf.unstack(tf.shape(inputs))
    kernel = _kernel(inputs, 4.0)
    grey = tf.reshape(tf.transpose(inputs, [0, 3, 1, 2]), [-1, height, width, 1])
    shape = [batch * filters, 2 * height, 2 * width, 1]
    outputs = tf.nn.conv2d_transpose(grey, kernel, shape, 2, 'SAME')
    outputs = tf.transpose(tf.reshape(outputs, [batch, filters, 2 * height, 2 * width]), [0, 2, 3, 1])
    return tf.ensure_shape(outputs, self.compute_output_shape(inputs.shape))

  def compute_output_shape(self, input_shape):
    """Returns the doubled shape."""
    batch, height, width, filters = input_shape
    return tf.TensorShape([batch, 2 * height, 2 * width, filters])


@tf.keras.utils.register_keras_serializable(package='tfgan_landscape')
class Downsample(layers.Layer):
  """Halves the sides: the filter [1, 2, 1] / 4 along each axis, then every second pixel from the first on."""

  def call(self, inputs):
    """[n, h, w, c] -> [n, h / 2, w / 2, c]."""
    kernel = tf.tile(_kernel(inputs, 1.0), [1, 1, inputs.shape[-1], 1])
    padded = tf.pad(inputs, [[0, 0], [1, 0], [1, 0], [0, 0]])
    return tf.nn.depthwise_conv2d(padded, kernel, [1, 2, 2, 1], 'VALID')


def _kernel(inputs, scale):
  """The filter as a kernel [3, 3, 1, 1] of the dtype of inputs."""
  line = tf.constant(_FILTER, inputs.dtype)
  return (scale * line[:, None] * line[None, :])[:, :, None, None]


def _check(widths, cardinality, expansion):
  for width in widths:
    if width * expansion % cardinality:
      raise InputError(
        f'r3gan: {cardinality} groups do not divide {width * expansion} channels; give a cardinality that divides '
        'every width times the expansion'
      )


def _changed(before, after):
  return [] if before == after else [_conv(after, 1, before)]


def _conv(filters, kernel_size, fan_in, gain=1.0, use_bias=False):
  start = _normal(fan_in * kernel_size**2, gain)
  return layers.Conv2D(filters, kernel_size, padding='same', use_bias=use_bias, kernel_initializer=start)


def _dense(units, fan_in, **kwargs):
  return layers.Dense(units, use_bias=False, kernel_initializer=_normal(fan_in), **kwargs)


def _normal(fan_in, gain=1.0):
  return tf.keras.initializers.RandomNormal(0.0, gain * fan_in**-0.5) if gain else 'zeros'
