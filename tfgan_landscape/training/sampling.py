"""Examples from a trained generator."""

import tensorflow as tf


def draw_latents(generator, count, seed):
  """Returns latents N(0, I), float32 [count, latent_dim], the same ones for the same seed and count."""
  return tf.random.stateless_normal([count, generator.input_shape[1]], [seed, count], alg='philox')


class Sampler:
  """Maps latents [n, latent_dim] to examples, a batch at a time, and leaves the generator as it is.

  Args:
    generator: maps latents to examples [n, ...].
    batch_size: 500 in the released code; it matters with `batch_statistics`.
    batch_statistics: whether batch norm takes the batch's statistics, as the released code evaluates, in place of its
      moving averages.
  """

  def __init__(self, generator, batch_size=500, batch_statistics=False):
    self._generator, self._batch_size = generator, batch_size
    self._generate = tf.function(
      lambda latents: generator(latents, training=batch_statistics),
      input_signature=[tf.TensorSpec([None, generator.input_shape[1]])],
    )

  def __call__(self, latents):
    """Yields examples [b, ...], float32, for latents [n, latent_dim]."""
    moving = self._generator.non_trainable_variables
    saved = [variable.numpy() for variable in moving]
    try:
      for first in range(0, len(latents), self._batch_size):
        yield self._generate(latents[first : first + self._batch_size])
    finally:
      for variable, value in zip(moving, saved):
        variable.assign(value)
