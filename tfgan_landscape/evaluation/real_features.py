"""The features of real images that a generator's are compared with, computed once.

The features themselves are kept, not only their mean and covariance, because the kernel distance needs them.
"""

import numpy as np
import tensorflow as tf

from tfgan_landscape.evaluation.features import finite
from tfgan_landscape.io import cache


def pool(features, examples, count, cache_dir):
  """Returns the pool features of `count` real images, from `cache_dir` where they are there.

  Args:
    features: Features.
    examples: Examples of real images, at least `count` of them; those taken are spread evenly over them.
    count: number of images.
    cache_dir: folder of the cache.

  Returns:
    float64 [count, d], in an order that is shuffled once, as the blocks of TF-GAN's kernel distance need.

  Raises:
    InputError: a feature is NaN or infinite, or `cache_dir` cannot be written.
  """
  protocol = {
    'features': features.protocol,
    'real': examples.source,
    'count': count,
    'chosen': 'evenly over the split, then shuffled',
  }
  arrays = cache.cached(cache_dir, 'real', protocol, lambda: {'pool': _computed(features, examples, count)})
  return arrays['pool'].astype(np.float64)


def _computed(features, examples, count):
  print(f'computing the features of {count:,} of {examples.count:,} real images', flush=True)
  total = examples.count
  chosen = tf.data.Dataset.zip((tf.data.Dataset.range(total), examples.records)).filter(
    # Exactly `count` positions, evenly spread: those where floor(position count / total) steps up.
    lambda i, _: (i + 1) * count // total > i * count // total
  )
  batches = chosen.map(lambda _, record: record['example']).batch(256)
  outputs = np.concatenate([finite(features.extract(batch), 'real')[1] for batch in batches])
  return outputs[order(count)]


def order(count):
  """Returns which of `count` images, in the order of their split, each row of `pool` is of."""
  return np.random.default_rng(0).permutation(count)
