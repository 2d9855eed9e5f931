"""The relativistic pairing loss, exactly: cycles of the graph x_i -> y_i (RS-GAN paper, Theorem 2 and Appendix J).

Vertices are the distinct values of all points, every pair is an edge from x_i to y_i. An edge that lies in no cycle
contributes sup h = 0, whatever the others do. With distinct x's every vertex has at most one outgoing edge, cycles are
disjoint, and each of their edges contributes h(0) (Claim J.2).

Repeated x's, which the paper leaves open (Appendix G.2): the edges of a strongly connected component still decide
among themselves. Where each vertex has as many edges in as out (inside the component), f constant is optimal
by concavity, and each edge contributes h(0) again; any other component is solved numerically. An h that falls again
beyond its maximum (least squares) cannot give every edge between components its supremum once an x has two different
partners; such pieces of the graph are solved as a whole.

The value is convex and non-increasing in the weights of the edges, so that removing one point decides about a basin.
"""

import dataclasses
from typing import Callable, NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import loss as losses
from tfgan_landscape.landscape import numeric, points
from tfgan_landscape.landscape.assumptions import centred, of_relativistic, require_theorem_2
from tfgan_landscape.landscape.loss import Certificate, GanLoss, Loss, check, check_bounded, edges
from tfgan_landscape.landscape.suprema import TOLERANCE, at_zero, saturates

MOST_EDGES = 300


@dataclasses.dataclass(frozen=True)
class Relativistic(Loss):
  """A loss of differences f(x) - f(y).

  Attributes:
    h: maps an array to an array, value by value.
    name: for messages.

  Raises:
    InputError: h is no function.
  """

  h: Callable
  name: str = ''

  def __post_init__(self):
    losses.check_functions(type(self).__name__, h=self.h)
    if not self.name:
      object.__setattr__(self, 'name', losses.name_of(self.h))

  @property
  def functions(self):
    """(h,)."""
    return (self.h,)

  def assumptions(self, n=10):
    """Returns Assumptions 4.4 and 4.5, name -> Check."""
    del n
    return of_relativistic(self.h)

  def optimum(self):
    """Returns h(0), the payoff of a constant critic, the value of Y = X and the least of all."""
    return at_zero(self.h)

  def certificate(self, real, generated):
    """Returns the `Certificate` of a pattern; see `is_strict_local_minimum`."""
    loss, top = centred(self)
    found = loss.centred_certificate(real, generated)
    return found._replace(value=found.value + top)

  def bad(self, n):
    """Returns patterns [c, n] -> [c], whether each is a sub-optimal strict local minimum of n distinct x's.

    By the certificates of one pattern of each kind.
    """
    loss = centred(self)[0]

    def bad(patterns):
      _, first, where = np.unique(self.kinds(patterns), axis=0, return_index=True, return_inverse=True)
      found = [loss.centred_certificate(np.arange(n), patterns[one]) for one in first]
      return np.array([each.strict and each.suboptimal for each in found])[where.ravel()]

    return bad


@dataclasses.dataclass(frozen=True)
class KeptPairs(Relativistic):
  """min_Y max_f (1/n) sum_i h(f(x_i) - f(y_i)), pairs i <-> i (RS-GAN paper, Eq. 3 and 6); see `Relativistic`."""

  def __call__(self, real_logits, fake_logits):
    """Returns the `GanLoss` of every pair: discriminator -h(f(x) - f(y)), generator minus that."""
    value = self.h(real_logits - fake_logits)
    return GanLoss(-value, value)

  def value(self, real, generated):
    """Returns `relativistic_value`."""
    return relativistic_value(real, generated, self)

  def scale(self, n):
    """Returns by how much the terms of n points are more than the payoff."""
    return n

  def terms(self, real, generated, size, real_weights=None, generated_weights=None):
    """Returns [Term], `scale` times the payoff of numbered points; a pair has one weight, that of its real point."""
    del generated_weights
    return [edges(self.h, real, generated, size, real_weights)]

  def depth(self, real, generated):
    """Raises InputError: kept pairs have no bad basins for distinct x's (Theorem 2)."""
    raise InputError('kept pairs have no bad basin (Theorem 2): give a Separable or an AllPairs loss, or escape_path')

  def centred_certificate(self, real, generated):
    """Returns the `Certificate` of a pattern, where sup h = 0."""
    return _certificate(real, generated, self)

  def kinds(self, patterns):
    """Returns what decides about patterns [c, n] of distinct x's: the lengths of the cycles, sorted, [c, n]."""
    return _cycle_lengths(patterns)


class Parts(NamedTuple):
  """The graph cut into pieces that decide independently.

  part [n]: of each edge x_i -> y_i its piece, -1 where the edge contributes 0; balanced [pieces]: whether f constant
  is optimal in the piece; forked: whether some x has two different partners.
  """

  part: np.ndarray
  balanced: np.ndarray
  forked: bool


