"""A trained generator for programs without this package."""

import pathlib

import tensorflow as tf

from tfgan_landscape.errors import InputError
from tfgan_landscape.studies.gan import generate
from tfgan_landscape.training.sampling import example_shape


class Exported(tf.Module):
  """A generator with one signature: latents N(0, I), float32 [n, latent_dim], to examples.

  Args:
    generator: Keras model.
  """

  def __init__(self, generator):
    super().__init__()
    self._generator, self._shape = generator, example_shape(generator)
    self.sample = tf.function(self._sample, input_signature=[tf.TensorSpec([None, generator.input_shape[1]])])

  def _sample(self, latents):
    """Returns {'examples': float32 [n, ...]}, of images in [-1, 1] also 'images', uint8 as `--mode=generate` writes."""
    examples = tf.cast(self._generator(latents, training=False)[..., : self._shape[-1]], tf.float32)
    if len(self._shape) != 3:
      return {'examples': examples}
    return {'examples': examples, 'images': tf.cast(tf.clip_by_value((examples + 1.0) * 127.5, 0.0, 255.0), tf.uint8)}


def export(gan):
  """Writes the newest checkpoint's generator as a SavedModel; returns the exit code.

  Args:
    gan: `Gan`.

  Raises:
    InputError: there is no checkpoint, or something would be lost at the place to write.
  """
  wanted = gan.execution.generate
  output = pathlib.Path(wanted.output or gan.execution.model_dir / 'exported')
  step = gan.restore()
  if output.exists() and not (output.is_dir() and (wanted.overwrite or not any(output.iterdir()))):
    raise InputError(f'{output} is there already; name another --output, or replace it with --overwrite')
  network = gan.networks.average if wanted.average else gan.networks.generator
  exported = Exported(network)
  with generate.whole(output) as partial:
    tf.saved_model.save(exported, str(partial), signatures=exported.sample)
  shapes = f'latents [n, {network.input_shape[1]}] to examples [n, {", ".join(map(str, example_shape(network)))}]'
  print(f'the generator of iteration {step}, {shapes}: {output}')
  return 0
