"""The circle game: by hand, against brute force, the theorems' bounds, and games that do settle."""

import numpy as np
import pytest

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import best_responses as game

THIRD = 2 * np.pi / 3
RULES = [game.take_the_first, game.take_in_turn, game.take_at_random]


def test_angles_by_hand():
  np.testing.assert_allclose(game.angle_between(0.1, 2 * np.pi - 0.1), 0.2)
  np.testing.assert_allclose(game.angle_between([0.0, 3.0, -1.0], [np.pi, 1.0, 2 * np.pi]), [np.pi, 2.0, 1.0])


def test_critic_by_hand():
  np.testing.assert_allclose(game.critic([1.0], 1.0), 1.0)
  np.testing.assert_allclose(game.critic([0.0, 1.0], 0.0), (1 + np.exp(-10)) / 2)
  np.testing.assert_allclose(game.critic([0.0], [0.3, -0.3], concentration=2.0), np.exp(-0.18))


def test_objective_by_hand():
  # At a true point that no theta is near: 1/3 (1 + 2 exp(-10 (2 pi / 3)^2)) - exp(-10 (2 pi / 3)^2)
  far = np.exp(-10 * THIRD**2)
  np.testing.assert_allclose(game.critic_objective(THIRD, [0.0]), (1 + 2 * far) / 3 - far, rtol=1e-12)


@pytest.mark.parametrize('seed', range(20))
def test_maximisers_beat_a_fine_grid(seed):
  random = np.random.default_rng(seed)
  theta, true = random.uniform(0, 2 * np.pi, 3), random.uniform(0, 2 * np.pi, 4)

  def objective(phi):
    return game.critic_objective(phi, theta, true)

  found = game.maximisers(objective)
  fine = objective(np.linspace(0, 2 * np.pi, 1_000_001)).max()
  assert (objective(found) >= fine - 1e-9).all()
  assert ((found >= 0) & (found < 2 * np.pi)).all()


def test_ties_are_all_found_and_one_peak_is_one():
  np.testing.assert_allclose(game.maximisers(lambda t: np.cos(2 * t)), [0, np.pi], atol=1e-7)
  np.testing.assert_allclose(game.maximisers(lambda t: np.cos(t - 1)), [1.0], atol=1e-7)


def test_theorem_b1_holds_from_every_start():
  for theta in np.linspace(0, 2 * np.pi, 60, endpoint=False):
    far = game.TRUE_ANGLES[game.angle_between(theta, game.TRUE_ANGLES).argmax()]
    assert game.critic([far], theta) <= 0.001
    assert game.critic([far], game.TRUE_ANGLES).mean() >= 1 / 3
    found = game.bounds(game.play([theta], 8))
    np.testing.assert_allclose(found.deceived, 1.0)
    assert found.change >= 0.25
    assert found.moved > 0.8


@pytest.mark.parametrize('rule', RULES)
def test_theorem_b2_and_claim_1_hold_for_every_rule(rule):
  rounds = game.play([0.0, 0.0, 0.0], 30, rule)
  found = game.bounds(rounds)
  assert found.spread == 0
  assert found.from_true <= 0.1
  assert found.critic_from_others <= 0.05
  assert found.moved == 1.0


def test_two_bumps_that_take_turns_let_the_generator_split():
  """Theorem B.2 needs an odd number of bumps: two may sit on one true point each, and the generator on both."""
  rounds = game.play([0.0, 0.0], 2, game.take_in_turn)
  np.testing.assert_allclose(rounds.theta[1], [THIRD, 2 * THIRD], atol=1e-3)
  assert game.bounds(rounds).spread > 2


def test_with_one_true_point_there_is_nowhere_else_to_go():
  """The theorem's second part needs another true point; the sequence does not settle even so."""
  rounds = game.play([2.0], 40, true_angles=[1.0])
  assert game.bounds(rounds, [1.0]).moved == 0.0
  steps = np.abs(np.diff(rounds.theta[20:, 0]))
  assert steps.min() > 0.25


def test_a_seed_repeats_and_another_differs():
  first, again, other = (game.play([0.0] * 3, 30, seed=seed) for seed in (0, 0, 1))
  np.testing.assert_array_equal(first.theta, again.theta)
  assert not np.array_equal(first.theta, other.theta)


@pytest.mark.parametrize(
  ('arguments', 'words'),
  [
    ({'theta': []}, 'theta'),
    ({'theta': [np.nan]}, 'theta'),
    ({'true_angles': []}, 'true_angles'),
    ({'rounds': 0}, 'rounds = 0'),
    ({'rounds': 1.5}, 'rounds = 1.5'),
    ({'concentration': 0.0}, 'concentration'),
    ({'concentration': np.nan}, 'concentration'),
  ],
)
def test_what_makes_no_sense_is_refused(arguments, words):
  with pytest.raises(InputError, match=words):
    game.play(**{'theta': [0.0], 'rounds': 2, **arguments})
