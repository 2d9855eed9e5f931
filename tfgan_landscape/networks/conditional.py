"""Networks conditional on the label, for any architecture: the label is one more channel of an image (Mirza 2014).

On their way through the pipeline and into the networks an image of c channels has c + 1: the last one is the label, the
same at every pixel, as `pipeline.label_channel` makes it: label k of n is 2 k / (n - 1) - 1. `LabelCode`, which both
networks carry as `label_code`, takes it apart again: penalties see images and labels each by itself. Pictures, scores
and samples are of the images alone.
"""

from typing import Annotated, Callable, NamedTuple, Optional

import gin
import tensorflow as tf

from tfgan_landscape.config.arguments import Channels, Range, Size, configurable
from tfgan_landscape.errors import InputError

_Classes = Annotated[int, Range(2, at_most=100)]


class LabelCode(NamedTuple):
  """How labels 0 to classes - 1 are written into images."""

  classes: int

  def split(self, examples):
    """Returns (images [n, h, w, c], labels int32 [n]) of examples [n, h, w, c + 1]."""
    return examples[..., :-1], self._labels(examples[:, 0, 0, -1])

  def join(self, images, labels):
    """Returns examples [n, h, w, c + 1] of images [n, h, w, c] and labels [n]."""
    values = 2.0 * tf.cast(labels, images.dtype) / (self.classes - 1) - 1.0
    return tf.concat([images, tf.zeros_like(images[..., :1]) + values[:, None, None, None]], -1)

  def maps(self, examples):
    """Returns images with a channel for every label, [n, h, w, c + classes], 1 in that of the label."""
    labels = self._labels(examples[..., -1])
    return tf.concat([examples[..., :-1], tf.one_hot(labels, self.classes, dtype=examples.dtype)], -1)

  def _labels(self, values):
    return tf.cast(tf.round((values + 1.0) * (self.classes - 1) / 2), tf.int32)


@configurable
def conditional_generator(
  generator: Callable = gin.REQUIRED, classes: _Classes = 10, latent_dim: Optional[Size] = None
):
  """Returns a generator from latents [n, latent_dim + 1] to images with their label, [n, h, w, c + 1].

  The last latent, N(0, 1), draws the label, each as likely as the others; the generator inside gets it as `classes`
  more inputs, 1 at the label and 0 elsewhere.

  Args:
    generator: makes a generator of latents [n, latent_dim + classes].
    classes: how many labels there are.
    latent_dim: the latents beside the label, which make the generator's `latent_dim`; None where that is bound.

  Raises:
    InputError: the generator has no latents left beside the label.
  """
  inner = generator() if latent_dim is None else generator(latent_dim=latent_dim + classes)
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
  model = tf.keras.Model(latents, LabelCode(classes).join(images, labels), name='generator')
  model.label_channels, model.label_code = 1, LabelCode(classes)
  return model


@configurable
def conditional_discriminator(
  discriminator: Callable = gin.REQUIRED, classes: _Classes = 10, image_channels: Optional[Channels] = None
):
  """Returns a critic from images with their label, [n, h, w, c + 1], to logits [n, 1].

  Args:
    discriminator: makes a critic of images [n, h, w, c + classes], 1 in the channel of the label and 0 in those of the
      others.
    classes: how many labels there are.
    image_channels: c, which makes the critic's `channels`; None where they are bound.

  Raises:
    InputError: the critic has no channels left beside the label.
  """
  inner = discriminator() if image_channels is None else discriminator(channels=image_channels + classes)
  *sides, channels = inner.input_shape[1:]
  if channels <= classes:
    raise InputError(
      f'conditional_discriminator.discriminator has {channels} channels, no more than the {classes} classes; bind its'
      ' channels to those of an image and the classes'
    )

  examples = tf.keras.Input((*sides, channels - classes + 1), name='examples')
  code = LabelCode(classes)
  model = tf.keras.Model(
    examples, inner(tf.keras.layers.Lambda(code.maps, name='label_maps')(examples)), name='discriminator'
  )
  model.label_code = code
  return model
