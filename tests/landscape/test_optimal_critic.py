"""The exact critic under a Lipschitz penalty: by hand, against other programs, Theorems 1 to 5 on random sets."""

import numpy as np
import pytest
import scipy.optimize
import scipy.stats

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import FAMILY, optimal_critic

NAMES = list(FAMILY)
LOSSES = {name: landscape.lipschitz_gan(phi) for name, phi in FAMILY.items()}


def sets(seed, n=8, m=10, dimensions=2):
  random = np.random.default_rng(seed)
  return random.normal(size=[n, dimensions]) + 1, random.normal(size=[m, dimensions])


def lipschitz_constant(critic):
  points = np.concatenate([critic.real, critic.fake])
  values = np.concatenate([critic.real_values, critic.fake_values])
  distances = np.linalg.norm(points[:, None] - points, axis=-1)
  return (np.abs(values[:, None] - values) / np.where(distances > 0, distances, np.inf)).max()


@pytest.mark.parametrize('name', NAMES)
def test_two_points_by_hand(name):
  """A fake point at distance d from a real one: f(y) = t = -f(x) by symmetry, k = 2 t / d, 2 phi(-t) + lambda k^2."""
  weight, distance = 0.3, 1.7
  critic = optimal_critic([[distance, 0.0]], [[0.0, 0.0]], LOSSES[name], weight)

  def objective(t):
    return 2 * FAMILY[name](-t) + weight * (2 * t / distance) ** 2

  best = scipy.optimize.minimize_scalar(objective, bounds=(0, 20), method='bounded', options={'xatol': 1e-12})
  assert critic.value == pytest.approx(best.fun, abs=1e-9)
  assert critic.k == pytest.approx(2 * best.x / distance, rel=1e-4)
  assert critic.real_values[0] - critic.fake_values[0] == pytest.approx(critic.k * distance)
  (direction,) = critic.directions()
  np.testing.assert_allclose(direction, [[1.0, 0.0]], atol=1e-12)


def test_with_a_linear_phi_k_is_the_wasserstein_distance_over_two_lambda():
  """Theorem 4: k = alpha / 2 lambda + k0 and J = -k alpha + lambda (k - k0)^2; under k <= k0 J = -k0 alpha."""
  real, fake = sets(0)
  fake_of_equal_number = fake[: len(real)]
  alpha = landscape.wasserstein_value(real, fake_of_equal_number)
  for weight, k0 in ((0.5, 0.0), (2.0, 0.0), (2.0, 1.0)):
    critic = optimal_critic(real, fake_of_equal_number, LOSSES['linear'], weight, k0=k0)
    assert critic.k == pytest.approx(alpha / (2 * weight) + k0, rel=1e-5)
    assert critic.value == pytest.approx(-critic.k * alpha + weight * (critic.k - k0) ** 2, abs=1e-8)
  held = optimal_critic(real, fake_of_equal_number, LOSSES['linear'], limit=3.0)
  assert (held.k, held.value) == (pytest.approx(3.0), pytest.approx(-3 * alpha, rel=1e-7))
  np.testing.assert_allclose(held.plan.sum(1), 1 / len(real), rtol=1e-6)  # a transport plan


@pytest.mark.parametrize('name', NAMES[1:])
def test_a_general_solver_finds_the_same(name):
  """SLSQP over all pairs' constraints, fake and fake, real and real ones too: no better, and the same k."""
  real, fake = sets(1, 4, 5)
  critic, phi = optimal_critic(real, fake, LOSSES[name], 0.1), FAMILY[name]
  points = np.concatenate([real, fake])
  first, second = np.array([(i, j) for i in range(9) for j in range(9) if i != j]).T
  distances = np.linalg.norm(points[first] - points[second], axis=1)

  def objective(z):
    return phi(-z[:4]).mean() + phi(z[4:9]).mean() + 0.1 * z[9] ** 2

  room = {'type': 'ineq', 'fun': lambda z: z[9] * distances - z[first] + z[second]}
  start = np.append(np.zeros(9), 1.0)
  found = scipy.optimize.minimize(
    objective, start, constraints=[room], method='SLSQP', options={'ftol': 1e-14, 'maxiter': 500}
  )
  assert critic.value == pytest.approx(found.fun, abs=1e-7)
  assert critic.k == pytest.approx(found.x[9], rel=1e-3)
  assert critic.gap < 1e-9


