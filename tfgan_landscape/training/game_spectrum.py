"""Eigenvalues of a game's Jacobian at a point: how gradient play turns and contracts there (Mescheder et al. 2017).

Both players descend, theta' = -v(theta), v = (gradient of the generator's objective by its own weights, that of the
critic's by its own). The eigenvalues of J = dv/dtheta say what happens near a point where v is 0: it attracts where all
real parts are positive, and play turns around it at the imaginary part's rate. J is not symmetric, and too large to be
written down; J^T u is one more pass through the gradients, and has the same eigenvalues.
"""

from collections.abc import Sequence
from typing import Callable, NamedTuple

import numpy as np
import tensorflow as tf
from scipy.sparse import linalg

from tfgan_landscape.errors import InputError

_WHICH = {'largest': 'LM', 'leftmost': 'SR'}


class Side(NamedTuple):
  """One player: `objective()` is a scalar tensor that it makes small by its `variables`."""

  objective: Callable
  variables: Sequence


class GameJacobian(linalg.LinearOperator):
  """The transposed Jacobian J^T [N, N] of the players' gradients, N weights in all, as an operator of SciPy.

  What else the objectives change (power iterations, buffers) is put back after every product, so that the operator is
  one matrix.

  Args:
    sides: `Side`s.
    changing: variables that computing an objective changes.
  """

  def __init__(self, sides, changing=()):
    self._sides, self._changing = sides, list(changing)
    self._variables = [variable for side in sides for variable in side.variables]
    self._kept = [variable.numpy() for variable in self._changing]
    size = sum(int(np.prod(variable.shape)) for variable in self._variables)
    super().__init__(np.float64, (size, size))

  def _matvec(self, vector):
    parts = np.split(vector.ravel(), np.cumsum([int(np.prod(each.shape)) for each in self._variables])[:-1])
    directions = [tf.constant(part.reshape(each.shape), each.dtype) for part, each in zip(parts, self._variables)]
    product = np.concatenate([np.ravel(each) for each in self._product(directions)]).astype(np.float64)
    for variable, value in zip(self._changing, self._kept):
      variable.assign(value)
    return product

  @tf.function
  def _product(self, directions):
    with tf.GradientTape() as outer:
      gradients = [gradient for side in self._sides for gradient in _gradients(side)]
      along = tf.add_n([tf.reduce_sum(gradient * way) for gradient, way in zip(gradients, directions)])
    return outer.gradient(along, self._variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)


def _gradients(side):
  with tf.GradientTape() as tape:
    value = side.objective()
  return tape.gradient(value, side.variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)


def eigenvalues(operator, count, which='largest', tolerance=1e-6, products=20_000, seed=0):
  """Returns some eigenvalues of an operator, complex [count], by ARPACK; of a small one by its whole matrix.

  Args:
    operator: SciPy's `LinearOperator` [N, N].
    count: how many; all N where there are fewer.
    which: 'largest' in absolute value, or 'leftmost', of smallest real part, which tells whether a point attracts.
    tolerance: relative, of an eigenvalue.
    products: the most products with the operator.
    seed: of the vector that the iteration starts from.

  Returns:
    Sorted by absolute value or real part, the one asked for first.

  Raises:
    InputError: the iteration does not converge within `products`.
  """
  size = operator.shape[0]
  if size <= 3 * count + 3:
    found = np.linalg.eigvals(np.stack([operator.matvec(unit) for unit in np.eye(size)], 1))
  else:
    found = _arpack(operator, count, _WHICH[which], tolerance, products, np.random.default_rng(seed))
  first = -np.abs(found) if which == 'largest' else found.real
  scale = np.abs(found).max() or 1.0
  order = np.lexsort([-found.imag, np.round(first / scale, 9)])  # conjugates side by side
  return found[order][:count].astype(complex)


def _arpack(operator, count, which, tolerance, products, random):
  start, basis = random.standard_normal(operator.shape[0]), min(operator.shape[0], 3 * count + 2)
  rounds = max(1, products // (basis - count))
  try:
    return linalg.eigs(
      operator, count, which=which, v0=start, ncv=basis, tol=tolerance, maxiter=rounds, return_eigenvectors=False
    )
  except linalg.ArpackNoConvergence as error:
    raise InputError(
      f'{len(error.eigenvalues)} of {count} eigenvalues are found to {tolerance:g} after {products:,} products with the'
      ' Jacobian; ask for fewer, for a larger tolerance, or for more products'
    ) from None
