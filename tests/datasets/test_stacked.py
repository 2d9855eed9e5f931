"""Stacked digits: channels, labels, that equal seeds repeat, and what cannot be stacked."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.datasets.examples import Examples
from tfgan_landscape.datasets.stacked import stacked
from tfgan_landscape.errors import InputError


def digits(split, data_dir=None, channels=1, classes=10):
  """Ten images, the n-th of which is 10 n + its row everywhere."""
  del data_dir
  images = 10 * np.arange(10, dtype=np.uint8)[:, None, None, None] + np.arange(4, dtype=np.uint8)[:, None, None]
  images = np.broadcast_to(images, [10, 4, 4, channels])
  records = tf.data.Dataset.from_tensor_slices({'example': images, 'label': np.arange(10)})
  return Examples(records, 10, classes, {'loader': 'test', 'name': 'test', 'split': split})


def all_of(examples):
  batch = next(iter(examples.records.batch(examples.count)))
  return batch['example'].numpy(), batch['label'].numpy()


def test_channels_are_digits_and_the_label_is_their_number():
  examples = stacked('train', digits=digits, count=500)
  images, labels = all_of(examples)
  assert (images.shape, images.dtype, labels.dtype) == ((500, 4, 4, 3), np.uint8, np.int64)
  assert (examples.count, examples.classes) == (500, 1000)
  hundreds, tens, ones = labels // 100, labels // 10 % 10, labels % 10
  np.testing.assert_array_equal(images[:, 2, 1], 10 * np.stack([hundreds, tens, ones], 1) + 2)
  assert len(set(labels.tolist())) > 350  # of 500 draws among 1000


def test_equal_seeds_repeat_and_others_differ():
  first, again, other = (all_of(stacked('train', digits=digits, count=50, seed=seed))[1] for seed in (3, 3, 4))
  np.testing.assert_array_equal(first, again)
  assert not np.array_equal(first, other)


@pytest.mark.parametrize('settings', [{'channels': 3}, {'classes': 0}])
def test_what_cannot_be_stacked_is_refused(settings):
  with pytest.raises(InputError, match='bind grey images with labels'):
    stacked('train', digits=lambda split, data_dir: digits(split, **settings))
