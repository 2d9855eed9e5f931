"""Networks conditional on the label, for any architecture: the label is one more channel of an image (Mirza 2014).

In training an image of c channels has c + 1: the last one is the label, the same at every pixel, as
`pipeline.label_channel` makes it: label k of n is 2 k / (n - 1) - 1. So whatever sees an example sees its label too:
loss, pairs, penalties, mixtures. A penalty's slope by the label is 0, because the critic rounds it; one between a pair
meets labels between theirs. Pictures, scores and samples are of the images alone.
"""

from typing import Annotated, Callable

import gin
import tensorflow as tf

from tfgan_landscape.errors import InputError
from tfgan_landscape.ranges import Range, configurable

_Classes = Annotated[int, Range(2, at_most=100)]


@configurable
def conditional_generator(generator: Callable = gin.REQUIRED, classes: _Classes = 10):
  """Returns a generator from latents [n, latent_dim + 1] to images with their label, [n, h, w, c + 1].

  The last latent, N(0, 1), draws the label, each as likely as the others; the generator inside gets it as `classes`
  more inputs, 1 at the label and 0 elsewhere.

  Args:
    generator: makes a generator of latents [n, latent_dim + classes]: bind its `latent_dim` to that sum.
    classes: how many labels there are.

  Raises:
    InputError: the generator has no latents left beside the label.
  """
  inner = generator()
  own = inner.input_shape[1] - classes
  if own < 1:
    raise InputError(
      f'conditional_generator.generator has {inner.input_shape[1]} latents, no more than the {classes} classes; bind'
      ' its latent_dim to the classes and those that you want beside'
    )

  def label_of(latents):
    uniforms = 0.5 * (1.0 + tf.math.erf(latents[:, -1] / tf.sqrt(2.0)))
    return tf.minimum(tf.cast(classes * uniforms, tf.int32), classes - 1)

  latents = tf.keras.Input((own + 1,), name='latents')
  labels = tf.keras.layers.Lambda(label_of, name='labels')(latents)
  images = inner(tf.concat([latents[:, :-1], tf.one_hot(labels, classes)], 1))
  channel = tf.zeros_like(images[..., :1]) + _channel(labels, classes)
  model = tf.keras.Model(latents, tf.concat([images, channel], -1), name='generator')
  model.label_channels = 1
  return model


@configurable
def conditional_discriminator(discriminator: Callable = gin.REQUIRED, classes: _Classes = 10):
  """Returns a critic from images with their label, [n, h, w, c + 1], to logits [n, 1].

  Args:
    discriminator: makes a critic of images [n, h, w, c + classes], 1 in the channel of the label and 0 in those of the
      others: bind its `channels` to that sum.
    classes: how many labels there are.

  Raises:
    InputError: the critic has no channels left beside the label.
  """
  inner = discriminator()
  *sides, channels = inner.input_shape[1:]
  if channels <= classes:
    raise InputError(
      f'conditional_discriminator.discriminator has {channels} channels, no more than the {classes} classes; bind its'
      ' channels to those of an image and the classes'
    )

  def with_maps(examples):
    labels = tf.cast(tf.round((examples[..., -1] + 1.0) * (classes - 1) / 2), tf.int32)
    return tf.concat([examples[..., :-1], tf.one_hot(labels, classes, dtype=examples.dtype)], -1)

  examples = tf.keras.Input((*sides, channels - classes + 1), name='examples')
  logits = inner(tf.keras.layers.Lambda(with_maps, name='label_maps')(examples))
  return tf.keras.Model(examples, logits, name='discriminator')


def _channel(labels, classes):
  """What the last channel has for labels [n], float32 [n, 1, 1, 1]."""
  return (2.0 * tf.cast(labels, tf.float32) / (classes - 1) - 1.0)[:, None, None, None]
