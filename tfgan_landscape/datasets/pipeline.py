"""Batches for training, each a function of its position only.

The order of an epoch depends on (seed, epoch) only, the noise and flips of batch k on (seed, k) only. So
resuming is starting with first_batch=k: there is no iterator to save.
"""

from typing import Annotated, Callable, Optional

import numpy as np
import tensorflow as tf

from tfgan_landscape.config.arguments import Count, NonNegative, Range, Whole, configurable
from tfgan_landscape.datasets.examples import describe, reading
from tfgan_landscape.errors import InputError

# The streams of random numbers that one seed gives.
ORDER, PREPARATION, FLIPS = 0, 1, 2
FOREVER = np.iinfo(np.int64).max


@configurable(denylist=['batch', 'seed'])
def scale_images(batch, seed, noise: NonNegative = 1 / 128, flip: bool = False):
  """Scales grey levels to [-1, 1] and adds the official RS-GAN code's noise: x / 127.5 - 1 + U(0, noise).

  The noise takes the middles of 256 equal parts of (0, noise), so that a value costs one random byte, and
  cutting (x + 1) 127.5 off to uint8 gives every grey level back exactly (noise at most 1/128).

  Args:
    batch: uint8 [n, size, size, channels], all dimensions known.
    seed: int64 [2]; equal seeds give equal noise and flips.
    noise: the upper end of the noise; 0 for none.
    flip: mirror every image left to right with probability 1/2.

  Returns:
    float32 of the same shape, in [-1, 1 + noise).

  Raises:
    InputError: the batch is not uint8.
  """
  if batch.dtype != tf.uint8:
    raise InputError(f'scale_images wants uint8 images, not {batch.dtype.name}: bind training_batches.prepare = @as_is')
  if flip:
    batch = _mirrored(batch, tf.random.experimental.stateless_fold_in(seed, FLIPS))
  scaled = tf.cast(batch, tf.float32) * (1 / 127.5)
  if not noise:
    return scaled - 1.0
  middles = tf.cast(_random_bytes(batch.shape, seed), tf.float32) * (noise / 256) + (noise / 512 - 1.0)
  return scaled + middles


def _mirrored(batch, seed):
  heads = tf.random.stateless_uniform([batch.shape[0], 1], seed) < 0.5
  columns = tf.range(batch.shape[2])
  return tf.gather(batch, tf.where(heads, columns[::-1], columns), axis=2, batch_dims=1)


