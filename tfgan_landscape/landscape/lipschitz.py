"""The landscape under a Lipschitz critic: values, and which states are strict local minima (docs/one_landscape.md).

  V(Y) = max over f of [ payoff(f; X, Y) - lambda k(f)^2 ],   k(f) the Lipschitz constant of f on all points,

with the payoff of a `Separable`, `KeptPairs` or `AllPairs` loss: lambda -> 0 is the landscape of the RS-GAN paper,
h(t) = t that of the Wasserstein distance, and between them lie the critics that a gradient penalty allows.
"""

from typing import NamedTuple

import numpy as np
from scipy.spatial import distance

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import points, scalars
from tfgan_landscape.landscape.assumptions import concave
from tfgan_landscape.landscape.lipschitz_program import Program
from tfgan_landscape.landscape.loss import check
from tfgan_landscape.landscape.optimal_critic import tight

MOST_POINTS = 250  # of either set, and MOST_TERMS of a loss with a kink, each of which is one more unknown
MOST_TERMS = 1000
_GRID = np.linspace(-30, 30, 2001)
_WIDEST_GAP = 1e-6


class LipschitzValue(NamedTuple):
  """V(Y), and the critic that reaches it.

  Attributes:
    value: V(Y), in the normalisation of `loss.value`.
    k: the critic's Lipschitz constant.
    real_values: f at the real points [n].
    fake_values: f at the generated points [n].
    gap: by how much V(Y) is above `value` at most.
    binding: which pairs hold f, |f(a) - f(b)| = k d(a, b), of generated points a and real points b, bool [n, n].
    subgradient: of V by the generated points [n, d], from the multipliers; where points coincide V has a kink, and this
      is one of its subgradients.
  """

  value: float
  k: float
  real_values: np.ndarray
  fake_values: np.ndarray
  gap: float
  binding: np.ndarray
  subgradient: np.ndarray


class Optimum(NamedTuple):
  """A solved program: points' numbers, the distinct places [size, d], constraints' rows and columns, its solution."""

  groups: points.Groups
  rows: np.ndarray
  columns: np.ndarray
  distances: np.ndarray
  solution: tuple
  value: float


def lipschitz_value(real, fake, loss, weight):
  """Returns V(Y), a `LipschitzValue`: the best critic whose Lipschitz constant k costs weight k^2.

  Args:
    real: X [n, d] or [n], up to 250 points.
    fake: Y, of the same shape.
    loss: `Separable`, `KeptPairs` or `AllPairs`, of concave functions; those with kinks linear between them.
    weight: lambda, above 0.

  Raises:
    InputError: bad points or too many; a function that is not concave, and where; a weight that is not above 0; a gap
      that does not close.
  """
  found = optimum(real, fake, loss, weight)
  k, f = found.solution.k, _lipschitz(found, loss)
  real_values, fake_values = f[found.groups.real], f[found.groups.generated]
  return LipschitzValue(
    found.value, k, real_values, fake_values, found.solution.gap, binding(found), _subgradient(found)
  )


def _lipschitz(found, loss):
  """The solution's critic [size], k-Lipschitz on all points where h is flat too."""
  if not _grow(loss):
    return found.solution.f
  f = found.solution.f.copy()
  fake_values, real_values = tight(f[found.columns], found.solution.k * found.distances)
  f[found.rows], f[found.columns] = fake_values, real_values
  return f


def _grow(loss):
  """Whether the functions of a loss fall nowhere."""
  return all((scalars.slope(h, _GRID) >= 0).all() for h in loss.functions)


