"""Labels as a channel: the generator's are even and those of its channel, the critic reads what the pipeline wrote."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.datasets.pipeline import label_channel
from tfgan_landscape.errors import InputError
from tfgan_landscape.networks import cnn, dcgan
from tfgan_landscape.networks.conditional import conditional_discriminator, conditional_generator
from tfgan_landscape.training.sampling import Sampler, example_shape


def echo(dimensions=5):
  """A generator whose one pixel repeats its inputs, one a channel."""
  inputs = tf.keras.Input((dimensions,))
  return tf.keras.Model(inputs, tf.reshape(inputs, [-1, 1, 1, dimensions]))


def test_the_last_latent_draws_the_label():
  """Three labels of two latents: below the normal quantile of 1/3, -0.4307, label 0; above 0.4307 label 2."""
  model = conditional_generator(echo, classes=3)
  latents = np.array([[7, 8, -9], [7, 8, -0.44], [7, 8, -0.42], [7, 8, 0.42], [7, 8, 0.44], [7, 8, 9]], np.float32)
  found = model(latents)[:, 0, 0]
  np.testing.assert_array_equal(found[:, :2], [[7, 8]] * 6)
  labels = [0, 0, 1, 1, 2, 2]
  np.testing.assert_array_equal(found[:, 2:5], np.eye(3)[labels])
  np.testing.assert_allclose(found[:, 5], [-1, -1, 0, 0, 1, 1])


def test_samples_are_without_the_label():
  model = conditional_generator(echo, classes=3)
  assert example_shape(model) == (1, 1, 5)
  (samples,) = Sampler(model)([tf.zeros([2, 3])])
  assert samples.shape == (2, 1, 1, 5)


@pytest.mark.parametrize('noise', [0.0, 1 / 128])
def test_the_critic_reads_the_label_that_the_pipeline_wrote(noise):
  def first_pixel():
    images = tf.keras.Input((2, 2, 1 + 10))
    return tf.keras.Model(images, images[:, 0, 0] @ tf.range(11.0)[:, None])

  labels = tf.range(10)
  examples = label_channel(tf.fill([10, 2, 2, 1], 0.5), labels) + noise
  found = conditional_discriminator(first_pixel)(examples)[:, 0]
  np.testing.assert_allclose(found, 1 + np.arange(10))  # channel 1 + k is label k


def test_both_networks_learn_and_no_slope_comes_through_the_label():
  generator = conditional_generator(functools.partial(dcgan.Generator, 16, 2, 1, latent_dim=12))
  critic = conditional_discriminator(functools.partial(dcgan.Discriminator, 16, 2, 11))
  latents = tf.random.stateless_normal([3, 3], [0, 0])
  examples = generator(latents)
  with tf.GradientTape() as tape:
    tape.watch(examples)
    logits = critic(examples, training=False)
  slope = tape.gradient(logits, examples)
  assert examples.shape == (3, 16, 16, 2)
  assert np.abs(slope[..., 0]).max() > 0
  assert np.abs(slope[..., 1]).max() == 0


def test_networks_without_room_for_the_label_are_refused():
  with pytest.raises(InputError, match='has 5 latents, no more than the 10 classes'):
    conditional_generator(echo)
  with pytest.raises(InputError, match='has 3 channels, no more than the 10 classes'):
    conditional_discriminator(functools.partial(cnn.Discriminator, image_size=8, width=2))


def test_the_label_comes_on_top_of_what_the_networks_have_without():
  generator = conditional_generator(functools.partial(cnn.Generator, 8, 2), classes=3, latent_dim=5)
  critic = conditional_discriminator(functools.partial(cnn.Discriminator, 8, 2), classes=3, image_channels=1)
  assert generator.input_shape == (None, 6)  # five and the one that draws the label
  assert critic.input_shape == (None, 8, 8, 2)  # grey and the label
