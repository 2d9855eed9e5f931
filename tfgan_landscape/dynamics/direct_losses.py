"""Losses of points that need no critic: rivals of Table 3 of the RS-GAN paper, for whole runs of small generators.

Each is called with `(real [n, d], fake [n, d], seed [2])` and returns values [n] that the generator makes small; the
mean is taken later. In place of a loss of logits, in `two_cluster.losses` or `mode_coverage.losses`, it leaves the
critic untrained.
"""

from collections.abc import Sequence
from typing import Optional

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
def exact_critic(real, fake, seed, smoothing: Positive = 0.05, steps: Count = 100):
  """The exact 1-Lipschitz critic of the batch as the teacher: each y is led to its partners in an optimal transport.

  An optimal critic of the Wasserstein objective falls with slope 1 from a generated point to its partner (LGAN paper,
  Theorem 3 and Section 4.3), so that the generator's loss is the Wasserstein-1 distance of the batches. On a line
  partners are those of the sorted points; elsewhere shares of partners, by Sinkhorn's algorithm.

  Args:
    real, fake, seed: as above.
    smoothing: of the transport's entropy, in units of distance; the smaller, the more steps it takes.
    steps: of Sinkhorn's algorithm.
  """
  del seed
  if real.shape[1] == 1:
    return tf.abs(tf.sort(real[:, 0]) - tf.sort(fake[:, 0]))
  distances = _distances(fake[:, None] - real[None])
  partners = tf.stop_gradient(_transport(-distances / smoothing, steps))
  return tf.reduce_sum(partners * distances, 1)


def _transport(scores, steps):
  """Shares [n, m] of partners, rows of sum 1 and columns of about one sum, from -distances / smoothing."""

  def balanced(scores):
    scores -= tf.reduce_logsumexp(scores, 0, keepdims=True)
    return (scores - tf.reduce_logsumexp(scores, 1, keepdims=True),)

  (scores,) = tf.while_loop(lambda _: True, balanced, (scores,), maximum_iterations=steps)
  return tf.exp(scores)


@_of_points
def coulomb(real, fake, seed, epsilon: Positive = 1.0, dimension: NonNegative = 3.0):
  """Coulomb-GAN's energy as a plain minimisation (Unterthiner et al. 2018; RS-GAN paper, Table 3).

  sum k(x, x') + sum k(y, y') - 2 sum k(x, y), over n^2 each, with k(a, b) = (|a - b|^2 + epsilon^2)^(-dimension / 2);
  generated points repel each other and are drawn to real ones. Its critic, which learns this potential, is left out.
  """
  del seed

  return _energy(real, fake, lambda squares: (squares + epsilon**2) ** (-dimension / 2))


@_of_points
def mmd_gaussian(real, fake, seed, bandwidths: Sequence[Positive] = (0.5, 1.0, 2.0)):
  """Squared maximum mean discrepancy (Gretton et al. 2012; GMMN, Li et al. 2015), a mean of Gaussian kernels.

  k(a, b) = exp(-|a - b|^2 / (2 s^2)), averaged over bandwidths s; pairs of a point with itself are counted.
  """
  del seed
  return _energy(real, fake, lambda squares: _mean_over([tf.exp(-squares / (2 * s**2)) for s in bandwidths]))


@_of_points
def mmd_rational_quadratic(real, fake, seed, alphas: Sequence[Positive] = (0.2, 0.5, 1.0, 2.0, 5.0)):
  """As `mmd_gaussian`, with k(a, b) = (1 + |a - b|^2 / (2 alpha))^-alpha (Binkowski et al. 2018)."""
  del seed
  return _energy(real, fake, lambda squares: _mean_over([(1 + squares / (2 * a)) ** -a for a in alphas]))


@_of_points
def drifting(
  real, fake, seed, temperature: Positive = 1.0, final_temperature: Optional[Positive] = None, steps: Count = 1
):
  """Drifting (arXiv 2602.04770): |y - stop(y + V(y))|^2, V the mean way to real points less that to generated ones.

  V(y) = sum k(y, x) (x - y) / sum k(y, x) - the same over generated points, k(a, b) = exp(-|a - b| / temperature).

  Args:
    real, fake, seed: as above.
    temperature: of the kernel.
    final_temperature: where it is annealed, what it falls to geometrically; None for a constant one.
    steps: of a run, critic's and generator's, after which it has fallen.
  """
  if final_temperature is not None:
    progress = tf.minimum(tf.cast(seed[1], tf.float32) / steps, 1.0)
    temperature *= (final_temperature / temperature) ** progress
  drift = _attraction(fake, real, temperature) - _attraction(fake, fake, temperature)
  return tf.reduce_sum(tf.square(fake - tf.stop_gradient(fake + drift)), 1)


def _attraction(points, others, temperature):
  """The mean way from each point to the others, weighted by the kernel, [n, d]."""
  ways = others[None] - points[:, None]
  return tf.reduce_sum(tf.nn.softmax(-_distances(ways) / temperature, 1)[..., None] * ways, 1)


def _distances(ways):
  """Lengths [n, m] of ways [n, m, d], whose gradient is 0 and not NaN where a way is 0."""
  squares = tf.reduce_sum(tf.square(ways), 2)
  return tf.where(squares > 0, tf.sqrt(tf.where(squares > 0, squares, 1.0)), 0.0)


def _energy(real, fake, kernel):
  """Values [n] whose mean is E k(x, x') + E k(y, y') - 2 E k(x, y), of a kernel of squared distances."""

  def mean(a, b):
    return tf.reduce_mean(kernel(tf.reduce_sum(tf.square(a[:, None] - b[None]), 2)), 1)

  return mean(real, real) + mean(fake, fake) - 2 * mean(fake, real)


def _mean_over(values):
  return sum(values) / len(values)


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
