"""Inception's plumbing, on a module of TF-GAN's interface whose outputs are known."""

import json
import time

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation.features import inception
from tfgan_landscape.evaluation.scores import Evaluation


class Tiny(tf.Module):
  """logits = (height, width, smallest, largest, mean) of the input; pool_3 = mean over positions times W."""

  def __init__(self, weight, outputs=('logits', 'pool_3')):
    super().__init__()
    self.weight, self.outputs = tf.Variable(weight, dtype=tf.float32), outputs

  @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.float32, name='images')])
  def __call__(self, images):
    count, size = tf.shape(images)[0], tf.cast(tf.shape(images)[1:3], tf.float32)
    statistics = [reduce(images, [1, 2, 3]) for reduce in (tf.reduce_min, tf.reduce_max, tf.reduce_mean)]
    logits = tf.concat([tf.tile(size[None], [count, 1]), tf.stack(statistics, 1)], axis=1)
    pool = tf.matmul(tf.reduce_mean(images, [1, 2]), self.weight)
    return dict(zip(self.outputs, (logits, pool[:, None, None, :])))


@pytest.fixture(scope='module')
def weight():
  return np.arange(12, dtype=np.float32).reshape(3, 4) / 10


@pytest.fixture(scope='module')
def path(weight, tmp_path_factory):
  folder = str(tmp_path_factory.mktemp('inception'))
  tf.saved_model.save(Tiny(weight), folder)
  return folder


def _load(path, **settings):
  return inception(None, '', path=path, **settings)


def _flat(*colours):
  return np.tile(np.array(colours, np.uint8)[:, None, None, :], [1, 4, 4, 1])


def test_images_arrive_as_299_pixels_from_minus_one_to_one(path, weight):
  logits, pool = _load(path).extract(_flat([0, 0, 0], [255, 255, 255], [0, 51, 255]))
  np.testing.assert_allclose(logits[:2], [[299, 299, -1, -1, -1], [299, 299, 1, 1, 1]], atol=1e-5)
  np.testing.assert_allclose(logits[2], [299, 299, -1, 1, -0.2], atol=1e-5)
  np.testing.assert_allclose(pool[2], np.array([-1, -0.6, 1]) @ weight, atol=1e-3)
  assert logits.dtype == pool.dtype == tf.float32


def test_the_resize_is_bilinear_with_half_pixel_centres(path, weight):
  # Two columns, black and white: the mean of a bilinear enlargement that keeps the centres is 0.
  images = np.zeros([1, 2, 2, 3], np.uint8)
  images[:, :, 1] = 255
  logits, pool = _load(path).extract(images)
  np.testing.assert_allclose(logits[0], [299, 299, -1, 1, 0], atol=1e-5)
  np.testing.assert_allclose(pool, 0, atol=1e-5)


def test_a_grey_image_counts_as_three_equal_channels(path):
  grey = np.random.default_rng(0).integers(256, size=(3, 8, 8, 1)).astype(np.uint8)
  features = _load(path)
  for output, expected in zip(features.extract(grey), features.extract(grey.repeat(3, axis=-1))):
    np.testing.assert_array_equal(output, expected)


def test_the_batch_size_does_not_matter(path):
  images = np.random.default_rng(0).integers(256, size=(7, 8, 8, 3)).astype(np.uint8)
  for output, expected in zip(_load(path, batch_size=3).extract(images), _load(path).extract(images)):
    assert output.shape == expected.shape == (7, expected.shape[1])
    np.testing.assert_allclose(output, expected, atol=1e-6)


def test_kept_logits_are_the_first_ones(path):
  features = _load(path, kept_logits=3)
  assert features.extract(_flat([0, 0, 0]))[0].shape == (1, 3)
  assert features.protocol['logits'] == 'first 3'
  assert _load(path).protocol['logits'] == 'first 1000'
  assert _load(path, kept_logits=None).protocol['logits'] == 'all'


def test_the_protocol_identifies_the_files(path, weight, tmp_path):
  tf.saved_model.save(Tiny(weight + 1), str(tmp_path))
  protocol, other = (_load(where).protocol for where in (path, str(tmp_path)))
  assert json.loads(json.dumps(protocol)) == protocol
  assert protocol['name'] == 'inception'
  assert len(protocol['files_sha256']) == 64
  assert protocol['files_sha256'] == _load(path).protocol['files_sha256'] != other['files_sha256']


def test_scores_by_a_local_path(path, tmp_path, examples):
  images = np.random.default_rng(0).integers(256, size=(12, 8, 8, 1)).astype(np.uint8)
  evaluation = Evaluation(
    lambda split: examples(images),
    None,
    str(tmp_path),
    lambda labelled, cache_dir: inception(labelled, cache_dir, path=path),
    inception_score_count=12,
    inception_score_splits=2,
    fid_count=12,
  )
  scores = {score.name: score.value for score in evaluation.score(lambda count: [images])}
  assert list(scores) == ['inception_score_12', 'fid_12_test', 'kid_12_test']
  assert scores['fid_12_test'] == pytest.approx(0, abs=1e-6)


def _check_message(path, cause):
  start = time.monotonic()
  with pytest.raises(InputError) as caught:
    _load(path)
  message = str(caught.value).partition('\n  In call to configurable')[0]
  assert time.monotonic() - start < 10
  assert '\n' not in message
  assert path in message
  assert cause in message
  assert '--gin_param=\'inception.path="DIR"\'' in message
  assert '@classifier' in message


def test_an_unreachable_module_is_refused_with_the_remedies():
  _check_message('http://127.0.0.1:9/inception/1', 'URLError')


def test_a_folder_that_is_not_there_or_no_module_is_refused(tmp_path):
  _check_message(str(tmp_path / 'nowhere'), 'does not exist')
  _check_message(str(tmp_path), 'saved_model.pb')


def test_a_damaged_module_is_refused(tmp_path, weight):
  tf.saved_model.save(Tiny(weight), str(tmp_path))
  (tmp_path / 'saved_model.pb').write_bytes(b'not a protocol buffer')
  _check_message(str(tmp_path), 'Error')


def test_a_module_with_other_outputs_is_refused(tmp_path, weight):
  tf.saved_model.save(Tiny(weight, outputs=('logits', 'pool_4')), str(tmp_path))
  _check_message(str(tmp_path), 'pool_3')


def test_a_module_that_cannot_be_called_is_refused(tmp_path):
  tf.saved_model.save(tf.Module(), str(tmp_path))
  _check_message(str(tmp_path), 'not callable')
