"""Separable losses, exactly: values and basins from the counts of points alone (RS-GAN paper, Theorem 1, Claim C.1).

Generated points near a pattern Y can leave the real points they lie on, but reach no other. The counts that lie on each
x are therefore all there is to know, and removing one point decides: a point that leaves earns sup h2 in place of its
share of xi(k, m), which is convex in m. A constant added to h1 or h2 adds to every value, and changes no more.
"""

import dataclasses
import math
from typing import Callable

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import loss as losses
from tfgan_landscape.landscape import points, scalars, suprema
from tfgan_landscape.landscape import xi as counts
from tfgan_landscape.landscape.assumptions import of_separable
from tfgan_landscape.landscape.loss import Certificate, Depth, GanLoss, Loss, check, check_bounded, vertices


@dataclasses.dataclass(frozen=True)
class Separable(Loss):
  """min_Y max_f (1/2n) sum_i h1(f(x_i)) + h2(-f(y_i)) (RS-GAN paper, Eq. 2 and 5).

  Attributes:
    h1, h2: map an array to an array, value by value; -inf allowed, NaN not.
    name: for messages.

  Raises:
    InputError: h1 or h2 is no function.
  """

  h1: Callable
  h2: Callable
  name: str = ''

  def __post_init__(self):
    losses.check_functions('Separable', h1=self.h1, h2=self.h2)
    if not self.name:
      object.__setattr__(self, 'name', losses.name_of(self.h1, self.h2))

  def __call__(self, real_logits, fake_logits):
    """Returns the `GanLoss` of every pair: discriminator -h1(f(x)) - h2(-f(y)), generator minus that."""
    value = self.h1(real_logits) + self.h2(-fake_logits)
    return GanLoss(-value, value)

  @property
  def functions(self):
    """(h1, h2)."""
    return self.h1, self.h2

  def xi(self, k, m):
    """Returns sup_t k h1(t) + m h2(-t), of arrays k and m; see `landscape.xi`."""
    check_bounded(self, self.h1, self.h2)
    return counts.xi(self.h1, self.h2, k, m)

  def value(self, real, generated):
    """Returns `separable_value`."""
    return separable_value(real, generated, self)

  def assumptions(self, n=10):
    """Returns Assumptions 4.1 to 4.3, name -> Check."""
    return of_separable(self.h1, self.h2, n)

  def optimum(self):
    """Returns the payoff of the best constant critic, the value of Y = X and the least of all."""
    return suprema.supremum(lambda t: scalars.evaluate(self.h1, t) + scalars.evaluate(self.h2, -t)) / 2

  def scale(self, n):
    """Returns by how much the terms of n points are more than the payoff."""
    return 2 * n

  def terms(self, real, generated, size, real_weights=None, generated_weights=None):
    """Returns [Term], `scale` times the payoff of numbered points, as a function of f [size]."""
    return [
      vertices(self.h1, real, size, 1.0, real_weights),
      vertices(self.h2, generated, size, -1.0, generated_weights),
    ]

  def certificate(self, real, generated):
    """Returns the `Certificate` of a pattern; see `is_strict_local_minimum`."""
    groups = points.group(real, generated)
    size, n = len(groups.values), len(groups.real)
    k, m = (np.bincount(numbers, minlength=size)[groups.generated] for numbers in (groups.real, groups.generated))
    raised, slack = self._drop(k, m)
    value = self.value(real, generated)
    free = np.flatnonzero(raised <= slack)
    reason = f'every y lies on an x, and moving one away raises the value by at least {raised.min() / (2 * n):.6g}'
    if len(free):
      reason = self._why_free(free[0], k[free[0]], m[free[0]])
    best = float(self.xi(1, 1)) / 2
    return Certificate(not len(free), value > best + self._slack(best), reason, raised / (2 * n), value)

  def _drop(self, k, m):
    """xi(k, m - 1) + sup h2 - xi(k, m) of points that share k and m, 0 where k = 0, and what counts as 0 there."""
    (k, m), where = np.unique(np.stack([k, m]), axis=1, return_inverse=True)
    after = self.xi(k, m)
    drop = np.where(k > 0, self.xi(k, m - 1) + self.xi(0, 1) - after, 0.0)
    slack = self._slack(after)
    return np.where(drop > slack, drop, 0.0)[where.ravel()], slack[where.ravel()]

  def _slack(self, value):
    return counts.slack(self.h1, self.h2, value)

  def _why_free(self, i, k, m):
    if not k:
      return f'y[{i}] lies on no x: it can move freely'
    (before, after), alone = self.xi(k, [m - 1, m]), float(self.xi(0, 1))
    left = f'xi({k}, {m - 1}) = {before:.6g}' if not alone else f'xi({k}, {m - 1}) + sup h2 = {before + alone:.6g}'
    return f'y[{i}] can leave its x freely, a plateau: {left} = xi({k}, {m}) = {after:.6g}'

  def depth(self, real, generated):
    """Returns the `Depth` of a pattern's basin; see `basin_depth`."""
    found = self.certificate(real, generated)
    gap = float(self.xi(1, 0) + self.xi(0, 1)) / 2 - found.value
    return Depth(float(found.rise.min()) if found.suboptimal else math.inf, gap)

  def bad(self, n):
    """Returns patterns [c, n] -> [c], whether each is a sub-optimal strict local minimum, by a table of xi(1, 0..n)."""
    count = np.arange(n + 1)
    xi, stays = self.xi(1, count), np.ones(n + 1, bool)
    drop, slack = self._drop(np.ones(n, np.int64), count[1:])
    stays[1:] = drop > slack

    def bad(patterns):
      strict, value = np.ones(len(patterns), bool), np.zeros(len(patterns))
      for x in range(n):
        m = (patterns == x).sum(1)
        strict &= stays[m]
        value += xi[m]
      return strict & (value > n * xi[1] + n * self._slack(xi[1]))

    return bad


