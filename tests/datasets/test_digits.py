"""scikit-learn's digits as a tfds dataset."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from tfgan_landscape.datasets.digits import SklearnDigits, digits
from tfgan_landscape.errors import InputError


@pytest.fixture(scope='module')
def data_dir(tmp_path_factory):
  return str(tmp_path_factory.mktemp('digits'))


def _labels(examples):
  return np.array([record['label'] for record in examples.records.as_numpy_iterator()])


def test_the_splits_share_out_all_scans_evenly(data_dir):
  train, test = digits('train', data_dir), digits('test', data_dir)
  assert (train.count, test.count) == (1437, 360)
  assert train.classes == test.classes == 10
  everything = np.bincount(load_digits().target)
  in_test = np.bincount(_labels(test))
  np.testing.assert_array_equal(np.bincount(_labels(train)) + in_test, everything)
  assert (np.abs(in_test - everything / 5) < 1).all()


def test_no_scan_is_in_both_splits_and_levels_are_stretched(data_dir):
  builder = SklearnDigits(data_dir=data_dir)
  digits('test', data_dir)
  stored = [
    record['image'][..., 0]
    for split in ('train', 'test')
    for record in builder.as_dataset(split=split).as_numpy_iterator()
  ]
  expected = np.round(load_digits().images * 255 / 16).astype(np.uint8)
  assert sorted(image.tobytes() for image in stored) == sorted(image.tobytes() for image in expected)


def test_images_are_enlarged_and_use_the_whole_range(data_dir):
  images = np.stack([record['example'] for record in digits('test', data_dir).records.as_numpy_iterator()])
  assert images.shape == (360, 32, 32, 1)
  assert (images.min(), images.max()) == (0, 255)
  # Enlarging keeps the mean, up to the overshoot that is cut off.
  small = load_digits().images.mean() * 255 / 16
  assert abs(images.mean() - small) < 4


def test_three_channels_are_equal(data_dir):
  image = next(digits('test', data_dir, image_size=16, channels=3).records.as_numpy_iterator())['example']
  assert image.shape == (16, 16, 3)
  np.testing.assert_array_equal(image[..., 0], image[..., 2])


def test_a_data_dir_that_cannot_be_written_is_an_error(tmp_path):
  (tmp_path / 'file').write_text('')
  with pytest.raises(InputError, match='sklearn_digits 1.0.0 is not in .*give a --data_dir that can be written'):
    digits('train', str(tmp_path / 'file'))
