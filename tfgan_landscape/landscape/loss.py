"""What every GAN loss of the house is: a payoff of real and fake logits, with an exact landscape.

`Separable(h1, h2)`, `KeptPairs(h)` and `AllPairs(h)` are the three families of the RS-GAN paper (Eq. 2, Eq. 3, and what
Eq. 3 is in expectation where a training shuffles its data). Each is the loss that a training calls, and the one whose
values, basins and optimal critics this package computes.
"""

import functools
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import suprema


class GanLoss(NamedTuple):
  """Losses per pair, both [n] and both to be minimised by their own player."""

  discriminator: Any
  generator: Any


class Certificate(NamedTuple):
  """Why a pattern is a strict local minimum or not; truthy when it is one.

  Attributes:
    strict: every small enough change of Y raises the value.
    suboptimal: the value lies above the global minimum.
    reason: one sentence.
    rise: [n], how much the value rises when y_i alone moves away a little; the smallest decides.
    value: the value of the pattern.
  """

  strict: bool
  suboptimal: bool
  reason: str
  rise: np.ndarray
  value: float

  def __bool__(self):
    return self.strict


class Depth(NamedTuple):
  """barrier: the climb out of the basin, exactly; gap: the paper's approximation of it; see `basin_depth`."""

  barrier: float
  gap: float


class Term(NamedTuple):
  """sum_j weight_j h(matrix_j f): h a scalar function, matrix [j, size] sparse, weight [j] > 0, f [size] a critic."""

  h: Any
  matrix: sparse.csr_matrix
  weight: np.ndarray


class Loss:
  """A payoff that the critic maximises and the generator minimises; the base of the three families.

  A loss is called with `(real_logits [n], fake_logits [n])`, of NumPy or TensorFlow, and returns the `GanLoss` of the
  min-max game. Its methods are the exact landscape, which takes float64 points [n, d] or [n]:

  * `value(real, generated)`: the supremum over all critics;
  * `certificate(real, generated)`: whether the pattern is a strict local minimum;
  * `depth(real, generated)`: how high the way out of it is;
  * `bad(n)`: a function of patterns [c, n] of indices, -> [c], which are sub-optimal strict local minima;
  * `terms(real, generated, size, real_weights, generated_weights)`: `scale(n)` times the payoff, as `Term`s, for points
    numbered below `size`;
  * `optimum()`: the payoff of the best constant critic, which is the least value;
  * `functions`: its scalar functions, h1 and h2, or h;
  * `assumptions(n)`: those of Section 4.1 of the RS-GAN paper.
  """

  name: str

  def __new__(cls, *arguments, **named):
    if cls is Loss:
      raise InputError('a loss is landscape.Separable(h1, h2), landscape.KeptPairs(h) or landscape.AllPairs(h)')
    return super().__new__(cls)


def check(loss, kind=Loss):
  """Refuses what is no loss, or none of the kind."""
  if not isinstance(loss, kind):
    known = {'Loss': 'js, rs, rs_all, or a Separable, KeptPairs or AllPairs', 'Separable': 'js, or a Separable'}
    known |= {'KeptPairs': 'rs, or a KeptPairs', 'AllPairs': 'rs_all, or an AllPairs'}
    what = 'no loss' if kind is Loss else f'no {kind.__name__} loss'
    raise InputError(f'{loss!r} is {what}; give landscape.{known[kind.__name__]} of your own')


def check_functions(owner, **functions):
  """Refuses functions that are none."""
  for name, function in functions.items():
    if not callable(function):
      raise InputError(f'landscape.{owner}: {name} is {function!r}; give a function from arrays to arrays')


def check_bounded(loss, *functions):
  """Refuses a loss whose supremum over all critics is infinite."""
  for why in filter(None, map(_unbounded, functions)):
    raise InputError(f'{loss.name}: {why}, or limit the critic: lipschitz_value, and wasserstein_value for h(t) = t')


@functools.lru_cache(maxsize=256)
def _unbounded(function):
  try:
    suprema.supremum(function)
  except InputError as error:
    return str(error)
  return None


def name_of(*functions):
  """Returns a name of a loss for messages, that of its functions."""
  names = dict.fromkeys(getattr(function, '__name__', 'custom') for function in functions)
  return ', '.join('custom' if name == '<lambda>' else name for name in names)


def vertices(h, numbers, size, sign, weight=None):
  """Returns the Term sum_j weight_j h(sign f(v_j)) over points numbered v [j], equal ones joined."""
  vertex, where = np.unique(numbers, return_inverse=True)
  weight = np.bincount(where.ravel(), weight).astype(np.float64)
  matrix = sparse.csr_matrix((np.full(len(vertex), sign), (np.arange(len(vertex)), vertex)), (len(vertex), size))
  return Term(h, matrix, weight)


def edges(h, tails, heads, size, weight=None):
  """Returns the Term sum_j weight_j h(f(tail_j) - f(head_j)), equal edges joined; weight is 1 unless given."""
  pairs, where = np.unique(np.stack([tails, heads]), axis=1, return_inverse=True)
  rows = np.arange(pairs.shape[1])
  matrix = sparse.coo_matrix((np.ones(len(rows)), (rows, pairs[0])), (len(rows), size))
  matrix = matrix - sparse.coo_matrix((np.ones(len(rows)), (rows, pairs[1])), (len(rows), size))
  return Term(h, sparse.csr_matrix(matrix), np.bincount(where.ravel(), weight))
