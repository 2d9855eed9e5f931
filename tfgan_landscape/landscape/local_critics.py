"""Optimal critics whose gradient says nothing about where the real points are (LGAN paper, Section 2, Table 1).

Without a condition between points the optimum at a point is a function of the two probabilities at that point alone; a
generated point that is no real one gets a value that does not depend on any real point. So does the Wasserstein
distance's critic where its constraint is asked for between fake and real points only (Eq. 8).
"""

import numpy as np
import scipy.optimize
import scipy.spatial

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape.points import numbers, of_one_space

_LOCAL = {
  'jensen_shannon': lambda real, fake, alpha, beta: _log_ratio(real, fake),
  'least_squares': lambda real, fake, alpha, beta: (alpha * fake + beta * real) / (fake + real),
  'fisher': lambda real, fake, alpha, beta: _fisher(real, fake),
}


def local_critic(objective, real, fake, alpha=0.0, beta=1.0):
  """Returns f* [n] at points with given probabilities (Table 1).

  * 'jensen_shannon': log(P_r / P_g), infinite where one of them is 0;
  * 'least_squares': (alpha P_g + beta P_r) / (P_g + P_r);
  * 'fisher': (P_r - P_g) / (F mu), mu = (P_r + P_g) / 2 and F so that E_mu f^2 = 1 (Eq. 5).

  Args:
    objective: one of these names.
    real: P_r [n], at least 0.
    fake: P_g [n], at least 0; not both 0.
    alpha: the fake target of least squares.
    beta: its real target.

  Raises:
    InputError: no such objective, or no probabilities.
  """
  real, fake = numbers('real', real), numbers('fake', fake)
  if objective not in _LOCAL:
    raise InputError(f'objective {objective!r} is none of {", ".join(_LOCAL)}')
  if real.shape != fake.shape or (real < 0).any() or (fake < 0).any() or not (real + fake > 0).all():
    raise InputError('probabilities are at least 0, as many real ones as fake ones, and not both 0 at a point')
  return _LOCAL[objective](real, fake, alpha, beta)


def _log_ratio(real, fake):
  with np.errstate(divide='ignore'):
    return np.log(real) - np.log(fake)


def _fisher(real, fake):
  mean = (real + fake) / 2
  return (real - fake) / mean / np.sqrt(((real - fake) ** 2 / mean).sum())


def compact_wasserstein_critic(real, fake):
  """Returns (f* at the real points [n], at the fake points [m]) of the compact dual (Eq. 8), the flattest one.

  max E_real f - E_fake f under f(y) - f(x) <= |x - y| for real y and fake x; of all optima one whose ranges over the
  real and over the fake points have the least sum, and are 0 at the lowest fake point: Eq. 9 for Figure 1. Its value is
  the Wasserstein distance (Theorems 6 and 7), and nothing between the points is said.

  Args:
    real: points [n, d].
    fake: points [m, d].
  """
  real, fake = of_one_space(real, fake, ('real', 'fake'))
  n, m = len(real), len(fake)
  distances = scipy.spatial.distance.cdist(real, fake).ravel()
  differences = np.hstack([np.repeat(np.eye(n), m, 0), -np.tile(np.eye(m), [n, 1])])
  gain = np.concatenate([np.full(n, 1 / n), np.full(m, -1 / m)])
  best = scipy.optimize.linprog(-gain, A_ub=differences, b_ub=distances, bounds=(None, None))
  # Further unknowns: the lowest and the highest real value, the lowest and the highest fake one.
  lowest, highest = np.repeat([[[1, 0, 0, 0], [0, 0, 1, 0]], [[0, 1, 0, 0], [0, 0, 0, 1]]], [n, m], axis=1)
  within = np.block([[np.eye(n + m), -highest], [-np.eye(n + m), lowest]])
  flattest = scipy.optimize.linprog(
    np.concatenate([np.zeros(n + m), [-1, 1, -1, 1]]),
    A_ub=np.vstack([np.pad(differences, [(0, 0), (0, 4)]), within]),
    b_ub=np.concatenate([distances, np.zeros(2 * (n + m))]),
    A_eq=np.pad(gain, (0, 4))[None],
    b_eq=[-best.fun],
    bounds=[(None, None)] * (n + m + 2) + [(0, 0), (0, None)],
  )
  return flattest.x[:n], flattest.x[n : n + m]
