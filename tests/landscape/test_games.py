"""Matrix games: equilibria by hand, von Neumann's theorem on random ones, few strategies that are enough."""

import numpy as np
import pytest

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import games


def test_matching_pennies_and_a_game_with_a_saddle_point():
  found = games.equilibrium([[1, -1], [-1, 1]])
  np.testing.assert_allclose(found.value, 0, atol=1e-9)
  np.testing.assert_allclose([found.generators, found.critics], [[0.5, 0.5]] * 2, atol=1e-9)
  saddle = games.equilibrium([[3, 5], [2, 1]])  # generators choose the second row, critics then the first column
  np.testing.assert_allclose(saddle.value, 2, atol=1e-9)
  np.testing.assert_allclose(saddle.generators, [0, 1], atol=1e-9)


def test_a_mixed_game_by_hand():
  """[[2, 0], [0, 1]]: both play (1/3, 2/3), and the value is 2/3."""
  found = games.equilibrium([[2, 0], [0, 1]])
  np.testing.assert_allclose(found.value, 2 / 3)
  np.testing.assert_allclose([found.generators, found.critics], [[1 / 3, 2 / 3]] * 2, atol=1e-9)
  assert games.approximation([[2, 0], [0, 1]], [1, 0], [1 / 3, 2 / 3]) == pytest.approx((2 - 2 / 3) / 2)


def test_no_best_response_gains_on_the_equilibrium_of_a_random_game():
  for seed in range(5):
    payoff = np.random.default_rng(seed).normal(size=[30, 40])
    found = games.equilibrium(payoff)
    assert games.approximation(payoff, found.generators, found.critics) == pytest.approx(0, abs=1e-8)
    pure = np.eye(30)[0], np.eye(40)[0]
    assert games.approximation(payoff, *pure) > 0.1


def test_as_many_strategies_as_hoeffding_asks_for_are_enough_at_least_half_of_the_time():
  random = np.random.default_rng(0)
  payoff = random.uniform(-1, 1, [50, 50])
  found, epsilon = games.equilibrium(payoff), 0.25
  count = games.enough(payoff, epsilon)
  # Each side's guarantee may be off by epsilon from the value.
  off = [
    games.approximation(
      payoff, games.sampled(found.generators, count, random), games.sampled(found.critics, count, random)
    )
    for _ in range(40)
  ]
  assert np.mean(np.array(off) <= epsilon) >= 0.5
  few = [
    games.approximation(payoff, games.sampled(found.generators, 1, random), games.sampled(found.critics, 1, random))
    for _ in range(40)
  ]
  assert np.median(few) > epsilon
  assert games.enough(payoff, epsilon / 2) == pytest.approx(4 * count, abs=4)


def test_the_bound_is_what_hoeffding_asks_for_turned_round():
  payoff = games.random_game(30, np.random.default_rng(1))
  count = games.enough(payoff, 0.3)
  assert games.within(payoff, count) <= 0.3 < games.within(payoff, count - 1)


def test_guessing_is_won_by_chance_at_the_equilibrium():
  found = games.equilibrium(games.guessing_game(8))
  assert found.value == pytest.approx(1 / 8)
  np.testing.assert_allclose([found.generators, found.critics], np.full([2, 8], 1 / 8), atol=1e-9)


@pytest.mark.parametrize('payoff', [[], [1.0], [[np.nan]], [[1.0], [2.0, 3.0]]])
def test_what_is_no_game_is_refused(payoff):
  with pytest.raises(InputError, match='a game'):
    games.equilibrium(payoff)