def _random_bytes(shape, seed):
  count = shape.num_elements()
  words = tf.random.stateless_uniform([-(-count // 8)], seed, minval=None, maxval=None, dtype=tf.uint64)
  return tf.reshape(tf.reshape(tf.bitcast(words, tf.uint8), [-1])[:count], shape)


@configurable(denylist=['batch', 'seed'])
def as_is(batch, seed):
  """Points [n, d] as they are, in float32."""
  del seed
  return tf.cast(batch, tf.float32)


@configurable(denylist=['images', 'labels'])
def label_channel(images, labels, classes: Annotated[int, Range(2, at_most=100)] = 10):
  """Appends the label as one more channel, for networks of `networks/conditional.py`.

  Args:
    images: float32 [n, h, w, c].
    labels: int [n], 0 to classes - 1.
    classes: how many labels there are.

  Returns:
    float32 [n, h, w, c + 1]; the last channel is 2 label / (classes - 1) - 1 at every pixel.
  """
  values = 2.0 * tf.cast(labels, tf.float32) / (classes - 1) - 1.0
  return tf.concat([images, tf.zeros_like(images[..., :1]) + values[:, None, None, None]], -1)


@configurable(denylist=['examples', 'seed', 'first_batch'])
def training_batches(
  examples,
  batch_size: Count,
  seed,
  first_batch: Whole = 0,
  prepare: Callable = scale_images,
  shuffle_buffer: Count = 100_000,
  cache: bool = True,
  condition: Optional[Callable] = None,
):
  """An endless tf.data.Dataset of float32 [batch_size, ...], labels left out but for a `condition`.

  An epoch is a new order of all records, cut into count // batch_size batches; the rest is dropped, as in the
  official RS-GAN code (drop_last).

  Args:
    examples: Examples.
    batch_size: records in a batch.
    seed: int; equal seeds give equal batches, bit by bit.
    first_batch: position of the first batch: as `skip(first_batch)`, without making what is skipped.
    prepare: callable (batch, seed [2]) -> float32 batch, applied to whole batches: `scale_images`, `as_is`.
    shuffle_buffer: used when cache is False: the records that the shuffle holds. With fewer than there are it
      is a windowed shuffle: a record can only come up to that many places early.
    cache: keep the raw records in memory (count x bytes of one; CIFAR-10: 154 MB) and shuffle all of them.
      False reads the files anew every epoch, and first_batch has to read up to its place in the epoch again.
    condition: callable (prepared batch, labels [n]) -> batch, how the label enters an example: `label_channel`.

  Returns:
    tf.data.Dataset with static shapes.

  Raises:
    InputError: fewer records than a batch; a `condition` without labels; with cache, damaged or incomplete data.
  """
  batches_per_epoch = _batches_per_epoch(examples, batch_size)
  if condition and examples.classes < 2:
    labels = 'images of one class alone' if examples.classes else 'no labels'
    raise InputError(f'{describe(examples.source)} has {labels}; leave out training_batches.condition')
  parts = ('example', 'label') if condition else ('example',)
  if cache:
    epoch_batches, fetch = _cached(examples, batch_size, batches_per_epoch, parts)
  else:
    epoch_batches, fetch = _streamed(examples, batch_size, shuffle_buffer, parts)
  first_epoch, first_in_epoch = divmod(first_batch, batches_per_epoch)

  def epoch(index):
    skipped = tf.where(index == first_epoch, np.int64(first_in_epoch), np.int64(0))
    return epoch_batches(_seed(seed, ORDER, index), skipped)

  def prepared(position, batch):
    records, *labels = fetch(batch)
    prepared_records = prepare(records, _seed(seed, PREPARATION, position))
    return condition(prepared_records, *labels) if condition else prepared_records

  positions = tf.data.Dataset.range(first_batch, FOREVER)
  batches = tf.data.Dataset.range(first_epoch, FOREVER).flat_map(epoch)
  return _run(tf.data.Dataset.zip((positions, batches)), prepared)


def _batches_per_epoch(examples, batch_size):
  if examples.count < batch_size:
    raise InputError(
      f'{describe(examples.source)} has {examples.count} records, fewer than a batch of {batch_size}: '
      'bind a smaller batch_size'
    )
  return examples.count // batch_size


def _cached(examples, batch_size, batches_per_epoch, parts):
  """The epoch's batches as places in memory, (seed, skipped) -> int32 [batch_size], and how to fetch them."""
  with tf.device('CPU:0'):
    kept = [tf.constant(in_memory(examples, part)) for part in parts]

  def epoch_batches(seed, skipped):
    order = tf.random.experimental.stateless_shuffle(tf.range(examples.count), seed)
    places = tf.reshape(order[: batches_per_epoch * batch_size], [batches_per_epoch, batch_size])
    return tf.data.Dataset.from_tensor_slices(places[skipped:])

  return epoch_batches, lambda places: [tf.gather(values, places) for values in kept]


def _streamed(examples, batch_size, shuffle_buffer, parts):
  """The epoch's batches out of the files, (seed, skipped) -> [batch_size, ...]s, and nothing to fetch."""

  def epoch_batches(seed, skipped):
    # Inside a traced function this is the function's own seed: it keeps the program's out of the order. (Not
    # 0, which TensorFlow treats apart, and cannot while the other seed is a tensor.)
    tf.random.set_seed(1)
    records = examples.records.map(lambda record: tuple(record[part] for part in parts))
    shuffled = records.shuffle(shuffle_buffer, tf.reduce_sum(seed), reshuffle_each_iteration=False)
    return shuffled.batch(batch_size, drop_remainder=True).skip(skipped)

  return epoch_batches, lambda batch: batch


def in_memory(examples, part='example'):
  """The examples, or their labels, as one array [count, ...], in their order.

  Raises:
    InputError: damaged or incomplete data.
  """
  spec = examples.records.element_spec[part]
  records = np.empty([examples.count, *spec.shape], spec.dtype.as_numpy_dtype)
  filled = 0
  with reading(examples.source):
    for batch in examples.records.map(lambda record: record[part]).batch(256).prefetch(1):
      records[filled : filled + len(batch)] = batch.numpy()
      filled += len(batch)
  return records


def _seed(seed, stream, index):
  """The seed [2] of one epoch or batch."""
  return tf.random.experimental.stateless_fold_in(tf.constant([seed, stream], tf.int64), index)


def _run(numbered_batches, prepared):
  """Prepares the batches in parallel and in order, ahead of the consumer."""
  # Autograph would wrap the InputError of a `prepare` in an error of its own.
  prepared = tf.autograph.experimental.do_not_convert(prepared)
  batches = numbered_batches.map(prepared, num_parallel_calls=tf.data.AUTOTUNE)
  options = tf.data.Options()
  options.deterministic = True
  return batches.prefetch(tf.data.AUTOTUNE).with_options(options)
