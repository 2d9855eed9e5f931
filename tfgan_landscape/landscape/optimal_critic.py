"""The optimal critic under a Lipschitz penalty, exact, for finite point sets (LGAN paper, Section 3, Appendix G).

f* = argmin_f E_fake phi(f(x)) + E_real phi(-f(y)) + lambda k(f)^2, k(f) being the Lipschitz constant of f, or the same
under the constraint k(f) <= k0. What f* is between the points does not matter for it, so that this is a convex program
over the values at the points. For phi' > 0 the only constraints that are needed are those between a fake point x and a
real point y, f(y) - f(x) <= k d(x, y): lowering f at the fake points as far as they allow, and raising it then at the
real ones, gives a function that is k-Lipschitz on all of them, and no worse. (So Theorem 2: bounds are between fake and
real points.) A primal-dual interior-point method solves it; its duality gap is part of the answer.
"""

from typing import NamedTuple

import numpy as np
import scipy.linalg
import scipy.spatial

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape.lipschitz_family import violations
from tfgan_landscape.landscape.points import numbers, of_one_space

LIMIT = 1000  # points of either set; the program has their product as constraints

_NORMS = {1: 'cityblock', 2: 'euclidean'}
_STEPS = 200
_STATIONARY = 1e-10
_FAMILY_GRID = np.linspace(-20, 20, 4001)  # where Eq. 12 is looked at, beside the values of f* itself
_WIDEST_GAP = 1e-6


class OptimalCritic(NamedTuple):
  """f* at the points.

  Attributes:
    real: points [n, d].
    fake: points [m, d].
    real_values: f* at the real points [n].
    fake_values: f* at the fake points [m].
    k: the Lipschitz constant, the smallest that f* can have.
    value: of the whole objective.
    gap: by how much the value is above the least one at most: complementarity, and what is left of the Lagrangian's
      gradient times the size of f*.
    plan: multipliers [m, n] of the constraints, above 0 between points that bound each other; with phi(t) = t the
      optimal transport plan.
    norm: 1 or 2, of the distances.
  """

  real: np.ndarray
  fake: np.ndarray
  real_values: np.ndarray
  fake_values: np.ndarray
  k: float
  value: float
  gap: float
  plan: np.ndarray
  norm: int

  def bounding(self, tolerance=1e-5):
    """Returns which pairs bound each other, f(y) - f(x) = k d(x, y), bool [m, n] (Theorems 1 and 2).

    Args:
      tolerance: of the difference, relative to k times the largest distance.
    """
    distances = _distances(self.fake, self.real, self.norm)
    room = self.k * distances - (self.real_values - self.fake_values[:, None])
    return (room <= tolerance * max(self.k * distances.max(), 1e-300)) & (distances > 0)

  def directions(self, tolerance=1e-5):
    """Returns the unit vectors from each fake point to the real points that bound it, a list of [b, d], b >= 0.

    Theorem 3: where f* is differentiable its gradient at the fake point is k times that vector; with several, f* has a
    slope of k along each and is not differentiable there (Appendix F).
    """
    towards = [self.real[bound] - point for bound, point in zip(self.bounding(tolerance), self.fake)]
    return [each / np.linalg.norm(each, axis=1, keepdims=True) for each in towards]

  def angles(self, gradients):
    """Returns the angle in degrees of each fake point's gradient [m, d] to the nearest of its `directions`, [m].

    NaN where no real point bounds the fake one, or the gradient is 0.
    """
    found = np.full(len(self.fake), np.nan)
    for index, (towards, gradient) in enumerate(zip(self.directions(), np.asarray(gradients, np.float64))):
      length = np.linalg.norm(gradient)
      if len(towards) and length > 0:
        found[index] = np.degrees(np.arccos(np.clip(towards @ gradient / length, -1, 1).max()))
    return found

  def lowest(self, points):
    """Returns McShane's extension at points [p, d], the lowest k-Lipschitz function with f* at the points, [p]."""
    return self._extension(points, -1)

  def highest(self, points):
    """Returns Whitney's extension at points [p, d], the highest k-Lipschitz function with f* at the points, [p]."""
    return self._extension(points, 1)

  def _extension(self, points, side):
    values = np.concatenate([self.real_values, self.fake_values])
    distances = _distances(np.asarray(points, np.float64), np.concatenate([self.real, self.fake]), self.norm)
    return side * (side * values + self.k * distances).min(1)