@pytest.mark.parametrize('name', NAMES)
@pytest.mark.parametrize('seed', range(3))
def test_theorems_1_and_2_every_point_is_bounded_by_one_of_the_other_set(name, seed):
  critic = optimal_critic(*sets(seed), LOSSES[name], 0.2)
  assert lipschitz_constant(critic) == pytest.approx(critic.k, rel=1e-5)
  bounding = critic.bounding()
  assert bounding.any(0).all()
  assert bounding.any(1).all()
  # So the multipliers say: only bounded pairs have one.
  assert critic.plan[~bounding].max() < 1e-4 * critic.plan.max()


def test_theorem_1_points_of_both_sets_are_bounded_or_have_no_gradient_of_their_own():
  """Shared points with other weights: those that no other bounds have w_x phi'(f) = v_x phi'(-f), exactly."""
  random = np.random.default_rng(5)
  points = random.normal(size=[6, 2])
  fake_weights, real_weights = random.uniform(0.5, 1.5, [2, 6])
  phi = FAMILY['softplus']
  critic = optimal_critic(points, points, landscape.js, 0.001, real_weights=real_weights, fake_weights=fake_weights)
  np.testing.assert_allclose(critic.real_values, critic.fake_values, atol=1e-9)
  bounded = critic.bounding().any(1) | critic.bounding().any(0)
  assert bounded.any()  # (c)
  g, r = fake_weights / fake_weights.sum(), real_weights / real_weights.sum()
  own = g * phi.slope(critic.fake_values) - r * phi.slope(-critic.real_values)
  assert np.abs(own[~bounded]).max(initial=0) < 1e-6


@pytest.mark.parametrize('name', NAMES)
def test_theorem_1d_equal_distributions_are_the_only_equilibrium(name):
  """k = 0 there; and anywhere else k > 0, so that a fake point has a gradient to follow (Theorem 3)."""
  real, fake = sets(2, 6, 6)
  assert optimal_critic(real, real, LOSSES[name], 0.1).k == pytest.approx(0, abs=1e-5)
  for share in (0.3, 0.05):
    moved = real + share * (fake - real)
    critic = optimal_critic(real, moved, LOSSES[name], 0.1)
    assert critic.k > 1e-3
    assert all(len(each) for each in critic.directions())


def test_theorem_3_the_slope_along_a_bounding_line_is_k_in_every_extension():
  critic = optimal_critic(*sets(3), LOSSES['hyperbolic'], 0.2)
  index, other = np.argwhere(critic.bounding())[0]
  start, end = critic.fake[index], critic.real[other]
  line = start + np.linspace(0, 1, 11)[:, None] * (end - start)
  expected = critic.fake_values[index] + critic.k * np.linalg.norm(line - start, axis=1)
  np.testing.assert_allclose(critic.lowest(line), expected, atol=1e-4)
  np.testing.assert_allclose(critic.highest(line), expected, atol=1e-4)
  elsewhere = np.random.default_rng(0).normal(size=[200, 2], scale=3)
  low, high = critic.lowest(elsewhere), critic.highest(elsewhere)
  assert (low <= high + 1e-5).all()
  assert (high - low).max() > 0.1
  np.testing.assert_allclose(critic.highest(critic.real), critic.real_values, atol=1e-4)


@pytest.mark.parametrize('name', NAMES)
def test_theorem_5_a_lower_bound(name):
  """phi(a) + phi(-a) - (phi'(a) W1)^2 / 4 lambda at a = 0; reached by a linear phi."""
  real, fake = sets(4, 7, 7)
  bound = 2 * FAMILY[name](np.array(0.0)) - (
    FAMILY[name].slope(np.array(0.0)) * landscape.wasserstein_value(real, fake)
  ) ** 2 / (4 * 0.2)
  value = optimal_critic(real, fake, LOSSES[name], 0.2).value
  assert value >= bound - 1e-9
  if name == 'linear':
    assert value == pytest.approx(bound, abs=1e-7)


