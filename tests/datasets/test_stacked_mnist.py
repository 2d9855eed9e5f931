"""Stacked digits: channels, labels, that equal seeds repeat, and where they are kept."""

import os

import numpy as np
import pytest
import tensorflow_datasets as tfds

from tfgan_landscape.datasets import builders, stacked_mnist
from tfgan_landscape.datasets.tfds_images import tfds_images
from tfgan_landscape.errors import InputError


class Mnist(tfds.core.GeneratorBasedBuilder, skip_registration=True):
  """Twenty images in each split: the n-th is 10 n + its row, plus 1 in the test split, and its label is n % 10."""

  VERSION = tfds.core.Version('3.0.1')

  def _info(self):
    features = {'image': tfds.features.Image(shape=(28, 28, 1)), 'label': tfds.features.ClassLabel(num_classes=10)}
    features = tfds.features.FeaturesDict(features)
    return tfds.core.DatasetInfo(builder=self, features=features, disable_shuffling=True)

  def _split_generators(self, dl_manager):
    return {'train': self._generate_examples(0), 'test': self._generate_examples(1)}

  def _generate_examples(self, offset):
    for index in range(20):
      image = np.broadcast_to(10 * index + np.arange(28)[:, None, None] + offset, [28, 28, 1])
      yield index, {'image': image.astype(np.uint8), 'label': index % 10}


@pytest.fixture
def data_dir(tmp_path):
  Mnist(data_dir=str(tmp_path / 'data')).download_and_prepare()
  return str(tmp_path / 'data')


def all_of(examples):
  batch = next(iter(examples.records.batch(examples.count)))
  return batch['example'].numpy(), batch['label'].numpy()


def test_channels_are_digits_and_the_label_is_their_number(data_dir):
  examples = stacked_mnist.stacked_mnist('train', data_dir, image_size=28, count=500)
  images, labels = all_of(examples)
  assert (images.shape, images.dtype, labels.dtype) == ((500, 28, 28, 3), np.uint8, np.int64)
  assert (examples.count, examples.classes) == (500, 1000)
  digits = np.stack([labels // 100, labels // 10 % 10, labels % 10], 1)
  np.testing.assert_array_equal((images[:, 2, 1] - 2) // 10 % 10, digits)
  assert (images[:, 2] - images[:, 0] == 2).all()
  assert len(set(labels.tolist())) > 350  # of 500 draws among 1000


def test_draws_are_numpys_and_the_test_split_is_of_test_digits(data_dir):
  picks = np.random.RandomState(5).randint(20, size=[30, 3])
  images, _ = all_of(stacked_mnist.stacked_mnist('train', data_dir, image_size=28, count=30, seed=5))
  np.testing.assert_array_equal(images[:, 0, 0], 10 * picks)
  images, _ = all_of(stacked_mnist.stacked_mnist('test', data_dir, image_size=28, count=30, seed=5))
  np.testing.assert_array_equal(images[:, 0, 0], 10 * picks[:6] + 1)


def test_equal_seeds_repeat_and_others_differ(data_dir, tmp_path):
  def labels(folder, seed):
    return all_of(stacked_mnist.stacked_mnist('train', folder, count=50, seed=seed))[1]

  elsewhere = str(tmp_path / 'elsewhere')
  Mnist(data_dir=elsewhere).download_and_prepare()
  np.testing.assert_array_equal(labels(data_dir, 3), labels(elsewhere, 3))
  assert not np.array_equal(labels(data_dir, 3), labels(data_dir, 4))


def test_tfds_finds_it_by_its_name_with_the_counts_of_the_literature(data_dir, monkeypatch):
  stacked_mnist.stacked_mnist('train', data_dir, count=50)  # smaller ones do not stand in for it
  monkeypatch.setattr(stacked_mnist.StackedMnist.BUILDER_CONFIGS[0], 'count', 60)  # for time
  assert stacked_mnist.StackedMnist.BUILDER_CONFIGS[0].name == 'count_128000_seed_0'
  assert tfds_images('train', data_dir, name='stacked_mnist').count == 60


def test_mnist_that_cannot_be_had_is_one_line(tmp_path, monkeypatch):
  monkeypatch.setattr(builders, '_reachable', lambda builder: False)
  with pytest.raises(InputError, match='mnist 3.0.1 is not in .*cannot be reached'):
    stacked_mnist.stacked_mnist('train', str(tmp_path))


@pytest.mark.parametrize('how', ['marked', 'mounted'])
def test_a_folder_that_cannot_be_written_still_gives_its_mnist(data_dir, tmp_path, monkeypatch, caplog, how):
  """Marked by its permissions, which do not hold root back; or on a disk that is mounted to be read."""
  own = tmp_path / 'own'
  monkeypatch.setattr(tfds.core.constants, 'DATA_DIR', str(own))
  if how == 'marked':
    os.chmod(data_dir, 0o555)
  else:
    monkeypatch.setattr(os, 'access', lambda folder, mode: str(folder) != data_dir)
  assert stacked_mnist.stacked_mnist('train', data_dir, count=20).count == 20
  os.chmod(data_dir, 0o755)
  assert f'{data_dir} cannot be written: stacked_mnist is kept in {own}' in caplog.text
  assert not os.path.exists(os.path.join(data_dir, 'stacked_mnist'))
  assert (own / 'stacked_mnist').exists()
