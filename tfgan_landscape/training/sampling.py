"""Examples from a trained generator."""

import tensorflow as tf

from tfgan_landscape import mixture
from tfgan_landscape.training.restored import restored

BLOCK = 500  # samples of a batch, as in the RS-GAN code; it matters where batch norm takes the batch's statistics

# What one seed's latents are drawn for.
SAMPLES, SCORES = 0, 1


def latent_blocks(generator, first, last, seed, purpose=SAMPLES):
  """Yields latents N(0, I), float32 [BLOCK, latent_dim], of the blocks `first` to `last` - 1.

  Latent k is row k % BLOCK of block k // BLOCK, the same one however many are drawn.

  Args:
    generator: its input has the latents' dimensions.
    first: number of the first block.
    last: number of the block after the last one.
    seed: of the run, in [0, 2^63).
    purpose: `SAMPLES` or `SCORES`, which have latents of their own.
  """
  for block in range(first, last):
    folded = tf.random.experimental.stateless_fold_in(tf.constant([seed, purpose], tf.int64), block, 'philox')
    yield tf.random.stateless_normal([BLOCK, generator.input_shape[1]], folded, alg='philox')


def example_shape(generator):
  """Returns the shape of what a generator is to make: of its output but for channels that hold the label."""
  *sides, last = generator.output_shape[1:]
  return (*sides, last - getattr(mixture.parts(generator)[0], 'label_channels', 0))


class Sampler:
  """Maps latents to examples without their labels, and leaves the generator as it is.

  Args:
    generator: maps latents [n, latent_dim] to examples [n, ...].
    batch_statistics: whether batch norm takes the batch's statistics, as the released code evaluates, in place of its
      moving averages.
  """

  def __init__(self, generator, batch_statistics=False):
    self._generator = generator
    last = example_shape(generator)[-1]
    self._generate = tf.function(
      lambda latents: generator(latents, training=batch_statistics)[..., :last],
      input_signature=[tf.TensorSpec([None, generator.input_shape[1]])],
    )

  def __call__(self, batches):
    """Yields examples [n, ...], float32, for each batch of latents [n, latent_dim]."""
    with restored(self._generator.non_trainable_variables):
      for latents in batches:
        yield self._generate(latents)
