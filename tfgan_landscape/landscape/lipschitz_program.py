"""The best critic under a Lipschitz penalty as a convex program over its values at the points, and its solver.

  minimise  sum_j w_j phi_j(M_j f) + lambda (k - k0)^2   over f [size], k,   f_b - f_a <= k d(a, b),

phi = -h of the loss's terms. What f is between the points does not matter. A primal-dual interior-point method solves
it: every kind of constraint is a block that knows its slack, the transpose of its matrix and its Gram matrix.
"""

import warnings
from typing import NamedTuple

import numpy as np
import scipy.linalg
from scipy import sparse

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import scalars

_STEPS = 200
_STATIONARY = 1e-10
_ROUNDING = 1e-15  # of a slack, which is a difference of numbers of order 1


class Solution(NamedTuple):
  """f [size], the Lipschitz constant k, the multipliers of the pairs [rows, columns], the gap of the objective."""

  f: np.ndarray
  k: float
  plan: np.ndarray
  gap: float


class Program:
  """The program of the module's first lines.

  Args:
    terms: [`loss.Term`].
    rows, columns: numbers of the points a and b of the constraints, each without repeats.
    distances: d(a, b) [rows, columns]; a point with itself is left out.
    size: of f.
    weight: lambda; 0 with a limit.
    limit: the largest k; None for none.
    k0: the constant that is not penalised.
  """

  def __init__(self, terms, rows, columns, distances, size, weight, limit=None, k0=0.0):
    self.unit = distances.max() or 1.0  # distances of order 1: k is found in these units
    self.terms, self.size = [term._replace(matrix=_compact(term.matrix)) for term in terms], size
    self.weight, self.k0 = weight / self.unit**2, k0 * self.unit
    kinked = [_Kinked(term, size) for term in terms if scalars.kinks(term.h)]
    self.smooth = [
      (term.matrix, term.weight, *scalars.derivatives(term.h)) for term in self.terms if not scalars.kinks(term.h)
    ]
    self.of_differences = not any(term.matrix.sum(1).any() for term in terms)
    self.cost = np.concatenate([np.zeros(size + 1), *(each.weight for each in kinked)])
    ends = np.cumsum([size + 1, *(len(each.weight) for each in kinked)])
    self.pairs = _Pairs(rows, columns, distances / self.unit, size, len(self.cost))
    self.blocks = [self.pairs, *(each.block(start, len(self.cost)) for each, start in zip(kinked, ends))]
    if limit is not None:
      ceiling = sparse.csr_matrix(([-1.0], ([0], [size])), (1, len(self.cost)))
      self.blocks.append(_Linear(ceiling, np.array([limit * self.unit])))
    self.start = self._start(kinked, 1 / (1 + 2 * self.weight) if limit is None else 0.5 * limit * self.unit)

  def _start(self, kinked, k):
    f = np.zeros(self.size)
    f[np.setdiff1d(self.pairs.rows, self.pairs.columns)] = 0.5
    f[np.setdiff1d(self.pairs.columns, self.pairs.rows)] = -0.5
    return np.concatenate([f, [k], *(1.0 - scalars.evaluate(each.term.h, each.term.matrix @ f) for each in kinked)])

  def objective(self, f, k):
    """Returns the objective at f [size] and k."""
    losses = sum(term.weight @ -scalars.evaluate(term.h, term.matrix @ f) for term in self.terms)
    return float(losses + self.weight * (k * self.unit - self.k0) ** 2)

  def solve(self):
    """Returns the `Solution`."""
    with np.errstate(all='ignore'):  # a step that goes too far is halved
      return self._solve()

  def _solve(self):
    z, duals = self.start, [np.full(block.count, 1 / block.count) for block in self.blocks]
    count = sum(block.count for block in self.blocks)
    for _ in range(_STEPS):
      slacks = [block.slack(z) for block in self.blocks]
      gap, far = sum(dual @ slack for dual, slack in zip(duals, slacks)), self._far(z, duals)
      size = 1 + abs(self.objective(z[: self.size], z[self.size] / self.unit))
      # The gap is small beside what the penalty costs too: multipliers may be as small as the weight.
      cost = self.weight * (z[self.size] - self.k0) ** 2
      enough = max(min(1e-12 * size, 1e-8 * cost), 1e-16 * size)
      if min(slack.min() for slack in slacks) < _ROUNDING or (gap < enough and far < _STATIONARY):
        break
      z, duals = self._newton(z, duals, slacks, max(0.1 * gap, 0.1 * far) / count)
    gap = sum(dual @ block.slack(z) for dual, block in zip(duals, self.blocks))
    gap += self._far(z, duals) * (1 + np.abs(z).sum())
    return Solution(z[: self.size], float(z[self.size] / self.unit), self.pairs.square(duals[0]), float(gap))

  def _gradient(self, z, duals):
    """Of the Lagrangian."""
    found = self.cost - sum(block.back(dual) for block, dual in zip(self.blocks, duals))
    found[self.size] += 2 * self.weight * (z[self.size] - self.k0)
    for matrix, weight, slope, _ in self.smooth:
      found[: self.size] -= matrix.T @ (weight * slope(matrix @ z[: self.size]))
    return found

  def _far(self, z, duals):
    return np.abs(self._gradient(z, duals)).max()

  def _newton(self, z, duals, slacks, mu):
    """One step towards the point of the central path with products mu."""
    ratios = [dual / slack for dual, slack in zip(duals, slacks)]
    move = self._move(self._hessian(z, ratios), ratios, -self._gradient(z, [mu / slack for slack in slacks]))
    changes = [block.change(move) for block in self.blocks]
    moves = [mu / slack - dual - ratio * change for dual, slack, ratio, change in zip(duals, slacks, ratios, changes)]
    step = min(_longest(*each) for each in [*zip(slacks, changes), *zip(duals, moves)])
    before = self._far(z, duals)
    for _ in range(30):  # phi may bend much within a step: until the Lagrangian's gradient falls with it
      after = z + step * move, [dual + step * each for dual, each in zip(duals, moves)]
      if self._far(*after) <= max((1 - 0.1 * step) * before, 0.1 * mu, 10 * _STATIONARY):
        break
      step /= 2
    return after

  def _move(self, hessian, ratios, right):
    """Solves for f and k, and from them for the unknowns of kinked terms, each of which meets f alone."""
    tails = [block.tail(ratio) for block, ratio in zip(self.blocks, ratios) if isinstance(block, _Pieces)]
    if not tails:
      return _solved(hessian, right)
    mixed, own = np.hstack([mixed for mixed, _ in tails]), np.concatenate([own for _, own in tails])
    head, tail = np.split(right, [self.size + 1])
    head[: self.size] -= mixed @ (tail / own)
    found = _solved(hessian, head)
    return np.concatenate([found, (tail - mixed.T @ found[: self.size]) / own])

  def _hessian(self, z, ratios):
    """Of the Lagrangian by f and k [size + 1], with the unknowns of kinked terms at their best."""
    hessian, bent = np.zeros([self.size + 1] * 2), False
    for matrix, weight, _, curvature in self.smooth:
      bend = -weight * curvature(matrix @ z[: self.size])
      bent = bent or bend.any()
      _add_gram(hessian[: self.size, : self.size], matrix, bend)
    for block, ratio in zip(self.blocks, ratios):
      block.add_gram(hessian, ratio)
    hessian[self.size, self.size] += 2 * self.weight
    if self.of_differences or not (bent or self.cost.any()):  # a shift of f changes nothing, and is left out
      hessian[: self.size, : self.size] += np.diagonal(hessian)[: self.size].mean() / self.size
    return hessian


