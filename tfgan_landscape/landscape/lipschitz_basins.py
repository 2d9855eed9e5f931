"""Strict local minima under a Lipschitz critic, and the weight of the penalty that clears them away.

V is a maximum over critics, so that its one-sided slope in a direction u of Y is a minimum over the multipliers p of
the optimal critic (Gol'shtein): V'(Y; u) = k min_p sum_i [ p_i0 |u_i| + sum_b p_ib (y_i - b) . u_i / d(y_i, b) ], p_i0
the multipliers of real points on which y_i lies, b the others. It is a sum over i for each p, and therefore above 0 for
all u if and only if for every p and every i alone p_i0 > |sum_b p_ib (y_i - b) / d(y_i, b)|. Hence

* moving one point at a time decides, whatever the others do;
* in a strict local minimum every y lies on an x, as in Theorem 1 of the RS-GAN paper, at any weight of the penalty.

The smallest such difference is a linear program over the optimal multipliers for each direction.
"""

from typing import NamedTuple

import numpy as np
from scipy import optimize, sparse

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import lipschitz, points, scalars

_KINK = 1e-5  # a critic's value this near to a kink of the loss is at it
_TURNS = 20
_EXACT = {'primal_feasibility_tolerance': 1e-10, 'dual_feasibility_tolerance': 1e-10}
_WEIGHTS = np.geomspace(1e-7, 10, 25)  # over the squared diameter of the points: where a critical weight is sought


class LipschitzCertificate(NamedTuple):
  """Whether Y is a strict local minimum of V; truthy when it is one.

  Attributes:
    strict: every small enough change of Y raises V.
    suboptimal: V(Y) is above the global minimum, that of Y = X.
    slopes: [n], of V when y_i alone moves in its steepest direction, per unit of way; below 0 it falls.
    directions: [n, d], unit vectors.
    value: V(Y).
    k: the critic's Lipschitz constant.
  """

  strict: bool
  suboptimal: bool
  slopes: np.ndarray
  directions: np.ndarray
  value: float
  k: float

  def __bool__(self):
    return self.strict


def lipschitz_certificate(real, fake, loss, weight):
  """Returns the `LipschitzCertificate` of a state Y.

  Exact to about 1e-7 on a line; in more dimensions each point's steepest direction is sought from several starts. A
  slope of 0 is no proof of anything: first order decides where it is above or below 0.

  Args:
    real: X [n, d] or [n].
    fake: Y, of the same shape.
    loss: as of `lipschitz_value`.
    weight: lambda, above 0.

  Raises:
    InputError: as `lipschitz_value`; an optimum at which a function of the loss falls (least squares of pairs may),
      where points of one kind bound each other and no certificate is known.
  """
  found = lipschitz.optimum(real, fake, loss, weight)
  groups, k = found.groups, found.solution.k
  n, d = len(groups.real), groups.values.shape[1]
  optimum = loss.optimum()
  suboptimal = found.value > optimum + 1e-8 * (1 + abs(optimum))
  if not suboptimal:
    return LipschitzCertificate(
      points.state(real, fake).name == 'perfect', False, np.zeros(n), np.eye(1, d).repeat(n, 0), found.value, k
    )
  multipliers = _Multipliers(found, loss, weight)
  slopes, directions = zip(*map(multipliers.steepest, range(n)))
  slopes = k * np.array(slopes)
  return LipschitzCertificate(bool((slopes > 0).all()), True, slopes, np.array(directions), found.value, k)


def critical_weight(real, fake, loss):
  """Returns the weight lambda above which the state Y is no longer a strict local minimum of V; 0 where it is none.

  Between 1e-7 and 10 times the squared diameter of the points; infinite where it still is one there. For X = (0, D)
  and Y = (0, 0): JS-GAN D^2 / (40 ln 6), RS-GAN over all pairs D^2 / (24 ln 5), kept pairs 0 (docs/one_landscape.md).

  Args:
    real: X [n, d] or [n].
    fake: Y, of the same shape.
    loss: as of `lipschitz_value`.

  Raises:
    InputError: as `lipschitz_certificate`; Y is a permutation of X, the global minimum at every weight.
  """
  real, fake = points.pair(real, fake)
  if points.state(real, fake).name == 'perfect':
    raise InputError('Y is a permutation of X, the global minimum at any weight; give another state')
  if points.state(real, fake).name != 'mode collapse':
    return 0.0  # a y lies on no x, and can move
  unit = np.ptp(np.concatenate([real, fake]), 0).max() ** 2

  def rise(log_weight):
    return lipschitz_certificate(real, fake, loss, np.exp(log_weight) * unit).slopes.min()

  grid = np.log(_WEIGHTS)
  held = [index for index, at in enumerate(grid) if rise(at) > 0]
  if not held:
    return 0.0
  if held[-1] == len(grid) - 1:
    return np.inf
  return float(unit * np.exp(optimize.brentq(rise, grid[held[-1]], grid[held[-1] + 1], xtol=1e-9)))


