"""The folded mixture: Lemma 1's selector by hand; Lemma 2's network equals the mixture outside of narrow windows."""

import numpy as np
import pytest
import scipy.stats

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import folding, games


def networks(count, sizes, seed=0):
  random = np.random.default_rng(seed)
  return [[(random.normal(size=[o, i]), random.normal(size=o)) for i, o in zip(sizes, sizes[1:])] for _ in range(count)]


def test_the_selector_by_hand():
  """Thresholds 0 and 2, windows of 1: half-way at the thresholds, a quarter of the way at 0 - 1/4."""
  found = folding.apply(folding.selector([0.0, 2.0], 1.0), np.array([[-3.0], [-0.25], [0.0], [1.0], [2.0], [9.0]]))
  expected = [[1, 0, 0], [0.75, 0.25, 0], [0.5, 0.5, 0], [0, 1, 0], [0, 0.5, 0.5], [0, 0, 1]]
  np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize('sizes', [[3, 7, 2], [3, 5, 6, 4]])
def test_the_folded_network_is_the_mixture(sizes):
  shares, width = np.array([0.2, 0.5, 0.3]), 1e-3
  mixture = networks(3, sizes)
  folded = folding.fold(mixture, shares, width, bound=1e4)
  assert len(folded) == len(sizes)  # one layer more
  random = np.random.default_rng(1)
  latents, h = random.normal(size=[500, sizes[0]]), random.normal(size=[500, 1])
  thresholds = scipy.stats.norm.ppf(np.cumsum(shares)[:-1])
  clear = (np.abs(h - thresholds) > width / 2).all(1)
  which = (h > thresholds).sum(1)
  each = np.stack([folding.apply(network, latents) for network in mixture])
  found = folding.apply(folded, np.hstack([latents, h]))
  np.testing.assert_allclose(found[clear], each[which, np.arange(500)][clear], atol=1e-5)
  assert clear.mean() > 1 - 2 * 2 * width / np.sqrt(2 * np.pi) - 0.01
  np.testing.assert_allclose(np.bincount(which) / 500, shares, atol=0.08)


def test_what_cannot_be_folded_is_refused():
  with pytest.raises(InputError, match='at least two layers'):
    folding.fold(networks(2, [3, 2]), [0.5, 0.5], 0.1, 10.0)
  with pytest.raises(InputError, match='not more than the width'):
    folding.fold(networks(3, [3, 4, 2]), [0.3, 0.01, 0.69], 0.5, 10.0)


def test_the_averaged_network_by_hand_and_on_random_ones():
  """relu(x) and 3 relu(x) + 1 make 2 relu(x) + 1/2."""
  one = [(np.eye(1), np.zeros(1))]
  found = folding.averaged([[*one, (np.eye(1), np.zeros(1))], [*one, (3 * np.eye(1), np.ones(1))]])
  np.testing.assert_allclose(folding.apply(found, np.array([[-1.0], [2.0]])), [[0.5], [4.5]])
  several = networks(4, [3, 7, 5, 2])
  inputs = np.random.default_rng(2).normal(size=[20, 3])
  mean = np.mean([folding.apply(network, inputs) for network in several], 0)
  np.testing.assert_allclose(folding.apply(folding.averaged(several), inputs), mean, atol=1e-10)
  with pytest.raises(InputError, match='of one depth'):
    folding.averaged([several[0], several[1][:2]])


REAL = np.array([[-1.0], [0.0], [1.0]])


def hat(centre):
  """A critic, 1 at its centre and 0 from a distance of 1 on: relu(x - c + 1) - 2 relu(x - c) + relu(x - c - 1)."""
  return [(np.ones([3, 1]), np.array([1.0, 0.0, -1.0]) - centre), (np.array([[1.0, -2.0, 1.0]]), np.zeros(1))]


def constant(place):
  """A generator whose samples are all at one place."""
  return [(np.zeros([1, 1]), np.zeros(1)), (np.zeros([1, 1]), np.array([place]))]


def test_theorem_4_3_a_pure_equilibrium_of_networks_one_layer_deeper():
  """Real points -1, 0, 1; a generator makes one point, a critic is a hat: no pure strategies of theirs are near one.

  f(x) = x, pay-offs E D(x) - E D(y). T of each side, drawn from the mixed equilibrium, are folded into one generator
  and averaged into one critic; any critic of these is a mean of hats and any generator a mixture of points, so that
  the pure ones are the best answers to it.
  """
  generators, critics = [constant(float(place)) for place in REAL[:, 0]], [hat(centre) for centre in REAL[:, 0]]

  def payoff(critic, fake):
    return folding.apply(critic, REAL).mean() - folding.apply(critic, fake).mean()

  made = [folding.apply(each, np.zeros([1, 1])) for each in generators]
  game = np.array([[payoff(critic, fake) for critic in critics] for fake in made])
  mixed, epsilon = games.equilibrium(game), 0.2
  assert mixed.value == pytest.approx(0, abs=1e-9)  # the generators can make the real distribution: they win
  pure = np.eye(3)
  assert min(games.approximation(game, one, other) for one in pure for other in pure) > epsilon
  count, random = games.enough(game, epsilon / 2), np.random.default_rng(0)
  shares, looks = (games.sampled(each, count, random) for each in (mixed.generators, mixed.critics))
  width = epsilon / 100
  generator = folding.fold(generators, shares, width, bound=10.0)
  critic = folding.averaged(
    [hat(centre) for centre, many in zip(REAL[:, 0], looks * count) for _ in range(round(many))]
  )
  quantiles = scipy.stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)[:, None]
  fake = folding.apply(generator, np.hstack([np.zeros_like(quantiles), quantiles]))
  value = payoff(critic, fake)
  assert max(payoff(each, fake) for each in critics) <= value + epsilon
  assert min(payoff(critic, each) for each in made) >= value - epsilon
  assert len(generator) == len(generators[0]) + 1
