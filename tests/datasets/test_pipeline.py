"""Training batches are a function of their position: order, noise, flips, resuming, replicas."""

import functools

import gin
import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.datasets import pipeline
from tfgan_landscape.datasets.examples import Examples
from tfgan_landscape.datasets.pipeline import as_is, scale_images, training_batches
from tfgan_landscape.datasets.points import gaussians
from tfgan_landscape.errors import InputError

SEED = tf.constant([3, 4], tf.int64)


def _examples(count=23, size=4):
  """Image i has the level i everywhere but in its first pixel, 255 - i."""
  images = np.tile(np.arange(count, dtype=np.uint8)[:, None, None, None], [1, size, size, 1])
  images[:, 0, 0] = 255 - images[:, 0, 0]
  records = tf.data.Dataset.from_tensor_slices({'example': images, 'label': np.zeros(count, np.int64)})
  return Examples(records, count, 0, {'loader': 'test', 'split': 'train'})


def _take(count, **settings):
  settings = {'examples': _examples(), 'batch_size': 5, 'seed': 7} | settings
  return np.stack(list(training_batches(**settings).take(count).as_numpy_iterator()))


def _levels(batches):
  """The numbers of the images in batches [k, n, size, size, 1]."""
  return np.floor((batches[..., -1, -1, 0] + 1) * 127.5).astype(int)


BOTH = pytest.mark.parametrize('cache', [True, False])


@BOTH
def test_every_record_comes_at_most_once_an_epoch(cache):
  levels = _levels(_take(4 * 3, cache=cache)).reshape(3, 20)  # 23 // 5 = 4 batches an epoch
  for epoch in levels:
    assert len(set(epoch)) == 20
    assert set(epoch) <= set(range(23))
  assert len({tuple(epoch) for epoch in levels}) == 3


@BOTH
def test_every_record_comes_exactly_once_where_the_batches_fit(cache):
  levels = _levels(_take(8, examples=_examples(20), cache=cache)).reshape(2, 20)
  np.testing.assert_array_equal(np.sort(levels, axis=1), [np.arange(20)] * 2)


@BOTH
@pytest.mark.parametrize('first', [1, 3, 4, 5, 8, 11])
def test_starting_at_a_batch_is_going_on_from_there(cache, first):
  prepare = functools.partial(scale_images, flip=True)
  whole = _take(13, cache=cache, prepare=prepare)
  np.testing.assert_array_equal(_take(13 - first, cache=cache, prepare=prepare, first_batch=first), whole[first:])


@BOTH
def test_batches_do_not_depend_on_the_global_seed(cache):
  runs = []
  for seed in (1, 2):
    tf.random.set_seed(seed)
    runs.append(_take(6, cache=cache))
  np.testing.assert_array_equal(*runs)


@BOTH
def test_another_seed_is_another_order_and_noise(cache):
  one, other = (_take(4, cache=cache, seed=seed) for seed in (7, 8))
  assert (_levels(one) != _levels(other)).mean() > 0.5
  noise = [batches[0] - (_levels(batches)[0][:, None, None, None] / 127.5 - 1) for batches in (one, other)]
  assert not np.isclose(noise[0][:, 1:], noise[1][:, 1:], rtol=0, atol=1e-7).all()


def test_a_small_buffer_shuffles_in_a_window():
  levels = _levels(_take(4, examples=_examples(20), cache=False, shuffle_buffer=3)).ravel()
  assert sorted(levels) == list(range(20))
  # The record at place k is among the first k + 3 that were read.
  assert (levels <= np.arange(20) + 2).all()
  assert (levels != np.arange(20)).any()


@BOTH
def test_shapes_are_static_and_labels_are_gone(cache):
  spec = training_batches(_examples(), 5, seed=0, cache=cache).element_spec
  assert (spec.shape, spec.dtype) == ((5, 4, 4, 1), tf.float32)


def test_the_order_is_spread_evenly():
  # The mean place of each record over 200 epochs is 9.5, with a standard error of 5.8 / sqrt(200) = 0.41.
  levels = _levels(_take(800, examples=_examples(20, size=2))).reshape(200, 20)
  places = np.argsort(levels, axis=1).mean(axis=0)
  assert np.abs(places - 9.5).max() < 5 * 0.41


def test_scaled_images_by_hand():
  batch = tf.constant([[[[0], [51]], [[255], [102]]]], tf.uint8)
  np.testing.assert_allclose(scale_images(batch, SEED, noise=0)[0, ..., 0], [[-1, -0.6], [1, -0.2]], atol=1e-6)


