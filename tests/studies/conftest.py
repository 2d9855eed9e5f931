"""Stand-ins for what the experiments download: image datasets and the Inception network."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from tfgan_landscape.datasets import stacked_mnist, tfds_images

PER_SPLIT = 120


class StandIn(tfds.core.GeneratorBasedBuilder):
  """Random colour images of 32 pixels with ten labels in turn, in every split that an experiment names."""

  VERSION = tfds.core.Version('1.0.0')

  def _info(self):
    features = {
      'image': tfds.features.Image(shape=(32, 32, 3)),
      'label': tfds.features.ClassLabel(num_classes=10),
    }
    return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict(features))

  def _split_generators(self, dl_manager):
    return {split: self._generate_examples() for split in ('train', 'test', 'unlabelled', 'validation')}

  def _generate_examples(self):
    random = np.random.RandomState(0)
    for index in range(PER_SPLIT):
      yield index, {'image': random.randint(0, 256, (32, 32, 3), np.uint8), 'label': index % 10}


class _Inception(tf.Module):
  def __init__(self):
    super().__init__()
    self.weights = tf.Variable(tf.random.stateless_normal([3, 7], [0, 0]))

  @tf.function(input_signature=[tf.TensorSpec([None, 299, 299, 3])])
  def __call__(self, images):
    pool = tf.matmul(tf.reduce_mean(images, [1, 2]), self.weights)
    return {'logits': pool[:, :5], 'pool_3': pool}


@pytest.fixture(scope='session')
def inception_path(tmp_path_factory):
  """A SavedModel with the outputs of TF-GAN's Inception network, one matrix product behind them."""
  path = str(tmp_path_factory.mktemp('inception'))
  tf.saved_model.save(_Inception(), path)
  return path


@pytest.fixture(scope='session')
def _stand_in(tmp_path_factory):
  builder = StandIn(data_dir=str(tmp_path_factory.mktemp('tfds')))
  builder.download_and_prepare()
  return builder


@pytest.fixture
def any_dataset(_stand_in, monkeypatch):
  """Every tfds name opens the stand-in."""
  for module in tfds_images, stacked_mnist:
    monkeypatch.setattr(module, 'open_builder', lambda name, data_dir=None: _stand_in)
