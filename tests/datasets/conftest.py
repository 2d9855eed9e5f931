"""Small tfds datasets of our own, prepared in a temporary folder, and a machine without a network."""

import socket

import numpy as np
import pytest
import tensorflow_datasets as tfds

LABELS = [1, 0, 2, 1, 1, 0, 1, 2, 1, 0, 1, 1]


class _Tiny(tfds.core.GeneratorBasedBuilder):
  """Image i of a split has the level 10 i everywhere."""

  VERSION = tfds.core.Version('1.2.3')
  FEATURES = {}

  def _info(self):
    return tfds.core.DatasetInfo(
      builder=self, features=tfds.features.FeaturesDict(self.FEATURES), disable_shuffling=True
    )

  def _split_generators(self, dl_manager):
    return {'train': self._generate_examples(12), 'test': self._generate_examples(5)}

  def _generate_examples(self, count):
    for i in range(count):
      yield i, self.record(i)


class TinyLabelled(_Tiny):
  """Grey, 6x6, three classes in the order of LABELS."""

  FEATURES = {
    'image': tfds.features.Image(shape=(6, 6, 1)),
    'label': tfds.features.ClassLabel(num_classes=3),
    'id': tfds.features.Text(),
  }

  def record(self, i):
    return {'image': np.full([6, 6, 1], 10 * i, np.uint8), 'label': LABELS[i], 'id': str(i)}


class TinyScenes(_Tiny):
  """Colour, of different sizes, without labels, in a configuration, like lsun."""

  BUILDER_CONFIGS = [tfds.core.BuilderConfig(name=name, version='1.2.3') for name in ('church', 'tower')]
  FEATURES = {'image': tfds.features.Image(shape=(None, None, 3))}

  def record(self, i):
    return {'image': np.full([8 + i, 6, 3], 10 * i, np.uint8)}


class TinyUnlabelled(_Tiny):
  """Label -1 everywhere, like stl10's split `unlabelled`."""

  FEATURES = {
    'image': tfds.features.Image(shape=(96, 96, 3)),
    'label': tfds.features.ClassLabel(num_classes=10),
  }

  def record(self, i):
    return {'image': np.full([96, 96, 3], 10 * i, np.uint8), 'label': -1}


class TinyTexts(_Tiny):
  FEATURES = {'text': tfds.features.Text()}

  def record(self, i):
    return {'text': str(i)}


@pytest.fixture(scope='session')
def prepared(tmp_path_factory):
  """A data_dir that holds the tiny datasets."""
  tfds.disable_progress_bar()
  folder = tmp_path_factory.mktemp('prepared')
  for builder in (TinyLabelled, TinyUnlabelled, TinyTexts):
    builder(data_dir=folder).download_and_prepare()
  TinyScenes(data_dir=folder, config='tower').download_and_prepare()
  return str(folder)


@pytest.fixture
def offline(monkeypatch):
  """No connection succeeds."""

  def refuse(*args, **kwargs):
    raise OSError('no network')

  monkeypatch.setattr(socket, 'create_connection', refuse)
