"""Real and generated points: which coincide, and in which state a pattern is.

Two points are the same when all their float64 coordinates are equal (-0.0 is 0.0); no tolerance is taken.
"""

from typing import NamedTuple

import numpy as np

from tfgan_landscape.errors import InputError


class Groups(NamedTuple):
  """Points numbered by their value: real [n] and generated [n] in 0..size-1, values [size, d] in increasing order."""

  real: np.ndarray
  generated: np.ndarray
  values: np.ndarray


class Counts(NamedTuple):
  """How often each distinct real value occurs (k [v] >= 1), is hit (m [v] >= 0), and how many points hit none."""

  k: np.ndarray
  m: np.ndarray
  outside: int


class State(NamedTuple):
  """The name of a pattern's state, and for every x_i how many x_j equal it (k [n]) and how many y_j (m [n])."""

  name: str
  m: np.ndarray
  k: np.ndarray


def numbers(name, values):
  """Returns values as a float64 array; InputError unless all are finite numbers."""
  try:
    array = np.array(values, np.float64)
  except (TypeError, ValueError):
    raise InputError(f'{name} is no array of numbers: give one') from None
  bad = np.argwhere(~np.isfinite(array))
  if len(bad):
    raise InputError(f'{name}[{", ".join(map(str, bad[0]))}] is not finite: leave NaN and infinity out')
  return array


def of_one_space(first, second, names=('X', 'Y')):
  """Returns two sets of points, [n, d] and [m, d] or [n] and [m], as float64 [n, d] and [m, d].

  Raises:
    InputError: one is empty, is not of finite numbers, or of another dimension than the other; `names` are theirs.
  """
  sets = []
  for name, points in zip(names, (first, second)):
    array = numbers(name, points)
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or not array.size:
      raise InputError(f'{name} has shape {array.shape}: give points [n, d] or [n], at least one')
    sets.append(array)
  if sets[0].shape[1] != sets[1].shape[1]:
    dimensions = f'{names[0]} has dimension {sets[0].shape[1]}, {names[1]} {sets[1].shape[1]}'
    raise InputError(f'{dimensions}: give points of one space')
  return sets


def pair(real, generated):
  """Returns X and Y as float64 [n, d]; InputError unless both hold n >= 1 finite points of one dimension.

  Equally many are needed for the pairs i <-> i and for the 1/2n of the separable loss, which is the paper's only for
  as many generated as real points.
  """
  real, generated = of_one_space(real, generated)
  if len(real) != len(generated):
    raise InputError(f'X has {len(real)} points, Y {len(generated)}: give equally many, x_i beside y_i')
  return real, generated


def group(real, generated):
  """Numbers the points of X and Y by value, by sorting: O(n log n). Returns Groups; raises as `pair`."""
  real, generated = pair(real, generated)
  points = np.concatenate([real, generated])
  order = np.lexsort(points.T[::-1])
  ordered = points[order]
  new = np.concatenate([[True], (ordered[1:] != ordered[:-1]).any(1)])
  number = np.empty(len(points), np.int64)
  number[order] = np.cumsum(new) - 1
  return Groups(number[: len(real)], number[len(real) :], ordered[new])


def counts(real, generated):
  """Counts of X [n, d] and Y [n, d] (also [n]); distinct real values in increasing order. Raises as `pair`."""
  groups = group(real, generated)
  k = np.bincount(groups.real, minlength=len(groups.values))
  m = np.bincount(groups.generated, minlength=len(groups.values))
  return Counts(k[k > 0], m[k > 0], int(m[k == 0].sum()))


def state(real, generated):
  """The state of a pattern (RS-GAN paper, Section 3, states 0, 1b, 1a and 2 of n = 2), for any n and repeated x's.

  With k_i the multiplicity of x_i among the x's and m_i among the y's:

  * 'no recovery': no y lies on an x;
  * 'mode dropping': some y's lie on an x and some do not;
  * 'mode collapse': every y lies on an x, but some m_i != k_i: Theorem 1's sub-optimal patterns;
  * 'perfect': m_i = k_i for every i, Y is a permutation of X.

  Args:
    real: X [n, d] or [n].
    generated: Y, of the same shape.

  Returns:
    State(name, m [n], k [n]).

  Raises:
    InputError: different or no numbers of points, different dimensions, NaN or infinite points.
  """
  groups = group(real, generated)
  k = np.bincount(groups.real, minlength=len(groups.values))
  m = np.bincount(groups.generated, minlength=len(groups.values))
  inside = int((k[groups.generated] > 0).sum())
  if not inside:
    name = 'no recovery'
  elif inside < len(groups.real):
    name = 'mode dropping'
  else:
    name = 'perfect' if (k == m).all() else 'mode collapse'
  return State(name, m[groups.real], k[groups.real])