def optimum(real, fake, loss, weight):
  """Returns the `Optimum` of the program of `lipschitz_value`, which see."""
  check(loss)
  if not (np.ndim(weight) == 0 and np.isfinite(weight) and weight > 0):
    raise InputError(f'the weight of the Lipschitz constant is {weight}; give a finite number above 0')
  groups = points.group(real, fake)
  _check_size(len(groups.real), loss)
  for h in loss.functions:
    if not (shape := concave(h, 100.0)):
      raise InputError(f'loss {loss.name}: {shape.why}; the best Lipschitz critic is known for concave functions alone')
  found = _solved(groups, loss, weight, *map(np.unique, (groups.generated, groups.real)))
  if not _enough(found, loss):
    everything = np.arange(len(groups.values))
    found = _solved(groups, loss, weight, everything, everything)
  if not found.solution.gap <= _WIDEST_GAP * (1 + abs(found.value)):
    raise InputError(f'the exact program leaves a gap of {found.solution.gap:.2g}; scale the points or the weight')
  return found


def _check_size(n, loss):
  if n > MOST_POINTS:
    raise InputError(f'n = {n}: the exact program takes up to {MOST_POINTS} points of either kind; give fewer')
  if any(map(scalars.kinks, loss.functions)) and loss.scale(n) > MOST_TERMS:
    most = f'{MOST_TERMS:,} terms of a loss with a kink; give fewer points'
    raise InputError(f'n = {n} makes {loss.scale(n):,} terms: the exact program takes up to {most}')


def _solved(groups, loss, weight, rows, columns):
  """The `Optimum` with the constraints f_b - f_a <= k d(a, b), a of the rows and b of the columns."""
  terms, scale = loss.terms(groups.real, groups.generated, len(groups.values)), loss.scale(len(groups.real))
  terms = [term._replace(weight=term.weight / scale) for term in terms]
  apart = distance.cdist(groups.values[rows], groups.values[columns])
  program = Program(terms, rows, columns, apart, len(groups.values), weight)
  solution = program.solve()
  return Optimum(groups, rows, columns, apart, solution, -program.objective(solution.f, solution.k))


def _enough(found, loss):
  """Whether the constraints between generated and real points alone are enough.

  They are where every function of the loss rises at the values of the critic: lowering f at generated points and
  raising it at real ones, as far as those constraints allow, satisfies all others, and would be better. They are as
  well where the critic keeps clear of all others.
  """
  if _grow(loss):
    return True
  groups, f, k = found.groups, found.solution.f, found.solution.k
  terms = loss.terms(groups.real, groups.generated, len(f))
  if all((scalars.slope(term.h, term.matrix @ f) > 1e-9).all() for term in terms):
    return True
  apart = distance.cdist(groups.values, groups.values)
  room = k * apart - (f[None, :] - f[:, None])
  room[np.ix_(found.rows, found.columns)] = np.inf
  return bool(room[apart > 0].min(initial=np.inf) > 1e-7 * k * apart.max())


def binding(found):
  """Returns which pairs of a generated and a real point bound each other, bool [n, n]; coinciding ones do.

  Those whose multiplier is larger than the room that their constraint leaves, both beside the largest: in the limit of
  an interior-point method one of the two is 0.
  """
  plan, f, k = found.solution.plan, found.solution.f, found.solution.k
  room = k * found.distances + f[found.rows][:, None] - f[found.columns][None, :]
  held = (plan * k * found.distances.max() > room * plan.max()) | (found.distances == 0)
  row, column = (
    np.searchsorted(numbers, points)
    for numbers, points in ((found.rows, found.groups.generated), (found.columns, found.groups.real))
  )
  return held[np.ix_(row, column)]


def distances(groups):
  """Returns the distance of every generated from every real point [n, n]."""
  return distance.cdist(groups.values[groups.generated], groups.values[groups.real])


def _subgradient(found):
  """k times the sum of the multipliers' pulls, shared by points that coincide."""
  places, plan = found.groups.values, found.solution.plan
  units = places[found.rows][:, None] - places[found.columns][None, :]
  with np.errstate(invalid='ignore', divide='ignore'):
    pulls = np.nan_to_num(units / found.distances[..., None]) * plan[..., None]
  at_places = np.zeros(places.shape)
  at_places[found.rows] += pulls.sum(1)
  at_places[found.columns] -= pulls.sum(0)
  often = np.bincount(found.groups.generated, minlength=len(places))
  return found.solution.k * (at_places[found.groups.generated] / often[found.groups.generated][:, None])