def parts(tails, heads, monotone):
  """Cuts the graph of the edges tails [n] -> heads [n] into Parts; monotone: whether h only grows."""
  size = max(tails.max(), heads.max()) + 1
  graph = sparse.coo_matrix((np.ones(len(tails)), (tails, heads)), (size, size)).tocsr()
  label = csgraph.connected_components(graph, directed=True, connection='strong')[1]
  forks = np.flatnonzero(np.diff(graph.indptr) > 1)
  if len(forks) and not monotone:
    weak = csgraph.connected_components(graph, directed=True, connection='weak')[1]
    whole = np.isin(weak, weak[forks])
    label = np.where(whole, label.max() + 1 + weak, label)
  inside = label[tails] == label[heads]
  surplus = np.bincount(tails[inside], minlength=size) - np.bincount(heads[inside], minlength=size)
  balanced = np.ones(label.max() + 1, bool)
  balanced[label[surplus != 0]] = False
  return Parts(np.where(inside, label[tails], -1), balanced, len(forks) > 0)


def total(tails, heads, h):
  """n times the relativistic loss of the edges tails [n] -> heads [n]."""
  if not len(tails):
    return 0.0
  found = parts(tails, heads, saturates(h))
  inside = found.part >= 0
  even = inside & found.balanced[found.part]
  value = 0.0 + even.sum() * at_zero(h)
  for piece in np.unique(found.part[inside & ~even]):
    value += _solve(tails[found.part == piece], heads[found.part == piece], h)
  return float(value)


def _solve(tails, heads, h):
  """The supremum over one unbalanced piece, by cutting planes."""
  vertices, numbers = np.unique(np.concatenate([tails, heads]), return_inverse=True)
  term = edges(h, numbers[: len(tails)], numbers[len(tails) :], len(vertices))
  if len(term.weight) > MOST_EDGES:
    raise InputError(
      f'repeated x_i leave an unbalanced component of {len(term.weight)} different edges, '
      f'solved numerically up to {MOST_EDGES}: use fewer points or distinct x_i'
    )
  return numeric.maximise([term], len(vertices), 1e3, 1e-8 * len(tails)).lower


def relativistic_value(real, generated, loss):
  """sup over f of (1/n) sum_i h(f(x_i) - f(y_i)), pairs i <-> i, exactly (RS-GAN paper, Eq. 6, Theorem 2, Eq. 31).

  h(0) / n for each edge in a cycle of the graph x_i -> y_i; O(n log n) for the grouping, then O(n). Repeated x's: see
  the module; components that are not balanced are solved numerically, to 1e-8.

  Args:
    real: X [n, d] or [n].
    generated: Y, of the same shape; y_i is paired with x_i.
    loss: a `KeptPairs` whose h satisfies Assumptions 4.4 and 4.5.

  Returns:
    The value, a float in [h(0), sup h].

  Raises:
    InputError: bad points (see `state`); another loss, or one whose h fails an assumption (it says which), but for a
      supremum other than 0; an unbalanced component of more than 300 different edges.
  """
  check(loss, KeptPairs)
  check_bounded(loss, loss.h)
  loss, top = centred(loss)
  require_theorem_2(loss)
  groups = points.group(real, generated)
  return total(groups.real, groups.generated, loss.h) / len(groups.real) + top


def in_cycle(real, generated):
  """For every i whether the edge x_i -> y_i lies in a cycle of the graph; booleans [n]. Raises as `state`."""
  groups = points.group(real, generated)
  return parts(groups.real, groups.generated, True).part >= 0


def _certificate(real, generated, loss):
  require_theorem_2(loss)
  groups, monotone = points.group(real, generated), saturates(loss.h)
  found = parts(groups.real, groups.generated, monotone)
  if found.forked and not monotone:
    raise InputError(
      f'loss {loss.name} falls again beyond its maximum and an x has two different partners: '
      'no certificate is known; use distinct x_i or a loss that only grows'
    )
  n, zero = len(groups.real), at_zero(loss.h)
  value = total(groups.real, groups.generated, loss.h) / n + 0.0
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
  rise[single] = -length[part[single]] * at_zero(h)
  for piece in np.unique(part[(part >= 0) & ~single]):
    where = np.flatnonzero(part == piece)
    rise[where] = _piece_rises(tails[where], heads[where], h)
  return rise


def _piece_rises(tails, heads, h):
  whole = total(tails, heads, h)
  _, first, same = np.unique(np.stack([tails, heads]), axis=1, return_index=True, return_inverse=True)
  rises = [total(np.delete(tails, edge), np.delete(heads, edge), h) - whole for edge in first]
  # Both totals may come from cutting planes, each to 1e-8 for an edge.
  return np.array([rise if rise > 1e-7 * len(tails) else 0.0 for rise in rises])[same.ravel()]


def _cycle_lengths(patterns):
  """For patterns [chunk, n], edges i -> pattern[i]: the lengths of the cycles that each i is on, 0 for none, sorted."""
  n = patterns.shape[1]
  lengths, reached = np.zeros_like(patterns), patterns.astype(np.intp)
  for steps in range(1, n + 1):
    lengths[(lengths == 0) & (reached == np.arange(n))] = steps
    reached = np.take_along_axis(patterns, reached, 1).astype(np.intp)
  return np.sort(lengths, 1)
