"""Claims 2.1 and 2.2: what is convex in the generated density has n^n - n! strict minima in the generated points."""

import numpy as np
import pytest

from tfgan_landscape import landscape

LOSSES = {name: getattr(landscape, name) for name in ('js', 'hinge', 'least_squares', 'rs_all', 'rp_hinge_all')}
TOTAL = 24  # points, as many as make every density below


def value(loss, density):
  """The value of generated points spread over three places as a density [3] says, real ones evenly."""
  return loss.value(np.repeat([0, 1, 2], TOTAL // 3), np.repeat([0, 1, 2], density))


def density(random):
  """An even number of points on each of three places, TOTAL in all."""
  first, second = np.sort(random.integers(0, TOTAL // 2 + 1, 2))
  return 2 * np.array([first, second - first, TOTAL // 2 - second])


@pytest.mark.parametrize('name', LOSSES)
def test_claim_2_1_the_value_is_convex_in_the_density(name):
  """A supremum over critics of payoffs that are linear in the density; at the middle of random pairs of densities."""
  random, bent = np.random.default_rng(0), []
  for _ in range(40):
    ends = density(random), density(random)
    sides = [value(LOSSES[name], each) for each in ends]
    bent.append(np.mean(sides) - value(LOSSES[name], (ends[0] + ends[1]) // 2))
  assert min(bent) > -1e-7
  assert max(bent) > 0.01


@pytest.mark.parametrize('name', LOSSES)
def test_claim_2_2_the_payoff_of_any_critic_is_linear_in_the_density(name):
  random, loss = np.random.default_rng(1), LOSSES[name]
  critic, ends = random.normal(size=3), (density(random), density(random))

  def payoff(density):
    return loss(critic[np.repeat([0, 1, 2], TOTAL // 3)], critic[np.repeat([0, 1, 2], density)]).generator.mean()

  assert payoff((ends[0] + ends[1]) // 2) == pytest.approx(np.mean([payoff(each) for each in ends]))


@pytest.mark.parametrize('name', ['js', 'least_squares', 'rs_all', 'rp_hinge_all'])
def test_the_same_value_has_strict_minima_in_the_points(name):
  """n = 3: 21 = 27 - 6 of them; each is a density from which a straight way leads down, which no point can take."""
  assert landscape.count_bad_basins(3, LOSSES[name]) == 21
  collapsed = value(LOSSES[name], [TOTAL, 0, 0])
  on_the_way = value(LOSSES[name], [TOTAL - 2, 1, 1])
  assert on_the_way < collapsed
