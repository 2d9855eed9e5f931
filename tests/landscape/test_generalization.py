"""Proposition 2 as a construction and Proposition 3 as a run: optimal on the sample, blind elsewhere, and soon lost."""

import numpy as np
import pytest
import scipy.spatial

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError


def on_sphere(count, dimensions, seed):
  points = np.random.default_rng(seed).standard_normal([count, dimensions])
  return points / np.linalg.norm(points, axis=1, keepdims=True)


@pytest.mark.parametrize('epsilon', [0.05, 0.5, 0.9])
def test_the_critic_is_epsilon_optimal_with_as_many_weights_as_stated(epsilon):
  real, fake = on_sphere(40, 8, 0), on_sphere(30, 8, 1)
  critic = landscape.epsilon_optimal_critic(real, fake, epsilon)
  assert critic(real).min() >= 0.5 + epsilon / 2
  assert critic(fake).max() <= 0.5 - epsilon / 2
  assert critic(np.concatenate([real, fake, on_sphere(100, 8, 2)])).min() >= 0
  assert critic(real).max() <= 1
  assert critic.parameters == 70 * 9


def test_two_points_by_hand():
  """Opposite points, epsilon 1/2: delta 2, alpha 1/4, k = log(4) / 2; the softmax is 4 : 1 at each."""
  critic = landscape.epsilon_optimal_critic([[1.0, 0.0]], [[-1.0, 0.0]], 0.5)
  np.testing.assert_allclose(critic.outer, [1.0, 0.0])
  np.testing.assert_allclose(critic.inner, np.log(4) / 2 * np.array([[1.0, 0.0], [-1.0, 0.0]]))
  np.testing.assert_allclose(critic([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]]), [0.8, 0.2, 0.5])


def test_it_does_not_generalise():
  """Real and fake points of one distribution: right on the sample, a coin's toss on fresh points."""
  real, fake = on_sphere(200, 64, 0), on_sphere(200, 64, 1)
  critic = landscape.epsilon_optimal_critic(real, fake, 0.5)
  fresh = critic(on_sphere(4000, 64, 2)) > 0.5
  assert abs(fresh.mean() - 0.5) < 0.1
  assert (critic(real) > 0.74).all()
  assert (critic(fake) < 0.26).all()


@pytest.mark.parametrize('spread', [1.0, 1e-6])
def test_proposition_1_samples_of_densities_never_meet(spread):
  """However close the distributions are; empirical critics of them can be right everywhere."""
  random = np.random.default_rng(0)
  real, fake = random.normal(size=[1000, 2]), random.normal(scale=1 + spread, size=[1000, 2])
  assert scipy.spatial.distance.cdist(real, fake).min() > 0
  assert landscape.jensen_shannon(real, fake) == pytest.approx(np.log(2))


@pytest.mark.parametrize('distance', [1.0, 0.1, 0.01])
def test_section_4_2_2_the_slope_of_an_epsilon_optimal_critic_grows_as_the_points_meet(distance):
  """D moves by epsilon at least on the line from y to x, so that somewhere on it the slope is epsilon / |x - y|."""
  real, fake = np.array([[1.0, 0.0]]), np.array([[np.cos(distance), np.sin(distance)]])
  critic = landscape.epsilon_optimal_critic(real, fake, 0.5)
  line = fake + np.linspace(0, 1, 1001)[:, None] * (real - fake)
  apart = np.linalg.norm(real - fake)
  slopes = np.diff(critic(line)) / (apart / 1000)
  assert slopes.max() >= 0.5 / apart * (1 - 1e-9)


@pytest.mark.parametrize(
  ('real', 'fake', 'epsilon', 'words'),
  [
    ([[1.0, 0.0]], [[1.0, 0.0]], 0.5, 'real and fake'),
    ([[2.0, 0.0]], [[1.0, 0.0]], 0.5, 'norm 1'),
    ([[1.0, 0.0]], [[-1.0, 0.0]], 1.0, 'between 0 and 1'),
  ],
)
def test_what_has_no_such_critic_is_refused(real, fake, epsilon, words):
  with pytest.raises(InputError, match=words):
    landscape.epsilon_optimal_critic(real, fake, epsilon)


def test_alternating_steps_by_hand():
  """x = 2, y = 0, z = 1: critic 1 + 0.1 * 2 = 1.2, generator 0.12; then critic 1.388, generator 0.2588."""
  found = landscape.alternating_run([2.0], [1.0], [1.0], [[0.0]], epsilon=2.5, learning_rate=0.1, steps=2)
  np.testing.assert_allclose(found.distance, [2.0, 1.88, 1.7412])
  np.testing.assert_allclose(found.gap, [2.0, 1.2 * 1.88, 1.388 * 1.7412])
  np.testing.assert_allclose(found.ratio, [2.0, 1.88 / 1.2, 1.7412 / 1.388])
  # 0.5 / 0.4 -> 2; (2.5 - 2.256) / (0.1 * 1.88^2) = 0.69 -> 1; 2.4168: 0.0832 / 0.303 -> 1
  np.testing.assert_allclose(found.needed, [2, 1, 1])


def test_fixed_alternating_descent_loses_an_optimal_critic():
  """However small the rate: as y nears x the ratio of gradients goes to 0 and the steps needed grow beyond bounds."""
  for rate in (0.1, 0.01, 0.001):
    steps = int(3 / rate)
    found = landscape.alternating_run([1.0, 0.0], [1.0], [1.0, 0.0], [[0.0], [0.0]], 0.5, rate, steps)
    assert found.needed[0] == 0
    nearest = int(np.argmin(found.distance))
    assert found.gap[nearest] < 0.5
    assert found.ratio[nearest] < 2 * rate
    assert found.needed[nearest] > found.needed[:nearest].max()
    before = found.needed[: nearest + 1]
    assert (np.diff(before[before > 0]) >= 0).all()
