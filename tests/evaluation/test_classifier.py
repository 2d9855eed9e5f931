"""The classifier learns, is a function of data and settings, and comes back from the cache as it was."""

import contextlib
import importlib
import io
import json
import random

import numpy as np
import pytest
import sklearn.datasets
import tensorflow as tf

from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation.classifier import classifier
from tfgan_landscape.evaluation.scores import Evaluation, classifier_share

TINY = {'epochs': 1, 'minimum_updates': 30, 'batch_size': 16, 'width': 4, 'shift': 1}


@pytest.fixture(scope='module')
def digits(examples):
  """scikit-learn's digits, 32x32x1; every fifth is a test image."""
  data = sklearn.datasets.load_digits()
  images = tf.image.resize(data.images[..., None] * 255 / 16, [32, 32])
  images = tf.cast(tf.round(images), tf.uint8).numpy()
  test = np.arange(len(images)) % 5 == 0
  return {
    split: examples(images[chosen], data.target[chosen], split=split)
    for split, chosen in (('train', ~test), ('test', test))
  }


@pytest.fixture(scope='module')
def trained(digits, tmp_path_factory):
  folder = str(tmp_path_factory.mktemp('digits'))
  return folder, classifier(digits.get, folder, width=16, minimum_updates=150)


@pytest.fixture(scope='module')
def two_classes(examples):
  """Dark images labelled 5 and bright ones labelled 7, 8x8x1."""
  images = np.random.default_rng(0).integers(100, size=(40, 8, 8, 1)).astype(np.uint8)
  labels = np.tile([5, 7], 20)
  images[labels == 7] += 120
  return lambda split: examples(images, labels, split=split)


def test_it_reads_handwritten_digits(trained):
  _, features = trained
  assert 0.95 < features.protocol['test_accuracy'] <= 1
  assert features.protocol['labels'] == list(range(10))


def test_the_accuracy_is_that_of_its_logits_on_the_test_split(trained, digits):
  _, features = trained
  records = list(digits['test'].records.batch(1000))
  (images, labels) = (records[0][key].numpy() for key in ('example', 'label'))
  logits, pool = features.extract(images)
  assert logits.shape == (360, 10)
  assert pool.shape == (360, 64)
  assert logits.dtype == pool.dtype == tf.float32
  right = np.mean(np.argmax(logits, axis=1) == labels)
  assert features.protocol['test_accuracy'] == pytest.approx(right, abs=1e-9)


def test_the_cache_gives_the_same_features_without_training(trained, digits, capsys):
  folder, features = trained
  images = next(iter(digits['test'].records.batch(50)))['example']
  again = classifier(digits.get, folder, width=16, minimum_updates=150)
  assert capsys.readouterr().out == ''
  assert again.protocol == features.protocol
  for output, expected in zip(again.extract(images), features.extract(images)):
    np.testing.assert_array_equal(output, expected)


def test_the_protocol_is_json(trained):
  protocol = trained[1].protocol
  assert json.loads(json.dumps(protocol)) == protocol
  assert protocol['name'] == 'classifier'
  assert protocol['train'] == {'name': 'test', 'split': 'train'}
  assert protocol['settings']['width'] == 16


@pytest.fixture(scope='module')
def tiny(two_classes, tmp_path_factory):
  """A classifier of the two classes: its folder, its features, and what training printed."""
  folder, printed = tmp_path_factory.mktemp('tiny'), io.StringIO()
  with contextlib.redirect_stdout(printed):
    features = classifier(two_classes, str(folder), **TINY)
  return folder, features, printed.getvalue()


@pytest.fixture
def no_training(monkeypatch, tiny):
  """Lets training return the tiny classifier's arrays at once."""
  (path,) = tiny[0].glob('classifier-*')
  arrays = {key: value for key, value in np.load(path).items() if key != 'protocol'}
  monkeypatch.setattr(importlib.import_module(classifier.__module__), '_train', lambda *_: arrays)


