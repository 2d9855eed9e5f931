"""Claim J.1: the path starts at Y, never rises, ends at a global minimum, and meets no x that would spoil it."""

import math

import numpy as np
import pytest

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError

READY = {'logistic': landscape.rs, 'hinge': landscape.rp_hinge, 'least_squares': landscape.rp_least_squares}


def _check(real, generated, loss=landscape.rs, per_segment=4):
  real, generated = (np.array(points, float).reshape(len(points), -1) for points in (real, generated))
  path = landscape.escape_path(real, generated, loss)
  np.testing.assert_array_equal(path.points[0], generated)
  for at, value in zip(path.points, path.values):
    assert landscape.relativistic_value(real, at, loss) == pytest.approx(value, abs=1e-13)
  samples = landscape.sample(path, per_segment)
  np.testing.assert_array_equal(samples[::per_segment], path.points)
  values = np.array([landscape.relativistic_value(real, at, loss) for at in samples])
  assert (np.diff(values) <= 1e-13).all()
  assert values[-1] == pytest.approx(float(loss.h(np.zeros(1))[0]), abs=1e-13)
  assert landscape.state(real, path.points[-1]).name == 'perfect'
  assert ((np.diff(path.points, axis=0) != 0).any(2).sum(1) <= 1).all()
  return path


@pytest.mark.parametrize('d', [1, 2, 3])
@pytest.mark.parametrize('name', READY)
def test_path_of_random_patterns_never_rises(name, d):
  for seed in range(12):
    random = np.random.RandomState(seed)
    n = random.randint(1, 9)
    places = random.standard_normal([n + 2, d])
    _check(places[:n], places[random.randint(0, n + 2, n)], READY[name])


@pytest.mark.parametrize('d', [2, 3])
def test_path_goes_around_points_on_the_straight_way(d):
  """A lattice: nearly every straight line between two points meets others."""
  lattice = np.stack(np.meshgrid(*[np.arange(-1.0, 2.0)] * d), -1).reshape(-1, d)
  for seed in range(8):
    random = np.random.RandomState(seed)
    _check(lattice, lattice[random.randint(0, len(lattice), len(lattice))])
  _check(lattice + 1e6, np.full_like(lattice, 1e6))


def test_straight_way_through_a_point_by_hand():
  """y of x_3 goes from x_1 past x_2, where it would close the cycle x_2 -> x_3 -> x_2 and open it again."""
  real = [[0, 0], [1, 0], [2, 0]]
  path = _check(real, [[0, 0], [2, 0], [0, 0]])
  assert landscape.relativistic_value(real, [[0, 0], [2, 0], [1, 0]], landscape.rs) < path.values[0]
  for at in landscape.sample(path, 50)[:, 2]:
    assert (at != [1, 0]).any()


def test_path_on_a_line_by_hand():
  """x = (0, 1, 2), y = (0, 2, 0): y of x_2 leads to 2, whose y sits on 0. y of x_3 meets x_2, which leads to it."""
  path = _check([0, 1, 2], [0, 2, 0])
  np.testing.assert_array_equal(path.points[:, :, 0], [[0, 2, 0], [0, 1, 0], [0, 1, 1], [0, 1, 2]])
  np.testing.assert_allclose(path.values, -np.array([1, 2, 2, 3]) * math.log(2) / 3, atol=1e-15)


def test_path_of_a_global_minimum_stays():
  path = _check([0, 1, 2], [2, 0, 1])
  assert path.points.shape == (1, 3, 1)


@pytest.mark.parametrize('d', [1, 2])
def test_path_makes_at_most_n_moves_and_each_lowers_the_value(d):
  random = np.random.RandomState(5)
  real = random.standard_normal([40, d])
  path = landscape.escape_path(real, real[random.randint(0, 40, 40)])
  falls = -np.diff(path.values)
  falls = falls[falls > 0]
  assert len(falls) <= 40
  assert (falls >= math.log(2) / 40 - 1e-14).all()


def test_path_needs_distinct_points_and_not_too_many():
  with pytest.raises(InputError, match='occurs twice'):
    landscape.escape_path([0, 0, 1], [1, 1, 0])
  with pytest.raises(InputError, match='n = 201'):
    landscape.escape_path(np.arange(201), np.arange(201))


@pytest.mark.parametrize('loss', [landscape.js, landscape.rs_all])
def test_other_losses_have_no_way_out_and_it_says_why(loss):
  with pytest.raises(InputError, match='no KeptPairs loss.*basin_depth'):
    landscape.escape_path([0, 1], [0, 0], loss)
