"""Basins: which patterns are strict local minima, how deep they are, and how many there are (RS-GAN paper, Theorem 1).

Generated points near a pattern Y can leave the real points they lie on, but reach no other. A function of the counts
that lie on each x is therefore all there is to know, and removing one point decides: a point that leaves earns sup h2
in place of its share of the separable xi(k, m), which is convex in m; the relativistic value is convex and
non-increasing in the weights of the edges. A constant added to h1, h2 or h adds to every value, and changes no more.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import all_pairs, points, relativistic, separable
from tfgan_landscape.landscape.objectives import (
  TOLERANCE,
  centred,
  check_loss,
  check_pairs,
  logistic,
  require_theorem_2,
  saturates,
)

MOST_POINTS = 8
_CHUNK = 1 << 17
_MOST_CERTIFICATES = 20_000


class Certificate(NamedTuple):
  """Why a pattern is a strict local minimum or not; truthy when it is one.

  Attributes:
    strict: every small enough change of Y raises the value.
    suboptimal: the value lies above the global minimum.
    reason: one sentence.
    rise: [n], how much the value rises when y_i alone moves away a little; the smallest decides.
    value: the value of the pattern.
  """

  strict: bool
  suboptimal: bool
  reason: str
  rise: np.ndarray
  value: float

  def __bool__(self):
    return self.strict


class Depth(NamedTuple):
  """barrier: the climb out of the basin, exactly; gap: the paper's approximation of it; see `basin_depth`."""

  barrier: float
  gap: float


def is_strict_local_minimum(real, generated, loss, pairs=None):
  """Decides whether Y is a strict local minimum of the value, and of which kind, with the certificate.

  Separable: strict iff every y lies on an x and, where k real and m generated points coincide,
  xi(k, m - 1) + sup h2 > xi(k, m). Under Assumptions 4.1 and 4.3 the second always holds: Theorem 1. For the hinge
  loss it fails as soon as m > k: the pattern is a plateau, and Remark 1 of Theorem 1, which lists the hinge loss, does
  not hold.

  Kept pairs: strict iff every edge x_i -> y_i lies in a cycle and its removal raises the value. With distinct x's
  that is a permutation, the global minimum (Theorem 2). With repeated x's a sub-optimal strict local minimum exists:
  X = (a, a, b), Y = (b, b, a); Theorem 2 asks for distinct x's.

  All pairs: strict iff every y lies on an x, for an h that only grows; see `all_pairs.rises`.

  Args:
    real: X [n, d] or [n].
    generated: Y, of the same shape.
    loss: a Loss with h1 and h2, or with h for pairs.
    pairs: None for the separable loss; of the relativistic one 'kept' takes the pairs i <-> i, 'all' all n^2.

  Returns:
    Certificate(strict, suboptimal, reason, rise [n], value).

  Raises:
    InputError: as `separable_value` or `relativistic_value`; a relativistic loss that falls again beyond its maximum
      (least squares) with an x that has two different partners, which this certificate does not decide.
  """
  check_loss(loss)
  check_pairs(pairs)
  if pairs is None:
    return _separable_certificate(real, generated, loss)
  loss, top = centred(loss)
  found = {'kept': _relativistic_certificate, 'all': _all_pairs_certificate}[pairs](real, generated, loss)
  return found._replace(value=found.value + top)


def _separable_certificate(real, generated, loss):
  loss.require()
  groups = points.group(real, generated)
  size, n = len(groups.values), len(groups.real)
  k, m = (np.bincount(numbers, minlength=size)[groups.generated] for numbers in (groups.real, groups.generated))
  raised, slack = _drop(k, m, loss)
  value = separable.separable_value(real, generated, loss)
  free = np.flatnonzero(raised <= slack)
  reason = f'every y lies on an x, and moving one away raises the value by at least {raised.min() / (2 * n):.6g}'
  if len(free):
    reason = _why_free(free[0], k[free[0]], m[free[0]], loss)
  best = float(loss.xi(1, 1)) / 2
  return Certificate(not len(free), value > best + _slack(loss, best), reason, raised / (2 * n), value)


