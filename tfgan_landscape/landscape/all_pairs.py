"""The relativistic loss over all pairs, exactly: what training descends that draws real and generated batches apart.

phi(Y) = sup_f (1/n^2) sum_i sum_j h(f(x_i) - f(y_j)), the expectation of the pairing loss when pairs are drawn
independently. Theorem 2 of the RS-GAN paper is about pairs that are kept, and does not hold for it: every pattern with
all y on X is a strict local minimum (docs/landscape.md has the proof).

A value that occurs k times among the x's and m times among the y's is one of *type* (k, m). By concavity equal types
share f, so that the supremum is one over a number per type, of which there are few.
"""

import dataclasses
import heapq
import math
from typing import NamedTuple

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import numeric, points, scalars
from tfgan_landscape.landscape.assumptions import centred, require_theorem_2
from tfgan_landscape.landscape.loss import Certificate, Depth, GanLoss, check, check_bounded, edges
from tfgan_landscape.landscape.relativistic import Relativistic
from tfgan_landscape.landscape.suprema import at_zero, saturates

MOST_TYPES = 25  # for a loss without a closed form: the programme has a term for each pair of types
MOST_STATES = 200_000


@dataclasses.dataclass(frozen=True)
class AllPairs(Relativistic):
  """min_Y max_f (1/n^2) sum_i sum_j h(f(x_i) - f(y_j)); see `Relativistic`."""

  def __call__(self, real_logits, fake_logits):
    """Returns the `GanLoss`: discriminator of x_i -mean_j h(f(x_i) - f(y_j)), generator of y_j mean_i of the same.

    On one device; `losses.all_pairs` takes the examples of all replicas.
    """
    value = self.h(real_logits[:, None] - fake_logits[None, :])
    return GanLoss(-scalars.mean(value, 1), scalars.mean(value, 0))

  def value(self, real, generated):
    """Returns `all_pairs_value`."""
    return all_pairs_value(real, generated, self)

  def scale(self, n):
    """Returns by how much the terms of n points are more than the payoff."""
    return n * n

  def terms(self, real, generated, size, real_weights=None, generated_weights=None):
    """Returns [Term], `scale` times the payoff of numbered points, as a function of f [size]."""
    n, m = len(real), len(generated)
    weights = [np.ones(n) if real_weights is None else real_weights, np.ones(m)]
    weights[1] = weights[1] if generated_weights is None else generated_weights
    return [edges(self.h, np.repeat(real, m), np.tile(generated, n), size, np.outer(*weights).ravel())]

  def depth(self, real, generated):
    """Returns the `Depth` of a pattern's basin; see `basin_depth`."""
    loss = centred(self)[0]
    k, m = _counts(real, generated)
    return Depth(barrier(k, m, loss), 0.0 - value_of_counts(k, m, loss))

  def centred_certificate(self, real, generated):
    """Returns the `Certificate` of a pattern, where sup h = 0."""
    return _certificate(real, generated, self)

  def kinds(self, patterns):
    """Returns what decides about patterns [c, n] of distinct x's: how many points lie on how many x, sorted, [c, n]."""
    return np.sort([(patterns == x).sum(1) for x in range(patterns.shape[1])], 0).T


class Types(NamedTuple):
  """The distinct types of values: k [types] real and m [types] generated points each, and how many values have it."""

  k: np.ndarray
  m: np.ndarray
  often: np.ndarray


def all_pairs_value(real, generated, loss):
  """sup over f of (1/n^2) sum_i sum_j h(f(x_i) - f(y_j)), exactly.

  Logistic, in closed form: with r = k / m the best f is log r, and phi = -(1/n^2) sum_{a, b} k_a m_b log(1 + r_b / r_a)
  over the values with k, m > 0; for distinct x's -(1/n) sum_{a, b} (m_b / n) log(1 + m_a / m_b). phi + log 2 is the
  Jensen-Shannon divergence of the product measures p x q and q x p. Any other loss: a concave programme in one number
  per type of values, to 1e-8. O(n log n) for the grouping, and then in the number of types only.

  Args:
    real: X [n, d] or [n]; repeats allowed.
    generated: Y, of the same shape; in any order.
    loss: an `AllPairs` whose h satisfies Assumptions 4.4, but for a supremum other than 0, and 4.5.

  Returns:
    The value, a float in [h(0), sup h].

  Raises:
    InputError: bad points (see `state`); another loss, or one whose h fails an assumption; for a loss without a closed
      form more than 25 types.
  """
  check(loss, AllPairs)
  check_bounded(loss, loss.h)
  loss, top = centred(loss)
  require_theorem_2(loss)
  return value_of_counts(*_counts(real, generated), loss) + top


def _counts(real, generated):
  """How many real and how many generated points lie on each value."""
  groups = points.group(real, generated)
  return tuple(np.bincount(numbers, minlength=len(groups.values)) for numbers in (groups.real, groups.generated))


def value_of_counts(k, m, loss):
  """`all_pairs_value` of a loss with sup h = 0 and k [values] real, m [values] generated points on each value."""
  return _total(_types(k, m), loss) / int(np.sum(k)) ** 2 + 0.0


def _types(k, m):
  pairs, often = np.unique(np.stack([k, m]), axis=1, return_counts=True)
  return Types(*pairs, often)