def test_in_the_city_block_norm_a_gradient_need_not_point_at_the_bounding_point():
  """Appendix D: g(x, y) = x + y is 1-Lipschitz in l1 and bounds (0, 0) by (2, 1), with gradient (1, 1)."""
  critic = optimal_critic([[2.0, 1.0]], [[0.0, 0.0]], LOSSES['linear'], limit=1.0, norm=1)
  assert critic.real_values[0] - critic.fake_values[0] == pytest.approx(3.0)
  assert critic.angles([[1.0, 1.0]])[0] == pytest.approx(np.degrees(np.arctan2(1, 3)))
  assert critic.angles([[2.0, 1.0]])[0] == pytest.approx(0, abs=1e-5)
  assert np.isnan(critic.angles([[0.0, 0.0]])[0])


@pytest.mark.parametrize(
  ('settings', 'words'),
  [
    ({'weight': 0.0}, 'the weight of the Lipschitz constant is 0.0'),
    ({'weight': np.nan}, 'the weight'),
    ({'weight': 1.0, 'limit': 1.0}, 'and not both'),
    ({}, 'give the weight'),
    ({'weight': 1.0, 'real': np.zeros([0, 2])}, 'real has shape .0, 2.: give points'),
    ({'weight': 1.0, 'real': np.zeros([3, 4])}, 'real has dimension 4, fake 2: give points of one space'),
    ({'weight': 1.0, 'real': np.zeros([1001, 2])}, '1001 real points are more than the exact program takes, 1000'),
    ({'weight': 1.0, 'fake': np.full([3, 2], np.nan)}, 'fake.0, 0. is not finite'),
    ({'weight': 1.0, 'fake': [['a', 'b']]}, 'fake is no array of numbers'),
    ({'weight': 1.0, 'fake_weights': [1.0, -1.0]}, 'the weights of the fake points are no 10 numbers above 0'),
    ({'weight': 1.0, 'norm': 3}, 'norm = 3 is none of 1 and 2'),
  ],
)
def test_what_makes_no_sense_is_refused(settings, words):
  real, fake = sets(0)
  with pytest.raises(InputError, match=words):
    optimal_critic(**({'real': real, 'fake': fake, 'loss': landscape.js} | settings))


GRID = np.linspace(-10, 10, 2001)


@pytest.mark.parametrize('name', NAMES)
def test_the_family_satisfies_equation_12(name):
  assert landscape.violations(GRID, FAMILY[name].slope(GRID)) == []


def test_what_of_equation_12_fails_and_where():
  assert landscape.violations(GRID, GRID > -1) == ["phi'(t) > 0 fails at t = -10"]
  assert landscape.violations(GRID, 1 / (1 + GRID**2)) == ["phi''(t) >= 0 fails at t = 0"]
  with pytest.raises(InputError, match=r"phi'.t. is not finite at t = 10"):
    landscape.violations(GRID, np.where(GRID > 9.995, np.inf, 1.0))


def test_figure_2_unconstrained_optima_draw_every_fake_point_to_the_near_mode_and_lipschitz_ones_do_not():
  """Real: N(0, 1) and N(10, 1), one half each; fake: N(1.5, 1), and uniform on [-2, 3] for Fisher's uniform mu.

  log P_r / P_g = -1.5 x + const near the first mode, a slope of -1.5 (least squares: an increasing function of it).
  With a uniform mu Fisher's is P_r - P_g up to a factor: beyond 2 it leads away from the near mode.
  """
  x = np.linspace(-2.5, 4, 651)
  normal = scipy.stats.norm
  real = 0.5 * normal.pdf(x) + 0.5 * normal.pdf(x, 10)
  fake = normal.pdf(x, 1.5)
  local = 'jensen_shannon', 'least_squares'
  slopes = {name: np.gradient(landscape.local_critic(name, real, fake), x) for name in local}
  assert all((slope < 0).all() for slope in slopes.values())
  np.testing.assert_allclose(slopes['jensen_shannon'][1:-1], -1.5, atol=0.02)
  fisher = np.gradient(real - fake, x)
  assert (fisher[(x > 2) & (x < 4)] > 0).all()
  random = np.random.default_rng(0)
  points = np.concatenate([random.normal(size=20), random.normal(10, size=20)])[:, None]
  generated = random.normal(1.5, size=40)[:, None]
  up = {}
  for name in ('linear', 'softplus'):
    directions = landscape.optimal_critic(points, generated, LOSSES[name], 0.1).directions()
    up[name] = np.mean([each.mean() > 0 for each in directions if len(each)])
  assert 0.3 < up['linear'] < 0.9  # half of the real points are at the far mode
  assert 0 < up['softplus'] < up['linear']  # and a bounded objective leads fewer there