def _drop(k, m, loss):
  """xi(k, m - 1) + sup h2 - xi(k, m) of points that share k and m, 0 where k = 0, and what counts as 0 there."""
  pairs, where = np.unique(np.stack([k, m]), axis=1, return_inverse=True)
  k, m = pairs
  after = loss.xi(k, m)
  drop = np.where(k > 0, loss.xi(k, m - 1) + loss.xi(0, 1) - after, 0.0)
  slack = _slack(loss, after)
  return np.where(drop > slack, drop, 0.0)[where.ravel()], slack[where.ravel()]


def _slack(loss, value):
  """Differences below this are rounding: a numeric xi is less exact than a closed form."""
  return (TOLERANCE if loss.closed_form is None else 1e-13) * (1 + np.abs(value))


def _why_free(i, k, m, loss):
  if not k:
    return f'y[{i}] lies on no x: it can move freely'
  (before, after), alone = loss.xi(k, [m - 1, m]), float(loss.xi(0, 1))
  left = f'xi({k}, {m - 1}) = {before:.6g}' if not alone else f'xi({k}, {m - 1}) + sup h2 = {before + alone:.6g}'
  return f'y[{i}] can leave its x freely, a plateau: {left} = xi({k}, {m}) = {after:.6g}'


def _relativistic_certificate(real, generated, loss):
  require_theorem_2(loss)
  groups, monotone = points.group(real, generated), saturates(loss.h)
  found = relativistic.parts(groups.real, groups.generated, monotone)
  if found.forked and not monotone:
    raise InputError(
      f'loss {loss.name} falls again beyond its maximum and an x has two different partners: '
      'no certificate is known; use distinct x_i or a loss that only grows'
    )
  n, zero = len(groups.real), relativistic.at_zero(loss.h)
  value = relativistic.total(groups.real, groups.generated, loss.h) / n + 0.0
  rise = _edge_rises(groups.real, groups.generated, loss.h, found.part) / n
  free = np.flatnonzero(rise <= TOLERANCE)
  reason = f'every x_i -> y_i lies in a cycle, and moving one y away raises the value by at least {rise.min():.6g}'
  if len(free):
    why = 'x_i -> y_i lies in no cycle' if found.part[free[0]] < 0 else 'its term is 0 already'
    reason = f'y[{free[0]}] can move freely: {why}'
  return Certificate(not len(free), value > zero + TOLERANCE, reason, rise, value)


def _edge_rises(tails, heads, h, part):
  """For every edge, by how much n times the value rises when its head moves away: its piece without it, less whole."""
  rise = np.zeros(len(tails))
  length = np.bincount(part[part >= 0], minlength=1)
  vertices = np.unique(np.stack([part, tails]), axis=1)
  cycle = length == np.bincount(vertices[0][vertices[0] >= 0], minlength=len(length))
  single = (part >= 0) & cycle[part]
  rise[single] = -length[part[single]] * relativistic.at_zero(h)
  for piece in np.unique(part[(part >= 0) & ~single]):
    where = np.flatnonzero(part == piece)
    rise[where] = _piece_rises(tails[where], heads[where], h)
  return rise


def _piece_rises(tails, heads, h):
  whole = relativistic.total(tails, heads, h)
  _, first, same = np.unique(np.stack([tails, heads]), axis=1, return_index=True, return_inverse=True)
  rises = [relativistic.total(np.delete(tails, edge), np.delete(heads, edge), h) - whole for edge in first]
  # Both totals may come from cutting planes, each to 1e-8 for an edge.
  return np.array([rise if rise > 1e-7 * len(tails) else 0.0 for rise in rises])[same.ravel()]


def _all_pairs_certificate(real, generated, loss):
  all_pairs.require_decidable(loss)
  groups = points.group(real, generated)
  k, m = (np.bincount(numbers, minlength=len(groups.values)) for numbers in (groups.real, groups.generated))
  value = all_pairs.value_of_counts(k, m, loss)
  rise = np.where(k > 0, all_pairs.rises(k, m, loss), 0.0)[groups.generated]
  free = np.flatnonzero(rise <= _slack_of_pairs(loss))
  reason = f'every y lies on an x, and moving one away raises the value by at least {rise.min():.6g}'
  if len(free):
    reason = f'y[{free[0]}] lies on no x: it can move freely'
  return Certificate(not len(free), value > all_pairs.minimum(loss) + _slack_of_pairs(loss), reason, rise, value)