def test_noise_is_uniform_between_0_and_its_upper_end():
  batch = tf.fill([64, 32, 32, 3], tf.constant(51, tf.uint8))
  noise = (scale_images(batch, SEED).numpy() + 0.6) * 128
  assert noise.min() > 0
  assert noise.max() < 1
  assert abs(noise.mean() - 0.5) < 0.003  # 4.5 standard errors: 0.289 / sqrt(196,608) = 0.00065
  assert abs(noise.var() - 1 / 12) < 0.001
  assert abs(np.corrcoef(noise[..., 0].ravel(), noise[..., 1].ravel())[0, 1]) < 0.02


def test_truncation_gives_every_grey_level_back():
  levels = np.arange(256, dtype=np.uint8)
  batch = tf.constant(np.tile(levels, 400).reshape(100, 32, 32, 1))
  noisy = scale_images(batch, SEED).numpy()
  np.testing.assert_array_equal(((noisy + 1) * np.float32(127.5)).astype(np.uint8), batch)


def test_half_of_the_images_are_mirrored_and_whole():
  images = tf.constant(np.random.RandomState(0).randint(0, 256, [400, 4, 6, 3]).astype(np.uint8))
  plain = scale_images(images, SEED, noise=0).numpy()
  flipped = scale_images(images, SEED, noise=0, flip=True).numpy()
  same = (flipped == plain).all((1, 2, 3))
  mirrored = (flipped == plain[:, :, ::-1]).all((1, 2, 3))
  assert (same | mirrored).all()
  assert 150 < mirrored.sum() < 250  # 5 standard deviations of 10


def test_noise_differs_between_batches():
  batches = _take(2, examples=_examples(5), batch_size=5)
  noise = (batches + 1) * 127.5 % 1
  assert not np.isclose(noise[0], noise[1], atol=1e-3).all()
  assert np.abs(noise[0] - noise[1]).mean() > 0.2  # 1/3 for independent noise


def test_points_pass_as_they_are():
  examples = gaussians('train', per_mode=4)
  batches = training_batches(examples, 20, seed=0, prepare=as_is)
  points = np.stack([record['example'] for record in examples.records.as_numpy_iterator()])
  batch = next(batches.as_numpy_iterator())
  np.testing.assert_array_equal(np.sort(batch, axis=0), np.sort(points, axis=0))


def test_points_are_not_taken_for_images():
  with pytest.raises(InputError, match='@as_is'):
    training_batches(gaussians('train', per_mode=4), 20, seed=0)


def test_prepare_comes_from_gin():
  gin.parse_config('training_batches.prepare = @as_is\ntraining_batches.cache = False')
  assert next(training_batches(_examples(), 5, seed=0).as_numpy_iterator()).max() > 200


@pytest.mark.parametrize('settings', [{'batch_size': 24}, {'batch_size': 0}, {'first_batch': -1}])
def test_impossible_batches_are_refused(settings):
  with pytest.raises(InputError):
    _take(1, **settings)


def test_data_that_end_early_are_refused():
  examples = _examples()
  short = examples.records.take(20).apply(tf.data.experimental.assert_cardinality(23))
  with pytest.raises(InputError, match='test, split train cannot be read.*23.*20'):
    training_batches(examples._replace(records=short), 5, seed=0)


def test_two_replicas_share_the_batch_of_one(two_replicas):
  batches = training_batches(_examples(), 10, seed=7)
  shared_out = iter(two_replicas.experimental_distribute_dataset(batches))
  for expected in batches.take(5).as_numpy_iterator():
    parts = two_replicas.experimental_local_results(next(shared_out))
    np.testing.assert_array_equal(np.concatenate([part.numpy() for part in parts]), expected)


def test_records_in_memory_keep_their_order():
  np.testing.assert_array_equal(pipeline.in_memory(_examples())[:, -1, -1, 0], np.arange(23))


@BOTH
def test_a_condition_gets_the_labels_of_its_images(cache):
  """Image i has the level i and the label i: they stay together through order, epochs and a later start."""
  images = np.tile(np.arange(20, dtype=np.uint8)[:, None, None, None], [1, 2, 2, 1])
  records = tf.data.Dataset.from_tensor_slices({'example': images, 'label': np.arange(20, dtype=np.int64)})
  labelled = Examples(records, 20, 20, {'loader': 'test', 'split': 'train'})
  condition = functools.partial(pipeline.label_channel, classes=20)
  batches = _take(9, examples=labelled, cache=cache, condition=condition)
  assert batches.shape == (9, 5, 2, 2, 2)
  labels = np.round((batches[..., 1] + 1) * 19 / 2)
  np.testing.assert_array_equal(labels[..., 0, 0], _levels(batches))
  np.testing.assert_array_equal(batches[..., :1], _take(9, examples=labelled, cache=cache))
  later = _take(3, examples=labelled, cache=cache, condition=condition, first_batch=6)
  np.testing.assert_array_equal(later, batches[6:])


def test_a_condition_without_labels_is_refused():
  with pytest.raises(InputError, match='has no labels; leave out training_batches.condition'):
    training_batches(_examples(), 5, 0, condition=pipeline.label_channel)