class _Multipliers:
  """All optimal multipliers of a solved program, of its points one by one: a polytope.

  The unknowns are those of the pairs (a, b) that bind, and of the kinked terms at a kink. Those of a point balance what
  the loss pulls at it.
  """

  def __init__(self, found, loss, weight):
    groups, f = found.groups, found.solution.f
    if len(found.rows) + len(found.columns) > len(np.unique(groups.generated)) + len(np.unique(groups.real)):
      raise InputError(f'loss {loss.name} falls at the optimal critic: no certificate is known there; take more weight')
    self.n = n = len(groups.real)
    self.real, self.fake = groups.values[groups.real], groups.values[groups.generated]
    self.first, self.second = np.nonzero(lipschitz.binding(found))
    self.apart = lipschitz.distances(groups)[self.first, self.second]
    pull, free, self.bounds = _pulls(loss, np.concatenate([f[groups.generated], f[groups.real]]), n)
    rows, ones = np.arange(len(self.first)), np.ones(len(self.first))
    balance = sparse.csr_matrix(
      (np.r_[ones, -ones], (np.r_[self.first, n + self.second], np.r_[rows, rows])), (2 * n, len(rows))
    )
    length = sparse.hstack([sparse.csr_matrix(self.apart), sparse.csr_matrix((1, free.shape[1]))])
    self.matrix = sparse.vstack([sparse.hstack([balance, -free]), length]).tocsr()
    self.right = np.r_[pull, 2 * weight * found.solution.k]
    self.bounds = [(0, None)] * len(rows) + self.bounds

  def steepest(self, i):
    """Returns (the smallest slope over k, its direction [d]) of generated point i."""
    own = self.first == i
    stay, away = own & (self.apart == 0), own & (self.apart > 0)
    units = np.zeros([len(own), self.fake.shape[1]])
    units[away] = (self.fake[i] - self.real[self.second[away]]) / self.apart[away, None]
    starts = -units[away] if away.any() else np.eye(1, self.fake.shape[1])
    return min((self._along(stay, units, start) for start in _distinct(starts)), key=lambda each: each[0])

  def _along(self, stay, units, direction):
    """A local minimum over directions and multipliers in turn; on a line there is nothing to turn."""
    best = np.inf
    for _ in range(_TURNS):
      cost = np.zeros(self.matrix.shape[1])
      cost[: len(stay)] = stay + units @ direction
      found = self._least(cost)
      pulled = found[: len(stay)] @ units
      length = np.linalg.norm(pulled)
      slope = found[: len(stay)] @ stay - length
      if not slope < best - 1e-12:
        break
      best, direction = slope, -pulled / length if length else direction
    return best, direction

  def _least(self, cost):
    """The multipliers that minimise a linear cost; rounding of the critic leaves the equations a little room."""
    for slack in (1e-10, 1e-9, 1e-8, 1e-7, 1e-6):
      both = sparse.vstack([self.matrix, -self.matrix])
      limits = np.r_[self.right + slack, slack - self.right]
      found = optimize.linprog(cost, both, limits, bounds=self.bounds, method='highs', options=_EXACT)
      if found.status == 0:
        return found.x
    raise InputError('the multipliers of the optimal critic are not found to 1e-6; scale the points or the weight')


def _pulls(loss, f, n):
  """What the loss pulls at the points [2 n], the matrix of its multipliers at kinks [2 n, m], and their bounds."""
  fakes, reals, scale = np.arange(n), np.arange(n, 2 * n), loss.scale(n)
  pull, free, bounds = np.zeros(2 * n), [sparse.csr_matrix((2 * n, 0))], []
  for term in loss.terms(reals, fakes, 2 * n):
    at = term.matrix @ f
    if not scalars.kinks(term.h):
      pull -= term.matrix.T @ (term.weight / scale * scalars.slope(term.h, at))
      continue
    ends = [-scalars.slope(term.h, at + side) * term.weight / scale for side in (-_KINK, _KINK)]
    free.append(term.matrix.T)
    bounds += list(zip(*ends))
  return pull, sparse.hstack(free).tocsr(), bounds


def _distinct(directions):
  """At most eight unit vectors, those that differ."""
  return np.unique(np.round(directions, 9), axis=0)[:8]
