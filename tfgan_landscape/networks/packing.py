"""PacGAN's packing (Lin et al. 2018): the critic scores several examples at once, and sees whether they are alike."""

from typing import Callable

import gin
import tensorflow as tf

from tfgan_landscape.config.arguments import Count, configurable
from tfgan_landscape.errors import InputError


@configurable
def packed(discriminator: Callable = gin.REQUIRED, packing: Count = 2):
  """Returns a critic from examples [n, ..., c] to logits [n / packing, 1]: neighbours of a batch are one pack.

  A pack is its examples beside each other on the last axis, real ones with real and generated with generated. Any loss
  then pairs packs.

  Args:
    discriminator: makes a critic of examples [..., packing c]: bind its channels (or dimensions) to that.
    packing: examples of a pack, m in the paper; it divides the batch of every replica.

  Raises:
    InputError: the last axis of the critic's input does not divide by `packing`.
  """
  inner = discriminator()
  *sides, last = inner.input_shape[1:]
  if last % packing:
    raise InputError(
      f'packed.packing = {packing} does not divide the {last} channels of packed.discriminator; bind its channels to '
      'packing times those of an example'
    )
  shape = [*sides, last // packing]

  def pack(examples):
    packs = tf.reshape(examples, [-1, packing, *shape])
    beside = tf.transpose(packs, [0, *range(2, len(shape) + 1), 1, len(shape) + 1])
    return tf.reshape(beside, [-1, *sides, last])

  examples = tf.keras.Input(shape, name='examples')
  model = tf.keras.Model(examples, inner(tf.keras.layers.Lambda(pack, name='pack')(examples)), name='discriminator')
  model.packing = packing
  return model
