"""The relativistic pairing loss, exactly: cycles of the graph x_i -> y_i (RS-GAN paper, Theorem 2 and Appendix J).

Vertices are the distinct values of all points, every pair is an edge from x_i to y_i. An edge that lies in no cycle
contributes sup h = 0, whatever the others do. With distinct x's every vertex has at most one outgoing edge, cycles are
disjoint, and each of their edges contributes h(0) (Claim J.2).

Repeated x's, which the paper leaves open (Appendix G.2): the edges of a strongly connected component still decide
among themselves. Where each vertex has as many edges in as out (inside the component), f constant is optimal
by concavity, and each edge contributes h(0) again; any other component is solved numerically. An h that falls again
beyond its maximum (least squares) cannot give every edge between components its supremum once an x has two different
partners; such pieces of the graph are solved as a whole.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import numeric, points
from tfgan_landscape.landscape.objectives import centred, check_loss, evaluate, require_theorem_2, saturates

MOST_EDGES = 300


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


def at_zero(h):
  """h(0), what an edge of a cycle contributes."""
  return float(evaluate(h, np.zeros(1))[0])


def _solve(tails, heads, h):
  """The supremum over one unbalanced piece, by cutting planes."""
  vertices, numbers = np.unique(np.concatenate([tails, heads]), return_inverse=True)
  term = numeric.edges(h, numbers[: len(tails)], numbers[len(tails) :], len(vertices))
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
    loss: a Loss whose h satisfies Assumptions 4.4 and 4.5.

  Returns:
    The value, a float in [h(0), sup h].

  Raises:
    InputError: bad points (see `state`); a loss without h, or whose h fails an assumption (it says which), but for
      a supremum other than 0; Wasserstein; an unbalanced component of more than 300 different edges.
  """
  check_loss(loss)
  loss, top = centred(loss)
  require_theorem_2(loss)
  groups = points.group(real, generated)
  return total(groups.real, groups.generated, loss.h) / len(groups.real) + top


def in_cycle(real, generated):
  """For every i whether the edge x_i -> y_i lies in a cycle of the graph; booleans [n]. Raises as `state`."""
  groups = points.group(real, generated)
  return parts(groups.real, groups.generated, True).part >= 0