class _Pairs:
  """k d(a, b) + f_a - f_b >= 0 for all a of the rows and b of the columns, a != b."""

  def __init__(self, rows, columns, distances, size, length):
    self.rows, self.columns, self.distances, self.size, self.length = rows, columns, distances, size, length
    self.kept = rows[:, None] != columns[None, :]
    self.count = int(self.kept.sum())

  def change(self, z):
    return (z[self.size] * self.distances + z[self.rows][:, None] - z[self.columns][None, :])[self.kept]

  slack = change

  def square(self, values):
    """Values of the constraints as a matrix [rows, columns], 0 where there is none."""
    if self.count == self.kept.size:
      return values.reshape(self.kept.shape)
    found = np.zeros(self.kept.shape)
    found[self.kept] = values
    return found

  def back(self, dual):
    plan = self.square(dual)
    found = np.zeros(self.length)
    found[self.rows] += plan.sum(1)
    found[self.columns] -= plan.sum(0)
    found[self.size] = (plan * self.distances).sum()
    return found

  def add_gram(self, hessian, ratio):
    ratio = self.square(ratio)
    weighted = ratio * self.distances
    rows, columns = _span(self.rows), _span(self.columns)
    diagonal = hessian.reshape(-1)[:: len(hessian) + 1]
    diagonal[rows] += ratio.sum(1)
    diagonal[columns] += ratio.sum(0)
    diagonal[self.size] += (weighted * self.distances).sum()
    block = (
      (rows, columns) if isinstance(rows, slice) and isinstance(columns, slice) else np.ix_(self.rows, self.columns)
    )
    for side in (hessian, hessian.T):
      side[block] -= ratio
      side[rows, self.size] += weighted.sum(1)
      side[columns, self.size] -= weighted.sum(0)


