"""Stacked MNIST: three random digits as the colours of an image, a thousand modes (Metz et al. 2017, PacGAN)."""

from typing import Callable

import gin
import numpy as np
import tensorflow as tf

from tfgan_landscape.datasets.examples import Examples, describe, reading
from tfgan_landscape.errors import InputError
from tfgan_landscape.ranges import Count, Seed, configurable


@configurable(denylist=['split', 'data_dir'])
def stacked(split, data_dir=None, digits: Callable = gin.REQUIRED, count: Count = 128_000, seed: Seed = 0):
  """Stacks three grey images of another loader, drawn with replacement, as the channels of each example.

  Args:
    split: of `digits`; equal splits give equal examples.
    data_dir: handed on to `digits`.
    digits: loader of grey images with labels, as `tfds_images` of mnist with one channel.
    count: examples; 128,000 in the literature.
    seed: of the draws.

  Returns:
    Examples: 'example' uint8 [size, size, 3]; the label is the number whose digits are the three labels, so that ten
    classes give 0 to 999.

  Raises:
    InputError: images that are not grey, or without labels; whatever `digits` raises.
  """
  single = digits(split, data_dir=data_dir)
  shape = single.records.element_spec['example'].shape
  if len(shape) != 3 or shape[-1] != 1 or single.classes < 2:
    raise InputError(
      f'stacked.digits: {describe(single.source)} has examples {tuple(shape)} of {single.classes} classes; bind grey '
      'images with labels (tfds_images.channels = 1)'
    )
  with reading(single.source):
    parts = list(single.records.batch(1024).as_numpy_iterator())
  images, labels = (np.concatenate([part[key] for part in parts]) for key in ('example', 'label'))
  # RandomState's stream is frozen by NumPy; default_rng's may change between releases.
  picks = np.random.RandomState(seed % 2**32).randint(len(images), size=[count, 3])
  numbers = labels[picks] @ single.classes ** np.arange(2, -1, -1)
  pool = tf.constant(images)

  def example(which, label):
    return {'example': tf.transpose(tf.gather(pool, which)[..., 0], [1, 2, 0]), 'label': label}

  records = tf.data.Dataset.from_tensor_slices((picks, numbers.astype(np.int64))).map(example)
  source = {'loader': 'stacked', 'name': 'stacked', 'split': split, 'count': count, 'seed': seed, 'of': single.source}
  return Examples(records, count, single.classes**3, source)
