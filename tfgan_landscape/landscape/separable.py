"""The separable loss, exactly: values from the counts of points alone (RS-GAN paper, Theorem 1 and Claim C.1)."""

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import points
from tfgan_landscape.landscape.objectives import check_loss


def total(counts, loss):
  """2n times the separable loss of Counts: sum xi(k, m) over distinct x, and sup h2 for each y outside."""
  return _sum(counts.k, counts.m, loss) + (counts.outside * float(loss.xi(0, 1)) if counts.outside else 0.0)


def _sum(k, m, loss):
  """sum xi(k, m), xi computed once for each distinct pair."""
  pairs, often = np.unique(k.astype(np.int64) * (m.max() + 1) + m, return_counts=True)
  return float((loss.xi(*np.divmod(pairs, m.max() + 1)) * often).sum())


def separable_value(real, generated, loss):
  """sup over f of (1/2n) sum_i h1(f(x_i)) + h2(-f(y_i)), exactly (RS-GAN paper, Eq. 5 and 18; Appendix C).

  A distinct real value that occurs k times with m generated points on it contributes xi(k, m), a generated point
  elsewhere sup h2: f is free at every distinct point. Concavity is not needed. O(n log n).

  Args:
    real: X [n, d] or [n]; repeats allowed.
    generated: Y, of the same shape; any order.
    loss: a Loss with h1 and h2.

  Returns:
    The value, a float; <= 0 where Assumption 4.1 holds.

  Raises:
    InputError: bad points (see `state`); a loss without h1 and h2 or with an infinite supremum; Wasserstein.
  """
  check_loss(loss)
  loss.require()
  return total(points.counts(real, generated), loss) / (2 * len(np.asarray(real)))


def two_cluster_value(m1, m2, n, alpha, loss):
  """The separable loss of two clusters from counts alone (RS-GAN paper, Claim C.1), on whole arrays.

  (xi(alpha n, m1) + xi((1 - alpha) n, m2) + (n - m1 - m2) sup h2) / 2n; for the logistic loss
  q_alpha(m1) + q_(1-alpha)(m2) of Eq. 12.

  Args:
    m1, m2: generated points on each cluster; arrays that broadcast, m1 + m2 <= n.
    n: number of real points, and of generated ones.
    alpha: share of the first cluster, in (0, 1).
    loss: a Loss with h1 and h2.

  Returns:
    float64, of the shape of m1 and m2.

  Raises:
    InputError: counts that are negative or exceed n; alpha outside (0, 1); as `separable_value`.
  """
  check_loss(loss)
  m1, m2 = np.asarray(m1, np.float64), np.asarray(m2, np.float64)
  outside = n - m1 - m2
  if not 0 < alpha < 1 or not n > 0:
    raise InputError(f'alpha is {alpha}, n {n}: give a share between 0 and 1 and n >= 1')
  if not ((m1 >= 0).all() and (m2 >= 0).all() and (outside >= -1e-9 * n).all()):
    raise InputError(f'm1 and m2 count the {n} generated points: give counts >= 0 with m1 + m2 <= n')
  return (loss.xi(alpha * n, m1) + loss.xi((1 - alpha) * n, m2) + outside * loss.xi(0, 1)) / (2 * n)