class _Linear:
  """matrix z + constant >= 0, matrix [count, z] sparse."""

  def __init__(self, matrix, constant):
    self.matrix, self.constant, self.count = _compact(matrix), constant, len(constant)

  def slack(self, z):
    return self.matrix @ z + self.constant

  def change(self, move):
    return self.matrix @ move

  def back(self, dual):
    return self.matrix.T @ dual

  def add_gram(self, hessian, ratio):
    _add_gram(hessian, self.matrix[:, : len(hessian)], ratio)


class _Kinked:
  """A term of a piecewise linear h: one more unknown for each of its values, above every piece of -h."""

  def __init__(self, term, size):
    self.term, self.size, self.weight = term, size, term.weight
    places = np.array(scalars.kinks(term.h), np.float64)
    middles = np.concatenate([places[:1] - 1, (places[1:] + places[:-1]) / 2, places[-1:] + 1])
    if scalars.curvature(term.h, middles).any():
      raise InputError('a loss with kinks is taken where it is linear between them; smooth it')
    self.slopes = scalars.slope(term.h, middles)
    self.constants = scalars.evaluate(term.h, middles) - self.slopes * middles

  def block(self, start, length):
    """Returns the constraints e_j + h's piece at M_j f >= 0, e_j from `start` on among `length` unknowns."""
    count = len(self.weight)
    own = sparse.csr_matrix((np.ones(count), (np.arange(count), start + np.arange(count))), (count, length))
    values = sparse.hstack([self.term.matrix, sparse.csr_matrix((count, length - self.size))]).tocsr()
    matrix = sparse.vstack([own + slope * values for slope in self.slopes]).tocsr()
    return _Pieces(matrix, np.repeat(self.constants, count), _compact(self.term.matrix), self.slopes)


class _Pieces(_Linear):
  """The constraints of a kinked term, whose own unknowns leave the system of f and k: e_j is best for every f.

  With ratios r_p of the pieces' slopes s_p, what e_j leaves is the variance sum r_p (s_p - mean)^2 along M_j f.
  """

  def __init__(self, matrix, constant, values, slopes):
    super().__init__(matrix, constant)
    self.values, self.slopes = values, slopes[:, None]

  def add_gram(self, hessian, ratio):
    ratio = ratio.reshape(len(self.slopes), -1)
    mean = (ratio * self.slopes).sum(0) / ratio.sum(0)
    size = self.values.shape[1]
    _add_gram(hessian[:size, :size], self.values, (ratio * (self.slopes - mean) ** 2).sum(0))

  def tail(self, ratio):
    """Returns what the unknowns e have with f [size, count], and with themselves [count]."""
    ratio = ratio.reshape(len(self.slopes), -1)
    steep = (ratio * self.slopes).sum(0)
    mixed = self.values.T * steep if isinstance(self.values, np.ndarray) else self.values.T.multiply(steep).toarray()
    return mixed, ratio.sum(0)


def _span(numbers):
  """Rising numbers as a slice where they leave none out, which is quicker to read and write by."""
  return slice(numbers[0], numbers[-1] + 1) if numbers[-1] - numbers[0] == len(numbers) - 1 else numbers


def _compact(matrix):
  """A sparse matrix as an array where that is quicker."""
  return matrix.toarray() if matrix.shape[0] * matrix.shape[1] <= 20_000 else matrix


def _add_gram(hessian, matrix, weights):
  """Adds matrix^T diag(weights) matrix to an array."""
  if isinstance(matrix, np.ndarray):
    hessian += (matrix.T * weights) @ matrix
  else:
    found = (matrix.T @ matrix.multiply(weights[:, None]).tocsr()).tocoo()
    hessian[found.row, found.col] += found.data


def _solved(matrix, right):
  """Solves a symmetric system that may be singular along a shift of all values, scaled to a diagonal of ones."""
  scale = np.diagonal(matrix) ** -0.5
  scaled = matrix * scale * scale[:, None]
  scaled[np.diag_indices_from(scaled)] += 1e-14
  with warnings.catch_warnings():
    warnings.simplefilter('ignore', scipy.linalg.LinAlgWarning)  # near the optimum; the gap says how good the step was
    return scale * scipy.linalg.solve(scaled, scale * right, assume_a='sym')


def _longest(values, moves):
  """The longest step up to 1 that keeps values + step moves well above 0."""
  falling = moves < 0
  return min(1.0, 0.99 * float((values[falling] / -moves[falling]).min())) if falling.any() else 1.0
