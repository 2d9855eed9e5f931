"""How many samples and how many strategies are enough: the bounds of the MIX+GAN paper, Theorems 3.3, 4.2 and 4.3.

They are for critics D_v with n parameters v, D_v(x) Lipschitz in v, and a measuring function f of the neural net
divergence max over v of |E f(D_v(x)) + E f(1 - D_v(y)) - 2 f(1/2)|; with f(x) = x it is the neural net distance. The
paper proves that a constant C exists and does not say which; it is an argument here. No unit but that of f: epsilon and
`bound` are values of f.
"""

import math

import numpy as np

from tfgan_landscape.errors import InputError


def neural_net_divergence(first, second, measure=None):
  """Returns max over the critics of E f(D(x)) + E f(1 - D(y)) - 2 f(1/2) (Definition 1; with f(x) = x the distance).

  Args:
    first: D(x) [critics, n] of a finite family of critics on a sample of the one distribution, in 0..1.
    second: D(y) [critics, m] of the same critics on a sample of the other.
    measure: f, a concave, monotone function of arrays; None for f(x) = x, the neural net distance.

  Raises:
    InputError: values of two families.
  """
  if len(first) != len(second):
    raise InputError(f'{len(first)} and {len(second)} critics: give the values of the same ones on both samples')
  f = measure or (lambda values: values)
  won = np.mean(f(np.asarray(first)), 1) + np.mean(f(1 - np.asarray(second)), 1)
  return float(won.max() - 2 * f(0.5))


def samples_enough(parameters, epsilon, bound=1.0, lipschitz=1.0, measure_lipschitz=1.0, constant=1.0):
  """Returns m, the samples of each distribution from which its divergence is known to epsilon (Theorem 3.3).

  m = C n bound^2 log(L L_f n / epsilon) / epsilon^2, rounded up. Corollary 3.1: the same m is enough at every one of t
  steps of a training with fresh generated samples each, as long as log t is much less than the dimensions.

  Args:
    parameters: n of the critic.
    epsilon: the error, above 0.
    bound: Delta, f takes values in [-Delta, Delta].
    lipschitz: L, of D_v(x) in v.
    measure_lipschitz: L_f, of f.
    constant: C.

  Raises:
    InputError: one of them is not above 0, or epsilon is so large that nothing need be known.
  """
  return _rounded(parameters, epsilon, bound, constant, L=lipschitz, L_f=measure_lipschitz)


def strategies_enough(
  parameters, epsilon, bound=1.0, lipschitz=1.0, input_lipschitz=1.0, measure_lipschitz=1.0, constant=1.0
):
  """Returns T, the generators and critics of an epsilon-approximate equilibrium of uniform mixtures (Theorem 4.2).

  T = C bound^2 n log(L L' L_f n / epsilon) / epsilon^2, rounded up; the generator wins in it.

  Args:
    parameters: n of each network.
    epsilon, bound, lipschitz, measure_lipschitz, constant: as in `samples_enough`.
    input_lipschitz: L', of D_v(x) in x.

  Raises:
    InputError: as `samples_enough`.
  """
  return _rounded(parameters, epsilon, bound, constant, L=lipschitz, L_prime=input_lipschitz, L_f=measure_lipschitz)


def folded_parameters(parameters, strategies):
  """Returns the order of the parameters of one network that is a mixture of so many: n T (Theorem 4.3).

  The selector of Lemma 1 adds a multiple of T. `folding.py` builds such a network.
  """
  return parameters * strategies


def _rounded(parameters, epsilon, bound, constant, **lipschitz):
  given = {'parameters': parameters, 'epsilon': epsilon, 'bound': bound, 'constant': constant, **lipschitz}
  wrong = [name for name, value in given.items() if not value > 0]
  if wrong:
    raise InputError(f'{wrong[0]} = {given[wrong[0]]} is not above 0; give a number that is')
  inside = math.prod(lipschitz.values()) * parameters / epsilon
  if inside <= 1:
    raise InputError(
      f'epsilon = {epsilon} is above L L_f n = {inside * epsilon:.3g}, where there is nothing to bound; give less'
    )
  return math.ceil(constant * parameters * bound**2 * math.log(inside) / epsilon**2)
