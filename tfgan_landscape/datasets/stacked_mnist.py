"""Stacked MNIST: three random digits as the colours of an image, a thousand modes (Metz et al. 2017, PacGAN)."""

import dataclasses
import functools

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from tfgan_landscape.config.arguments import Count, Seed, Size, configurable
from tfgan_landscape.datasets.builders import open_builder, prepared_here
from tfgan_landscape.datasets.examples import reading
from tfgan_landscape.datasets.tfds_images import image_examples

COUNT = 128_000  # of the literature


@dataclasses.dataclass(eq=False)
class StackedMnistConfig(tfds.core.BuilderConfig):
  """Which stacks: `count` in the train split, a fifth as many in the test split, drawn with `seed`."""

  count: int = COUNT
  seed: int = 0


@functools.cache
def config(count, seed):
  """The configuration of these numbers, under a name that tells them; tfds wants equal names to be one object."""
  return StackedMnistConfig(name=f'count_{count}_seed_{seed}', count=count, seed=seed)


class StackedMnist(tfds.core.GeneratorBasedBuilder):
  """MNIST's digits, three drawn with replacement as red, green and blue; training digits in train, test digits in test.

  The label is the number whose digits are the labels of red, green and blue: 0 to 999. Without `mnist`, a prepared
  builder of it, MNIST is taken from data_dir, and downloaded where it is missing.
  """

  VERSION = tfds.core.Version('1.0.0')
  BUILDER_CONFIGS = [config(COUNT, 0)]

  def __init__(self, *, mnist=None, **kwargs):
    super().__init__(**kwargs)
    self._mnist = mnist

  def _info(self):
    features = {
      'image': tfds.features.Image(shape=(28, 28, 3), encoding_format='png'),
      'label': tfds.features.ClassLabel(num_classes=1000),
    }
    return tfds.core.DatasetInfo(
      builder=self,
      description='Three digits of MNIST as the colours of an image.',
      features=tfds.features.FeaturesDict(features),
      supervised_keys=('image', 'label'),
      homepage='https://arxiv.org/abs/1611.02163',
      disable_shuffling=True,
    )

  def _split_generators(self, dl_manager):
    del dl_manager
    counts = {'train': self.builder_config.count, 'test': max(self.builder_config.count // 5, 1)}
    return {split: self._generate_examples(split, count) for split, count in counts.items()}

  def _generate_examples(self, split, count):
    mnist = self._mnist or open_builder('mnist', self._data_dir_root)
    pixels, labels = _everything(image_examples(mnist, split, *_SINGLE))
    # RandomState's stream is frozen by NumPy; default_rng's may change between releases.
    picks = np.random.RandomState(self.builder_config.seed % 2**32).randint(len(labels), size=[count, 3])
    numbers = labels[picks] @ (100, 10, 1)
    stacks = tf.data.Dataset.from_tensor_slices(picks).map(_encoder(pixels), tf.data.AUTOTUNE, deterministic=True)
    for index, (image, number) in enumerate(zip(stacks.as_numpy_iterator(), numbers)):
      yield index, {'image': image, 'label': int(number)}


_SINGLE = 28, 1  # pixels and channels of a digit


def _everything(digits):
  """(uint8 [n, 28, 28], labels [n]) of Examples of grey digits."""
  with reading(digits.source):
    parts = list(digits.records.batch(1024).as_numpy_iterator())
  return np.concatenate([part['example'][..., 0] for part in parts]), np.concatenate([part['label'] for part in parts])


def _encoder(pixels):
  pool = tf.constant(pixels)
  return lambda picks: tf.io.encode_png(tf.transpose(tf.gather(pool, picks), [1, 2, 0]))


@configurable(denylist=['split', 'data_dir'])
def stacked_mnist(split, data_dir=None, image_size: Size = 32, count: Count = COUNT, seed: Seed = 0):
  """Loads Stacked MNIST, and makes it of MNIST the first time (a minute or two, 106 MB).

  Args:
    split: 'train', 'test', or a slice of them.
    data_dir: tfds's folder of datasets, with MNIST; None for tfds's own default, which also takes the stacks where
      data_dir cannot be written.
    image_size: side of the result in pixels; enlarged bilinearly from 28.
    count: stacks of the train split; the test split has a fifth as many.
    seed: of the draws.

  Returns:
    Examples with three channels and 1,000 classes.

  Raises:
    InputError: MNIST is neither there nor to be had; no folder can be written; unknown split.
  """
  mnist = open_builder('mnist', data_dir)
  builder = prepared_here(StackedMnist, data_dir, config=config(count, seed), mnist=mnist)
  return image_examples(builder, split, image_size, channels=3)