def separable_value(real, generated, loss):
  """sup over f of (1/2n) sum_i h1(f(x_i)) + h2(-f(y_i)), exactly (RS-GAN paper, Eq. 5 and 18; Appendix C).

  A distinct real value that occurs k times with m generated points on it contributes xi(k, m), a generated point
  elsewhere sup h2: f is free at every distinct point. Concavity is not needed. O(n log n).

  Args:
    real: X [n, d] or [n]; repeats allowed.
    generated: Y, of the same shape; any order.
    loss: a `Separable`.

  Returns:
    The value, a float; <= 0 where Assumption 4.1 holds.

  Raises:
    InputError: bad points (see `state`); another loss, or one with an infinite supremum.
  """
  check(loss, Separable)
  return _total(points.counts(real, generated), loss) / (2 * len(np.asarray(real)))


def _total(found, loss):
  """2n times the separable loss of Counts: sum xi(k, m) over distinct x, and sup h2 for each y outside."""
  k, m = found.k, found.m
  pairs, often = np.unique(k.astype(np.int64) * (m.max() + 1) + m, return_counts=True)
  inside = float((loss.xi(*np.divmod(pairs, m.max() + 1)) * often).sum())
  return inside + (found.outside * float(loss.xi(0, 1)) if found.outside else 0.0)


def two_cluster_value(m1, m2, n, alpha, loss):
  """The separable loss of two clusters from counts alone (RS-GAN paper, Claim C.1), on whole arrays.

  (xi(alpha n, m1) + xi((1 - alpha) n, m2) + (n - m1 - m2) sup h2) / 2n; for the logistic loss
  q_alpha(m1) + q_(1-alpha)(m2) of Eq. 12.

  Args:
    m1, m2: generated points on each cluster; arrays that broadcast, m1 + m2 <= n.
    n: number of real points, and of generated ones.
    alpha: share of the first cluster, in (0, 1).
    loss: a `Separable`.

  Returns:
    float64, of the shape of m1 and m2.

  Raises:
    InputError: counts that are negative or exceed n; alpha outside (0, 1); as `separable_value`.
  """
  check(loss, Separable)
  m1, m2 = np.asarray(m1, np.float64), np.asarray(m2, np.float64)
  outside = n - m1 - m2
  if not 0 < alpha < 1 or not n > 0:
    raise InputError(f'alpha is {alpha}, n {n}: give a share between 0 and 1 and n >= 1')
  if not ((m1 >= 0).all() and (m2 >= 0).all() and (outside >= -1e-9 * n).all()):
    raise InputError(f'm1 and m2 count the {n} generated points: give counts >= 0 with m1 + m2 <= n')
  return (loss.xi(alpha * n, m1) + loss.xi((1 - alpha) * n, m2) + outside * loss.xi(0, 1)) / (2 * n)
