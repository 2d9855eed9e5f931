"""Examples from a trained generator."""

import tensorflow as tf


def draw_latents(generator, count, seed):
  """Returns latents N(0, I), float32 [count, latent_dim], the same ones for the same seed and count."""
  return tf.random.stateless_normal([count, generator.input_shape[1]], [seed, count], alg='philox')


def samples(generator, latents, batch_size=500, batch_statistics=False):
  """Yields examples [b, ...], float32, for latents [n, latent_dim], `batch_size` at a time.

  Args:
    generator: maps latents to examples; left as it is.
    latents: float array or tensor.
    batch_size: 500 in the released code; it matters with `batch_statistics`.
    batch_statistics: whether batch norm takes the batch's statistics, as the released code evaluates, in place of its
      moving averages.
  """
  moving = generator.non_trainable_variables
  saved = [variable.numpy() for variable in moving]
  generate = tf.function(lambda batch: generator(batch, training=batch_statistics), reduce_retracing=True)
  try:
    for first in range(0, len(latents), batch_size):
      yield generate(tf.convert_to_tensor(latents[first : first + batch_size]))
  finally:
    for variable, value in zip(moving, saved):
      variable.assign(value)