@pytest.mark.parametrize('seed', range(3))
def test_appendix_j_with_a_linear_phi_gradients_follow_the_optimal_coupling(seed):
  """Every fake point's direction is that to its partner in the optimal assignment."""
  real, fake = sets(seed, n=9, m=9)
  distances = np.linalg.norm(fake[:, None] - real, axis=2)
  _, partners = scipy.optimize.linear_sum_assignment(distances)
  ways = (real[partners] - fake) / distances[np.arange(9), partners][:, None]
  for way, directions in zip(ways, optimal_critic(real, fake, LOSSES['linear'], 0.1).directions()):
    assert np.linalg.norm(directions - way, axis=1).min() < 1e-4


def test_local_critics_by_hand():
  real, fake = np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.0, 0.75])
  np.testing.assert_allclose(landscape.local_critic('jensen_shannon', real, fake), [np.log(2), np.inf, -np.inf])
  np.testing.assert_allclose(landscape.local_critic('least_squares', real, fake, -1, 1), [1 / 3, 1, -1])
  fisher = landscape.local_critic('fisher', real, fake)
  mean = (real + fake) / 2
  assert (mean * fisher**2).sum() == pytest.approx(1)
  np.testing.assert_allclose(fisher / fisher[1], [1 / 3, 1, -1])
  with pytest.raises(InputError, match='is none of jensen_shannon'):
    landscape.local_critic('hinge', real, fake)
  with pytest.raises(InputError, match='not both 0'):
    landscape.local_critic('fisher', [0.0], [0.0])


def test_the_compact_dual_has_the_wasserstein_value_and_says_nothing_of_where():
  """Eq. 9 and Figure 1: P_g on (1, Z), P_r on (0, Z): 1 at every real point, 0 at every fake one."""
  heights = np.linspace(0, 1, 6)
  real, fake = (np.stack([np.full(6, x), heights], 1) for x in (0.0, 1.0))
  on_real, on_fake = landscape.compact_wasserstein_critic(real, fake)
  np.testing.assert_allclose([on_real, on_fake], [np.ones(6), np.zeros(6)], atol=1e-9)
  other = sets(7, 5, 5)
  values = landscape.compact_wasserstein_critic(*other)
  assert values[0].mean() - values[1].mean() == pytest.approx(landscape.wasserstein_value(*other))


@pytest.mark.parametrize(
  ('value', 'words'),
  [
    (lambda t: np.square(t + 1), r"Eq. 12.; phi'.t. > 0 fails at t = -20"),
    (lambda t: np.maximum(0, t + 1), r"Eq. 12.; phi'.t. > 0 fails at t = -20"),
    (lambda t: t + np.sin(t) / 2, r"Eq. 12.; phi''.t. >= 0 fails at t = -"),
  ],
  ids=['least squares', 'hinge', 'not convex'],
)
def test_an_objective_outside_of_equation_12_has_no_exact_critic(value, words):
  with pytest.raises(InputError, match=words):
    optimal_critic(*sets(0), landscape.lipschitz_gan(value), 0.1)


@pytest.mark.parametrize('name', NAMES)
@pytest.mark.parametrize('weight', [1e-3, 0.1, 10.0])
def test_no_critic_is_better_than_the_gap_allows(name, weight):
  """A dual bound by hand: the multipliers are a feasible plan, so that value - gap is below the value of any critic."""
  real, fake = sets(6, 5, 7)
  critic, phi, random = optimal_critic(real, fake, LOSSES[name], weight), FAMILY[name], np.random.default_rng(0)
  distances = np.linalg.norm(fake[:, None] - real, axis=-1)
  for scale in (1e-6, 1e-3, 0.1, 1.0):
    y = critic.real_values + scale * random.normal(size=5)
    x = critic.fake_values + scale * random.normal(size=7)
    k = max(0.0, ((y - x[:, None]) / distances).max())
    assert phi(x).mean() + phi(-y).mean() + weight * k**2 >= critic.value - critic.gap - 1e-14
  assert critic.gap < 1e-7
