"""Which points coincide, and the states of a pattern."""

import numpy as np
import pytest

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import points


@pytest.mark.parametrize(
  ('generated', 'name', 'm'),
  [
    ([5, 6], 'no recovery', [0, 0]),
    ([5, 1], 'mode dropping', [0, 1]),
    ([1, 1], 'mode collapse', [0, 2]),
    ([1, 0], 'perfect', [1, 1]),
  ],
)
def test_the_four_states_of_two_points(generated, name, m):
  found = landscape.state([0, 1], generated)
  assert found.name == name
  np.testing.assert_array_equal(found.m, m)
  np.testing.assert_array_equal(found.k, [1, 1])


def test_states_respect_how_often_an_x_occurs():
  real = [[0, 0], [0, 0], [1, 2]]
  found = landscape.state(real, [[1, 2], [0, 0], [0, 0]])
  assert found.name == 'perfect'
  np.testing.assert_array_equal(found.m, [2, 2, 1])
  np.testing.assert_array_equal(found.k, [2, 2, 1])
  assert landscape.state(real, [[1, 2], [1, 2], [0, 0]]).name == 'mode collapse'
  assert landscape.state(real, [[1, 2], [1, 3], [0, 0]]).name == 'mode dropping'


def test_equality_is_exact_but_for_the_sign_of_zero():
  assert landscape.state([0.0, 1.0], [-0.0, 1.0]).name == 'perfect'
  assert landscape.state([0.1 + 0.2, 1.0], [0.3, 2.0]).name == 'no recovery'


@pytest.mark.parametrize('d', [1, 2, 5])
def test_groups_are_those_of_sorting_rows(d):
  random = np.random.RandomState(d)
  real, generated = random.randint(-1, 2, [2, 50, d]) * 0.5
  found = points.group(real, generated)
  values, numbers = np.unique(np.concatenate([real, generated]), axis=0, return_inverse=True)
  np.testing.assert_array_equal(found.values, values)
  np.testing.assert_array_equal(np.concatenate([found.real, found.generated]), numbers.ravel())


def test_counts_by_hand():
  found = points.counts([2, 1, 1, 3], [1, 9, 1, 3])
  np.testing.assert_array_equal(found.k, [2, 1, 1])
  np.testing.assert_array_equal(found.m, [2, 0, 1])
  assert found.outside == 1


@pytest.mark.parametrize(
  ('real', 'generated', 'words'),
  [
    ([0, np.nan], [0, 1], r'X\[1\] is not finite'),
    ([0, 1], [np.inf, 1], r'Y\[0\] is not finite'),
    ([0, 1], [0, 1, 2], 'X has 2 points, Y 3'),
    ([[0, 1]], [[0, 1, 2]], 'X has dimension 2, Y 3'),
    ([], [], 'at least one'),
    ([[[0]]], [[[0]]], r'shape \(1, 1, 1\)'),
    (['a'], [0], 'no array of numbers'),
    ([[0], [1, 2]], [0, 1], 'no array of numbers'),
  ],
)
def test_bad_points_are_refused(real, generated, words):
  uses = [
    landscape.state,
    lambda *pair: landscape.separable_value(*pair, landscape.js),
    lambda *pair: landscape.relativistic_value(*pair, landscape.rs),
    lambda *pair: landscape.numeric_value(*pair, landscape.js),
    landscape.wasserstein_value,
    landscape.wasserstein_critic,
    landscape.escape_path,
  ]
  for use in uses:
    with pytest.raises(InputError, match=words) as caught:
      use(real, generated)
    assert '\n' not in str(caught.value)