def _total(types, loss):
  """n^2 times the value."""
  if saturates(loss.h):  # values with x's alone, or y's alone, go to plus or minus infinity: their terms are 0
    both = (types.k > 0) & (types.m > 0)
    types = Types(*(part[both] for part in types))
  if not len(types.k):
    return 0.0
  real, generated = types.k * types.often, types.m * types.often
  if scalars.same(loss.h, scalars.log_sigmoid):
    return _logistic_total(types.k / types.m, real, generated)
  return _solve(real, generated, loss)


def _logistic_total(ratio, real, generated):
  """-sum_{a, b} K_a M_b log(1 + r_b / r_a), a row at a time: the types need not fit into a square."""
  logs = np.log(ratio)
  return -float(sum(k * (generated @ np.logaddexp(0.0, logs - log)) for k, log in zip(real, logs)))


def _solve(real, generated, loss):
  """The supremum over one f a type, by cutting planes; what is within a type contributes h(0)."""
  size = len(real)
  if size > MOST_TYPES:
    raise InputError(
      f'the points have {size} types of values (how many x and y lie on it), loss {loss.name} is solved numerically up'
      f' to {MOST_TYPES}: use fewer points, or landscape.rs_all'
    )
  tails, heads = (index.ravel() for index in np.indices([size, size]))
  weight = (real[:, None] * generated[None, :]).ravel()
  own = float(weight[tails == heads].sum()) * at_zero(loss.h)
  apart = (tails != heads) & (weight > 0)
  if not apart.any():
    return own
  term = edges(loss.h, tails[apart], heads[apart], size, weight[apart])
  return own + numeric.maximise([term], size, 1e3, 1e-9 * float(weight.sum())).lower


def rises(k, m, loss):
  """By how much the value rises when one of the points on each value moves away, to where no other point is.

  0 where no generated point lies. With an h that saturates a point that is alone contributes 0, whatever the others do;
  the value is then convex and non-increasing in the counts m, and the smallest of these numbers decides: any set of
  points that leave raises the value at least as much.
  """
  value, found, known = value_of_counts(k, m, loss), np.zeros(len(k)), {}
  for index in np.flatnonzero(m):
    kind = k[index], m[index]
    if kind not in known:
      known[kind] = value_of_counts(*_moved(k, m, index), loss) - value
    found[index] = known[kind]
  return found


def _moved(k, m, index):
  """The counts after a generated point left a value for a place of its own."""
  after = np.append(m, 1)
  after[index] -= 1
  return np.append(k, 0), after


def require_decidable(loss):
  """Refuses losses for which moving one point does not decide."""
  require_theorem_2(loss)
  if not saturates(loss.h):
    raise InputError(
      f'loss {loss.name} falls again beyond its maximum: one point that moves away does not decide, and no certificate'
      ' over all pairs is known; use all_pairs_value, or a loss that only grows'
    )


def barrier(k, m, loss):
  """The climb that every path from the counts m to a lower value has to make; infinite from a global minimum.

  A path is a sequence of points that leave their value or come to one: the value falls with every point that comes, so
  that moving several at once is never cheaper than one after the other. The lowest pass is found among all counts.
  """
  require_decidable(loss)
  real = k > 0
  k, start = k[real], tuple(int(count) for count in m[real])
  n, seen = int(k.sum()), {}

  def value(counts):
    if counts not in seen:
      if len(seen) >= MOST_STATES:
        raise InputError(f'more than {MOST_STATES:,} patterns lie on the way: give fewer points')
      outside = n - sum(counts)
      seen[counts] = value_of_counts(
        np.append(k, np.zeros(outside, int)), np.append(counts, np.ones(outside, int)), loss
      )
    return seen[counts]

  bottom, queue, done = value(start), [(value(start), start)], set()
  while queue:
    height, counts = heapq.heappop(queue)
    if counts in done:
      continue
    done.add(counts)
    if value(counts) < bottom - 1e-10:
      return height - bottom
    for after in _neighbours(counts, n):
      heapq.heappush(queue, (max(height, value(after)), after))
  return math.inf


def _neighbours(counts, n):
  """Counts after one point has left, or has come where there is one outside."""
  for index, count in enumerate(counts):
    if count:
      yield (*counts[:index], count - 1, *counts[index + 1 :])
    if sum(counts) < n:
      yield (*counts[:index], count + 1, *counts[index + 1 :])


def _certificate(real, generated, loss):
  require_decidable(loss)
  groups = points.group(real, generated)
  k, m = _counts(real, generated)
  value = value_of_counts(k, m, loss)
  rise = np.where(k > 0, rises(k, m, loss), 0.0)[groups.generated]
  free = np.flatnonzero(rise <= _slack_of_pairs(loss))
  reason = f'every y lies on an x, and moving one away raises the value by at least {rise.min():.6g}'
  if len(free):
    reason = f'y[{free[0]}] lies on no x: it can move freely'
  return Certificate(not len(free), value > at_zero(loss.h) + _slack_of_pairs(loss), reason, rise, value)


def _slack_of_pairs(loss):
  """Values by the closed form are exact to rounding, others to 1e-8."""
  return 1e-12 if scalars.same(loss.h, scalars.log_sigmoid) else 1e-7
