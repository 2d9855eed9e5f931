"""Bounds of the MIX+GAN paper: values by hand, and a family of critics on which the first one is tried."""

import math

import numpy as np
import pytest

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import sample_bounds
from tfgan_landscape.landscape.sample_bounds import (
  folded_parameters,
  neural_net_divergence,
  samples_enough,
  strategies_enough,
)


def test_bounds_by_hand():
  """n = 8, epsilon = 1/2, Delta = 3, L = e^2 / 16, L' = e, L_f = 1: logarithms 2 and 3."""
  found = samples_enough(8, 0.5, bound=3.0, lipschitz=math.e**2 / 16)
  assert found == 8 * 9 * 2 * 4
  found = strategies_enough(8, 0.5, bound=3.0, lipschitz=math.e**2 / 16, input_lipschitz=math.e)
  assert found == 8 * 9 * 3 * 4
  assert samples_enough(8, 0.5, 3.0, math.e**2 / 16, constant=0.26) == math.ceil(0.26 * 576)
  assert folded_parameters(8, 864) == 6912


SLOPES = np.linspace(-2, 2, 41)


def distance(first, second, measure=None):
  """Neural net divergence by the critics (1 + tanh(v x)) / 2, v in [-2, 2]: one parameter, L = 1/2 for |x| <= 1."""
  values = [(1 + np.tanh(SLOPES[:, None] * points[None])) / 2 for points in (first, second)]
  return neural_net_divergence(*values, measure)


def test_the_divergence_by_hand():
  """Two critics; the first has D = 0.9 on x and 0.1, 0.3 on y, the second 1/2 everywhere, which never wins a thing."""
  first, second = [[0.9, 0.9], [0.5, 0.5]], [[0.1, 0.3], [0.5, 0.5]]
  assert neural_net_divergence(first, second) == pytest.approx(0.9 + 0.8 - 1)
  assert neural_net_divergence(first, second, np.log) == pytest.approx(np.log(0.9) + np.log(0.63) / 2 + 2 * np.log(2))
  assert neural_net_divergence(second, first, np.log) == 0  # turned round it loses, and the other one is taken


@pytest.mark.parametrize('measure', [None, np.log])
def test_equal_samples_are_at_distance_0_and_others_are_not(measure):
  points = np.linspace(-1, 1, 50)
  assert distance(points, points, measure) == pytest.approx(0, abs=1e-12)
  assert distance(points, points + 0.3, measure) > 0.01


def test_corollary_3_1_the_same_samples_are_enough_at_every_step_of_a_training():
  """One sample of x; at each of 100 steps fresh y of a distribution that moves: every error is below epsilon."""
  random, epsilon = np.random.default_rng(1), 0.1
  count = samples_enough(1, epsilon, lipschitz=0.5)
  grid, real = (np.arange(5000) + 0.5) / 5000, random.uniform(-1, 1, count)
  for left in np.linspace(-1, 0.5, 100):
    exact = distance(2 * grid - 1, left + (1 - left) * grid)
    assert abs(distance(real, random.uniform(left, 1, count)) - exact) < epsilon


def test_two_families_are_not_compared():
  with pytest.raises(InputError, match='2 and 1 critics'):
    neural_net_divergence(np.zeros([2, 3]), np.zeros([1, 3]))


def test_so_many_samples_are_enough_for_critics_of_one_parameter():
  """U(-1, 1) beside U(-1/2, 1): their distance from a fine grid, and from samples, 200 times."""
  grid = (np.arange(20_000) + 0.5) / 20_000
  exact, epsilon, random = distance(2 * grid - 1, 1.5 * grid - 0.5), 0.1, np.random.default_rng(0)
  count = samples_enough(1, epsilon, lipschitz=0.5)
  assert count == 161
  errors = [abs(distance(random.uniform(-1, 1, count), random.uniform(-0.5, 1, count)) - exact) for _ in range(200)]
  assert max(errors) < epsilon
  tenth = [abs(distance(random.uniform(-1, 1, 16), random.uniform(-0.5, 1, 16)) - exact) for _ in range(200)]
  assert max(tenth) > epsilon  # a tenth of them is not


@pytest.mark.parametrize(
  ('arguments', 'words'),
  [((0, 0.1), 'parameters = 0'), ((5, -1), 'epsilon = -1'), ((1, 2.0), 'epsilon = 2.0 is above L L_f n = 1')],
)
def test_what_makes_no_bound_is_one_line(arguments, words):
  for bound in (sample_bounds.samples_enough, sample_bounds.strategies_enough):
    with pytest.raises(InputError, match=words):
      bound(*arguments)