def test_training_says_one_line_before_and_one_with_the_accuracy(tiny):
  assert tiny[2].splitlines() == [
    'training the classifier on 40 images, 30 updates',
    'the classifier has 100.00% of 40 test images right',
  ]


def test_a_damaged_file_is_trained_anew_to_exactly_the_same(two_classes, tiny, tmp_path, capsys):
  (path,) = tiny[0].glob('classifier-*')
  damaged = tmp_path / path.name
  damaged.write_bytes(path.read_bytes()[:1000])
  again = classifier(two_classes, str(tmp_path), **TINY)
  assert again.protocol == tiny[1].protocol
  assert capsys.readouterr().out.startswith(f'{damaged} is damaged')


def test_another_seed_is_another_classifier(two_classes, tiny, tmp_path):
  other = classifier(two_classes, str(tmp_path), **TINY, seed=1, flip=True)
  assert other.protocol['weights_sha256'] != tiny[1].protocol['weights_sha256']


def test_training_leaves_the_global_random_numbers_alone(two_classes, tmp_path):
  def drawn(act):
    tf.keras.utils.set_random_seed(5)
    act()
    return random.random(), np.random.random(), float(tf.random.uniform([]))

  assert drawn(lambda: classifier(two_classes, str(tmp_path), **TINY)) == drawn(lambda: None)


def test_it_is_trained_in_float32_under_mixed_precision(two_classes, tiny, tmp_path):
  tf.keras.mixed_precision.set_global_policy('mixed_bfloat16')
  try:
    assert classifier(two_classes, str(tmp_path), **TINY).protocol == tiny[1].protocol
  finally:
    tf.keras.mixed_precision.set_global_policy('float32')


@pytest.mark.usefixtures('no_training')
def test_settings_and_data_are_part_of_the_key(two_classes, tmp_path):
  def other_data(split):
    return two_classes(split)._replace(source={'name': 'other'})

  for count, (data, settings) in enumerate(
    [(two_classes, TINY), (two_classes, {**TINY, 'epochs': 2}), (other_data, TINY), (two_classes, TINY)]
  ):
    classifier(data, str(tmp_path), **settings)
    assert len(list(tmp_path.iterdir())) == min(count + 1, 3)


def test_large_images_are_shrunk_when_training_and_when_extracting(two_classes, examples, tmp_path):
  def large(split):
    (record,) = two_classes(split).records.batch(40)
    return examples(np.repeat(np.repeat(record['example'], 8, 1), 8, 2), record['label'].numpy(), size=64)

  features = classifier(large, str(tmp_path), **TINY, image_size=8)
  assert features.protocol['test_accuracy'] == 1
  assert features.extract(np.zeros([2, 64, 64, 1], np.uint8))[1].shape == (2, 16)


def test_shares_are_counted_by_label(two_classes, tiny):
  evaluation = Evaluation(
    two_classes,
    two_classes,
    str(tiny[0]),
    lambda labelled, cache_dir: classifier(labelled, cache_dir, **TINY),
    inception_score_count=40,
    fid_count=40,
  )
  dark, bright = (np.full([n, 8, 8, 1], level, np.uint8) for n, level in ((10, 50), (30, 170)))
  scores = evaluation.score(lambda count: [dark, bright])
  assert classifier_share(scores) == {'5': 0.25, '7': 0.75}
  assert {score.name for score in scores} >= {'classifier_fid_40_test', 'classifier_share_40/5'}
  assert str(evaluation).endswith('by classifier (100.0% right)')


def test_data_without_labels_are_refused(examples, tmp_path):
  unlabelled = examples(np.zeros([4, 8, 8, 1], np.uint8))
  with pytest.raises(InputError, match=r"split 'train' has 0; .*@inception"):
    classifier(lambda split: unlabelled, str(tmp_path), **TINY)


def test_points_are_refused(examples, tmp_path):
  points = examples(np.zeros([4, 2], np.float32), [0, 1, 0, 1])
  with pytest.raises(InputError, match='uint8 images'):
    classifier(lambda split: points, str(tmp_path), **TINY)
