"""Zero-sum games between generators and critics: exact equilibria, and mixtures of a few strategies that come near.

MIX+GAN paper (Arora et al. 2017), Section 4. A game is a matrix F [generators, critics], F[i, j] what critic j wins
against generator i; generators want it small, critics large.
"""

from typing import NamedTuple

import numpy as np
import scipy.optimize

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import points


class Equilibrium(NamedTuple):
  """value: of the game; generators [rows], critics [columns]: optimal mixed strategies, shares that add up to 1."""

  value: float
  generators: np.ndarray
  critics: np.ndarray


def equilibrium(payoff):
  """Returns the `Equilibrium` of a matrix game (von Neumann; Theorem 4.1), by two linear programs.

  Args:
    payoff: F [generators, critics], finite.

  Raises:
    InputError: no such matrix.
  """
  payoff = _matrix(payoff)
  critics, value = _guarantee(payoff)
  generators, _ = _guarantee(-payoff.T)
  return Equilibrium(value, generators, critics)


def approximation(payoff, generators, critics):
  """Returns the least epsilon for which two mixed strategies are an epsilon-approximate equilibrium (Definition 2).

  No critic wins more than V + epsilon against the generators' mixture, and no generator loses less than V - epsilon
  against the critics', for the V that makes epsilon least: half of what the two best responses gain together.

  Args:
    payoff: F [generators, critics].
    generators: shares [generators].
    critics: shares [critics].
  """
  payoff = _matrix(payoff)
  return float(max(generators @ payoff) - min(payoff @ critics)) / 2


def sampled(shares, count, random):
  """Returns the uniform mixture of `count` strategies drawn from a mixed one, shares as its own (Theorem 4.2)."""
  return random.multinomial(count, shares) / count


def enough(payoff, epsilon):
  """Returns a T for which T strategies drawn from each side are an epsilon-approximate equilibrium, with certainty 1/2.

  Hoeffding's inequality for every pure strategy of either side, as in the proof of Theorem 4.2: the mean of T draws
  from an interval of length L is off by more than epsilon with probability at most exp(-2 T epsilon^2 / L^2); over
  all n strategies together that is 1/2 for T = L^2 log(2 n) / (2 epsilon^2).

  Args:
    payoff: F [generators, critics].
    epsilon: above 0.
  """
  payoff = _matrix(payoff)
  return int(np.ceil(np.ptp(payoff) ** 2 * np.log(2 * sum(payoff.shape)) / (2 * epsilon**2)))


def within(payoff, count):
  """Returns the epsilon that `count` strategies drawn from each side keep with certainty 1/2, `enough` turned round."""
  payoff = _matrix(payoff)
  return float(np.ptp(payoff) * np.sqrt(np.log(2 * sum(payoff.shape)) / (2 * count)))


def random_game(size, random):
  """Returns a game [size, size] of pay-offs U(0, 1) by `random`, a NumPy generator."""
  return random.uniform(size=[size, size])


def guessing_game(size, random=None):
  """Returns the game [size, size] in which a critic wins 1 where it guesses the generator's choice, else 0.

  A generator that can make one point of a distribution, and a critic that looks at one point: both mix over all points
  alike, and the value is 1 / size. T generators are caught in 1 / T of the cases at least.
  """
  del random
  return np.eye(size)


def _guarantee(payoff):
  """The column player's shares with the largest guaranteed win, and that win: max v, F q >= v, sum q = 1, q >= 0."""
  rows, columns = payoff.shape
  solution = scipy.optimize.linprog(
    np.append(np.zeros(columns), -1.0),
    A_ub=np.hstack([-payoff, np.ones([rows, 1])]),
    b_ub=np.zeros(rows),
    A_eq=np.append(np.ones(columns), 0.0)[None],
    b_eq=[1.0],
    bounds=[(0, None)] * columns + [(None, None)],
  )
  shares = np.maximum(solution.x[:-1], 0)
  return shares / shares.sum(), float(solution.x[-1])


def _matrix(payoff):
  payoff = points.numbers('a game', payoff)
  if payoff.ndim != 2 or not payoff.size:
    raise InputError(f'a game is a matrix [generators, critics] and not of shape {payoff.shape}; give one')
  return payoff
