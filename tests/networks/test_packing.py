"""Packs of examples: which go together, and what cannot be packed."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.errors import InputError
from tfgan_landscape.networks import cnn, mlp
from tfgan_landscape.networks.packing import packed


def reading(shape, pick):
  """A critic that reads one number off its input."""
  inputs = tf.keras.Input(shape)
  return tf.keras.Model(inputs, tf.keras.layers.Lambda(pick)(inputs))


def test_neighbours_of_a_batch_lie_beside_each_other_on_the_last_axis():
  """Image k of colour c has 10 k + c everywhere: channel 4 of a pack of two is the second image's colour 1."""
  images = tf.reshape(10.0 * tf.range(6.0), [6, 1, 1, 1]) + tf.range(3.0) + tf.zeros([6, 2, 2, 3])
  critic = packed(lambda: reading([2, 2, 6], lambda packs: packs[:, 1, 0, 4:5]), packing=2)
  assert critic.input_shape == (None, 2, 2, 3)
  np.testing.assert_array_equal(critic(images), [[11.0], [31.0], [51.0]])


def test_points_are_packed_too():
  points = tf.reshape(tf.range(12.0), [6, 2])
  critic = packed(lambda: reading([6], lambda packs: packs[:, 3:4]), packing=3)
  np.testing.assert_array_equal(critic(points), [[3.0], [9.0]])


def test_a_critic_of_images_takes_packs_and_keeps_its_weights():
  make = functools.partial(cnn.Discriminator, image_size=8, width=2, channels=6)
  critic = packed(make, packing=2)
  assert critic(tf.zeros([4, 8, 8, 3])).shape == (2, 1)
  assert len(critic.trainable_variables) == len(make().trainable_variables)
  assert critic.packing == 2


def test_channels_that_packs_do_not_fill_are_refused():
  with pytest.raises(InputError, match='packed.packing = 2 does not divide the 3 channels'):
    packed(functools.partial(cnn.Discriminator, image_size=8, width=2), packing=2)
  with pytest.raises(InputError, match='packed.packing = 4 does not divide the 2 channels'):
    packed(mlp.Discriminator, packing=4)
