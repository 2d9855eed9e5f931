"""Slopes of a critic: where a penalty takes them, and how it has their squares.

A place is a function from `penalties.Batch` to points [n, ...], or to (points, labels [n]) where the batch has labels.
Squares are a function of (critic, points, random), and labels where there are some, to ||grad f||^2 [n].
"""

import tensorflow as tf

from tfgan_landscape.config.arguments import Count, Positive, configurable
from tfgan_landscape.errors import InputError


@configurable(denylist=['batch'])
def between_pairs(batch):
  """One point a pair on the straight line from real to fake, a x + (1 - a) y with a ~ U(0, 1) (WGAN-GP, 0-GP).

  Its label is that of the nearer end.
  """
  real, fake = batch.real, batch.fake
  mix = batch.random.uniform([tf.shape(real)[0]] + [1] * (real.shape.rank - 1))
  points = mix * real + (1.0 - mix) * fake
  if batch.real_labels is None:
    return points
  return points, tf.where(tf.reshape(mix, [-1]) >= 0.5, batch.real_labels, batch.fake_labels)


@configurable(denylist=['batch'])
def at_real(batch):
  """The real examples."""
  return _labelled(batch.real, batch.real_labels)


@configurable(denylist=['batch'])
def at_fake(batch):
  """The generated examples."""
  return _labelled(batch.fake, batch.fake_labels)


@configurable(denylist=['batch'])
def around_real(batch, spread: Positive = 0.5):
  """The real examples with noise N(0, spread^2 I), as DRAGAN has them (Kodali et al. 2017)."""
  return _labelled(batch.real + spread * batch.random.normal(shape_of(batch.real)), batch.real_labels)


def _labelled(points, labels):
  return points if labels is None else (points, labels)


@configurable(denylist=['critic', 'points', 'random', 'labels'])
def exact_squares(critic, points, random, labels=None):
  """Returns ||grad f||^2 [n] at points [n, ...], of labels [n] where the critic takes some."""
  del random
  return squared_norms(gradients(critic, points, labels))


@configurable(denylist=['critic', 'points', 'random', 'labels'])
def difference_squares(critic, points, random, labels=None, width: Positive = 1e-2, one_in: Count = 1):
  """Returns an estimate of ||grad f||^2 [n] at points [n, ...] without a second derivative: one pass over 2n examples.

  ((f(x + width v) - f(x - width v)) / (2 width))^2 with v ~ N(0, I). Its mean over v is ||grad f||^2 up to O(width^2),
  and exact where f is linear; its variance there is 2 ||grad f||^4 (v's part along the gradient is N(0, 1)).

  Args:
    critic: maps [n, ...] to logits [n].
    points: [n, ...].
    random: source of `normal(shape)`.
    labels: [n] where the critic takes some.
    width: of the difference; small for a small bias, large against rounding.
    one_in: only one in so many points is looked at, and counts for all of them: fewer passes, a larger variance.
  """
  count = points.shape[0]
  points = points[::one_in]
  shift = width * random.normal(shape_of(points))
  both_labels = () if labels is None else (tf.tile(labels[::one_in], [2]),)
  above, below = tf.split(tf.reshape(critic(tf.concat([points + shift, points - shift], 0), *both_labels), [-1]), 2)
  squares = tf.square((above - below) / (2.0 * width))
  if one_in == 1:
    return squares
  places = one_in * tf.range(points.shape[0])[:, None]
  return tf.scatter_nd(places, squares * (count / points.shape[0]), [count])


def placed(place, batch):
  """Returns (points [n, ...], the arguments that follow them in a call of the critic: none, or labels [n])."""
  found = place(batch)
  points, *labels = found if isinstance(found, tuple) else (found,)
  if bool(labels) != (batch.real_labels is not None):
    raise InputError(
      f'{getattr(place, "__name__", place)} returns points {"with" if labels else "without"} labels, and the batch has'
      f' {"none" if labels else "some"}; return (points, labels) where batch.real_labels is not None'
    )
  return points, labels


def slope(critic, points, labels=None):
  """Returns the critic's slope ||grad f|| [n] at points [n, ...]; where it is 0, its own gradient is 0."""
  squares = squared_norms(gradients(critic, points, labels))
  positive = squares > 0.0
  return tf.where(positive, tf.sqrt(tf.where(positive, squares, 1.0)), 0.0)


def gradients(critic, points, labels=None):
  """Returns grad f [n, ...] at points [n, ...]."""
  with tf.GradientTape(watch_accessed_variables=False) as tape:
    tape.watch(points)
    logits = critic(points) if labels is None else critic(points, labels)
  return tape.gradient(logits, points)


def squared_norms(gradients):
  """Returns ||g||^2 [n] of [n, ...], over all axes of an example."""
  return tf.reduce_sum(tf.square(gradients), axis=tf.range(1, tf.rank(gradients)))


def shape_of(points):
  """Returns the shape of a batch whose number of examples may be known in the graph alone."""
  return [tf.shape(points)[0], *points.shape[1:]]


def weight_at(weight, batch):
  """Returns the weight, a number or a function of `batch.progress`, as the batch has it."""
  return weight(batch.progress) if callable(weight) else weight
