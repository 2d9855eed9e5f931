"""Losses of points that need no critic: rivals of Table 3 of the RS-GAN paper, for whole runs of small generators.

Each is called with `(real [n, d], fake [n, d], seed [2])` and returns values [n] that the generator makes small; the
mean is taken later. In place of a loss of logits, in `two_cluster.losses` or `mode_coverage.losses`, it leaves the
critic untrained.
"""

import tensorflow as tf

from tfgan_landscape.config.arguments import Count, NonNegative, Positive, configurable


def needs_no_critic(loss):
  """Whether a loss, or what a study binds as one, is of points and not of logits."""
  return getattr(loss, 'of_points', False)


def _of_points(function):
  """Marks a loss of points, and makes it a gin configurable."""
  function.of_points = True
  return configurable(function, denylist=['real', 'fake', 'seed'])


@_of_points
def sliced_wasserstein(real, fake, seed, directions: Count = 32):
  """Sliced Wasserstein-2 distance, squared (Deshpande et al. 2018): the mean over random directions, new at each step.

  Along a direction v the best assignment is that of the sorted projections; on a line one direction is all there is.
  """
  return tf.reduce_mean(_sorted_squares(real, fake, seed, directions), 1)


@_of_points
def max_sliced_wasserstein(real, fake, seed, directions: Count = 32):
  """Max-sliced Wasserstein-2 distance, squared (Deshpande et al. 2019): along the worst of random directions."""
  squares = _sorted_squares(real, fake, seed, directions)
  return tf.gather(squares, tf.argmax(tf.reduce_mean(squares, 0)), axis=1)


def _sorted_squares(real, fake, seed, directions):
  """Squared distances of sorted projections, [n, directions]."""
  ways = tf.random.stateless_normal([real.shape[1], directions], seed)
  ways /= tf.norm(ways, axis=0)
  along = (tf.sort(points @ ways, axis=0) for points in (real, fake))
  return tf.square(tf.subtract(*along))


@_of_points
def coulomb(real, fake, seed, epsilon: Positive = 1.0, dimension: NonNegative = 3.0):
  """Coulomb-GAN's energy as a plain minimisation (Unterthiner et al. 2018; RS-GAN paper, Table 3).

  sum k(x, x') + sum k(y, y') - 2 sum k(x, y), over n^2 each, with k(a, b) = (|a - b|^2 + epsilon^2)^(-dimension / 2);
  generated points repel each other and are drawn to real ones. Its critic, which learns this potential, is left out.
  """
  del seed

  def kernel(a, b):
    squares = tf.reduce_sum(tf.square(a[:, None] - b[None]), 2)
    return tf.reduce_mean((squares + epsilon**2) ** (-dimension / 2), 1)

  return kernel(real, real) + kernel(fake, fake) - 2 * kernel(fake, real)


@_of_points
def imle(real, fake, seed):
  """Implicit maximum likelihood (Li and Malik 2018): each real point's squared distance to the nearest generated."""
  del seed
  return tf.reduce_min(_squares(real, fake), 1)


@_of_points
def imle_as_in_table_3(real, fake, seed):
  """IMLE as Eq. 9 and Table 3 of the RS-GAN paper print it: of each generated point to the nearest real one.

  It is the other way round than IMLE's own, and all points on one real one are a global minimum, 0.
  """
  del seed
  return tf.reduce_min(_squares(real, fake), 0)


def _squares(real, fake):
  """Squared distances [n real, n fake]."""
  return tf.reduce_sum(tf.square(real[:, None] - fake[None]), 2)
