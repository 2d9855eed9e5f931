"""The certificates: closed forms against convex optimisation on hundreds of configurations; Wasserstein."""

import numpy as np
import pytest

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError

LOSSES = ('logistic', 'hinge', 'least_squares', 'own')
SEPARABLE = {'logistic': landscape.js, 'hinge': landscape.hinge, 'least_squares': landscape.least_squares}
KEPT = {'logistic': landscape.rs, 'hinge': landscape.rp_hinge, 'least_squares': landscape.rp_least_squares}
# Concave, not symmetric; suprema at infinity, on a half-line and at a point.
SEPARABLE['own'] = landscape.Separable(lambda t: -np.exp(-t / 2), lambda t: -np.square(np.minimum(t - 2, 0)))
KEPT['own'] = landscape.KeptPairs(lambda t: 1 - np.sqrt(1 + (t - 1) ** 2))


def _configuration(seed, distinct=False):
  """n <= 8 points in 1 to 3 dimensions: x's with repeats unless distinct, y's on and off them."""
  random = np.random.RandomState(seed)
  n, d = random.randint(1, 9), random.randint(1, 4)
  places = random.standard_normal([n + 3, d])
  real = random.permutation(n) if distinct else random.randint(0, random.randint(1, n + 1), n)
  return places[real], places[random.randint(0, n + random.randint(1, 4), n)]


@pytest.mark.parametrize('seeds', [range(20), range(20, 40)])
@pytest.mark.parametrize('name', LOSSES)
def test_separable_value_is_the_numeric_value(name, seeds):
  for seed in seeds:
    real, generated = _configuration(seed)
    bounds = landscape.numeric_bounds(real, generated, SEPARABLE[name])
    value = landscape.separable_value(real, generated, SEPARABLE[name])
    np.testing.assert_allclose([bounds.lower, bounds.upper], value, rtol=0, atol=1e-6)


@pytest.mark.parametrize('distinct', [True, False])
@pytest.mark.parametrize('name', LOSSES)
def test_relativistic_value_is_the_numeric_value(name, distinct):
  for seed in range(40, 80):
    real, generated = _configuration(seed, distinct)
    bounds = landscape.numeric_bounds(real, generated, KEPT[name])
    value = landscape.relativistic_value(real, generated, KEPT[name])
    np.testing.assert_allclose([bounds.lower, bounds.upper], value, rtol=0, atol=1e-6)


@pytest.mark.parametrize('losses', [SEPARABLE, KEPT], ids=['separable', 'kept'])
@pytest.mark.parametrize('name', LOSSES)
def test_twenty_points(name, losses):
  random, loss = np.random.RandomState(7), losses[name]
  for real in (np.arange(20), random.randint(0, 6, 20)):
    generated = random.randint(0, 22, 20)
    assert landscape.numeric_value(real, generated, loss) == pytest.approx(loss.value(real, generated), abs=1e-6)


def test_bounds_enclose_a_value_done_by_hand():
  bounds = landscape.numeric_bounds([0, 1], [0, 0], landscape.js)
  value = np.log(1 / 3) / 4 + np.log(2 / 3) / 2
  assert value - 1e-7 < bounds.lower <= value + 1e-12
  assert value - 1e-9 < bounds.upper < value + 1e-7


def test_numeric_value_refuses_what_it_cannot_certify():
  bump = landscape.KeptPairs(lambda t: -1 + np.exp(-((t - 3) ** 2)))
  with pytest.raises(InputError, match='not concave'):
    landscape.numeric_value([0, 1, 2], [1, 2, 0], bump)
  with pytest.raises(InputError, match='no finite supremum'):
    landscape.numeric_value([0], [1], landscape.KeptPairs(lambda t: t))
  with pytest.raises(InputError, match='gap'):
    landscape.numeric_bounds([0, 1], [0, 0], landscape.js, most=2)
