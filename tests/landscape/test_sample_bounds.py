"""Bounds of the MIX+GAN paper: values by hand, and a family of critics on which the first one is tried."""

import math

import numpy as np
import pytest

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import sample_bounds
from tfgan_landscape.landscape.sample_bounds import folded_parameters, samples_enough, strategies_enough


def test_bounds_by_hand():
  """n = 8, epsilon = 1/2, Delta = 3, L = e^2 / 16, L' = e, L_f = 1: logarithms 2 and 3."""
  found = samples_enough(8, 0.5, bound=3.0, lipschitz=math.e**2 / 16)
  assert found == 8 * 9 * 2 * 4
  found = strategies_enough(8, 0.5, bound=3.0, lipschitz=math.e**2 / 16, input_lipschitz=math.e)
  assert found == 8 * 9 * 3 * 4
  assert samples_enough(8, 0.5, 3.0, math.e**2 / 16, constant=0.26) == math.ceil(0.26 * 576)
  assert folded_parameters(8, 864) == 6912


SLOPES = np.linspace(-2, 2, 41)


def distance(first, second):
  """Neural net distance by the critics (1 + tanh(v x)) / 2, v in [-2, 2]: one parameter, L = 1/2 for |x| <= 1."""
  values = [(np.tanh(SLOPES[:, None] * points[None]) / 2).mean(1) for points in (first, second)]
  return np.abs(values[0] - values[1]).max()


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
