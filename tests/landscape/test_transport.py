"""Wasserstein's landscape: the assignment, its dual, values by hand, and that it is a distance."""

import numpy as np
import pytest
import scipy.optimize

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError


@pytest.mark.parametrize('d', [1, 2, 3])
def test_claim_l_1_the_best_critic_is_worth_the_best_assignment(d):
  random = np.random.RandomState(d)
  for n in (1, 2, 2, 5, 9, 16):
    real, generated = random.standard_normal([2, n, d])
    generated[: n // 3] = real[: n // 3]
    critic = landscape.wasserstein_critic(real, generated)
    assert critic.value == pytest.approx(landscape.wasserstein_value(real, generated), abs=1e-9)
    f = {tuple(point): value for point, value in zip(critic.points, critic.values)}
    scores = np.array([[f[tuple(point)] for point in side] for side in (real, generated)])
    assert critic.value == pytest.approx((scores[0] - scores[1]).mean(), abs=1e-9)
    slopes = np.abs(critic.values[:, None] - critic.values)
    lengths = np.linalg.norm(critic.points[:, None] - critic.points, axis=2)
    assert (slopes <= lengths + 1e-9).all()


def test_wasserstein_value_by_hand():
  assert landscape.wasserstein_value([0, 4], [5, 1]) == pytest.approx(1)  # not 3, the pairs i <-> i
  assert landscape.wasserstein_value([[0, 0]], [[3, 4]]) == pytest.approx(5)
  assert landscape.wasserstein_value([0, 1, 1], [1, 0, 1]) == 0
  assert landscape.wasserstein_value([0, 0, 1], [1, 1, 0]) == pytest.approx(1 / 3)


def test_wasserstein_value_is_a_distance():
  random = np.random.RandomState(0)
  first, second, third = random.standard_normal([3, 7, 2])
  there = landscape.wasserstein_value(first, second)
  assert landscape.wasserstein_value(second, random.permutation(first)) == pytest.approx(there, abs=1e-9)
  assert landscape.wasserstein_value(3 * first + 1, 3 * second + 1) == pytest.approx(3 * there, abs=1e-9)
  assert there <= landscape.wasserstein_value(first, third) + landscape.wasserstein_value(third, second) + 1e-9


def test_a_critic_by_hand():
  critic = landscape.wasserstein_critic([0, 4], [5, 1])
  np.testing.assert_allclose(critic.points[:, 0], [0, 1, 4, 5])
  np.testing.assert_allclose(critic.values[1] - critic.values[0], -1)  # 0 goes to 1, 4 to 5
  np.testing.assert_allclose(critic.values[3] - critic.values[2], -1)
  same = landscape.wasserstein_critic([1, 2], [2, 1])
  assert (same.value, same.values.tolist()) == (0.0, [0.0, 0.0])


def test_thousands_of_points():
  """On a line the sorted points belong together."""
  real, generated = np.random.RandomState(0).standard_normal([2, 1000])
  value = landscape.wasserstein_value(real, generated)
  assert value == pytest.approx(np.abs(np.sort(real) - np.sort(generated)).mean(), rel=1e-9)


def test_limits_are_said():
  with pytest.raises(InputError, match='n = 251 gives 125751 pairs.*250'):
    landscape.wasserstein_critic(np.arange(251), np.arange(251) + 0.5)
  with pytest.raises(InputError, match='n = 5001 has 25,010,001 distances: give n up to 5,000'):
    landscape.wasserstein_value(*np.zeros([2, 5001, 2]))
  on_a_line = np.arange(50_001)  # needs no distances
  assert landscape.wasserstein_value(on_a_line, on_a_line + 0.5) == 0.5


@pytest.mark.parametrize('d', [1, 3])
def test_on_the_straight_way_to_the_best_assignment_the_distance_falls_linearly(d):
  """W(Y_t) = (1 - t) W(Y): at most by that assignment, at least by the triangle inequality."""
  real, fake = np.random.default_rng(d).normal(size=[2, 9, d])
  apart = np.linalg.norm(fake[:, None] - real, axis=-1)
  best = real[scipy.optimize.linear_sum_assignment(apart)[1]]
  whole = landscape.wasserstein_value(real, fake)
  for t in (0.1, 0.5, 0.9, 1.0):
    assert landscape.wasserstein_value(real, (1 - t) * fake + t * best) == pytest.approx((1 - t) * whole, abs=1e-12)
