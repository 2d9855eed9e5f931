"""scikit-learn's 1,797 handwritten digits as a tfds dataset that needs no download.

E. Alpaydin and C. Kaynak's scans (UCI, 1998; the test part), 8x8 pixels with levels 0 to 16.
"""

import functools

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from sklearn.datasets import load_digits

from tfgan_landscape.config.arguments import Channels, Size, configurable
from tfgan_landscape.datasets.builders import prepared_here
from tfgan_landscape.datasets.tfds_images import image_examples

LEVELS = 16
TEST_EVERY = 5


class SklearnDigits(tfds.core.GeneratorBasedBuilder):
  """Splits: train (1,437) and test (360); levels 0 to 16 stored as 0 to 255.

  Sorted by digit, and within a digit in scikit-learn's order, every fifth scan is a test scan. (Every fifth
  of the unsorted ones would mostly be zeros and fives: they were written in the order 0, 1, ..., 9.)
  """

  VERSION = tfds.core.Version('1.0.0')

  def _info(self):
    features = tfds.features.FeaturesDict(
      {
        'image': tfds.features.Image(shape=(8, 8, 1)),
        'label': tfds.features.ClassLabel(num_classes=10),
      }
    )
    return tfds.core.DatasetInfo(
      builder=self,
      description="scikit-learn's 1,797 handwritten digits, 8x8 pixels.",
      features=features,
      supervised_keys=('image', 'label'),
      homepage='https://archive.ics.uci.edu/dataset/80',
      disable_shuffling=True,
    )

  def _split_generators(self, dl_manager):
    del dl_manager
    by_digit = np.argsort(_scans().target, kind='stable')
    test = by_digit[::TEST_EVERY]
    train = np.setdiff1d(by_digit, test)
    return {'train': self._generate_examples(train), 'test': self._generate_examples(np.sort(test))}

  def _generate_examples(self, indices):
    scans = _scans()
    pixels = np.round(scans.images[indices] * (255 / LEVELS)).astype(np.uint8)
    for index, image, label in zip(indices, pixels, scans.target[indices]):
      yield int(index), {'image': image[..., np.newaxis], 'label': int(label)}


@configurable(denylist=['split', 'data_dir'])
def digits(split, data_dir=None, image_size: Size = 32, channels: Channels = 1):
  """Loads the handwritten digits, enlarged bicubically, and prepares them in data_dir the first time.

  Bicubic, because bilinear enlargement of 8 pixels to 32 shows its grid; overshoot is cut off at 0 and 255.

  Args:
    split: 'train' (1,437), 'test' (360), or a slice of them.
    data_dir: tfds's folder of datasets; None for tfds's own default, which also serves where data_dir cannot be
      written.
    image_size: side of the result in pixels.
    channels: 1, or 3 equal ones.

  Returns:
    Examples with 10 classes, in scikit-learn's order.

  Raises:
    InputError: data_dir cannot be written; unknown split.
  """
  builder = prepared_here(SklearnDigits, data_dir)
  return image_examples(builder, split, image_size, channels, method=tf.image.ResizeMethod.BICUBIC)


@functools.lru_cache(maxsize=1)
def _scans():
  return load_digits()