def _slack_of_pairs(loss):
  """Values by the closed form are exact to rounding, others to 1e-8."""
  return 1e-12 if loss is logistic else 1e-7


def basin_depth(real, generated, loss, pairs=None):
  """The climb that every path from Y to a lower separable value has to make, and the paper's approximation of it.

  From a strict local minimum: barrier = min over occupied x of (xi(k, m - 1) + sup h2 - xi(k, m)) / 2n. A path changes
  nothing until a first set of points leaves; the counts are then below the old ones somewhere, which costs at least one
  such term. Nothing more need be paid: xi is convex and xi(c k, c m) = c xi(k, m), so the cheapest point to
  leave may be taken from an x with m > k, and it gains at least its cost on an x with m < k (more than that
  where xi is strictly convex, as for the logistic loss and least squares).

  gap (RS-GAN paper, Appendix C, Figure 10): the value of 'no recovery', (sup h1 + sup h2) / 2, less the value of Y.

  Args:
    real: X [n, d] or [n].
    generated: Y, of the same shape.
    loss: a Loss with h1 and h2, or with h.
    pairs: None for the separable loss; 'all' for the relativistic one over all pairs, whose barrier is the lowest pass
      among all counts of points. (Kept pairs have no such basins for distinct x's.)

  Returns:
    Depth(barrier, gap); barrier is 0 where a point can leave freely and infinite at a global minimum.

  Raises:
    InputError: as `separable_value`.
  """
  check_loss(loss)
  check_pairs(pairs, (None, 'all'))
  if pairs == 'all':
    loss = centred(loss)[0]
    groups = points.group(real, generated)
    k, m = (np.bincount(numbers, minlength=len(groups.values)) for numbers in (groups.real, groups.generated))
    return Depth(all_pairs.barrier(k, m, loss), 0.0 - all_pairs.value_of_counts(k, m, loss))
  found = _separable_certificate(real, generated, loss)
  gap = float(loss.xi(1, 0) + loss.xi(0, 1)) / 2 - found.value
  return Depth(float(found.rise.min()) if found.suboptimal else math.inf, gap)


def values_by_state(loss, pairs=None):
  """The values of the four states of n = 2 (RS-GAN paper, Claims 3.1 and 3.2, Figure 4): a dict, name -> value.

  X = (x1, x2). 'no recovery': y's elsewhere; 'mode dropping': y1 = x1, y2 elsewhere; 'mode collapse': y1 = y2 = x1;
  'perfect': y = x. (Relativistic values depend on the pairs: with y2 = x1 in place of y1, mode dropping has the
  value of no recovery.)

  Raises:
    InputError: as `separable_value` or `relativistic_value`.
  """
  check_loss(loss)
  check_pairs(pairs)
  values = {None: separable.separable_value, 'kept': relativistic.relativistic_value, 'all': all_pairs.all_pairs_value}
  value = values[pairs]
  patterns = {'no recovery': [2, 3], 'mode dropping': [0, 2], 'mode collapse': [0, 0], 'perfect': [0, 1]}
  return {name: value([0, 1], pattern, loss) for name, pattern in patterns.items()}


def count_bad_basins(n, loss, pairs=None):
  """Counts the sub-optimal strict local minima for n distinct real points, by going through all n^n patterns.

  Only Y in {x_1..x_n}^n come into question: a point elsewhere can move freely. Separable: n^n - n! under the paper's
  assumptions (Theorem 1), 0 for the hinge loss, whose collapsed patterns are plateaus. Kept pairs: 0 (Theorem 2). All
  pairs: n^n - n! again.

  Args:
    n: 1 to 8; 7 makes 823,543 patterns, 8 makes 16,777,216.
    loss: a Loss with h1 and h2, or with h for pairs.
    pairs: None for the separable loss; of the relativistic one 'kept' takes the pairs i <-> i, 'all' all n^2.

  Returns:
    An int.

  Raises:
    InputError: n is no whole number >= 1 or above 8; as `separable_value` or `relativistic_value`.
  """
  check_loss(loss)
  check_pairs(pairs)
  if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
    raise InputError(f'n is {n!r}: give a whole number of points >= 1')
  if n > MOST_POINTS:
    most = f'{MOST_POINTS} ({MOST_POINTS**MOST_POINTS:,})'
    raise InputError(f'n = {n} has {int(n) ** int(n):,} patterns, too many to enumerate: give n up to {most}')
  loss = loss if pairs is None else centred(loss)[0]
  bad = {None: _bad_separable, 'kept': _bad_relativistic, 'all': _bad_all_pairs}[pairs](n, loss)
  return int(sum(bad(_patterns(n, start)).sum() for start in range(0, n**n, _CHUNK)))


