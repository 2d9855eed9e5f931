"""Certificates by convex optimisation, independent of every closed form of this package.

The critic enters a loss through its values at the distinct points only, so that the supremum over all continuous f
is a concave programme in as many variables.
"""

from typing import NamedTuple

import numpy as np
from scipy import optimize, sparse

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import points
from tfgan_landscape.landscape.loss import check, check_bounded
from tfgan_landscape.landscape.scalars import evaluate

_STEEPEST = 1e6  # no tangents where exp(-t) overflows: the solver takes no such coefficients
_EXACT = {'primal_feasibility_tolerance': 1e-10, 'dual_feasibility_tolerance': 1e-10}


class Bounds(NamedTuple):
  """The supremum lies in [lower, upper]; `critic` reaches lower after so many `cuts`, rounds of cutting planes.

  `critic` are its values at the distinct points in increasing order.
  """

  lower: float
  upper: float
  cuts: int
  critic: np.ndarray


def numeric_bounds(real, generated, loss, bound=1e3, tolerance=1e-8, most=400):
  """Encloses sup over f of the loss, |f| <= bound, by Kelley's cutting planes (one epigraph variable per term).

  A linear programme maximises the sum of the terms' tangents, an upper bound; the critic it finds gives a lower one
  and the next tangents. h1, h2 (h) need only be concave.

  Args:
    real: X [n, d] or [n].
    generated: Y, of the same shape.
    loss: `Separable`, `KeptPairs` or `AllPairs`.
    bound: the largest |f|; suprema approached at infinity are reached up to the loss's tail there.
    tolerance: of upper - lower; slopes come from central differences, good to about 1e-8 themselves.
    most: rounds.

  Returns:
    Bounds.

  Raises:
    InputError: bad points; no finite supremum; h not concave, or the gap not closed.
  """
  check(loss)
  groups = points.group(real, generated)
  size = len(groups.values)
  check_bounded(loss, *loss.functions)
  terms, scale = loss.terms(groups.real, groups.generated, size), loss.scale(len(groups.real))
  found = maximise(terms, size, bound, tolerance * scale, most)
  return found._replace(lower=found.lower / scale, upper=found.upper / scale)


def numeric_value(real, generated, loss, bound=1e3):
  """The value of `numeric_bounds`, reached by a critic and within 1e-8 of the upper bound; for n up to about 20."""
  return numeric_bounds(real, generated, loss, bound).lower


def maximise(terms, size, bound, tolerance, most=400):
  """Bounds of max over |f| <= bound, f [size], of the sum of the Terms; see `numeric_bounds`."""
  programme = _Programme(terms, size, bound)
  lower, upper, best = -np.inf, np.inf, None
  for round_number in range(1, most + 1):
    f, reached = programme.solve()
    value = programme.value(f)
    lower, upper, best = max(lower, value), min(upper, reached), f if value >= lower else best
    if lower > upper + max(1e-6 * (1 + abs(upper)), tolerance):
      raise InputError('the function of the loss is not concave: the numeric value needs a concave one')
    if upper - lower <= tolerance:
      return Bounds(lower, upper, round_number, best)
    programme.cut_at(f)
  raise InputError(f'gap {upper - lower:.2g} after {most} rounds: raise the tolerance or lower the bound')


class _Programme:
  """The linear programme: maximise weight . z, z_j <= tangents of term j at the points tried, |f| <= bound."""

  def __init__(self, terms, size, bound):
    self.terms, self.size = terms, size
    self.matrix = sparse.vstack([term.matrix for term in terms]).tocsr()
    self.weight = np.concatenate([term.weight for term in terms]).astype(np.float64)
    self.ends = np.cumsum([term.matrix.shape[0] for term in terms])
    self.bounds = [(-bound, bound)] * size + [(None, None)] * len(self.weight)
    self.rows, self.limits = [], []
    for t in np.sinh(np.linspace(-np.arcsinh(2 * bound), np.arcsinh(2 * bound), 25)):
      self._cut(np.full(len(self.weight), t), np.ones(len(self.weight), bool))

  def _each(self, t):
    parts = np.split(t, self.ends[:-1])
    return np.concatenate([evaluate(term.h, part) for term, part in zip(self.terms, parts)])

  def value(self, f):
    """The objective at a critic f [size]."""
    return float(self.weight @ self._each(self.matrix @ f))

  def solve(self):
    """Returns (f, upper bound)."""
    cost = np.concatenate([np.zeros(self.size), -self.weight])
    left, right = sparse.vstack(self.rows), np.concatenate(self.limits)
    found = optimize.linprog(cost, left, right, bounds=self.bounds, method='highs', options=_EXACT)
    if found.status:
      raise InputError(f'the linear programme failed ({found.message.strip()}): use a smaller bound')
    self.z = found.x[self.size :]
    return found.x[: self.size], -found.fun

  def cut_at(self, f):
    """Adds the tangents at f of the terms whose tangents so far lie above them."""
    t = self.matrix @ f
    self._cut(t, self.z - self._each(t) > 1e-12)

  def _cut(self, t, which):
    """z_j - slope_j (matrix_j f) <= h(t_j) - slope_j t_j."""
    step = 1e-6 * (1 + np.abs(t))
    high, low = self._each(t + step), self._each(t - step)
    with np.errstate(invalid='ignore'):
      slope = (high - low) / (2 * step)
    which = which & (np.abs(slope) < _STEEPEST)
    left = sparse.hstack([sparse.diags(-slope) @ self.matrix, sparse.identity(len(t))]).tocsr()
    self.rows.append(left[which])
    self.limits.append((self._each(t) - slope * t)[which])
