"""The certificates: closed forms against convex optimisation on hundreds of configurations; Wasserstein."""

import numpy as np
import pytest

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError

LOSSES = ('logistic', 'hinge', 'least_squares', 'own')
OWN = landscape.Loss(  # concave, not symmetric; suprema at infinity, on a half-line and at a point
  h1=lambda t: -np.exp(-t / 2), h2=lambda t: -np.square(np.minimum(t - 2, 0)), h=lambda t: 1 - np.sqrt(1 + (t - 1) ** 2)
)


def _loss(name):
  return OWN if name == 'own' else getattr(landscape, name)


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
    bounds = landscape.numeric_bounds(real, generated, _loss(name))
    value = landscape.separable_value(real, generated, _loss(name))
    np.testing.assert_allclose([bounds.lower, bounds.upper], value, rtol=0, atol=1e-6)


@pytest.mark.parametrize('distinct', [True, False])
@pytest.mark.parametrize('name', LOSSES)
def test_relativistic_value_is_the_numeric_value(name, distinct):
  for seed in range(40, 80):
    real, generated = _configuration(seed, distinct)
    bounds = landscape.numeric_bounds(real, generated, _loss(name), pairs='kept')
    value = landscape.relativistic_value(real, generated, _loss(name))
    np.testing.assert_allclose([bounds.lower, bounds.upper], value, rtol=0, atol=1e-6)


@pytest.mark.parametrize('pairs', [None, 'kept'])
@pytest.mark.parametrize('name', LOSSES)
def test_twenty_points(name, pairs):
  random = np.random.RandomState(7)
  for real in (np.arange(20), random.randint(0, 6, 20)):
    generated = random.randint(0, 22, 20)
    value = landscape.relativistic_value if pairs else landscape.separable_value
    found = landscape.numeric_value(real, generated, _loss(name), pairs)
    assert found == pytest.approx(value(real, generated, _loss(name)), abs=1e-6)


def test_bounds_enclose_a_value_done_by_hand():
  bounds = landscape.numeric_bounds([0, 1], [0, 0], landscape.logistic)
  value = np.log(1 / 3) / 4 + np.log(2 / 3) / 2
  assert value - 1e-7 < bounds.lower <= value + 1e-12
  assert value - 1e-9 < bounds.upper < value + 1e-7


def test_numeric_value_refuses_what_it_cannot_certify():
  bump = landscape.Loss(h=lambda t: -1 + np.exp(-((t - 3) ** 2)))
  with pytest.raises(InputError, match='not concave'):
    landscape.numeric_value([0, 1, 2], [1, 2, 0], bump, pairs='kept')
  with pytest.raises(InputError, match='no finite supremum'):
    landscape.numeric_value([0], [1], landscape.Loss(h=lambda t: t), pairs='kept')
  with pytest.raises(InputError, match='gap'):
    landscape.numeric_bounds([0, 1], [0, 0], landscape.logistic, most=2)


def test_numeric_value_takes_wasserstein_in_both_families():
  assert landscape.numeric_value([0, 4], [5, 1], landscape.wasserstein, pairs='kept') == pytest.approx(1)
  assert landscape.numeric_value([0, 4], [5, 1], landscape.wasserstein) == pytest.approx(1 / 2)
