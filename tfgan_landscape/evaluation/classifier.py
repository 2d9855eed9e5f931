"""Features without a download: a small convolutional network trained on the labelled data that is scored.

Not from a paper. Its scores follow the formulas of the Inception ones and compare with scores of the same
classifier only, which is why every name starts with `classifier_` and every protocol holds the classifier's
accuracy. It also counts the classes among the generator's images, as RS-GAN's Figure 12 does for fives and
sevens.

The network: a 4x4 convolution with `width` channels, a 3x3 one with 2 width and a 3x3 one with 4 width, all
with stride 2; a dense layer with 4 width outputs, the `pool`; batch norm and ReLU after each; a dense layer
gives the logits. Adam, the learning rate warmed up over a quarter of the updates, then let down to 0 by a
half-cosine; every batch is moved by a few pixels.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_landscape.config.arguments import Count, Positive, Seed, Size, Whole, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import features
from tfgan_landscape.io import cache

# Part of the key of a trained classifier: to be raised when the network or its training changes.
_VERSION = 1


class _Settings(NamedTuple):
  epochs: int
  minimum_updates: int
  batch_size: int
  width: int
  image_size: int
  learning_rate: float
  shift: int
  flip: bool
  seed: int


@configurable(denylist=['labelled', 'cache_dir'])
def classifier(
  labelled,
  cache_dir,
  train_split: str = 'train',
  test_split: str = 'test',
  epochs: Count = 4,
  minimum_updates: Whole = 400,
  batch_size: Count = 128,
  width: Size = 32,
  image_size: Size = 32,
  learning_rate: Positive = 3e-3,
  shift: Whole = 1,
  flip: bool = False,
  seed: Seed = 0,
):
  """Trains a small classifier once, keeps it in `cache_dir`, and gives its logits and penultimate layer.

  Training is a function of the data and the settings: it neither draws nor seeds a global random number.

  Args:
    labelled: callable, split -> Examples with labels.
    cache_dir: folder for the trained weights.
    train_split: split that it learns from.
    test_split: split that its accuracy is measured on.
    epochs: passes over the training images.
    minimum_updates: updates at least; a small set gets more epochs.
    batch_size: images an update, and images a pass when extracting.
    width: channels of the first layer; `pool` has 4 times as many.
    image_size: larger images are first shrunk to this many pixels (bilinear, antialiased, rounded to uint8).
    learning_rate: Adam's largest learning rate.
    shift: pixels that a training batch is moved by at most, in each direction.
    flip: whether training images are mirrored left to right at random.
    seed: of the initial weights, the order, the shifts and the flips.

  Returns:
    Features: logits [n, labels], pool [n, 4 width]. The protocol has `labels` (of the logits, in order),
    `test_accuracy`, the settings and the SHA-256 of the weights.

  Raises:
    InputError: the data are not images or have fewer than two labels, or `cache_dir` cannot be written.
  """
  settings = _Settings(epochs, minimum_updates, batch_size, width, image_size, learning_rate, shift, flip, seed)
  train, test = labelled(train_split), labelled(test_split)
  for examples, split in ((train, train_split), (test, test_split)):
    _check(examples, split)
  identity = {
    'version': _VERSION,
    'train': train.source,
    'test': test.source,
    'settings': settings._asdict(),
  }
  trained = cache.cached(cache_dir, 'classifier', identity, lambda: _train(train, test, settings))
  return _features(trained, identity, settings)


def _check(examples, split):
  features.check_images(examples, split)
  if examples.classes < 2:
    raise InputError(
      f"a classifier needs two or more labels, and split '{split}' has {examples.classes}; bind data with "
      'labels (train_gan.labelled_dataset, classifier.train_split), or Evaluation.features=@efficientnet_lite0 or'
      ' @inception'
    )


def _features(trained, identity, settings):
  """Rebuilds the network from the arrays that `_train` returned."""
  labels = trained['labels'].tolist()
  weights = [trained[f'weight_{i}'] for i in range(sum(key.startswith('weight_') for key in trained))]
  network = _network(trained['shape'].tolist(), len(labels), settings)
  network.set_weights(weights)
  run = _inference(network, settings)
  protocol = {
    'name': 'classifier',
    **identity,
    'labels': labels,
    'test_accuracy': float(trained['test_accuracy']),
    'weights_sha256': cache.sha256(*weights),
    'resize': f'bilinear {settings.image_size} with antialiasing where larger',
    'dtype': 'float32',
  }
  return features.Features(lambda images: features.in_batches(run, images, settings.batch_size), protocol)


def _train(train, test, settings):
  """Returns the arrays that are kept: `labels`, `test_accuracy`, `shape`, and `weight_0` to the last."""
  images, numbers = _arrays(train, settings)
  labels, targets = np.unique(numbers, return_inverse=True)
  batch_size = min(settings.batch_size, len(images))
  updates = max(settings.epochs * len(images) // batch_size, settings.minimum_updates)
  print(f'training the classifier on {len(images):,} images, {updates:,} updates', flush=True)
  network = _network(images.shape[1:], len(labels), settings)
  _fit(network, images, targets, _order(len(images), batch_size, updates, settings.seed), settings)
  weights = {f'weight_{i}': weight for i, weight in enumerate(network.get_weights())}
  accuracy = _accuracy(_inference(network, settings), labels, test, settings)
  print(f'the classifier has {accuracy:.2%} of {test.count:,} test images right', flush=True)
  return {'labels': labels, 'test_accuracy': np.array(accuracy), 'shape': images.shape[1:], **weights}


def _arrays(examples, settings):
  """Reads all examples: uint8 images [n, height, width, channels], shrunk to `image_size`, and labels [n]."""
  batches = [
    (_shrunk(batch['example'], settings.image_size).numpy(), batch['label'].numpy())
    for batch in examples.records.batch(256)
  ]
  images, labels = (np.concatenate(column) for column in zip(*batches))
  return images, labels


def _shrunk(images, image_size):
  if max(images.shape[1:3]) <= image_size:
    return images
  resized = tf.image.resize(images, [image_size, image_size], antialias=True)
  return tf.cast(tf.round(tf.clip_by_value(resized, 0, 255)), tf.uint8)


def _scaled(images):
  return tf.cast(images, tf.float32) / 127.5 - 1


def _network(shape, classes, settings):
  """Images [n, *shape] in [-1, 1] -> (logits [n, classes], pool [n, 4 width]), always in float32."""
  layers = tf.keras.layers
  # Seeded one by one, because Keras seeds what has no seed from Python's global generator.
  seeds = iter(np.random.default_rng(settings.seed).integers(2**31, size=5).tolist())

  def layer(kind, width, *window, **options):
    initial = tf.keras.initializers.HeNormal(next(seeds))
    return kind(width, *window, kernel_initializer=initial, dtype='float32', **options)

  def normalised(hidden):
    return tf.nn.relu(layers.BatchNormalization(momentum=0.9, dtype='float32')(hidden))

  images = hidden = tf.keras.Input(shape, dtype='float32')
  for multiple, window in ((1, 4), (2, 3), (4, 3)):
    conv = layer(layers.Conv2D, multiple * settings.width, window, strides=2, padding='same', use_bias=False)
    hidden = normalised(conv(hidden))
  hidden = layers.Flatten(dtype='float32')(hidden)
  pool = normalised(layer(layers.Dense, 4 * settings.width, use_bias=False)(hidden))
  return tf.keras.Model(images, [layer(layers.Dense, classes)(pool), pool])


def _order(count, batch_size, updates, seed):
  """Returns the images of each update, [updates, batch_size]: one shuffled epoch after the other."""
  random = np.random.default_rng(seed)
  epochs = -(-updates * batch_size // count)
  shuffled = np.concatenate([random.permutation(count) for _ in range(epochs)])
  return shuffled[: updates * batch_size].reshape(updates, batch_size).astype(np.int32)


def _fit(network, images, targets, order, settings):
  """Trains `network` on the images that `order` [updates, batch_size] names."""
  images, targets, order = tf.constant(images), tf.constant(targets), tf.constant(order)
  updates = order.shape[0]
  warm_up = max(updates // 4, 1)
  schedule = tf.keras.optimizers.schedules.CosineDecay(
    0.0, updates - warm_up, warmup_target=settings.learning_rate, warmup_steps=warm_up
  )
  optimizer = tf.keras.optimizers.Adam(schedule, epsilon=1e-4)
  weights = network.trainable_variables

  @tf.function
  def fit(first, last):
    for update in tf.range(first, last):
      batch = _augmented(tf.gather(images, order[update]), tf.stack([settings.seed, update]), settings)
      with tf.GradientTape() as tape:
        logits, _ = network(_scaled(batch), training=True)
        wrong = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.gather(targets, order[update]), logits)
        loss = tf.reduce_mean(wrong)
      optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))

  # A few seconds a call: Python reacts to Ctrl-C between calls only.
  for first in range(0, updates, 100):
    fit(tf.constant(first), tf.constant(min(first + 100, updates)))


def _augmented(images, seed, settings):
  """Moves the whole batch by one random offset (the edge is mirrored) and mirrors each image or not."""
  if settings.flip:
    mirrored = tf.random.stateless_uniform([images.shape[0], 1, 1, 1], seed) < 0.5
    images = tf.where(mirrored, images[:, :, ::-1], images)
  margin = [settings.shift] * 2
  padded = tf.pad(images, [[0, 0], margin, margin, [0, 0]], 'REFLECT')
  offset = tf.random.stateless_uniform([2], seed, 0, 2 * settings.shift + 1, tf.int32)
  return tf.slice(padded, [0, offset[0], offset[1], 0], images.shape)


def _inference(network, settings):
  channels = network.input_shape[-1]

  @tf.function(input_signature=[tf.TensorSpec([None, None, None, channels], tf.uint8)])
  def run(images):
    return tuple(network(_scaled(images), training=False))

  return lambda images: run(_shrunk(tf.convert_to_tensor(images), settings.image_size))


def _accuracy(run, labels, test, settings):
  images, numbers = _arrays(test, settings)
  logits, _ = features.in_batches(run, images, settings.batch_size)
  return float(np.mean(labels[np.argmax(logits, axis=1)] == numbers))
