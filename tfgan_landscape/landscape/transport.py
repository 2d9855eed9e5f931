"""Wasserstein's landscape, exactly: the optimal assignment and its dual, a critic (RS-GAN paper, Appendix L)."""

from typing import NamedTuple

import numpy as np
from scipy import optimize, sparse
from scipy.spatial import distance

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import points

MOST_ASSIGNED = 5000
MOST_PAIRS = 250


class Critic(NamedTuple):
  """An optimal 1-Lipschitz critic: `values` [v] at the distinct `points` [v, d], and the `value` of the loss."""

  points: np.ndarray
  values: np.ndarray
  value: float


def wasserstein_value(real, generated):
  """max over 1-Lipschitz f of (1/n) sum_i f(x_i) - f(y_i) (RS-GAN paper, Appendix L, Claim L.1 for any n).

  By Kantorovich duality the cost of the optimal assignment of the y's to the x's, over n, in Euclidean distances.

  Args:
    real: X [n, d] or [n].
    generated: Y, of the same shape; where d > 1, n up to 5,000, whose distances take 200 MB.

  Returns:
    The value, a float >= 0. The paper's claim leaves out the 1/n.

  Raises:
    InputError: bad points, n above 5,000 with d > 1.
  """
  real, generated = points.pair(real, generated)
  if real.shape[1] == 1:  # on a line the optimal assignment is in order
    return float(np.abs(np.sort(real[:, 0]) - np.sort(generated[:, 0])).mean())
  if len(real) > MOST_ASSIGNED:
    raise InputError(f'n = {len(real)} has {len(real) ** 2:,} distances: give n up to {MOST_ASSIGNED:,}')
  cost = distance.cdist(real, generated)
  return float(cost[optimize.linear_sum_assignment(cost)].mean())


def wasserstein_critic(real, generated):
  """The optimal critic of `wasserstein_value`: the dual of the assignment, as a linear programme (Claim L.1).

  In the values u of f at the distinct points a: maximise (1/n) sum_i f(x_i) - f(y_i) with |u_i - u_j| <= |a_i - a_j|
  for every pair.

  Args:
    real: X [n, d] or [n].
    generated: Y, of the same shape; n up to 250, whose 124,750 pairs take a second or two.

  Returns:
    Critic; its first value is 0, for a constant added to f changes nothing.

  Raises:
    InputError: bad points, n above 250.
  """
  groups = points.group(real, generated)
  n, size = len(groups.real), len(groups.values)
  if n > MOST_PAIRS:
    raise InputError(f'n = {n} gives {size * (size - 1) // 2} pairs: the linear programme takes n up to {MOST_PAIRS}')
  weight = np.bincount(groups.real, minlength=size) - np.bincount(groups.generated, minlength=size)
  if not weight.any():
    return Critic(groups.values, np.zeros(size), 0.0)
  first, second = np.triu_indices(size, 1)
  rows = np.arange(len(first))
  ones = np.ones(len(first))
  difference = sparse.csr_matrix((ones, (rows, first)), (len(first), size))
  difference -= sparse.csr_matrix((ones, (rows, second)), (len(first), size))
  both = sparse.vstack([difference, -difference])
  limits = np.tile(distance.pdist(groups.values), 2)
  bounds = [(0, 0)] + [(None, None)] * (size - 1)
  tight = {'primal_feasibility_tolerance': 1e-10, 'dual_feasibility_tolerance': 1e-10}
  found = optimize.linprog(-weight, both, limits, bounds=bounds, method='highs', options=tight)
  return Critic(groups.values, found.x, max(0.0, -found.fun / n))
