"""The optimal critic under a Lipschitz penalty, exact, for finite point sets (LGAN paper, Section 3, Appendix G).

f* = argmin_f E_fake phi(f(x)) + E_real phi(-f(y)) + lambda k(f)^2, k(f) being the Lipschitz constant of f, or the same
under the constraint k(f) <= k0. What f* is between the points does not matter for it, so that this is a convex program
over the values at the points. For phi' > 0 the only constraints that are needed are those between a fake point x and a
real point y, f(y) - f(x) <= k d(x, y): lowering f at the fake points as far as they allow, and raising it then at the
real ones, gives a function that is k-Lipschitz on all of them, and no worse. (So Theorem 2: bounds are between fake and
real points.) The duality gap of the program is part of the answer.
"""

from typing import NamedTuple

import numpy as np
import scipy.spatial

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import scalars
from tfgan_landscape.landscape.lipschitz_program import Program
from tfgan_landscape.landscape.loss import check
from tfgan_landscape.landscape.points import numbers, of_one_space
from tfgan_landscape.landscape.separable import Separable

LIMIT = 1000  # points of either set; the program has their product as constraints

_NORMS = {1: 'cityblock', 2: 'euclidean'}
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


def optimal_critic(real, fake, loss, weight=None, limit=None, real_weights=None, fake_weights=None, norm=2, k0=0.0):
  """Returns the `OptimalCritic` of two point sets.

  Args:
    real: points [n, d], or [n].
    fake: points [m, d], or [m].
    loss: `Separable`, as `lipschitz_gan` makes it of a phi that satisfies Eq. 12; `js` is that of softplus.
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
  check(loss, Separable)
  phis = scalars.reflected(loss.h2), scalars.reflected(loss.h1)
  for phi in phis:
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
  m, n = len(fake), len(real)
  distances = _distances(fake, real, norm)
  terms = loss.terms(np.arange(m, m + n), np.arange(m), m + n, real_weights, fake_weights)
  program = Program(terms, np.arange(m), np.arange(m, m + n), distances, m + n, weight or 0.0, limit, k0)
  values, k, plan, gap = program.solve()
  fake_values, real_values = tight(values[m:], k * distances)
  for phi, values in zip(phis, (fake_values, -real_values)):
    _check_phi(phi, np.unique(values))
  value = program.objective(np.concatenate([fake_values, real_values]), k)
  if not gap <= _WIDEST_GAP * (1 + abs(value)):
    raise InputError(f'the exact program leaves a gap of {gap:.2g} at a value of {value:.6g}; scale phi or the points')
  return OptimalCritic(real, fake, real_values, fake_values, k, value, gap, plan, norm)


def _check_phi(phi, points):
  """Refuses a phi that violates Eq. 12 at points in rising order."""
  failures = scalars.violations(points, scalars.slope(phi, points))
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


def tight(real_values, reach):
  """Lowers fake values and raises real ones as far as the constraints allow: k-Lipschitz, and no worse.

  Args:
    real_values: [n].
    reach: k times the distances [m, n].

  Returns:
    (fake values [m], real values [n]).
  """
  fake_values = (real_values - reach).max(1)
  return fake_values, (fake_values[:, None] + reach).min(0)