def optimal_critic(real, fake, phi, weight=None, limit=None, real_weights=None, fake_weights=None, norm=2, k0=0.0):
  """Returns the `OptimalCritic` of two point sets.

  Args:
    real: points [n, d], or [n].
    fake: points [m, d], or [m].
    phi: `lipschitz_family.Phi` that satisfies Eq. 12.
    weight: lambda of lambda (k(f) - k0)^2, above 0; None with a `limit`.
    limit: the constraint k(f) <= limit, above 0; None with a `weight`.
    real_weights: probabilities of the real points [n], up to a factor; None for equal ones.
    fake_weights: likewise [m].
    norm: 2, or 1 for Appendix D's counter-example.
    k0: the constant that is not penalised, at least 0 (Appendix E).

  Raises:
    InputError: sets that are empty, too large, not finite or of different dimension; weights or constants that make no
      sense; a phi that violates Eq. 12, on [-20, 20] or at the values of f* (it says which condition and where): the
      constraints between fake and real points alone are not enough for it; a gap that does not close.
  """
  _check_phi(phi, _FAMILY_GRID)
  if (weight is None) == (limit is None):
    raise InputError('give the weight of the Lipschitz penalty, or the limit of the Lipschitz constant, and not both')
  for name, number in (('weight', weight), ('limit', limit)):
    if number is not None and not (np.isfinite(number) and number > 0):
      raise InputError(f'the {name} of the Lipschitz constant is {number}; give a finite number above 0')
  if norm not in _NORMS:
    raise InputError(f'norm = {norm!r} is none of 1 and 2')
  real, fake = of_one_space(real, fake, ('real', 'fake'))
  real_weights, fake_weights = _weights('real', real, real_weights), _weights('fake', fake, fake_weights)
  program = _Program(_distances(fake, real, norm), fake_weights, real_weights, phi, weight, limit, k0)
  values, k, plan, gap = program.solve()
  fake_values, real_values = program.tight(*values, k)
  _check_phi(phi, np.unique(np.concatenate([fake_values, -real_values])))
  value = program.objective(fake_values, real_values, k)
  if not gap <= _WIDEST_GAP * (1 + abs(value)):
    raise InputError(f'the exact program leaves a gap of {gap:.2g} at a value of {value:.6g}; scale phi or the points')
  return OptimalCritic(real, fake, real_values, fake_values, k, value, gap, plan, norm)


def _check_phi(phi, points):
  """Refuses a phi that violates Eq. 12 at points in rising order."""
  failures = violations(points, phi.slope(points))
  if failures:
    raise InputError(f"the exact critic is that of a phi with phi' > 0 and phi'' >= 0 (Eq. 12); {failures[0]}")


def _weights(name, points, weights):
  if len(points) > LIMIT:
    raise InputError(f'{len(points)} {name} points are more than the exact program takes, {LIMIT}; give fewer')
  weights = np.ones(len(points)) if weights is None else numbers(f'{name}_weights', weights)
  if weights.shape != (len(points),) or (weights <= 0).any():
    raise InputError(f'the weights of the {name} points are no {len(points)} numbers above 0')
  return weights / weights.sum()


def _distances(first, second, norm):
  return scipy.spatial.distance.cdist(first, second, _NORMS[norm])