def _patterns(n, start):
  """Patterns number start and on, at most a chunk of them: [chunk, n], entry i the index of the x that y_i lies on."""
  numbers = np.arange(start, min(start + _CHUNK, n**n))
  return (numbers[:, None] // n ** np.arange(n) % n).astype(np.int8)


def _bad_separable(n, loss):
  """Patterns [chunk, n] -> whether each is a sub-optimal strict local minimum, by a table of xi(1, 0..n)."""
  count = np.arange(n + 1)
  xi, stays = loss.xi(1, count), np.ones(n + 1, bool)
  drop, slack = _drop(np.ones(n, np.int64), count[1:], loss)
  stays[1:] = drop > slack

  def bad(patterns):
    strict, value = np.ones(len(patterns), bool), np.zeros(len(patterns))
    for x in range(n):
      m = (patterns == x).sum(1)
      strict &= stays[m]
      value += xi[m]
    return strict & (value > n * xi[1] + n * _slack(loss, xi[1]))

  return bad


def _bad_relativistic(n, loss):
  """Likewise, by the certificates of one pattern of each kind: with distinct x's only the lengths of cycles count."""
  require_theorem_2(loss)

  def bad(patterns):
    _, first, where = np.unique(_cycle_lengths(patterns), axis=0, return_index=True, return_inverse=True)
    found = [_relativistic_certificate(np.arange(n), patterns[one], loss) for one in first]
    return np.array([each.strict and each.suboptimal for each in found])[where.ravel()]

  return bad


def _bad_all_pairs(n, loss):
  """Likewise, by the certificates of one pattern of each kind: only how many points lie on an x, and on how many x."""

  def bad(patterns):
    counts = np.sort([(patterns == x).sum(1) for x in range(n)], 0).T
    _, first, where = np.unique(counts, axis=0, return_index=True, return_inverse=True)
    found = [_all_pairs_certificate(np.arange(n), patterns[one], loss) for one in first]
    return np.array([each.strict and each.suboptimal for each in found])[where.ravel()]

  return bad


def _cycle_lengths(patterns):
  """For patterns [chunk, n], edges i -> pattern[i]: the lengths of the cycles that each i is on, 0 for none, sorted."""
  n = patterns.shape[1]
  lengths, reached = np.zeros_like(patterns), patterns.astype(np.intp)
  for steps in range(1, n + 1):
    lengths[(lengths == 0) & (reached == np.arange(n))] = steps
    reached = np.take_along_axis(patterns, reached, 1).astype(np.intp)
  return np.sort(lengths, 1)


def bad_basins(real, loss, pairs=None):
  """Lists the sub-optimal strict local minima with every y on some x, by the certificate of each pattern.

  The x's may repeat: RS-GAN has bad basins then (Theorem 2 asks for distinct ones).

  Args:
    real: X [n, d] or [n].
    loss: a Loss with h1 and h2, or with h for pairs.
    pairs: None for the separable loss; of the relativistic one 'kept' takes the pairs i <-> i, 'all' all n^2.

  Returns:
    Y of each, float64 [k, n, d].

  Raises:
    InputError: more than 20,000 patterns; as `is_strict_local_minimum`.
  """
  check_loss(loss)
  real = points.pair(real, real)[0]
  values = np.unique(real, axis=0)
  count = len(values) ** len(real)
  if count > _MOST_CERTIFICATES:
    raise InputError(
      f'{len(values)} distinct x make {count:,} patterns, too many to certify: give X with up to {_MOST_CERTIFICATES:,}'
    )
  patterns = (values[list(choice)] for choice in itertools.product(range(len(values)), repeat=len(real)))
  found = [(pattern, is_strict_local_minimum(real, pattern, loss, pairs)) for pattern in patterns]
  bad = [pattern for pattern, certificate in found if certificate.strict and certificate.suboptimal]
  return np.array(bad).reshape(-1, *real.shape)
