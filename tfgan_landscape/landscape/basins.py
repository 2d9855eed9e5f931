"""Basins: which patterns are strict local minima, how deep they are, and how many there are (RS-GAN paper, Theorem 1).

Each of the three families knows its own certificate; here is what is asked of all of them.
"""

import itertools

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import points
from tfgan_landscape.landscape.loss import check

MOST_POINTS = 8
_CHUNK = 1 << 17
_MOST_CERTIFICATES = 20_000


def is_strict_local_minimum(real, generated, loss):
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
    loss: `Separable`, `KeptPairs` or `AllPairs`.

  Returns:
    Certificate(strict, suboptimal, reason, rise [n], value).

  Raises:
    InputError: as `separable_value` or `relativistic_value`; a relativistic loss that falls again beyond its maximum
      (least squares) with an x that has two different partners, which this certificate does not decide.
  """
  check(loss)
  return loss.certificate(real, generated)


def basin_depth(real, generated, loss):
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
    loss: a `Separable`, or an `AllPairs`, whose barrier is the lowest pass among all counts of points. (`KeptPairs`
      have no such basins for distinct x's.)

  Returns:
    Depth(barrier, gap); barrier is 0 where a point can leave freely and infinite at a global minimum.

  Raises:
    InputError: as `separable_value`.
  """
  check(loss)
  return loss.depth(real, generated)


def values_by_state(loss):
  """The values of the four states of n = 2 (RS-GAN paper, Claims 3.1 and 3.2, Figure 4): a dict, name -> value.

  X = (x1, x2). 'no recovery': y's elsewhere; 'mode dropping': y1 = x1, y2 elsewhere; 'mode collapse': y1 = y2 = x1;
  'perfect': y = x. (Relativistic values depend on the pairs: with y2 = x1 in place of y1, mode dropping has the
  value of no recovery.)

  Raises:
    InputError: as `separable_value` or `relativistic_value`.
  """
  check(loss)
  patterns = {'no recovery': [2, 3], 'mode dropping': [0, 2], 'mode collapse': [0, 0], 'perfect': [0, 1]}
  return {name: loss.value([0, 1], pattern) for name, pattern in patterns.items()}


def count_bad_basins(n, loss):
  """Counts the sub-optimal strict local minima for n distinct real points, by going through all n^n patterns.

  Only Y in {x_1..x_n}^n come into question: a point elsewhere can move freely. Separable: n^n - n! under the paper's
  assumptions (Theorem 1), 0 for the hinge loss, whose collapsed patterns are plateaus. Kept pairs: 0 (Theorem 2). All
  pairs: n^n - n! again.

  Args:
    n: 1 to 8; 7 makes 823,543 patterns, 8 makes 16,777,216.
    loss: `Separable`, `KeptPairs` or `AllPairs`.

  Returns:
    An int.

  Raises:
    InputError: n is no whole number >= 1 or above 8; as `separable_value` or `relativistic_value`.
  """
  check(loss)
  if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
    raise InputError(f'n is {n!r}: give a whole number of points >= 1')
  if n > MOST_POINTS:
    most = f'{MOST_POINTS} ({MOST_POINTS**MOST_POINTS:,})'
    raise InputError(f'n = {n} has {int(n) ** int(n):,} patterns, too many to enumerate: give n up to {most}')
  bad = loss.bad(n)
  return int(sum(bad(_patterns(n, start)).sum() for start in range(0, n**n, _CHUNK)))


def _patterns(n, start):
  """Patterns number start and on, at most a chunk of them: [chunk, n], entry i the index of the x that y_i lies on."""
  numbers = np.arange(start, min(start + _CHUNK, n**n))
  return (numbers[:, None] // n ** np.arange(n) % n).astype(np.int8)


def bad_basins(real, loss):
  """Lists the sub-optimal strict local minima with every y on some x, by the certificate of each pattern.

  The x's may repeat: RS-GAN has bad basins then (Theorem 2 asks for distinct ones).

  Args:
    real: X [n, d] or [n].
    loss: `Separable`, `KeptPairs` or `AllPairs`.

  Returns:
    Y of each, float64 [k, n, d].

  Raises:
    InputError: more than 20,000 patterns; as `is_strict_local_minimum`.
  """
  check(loss)
  real = points.pair(real, real)[0]
  values = np.unique(real, axis=0)
  count = len(values) ** len(real)
  if count > _MOST_CERTIFICATES:
    raise InputError(
      f'{len(values)} distinct x make {count:,} patterns, too many to certify: give X with up to {_MOST_CERTIFICATES:,}'
    )
  patterns = (values[list(choice)] for choice in itertools.product(range(len(values)), repeat=len(real)))
  found = [(pattern, loss.certificate(real, pattern)) for pattern in patterns]
  bad = [pattern for pattern, certificate in found if certificate.strict and certificate.suboptimal]
  return np.array(bad).reshape(-1, *real.shape)