class _Program:
  """min over (f at fake points, f at real points, k) with slack s = k d + f_x - f_y >= 0 for every pair."""

  def __init__(self, distances, fake_weights, real_weights, phi, weight, limit, k0):
    self.scale = distances.max() or 1.0  # distances of order 1: k is found in these units
    self.distances = distances / self.scale
    self.fake_weights, self.real_weights, self.phi = fake_weights, real_weights, phi
    self.weight = 0.0 if weight is None else weight / self.scale**2
    self.limit = None if limit is None else limit * self.scale
    self.k0 = k0 * self.scale

  def objective(self, fake_values, real_values, k):
    """The whole objective at a point, k in the caller's units."""
    losses = self.fake_weights @ self.phi.value(fake_values) + self.real_weights @ self.phi.value(-real_values)
    return float(losses + self.weight * (k * self.scale - self.k0) ** 2)

  def tight(self, fake_values, real_values, k):
    """Lowers fake values and raises real ones as far as the constraints allow: k-Lipschitz, and no worse."""
    reach = k * self.scale * self.distances
    fake_values = (real_values - reach).max(1)
    return fake_values, (fake_values[:, None] + reach).min(0)

  def solve(self):
    """Returns ((fake values, real values), k, plan, gap)."""
    count, (m, n) = self.distances.size, self.distances.shape
    k = 1.0 if self.limit is None else 0.5 * self.limit
    z = np.concatenate([np.full(m, 0.5), np.full(n, -0.5), [k]])
    plan, ceiling = np.full((m, n), 1.0 / count), 1.0 / count
    for _ in range(_STEPS):
      slack, room = self._slack(z), self._room(z)
      gap = (plan * slack).sum() + ceiling * room
      size = 1 + abs(self.objective(z[:m], z[m:-1], z[-1] / self.scale))
      if gap < 1e-12 * size and self._far(z, plan, ceiling) < _STATIONARY:
        break
      mu = 0.1 * gap / (count + (self.limit is not None))
      z, plan, ceiling = self._newton(z, plan, ceiling, slack, room, mu)
    gap = (plan * self._slack(z)).sum() + ceiling * self._room(z)
    gap += self._far(z, plan, ceiling) * (1 + np.abs(z).sum())
    return (z[:m], z[m:-1]), float(z[-1] / self.scale), plan, float(gap)

  def _slack(self, z):
    m = len(self.distances)
    return z[-1] * self.distances + z[:m, None] - z[None, m:-1]

  def _room(self, z):
    return 0.0 if self.limit is None else self.limit - z[-1]

  def _gradient(self, z, plan, ceiling):
    """Of the Lagrangian."""
    m = len(self.distances)
    fake = self.fake_weights * self.phi.slope(z[:m]) - plan.sum(1)
    real = -self.real_weights * self.phi.slope(-z[m:-1]) + plan.sum(0)
    k = 2 * self.weight * (z[-1] - self.k0) - (plan * self.distances).sum()
    return np.concatenate([fake, real, [k + (ceiling if self.limit is not None else 0.0)]])

  def _far(self, z, plan, ceiling):
    return np.abs(self._gradient(z, plan, ceiling)).max()

  def _newton(self, z, plan, ceiling, slack, room, mu):
    """One step towards the point of the central path with products mu."""
    m, ratio, limited = len(self.distances), plan / slack, self.limit is not None
    hessian = self._hessian(z, ratio)
    if limited:
      hessian[-1, -1] += ceiling / room
    wanted = self._gradient(z, mu / slack, mu / room if limited else 0.0)
    move = _solved(hessian, -wanted)
    change = move[-1] * self.distances + move[:m, None] - move[None, m:-1]
    plan_move = mu / slack - plan - ratio * change
    ceiling_move = mu / room - ceiling + ceiling / room * move[-1] if limited else 0.0
    step = min(_longest(slack, change), _longest(room, -move[-1]) if limited else 1.0)
    dual = min(_longest(plan, plan_move), _longest(ceiling, ceiling_move) if limited else 1.0)
    step = self._shorter(z, move, plan, plan_move, ceiling, ceiling_move, min(step, dual))
    return z + step * move, plan + step * plan_move, ceiling + step * ceiling_move

  def _hessian(self, z, ratio):
    m, n = self.distances.shape
    hessian = np.zeros([m + n + 1] * 2)
    weighted = ratio * self.distances
    diagonal = np.concatenate(
      [
        self.fake_weights * self.phi.curvature(z[:m]) + ratio.sum(1),
        self.real_weights * self.phi.curvature(-z[m:-1]) + ratio.sum(0),
        [2 * self.weight + (weighted * self.distances).sum()],
      ]
    )
    hessian[np.diag_indices_from(hessian)] = diagonal
    hessian[:m, m:-1], hessian[m:-1, :m] = -ratio, -ratio.T
    hessian[:m, -1] = hessian[-1, :m] = weighted.sum(1)
    hessian[m:-1, -1] = hessian[-1, m:-1] = -weighted.sum(0)
    if (diagonal[:m] == ratio.sum(1)).all():  # phi is linear: a shift of all values changes nothing, and is left out
      hessian[:-1, :-1] += diagonal.mean() / (m + n)
    return hessian

  def _shorter(self, z, move, plan, plan_move, ceiling, ceiling_move, step):
    """Halves a step until the Lagrangian's gradient falls with it: phi may bend much within it."""
    before = self._far(z, plan, ceiling)
    for _ in range(30):
      after = self._far(z + step * move, plan + step * plan_move, ceiling + step * ceiling_move)
      if after <= max((1 - 0.1 * step) * before, _STATIONARY):
        break
      step /= 2
    return step


def _solved(matrix, right):
  """Solves a symmetric system that may be singular along a shift of all values, scaled to a diagonal of ones."""
  scale = np.diagonal(matrix) ** -0.5
  scaled = matrix * scale * scale[:, None]
  scaled[np.diag_indices_from(scaled)] += 1e-14
  return scale * scipy.linalg.solve(scaled, scale * right, assume_a='sym')


def _longest(values, moves):
  """The longest step up to 1 that keeps values + step moves well above 0."""
  values, moves = np.asarray(values), np.asarray(moves)
  falling = moves < 0
  return min(1.0, 0.99 * float((values[falling] / -moves[falling]).min())) if falling.any() else 1.0
