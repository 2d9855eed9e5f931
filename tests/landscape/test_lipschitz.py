"""The landscape under a Lipschitz critic: limits, other solvers, differences; closed forms of the critical weight."""

import itertools
import math

import numpy as np
import pytest
import scipy.optimize

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import optimal_critic

SMOOTH = ['js', 'rs', 'rs_all', 'least_squares', 'rp_least_squares', 'rp_least_squares_all']
LOSSES = {name: getattr(landscape, name) for name in [*SMOOTH, 'hinge', 'rp_hinge', 'rp_hinge_all']}
LOSSES['exponential'] = landscape.lipschitz_gan(landscape.FAMILY['exponential'], name='exponential')
LOSSES['two kinds'] = landscape.lipschitz_gan(landscape.FAMILY['softplus'], landscape.FAMILY['hyperbolic'])


def points(seed, n=4, d=2):
  return np.random.default_rng(seed).normal(size=[2, n, d])


@pytest.mark.parametrize('name', LOSSES)
@pytest.mark.parametrize('seed', range(2))
def test_a_general_solver_over_all_constraints_finds_the_same(name, seed):
  """SLSQP over all pairs of points, of hinges by one unknown more for each term."""
  (real, fake), loss, weight = points(seed), LOSSES[name], 0.05
  places = np.concatenate([real, fake])
  first, second = np.array([(i, j) for i in range(8) for j in range(8) if i != j]).T
  distances = np.linalg.norm(places[first] - places[second], axis=1)
  kinked, half = 'hinge' in name, 2 if isinstance(loss, landscape.Separable) else 1
  room = [{'type': 'ineq', 'fun': lambda z: z[8] * distances - z[first] + z[second]}]

  def payoff(f):
    return loss(f[:4], f[4:8]).generator.mean() / half

  found = landscape.lipschitz_value(real, fake, loss, weight)
  f = np.concatenate([found.real_values, found.fake_values])
  assert (found.k * distances - f[first] + f[second]).min() > -1e-8
  assert payoff(f) - weight * found.k**2 == pytest.approx(found.value, abs=1e-10)
  assert found.gap < 1e-9
  if kinked:  # payoffs of hinges have no slope: the value is below the gap already
    return
  best = scipy.optimize.minimize(
    lambda z: weight * z[8] ** 2 - payoff(z), np.append(np.zeros(8), 1.0), constraints=room, method='SLSQP',
    options={'ftol': 1e-14, 'maxiter': 500},
  )  # fmt: skip
  assert found.value == pytest.approx(-best.fun, abs=1e-7)


@pytest.mark.parametrize('name', ['hinge', 'rp_hinge', 'rp_hinge_all'])
def test_a_hinge_is_a_linear_program_at_the_best_k(name):
  """V + lambda k^2 is the value of a linear program at k, and no other k is better."""
  (real, fake), loss, weight = points(5, n=3), LOSSES[name], 0.05
  places, found = np.concatenate([real, fake]), landscape.lipschitz_value(real, fake, LOSSES[name], weight)
  terms = [(i, None) for i in range(3)] + [(None, 3 + i) for i in range(3)]
  if name == 'rp_hinge':
    terms = [(i, 3 + i) for i in range(3)]
  if name == 'rp_hinge_all':
    terms = [(i, 3 + j) for i, j in itertools.product(range(3), repeat=2)]

  def linear(k):
    rows, limits = [], []
    for index, (plus, minus) in enumerate(terms):  # e >= 1 - t
      row = np.zeros(6 + len(terms))
      row[6 + index] = -1
      row[[each for each in (plus,) if each is not None]] = -1
      row[[each for each in (minus,) if each is not None]] = 1
      rows.append(row)
      limits.append(-1)
    for a, b in itertools.permutations(range(6), 2):
      row = np.zeros(6 + len(terms))
      row[[a, b]] = -1, 1
      rows.append(row)
      limits.append(k * np.linalg.norm(places[a] - places[b]))
    bounds = [(None, None)] * 6 + [(0, None)] * len(terms)
    cost = np.concatenate([np.zeros(6), np.ones(len(terms)) / loss.scale(3)])
    return -scipy.optimize.linprog(cost, rows, limits, bounds=bounds).fun - weight * k**2

  assert linear(found.k) == pytest.approx(found.value, abs=1e-7)
  assert max(map(linear, found.k * np.array([0.5, 0.9, 1.1, 2]))) < found.value


@pytest.mark.parametrize('name', LOSSES)
def test_without_a_limit_it_is_the_exact_landscape(name):
  loss = LOSSES[name]
  for pattern in ([0, 0], [0, 1], [0, 5], [5, 6]):
    value = landscape.lipschitz_value([0, 1], pattern, loss, 1e-7).value
    if name in ('exponential', 'two kinds') and isinstance(loss, landscape.Separable):
      assert value == pytest.approx(landscape.numeric_value([0, 1], pattern, loss), abs=0.01)
    else:
      assert value == pytest.approx(loss.value([0, 1], pattern), abs=1e-3)


def test_a_linear_loss_gives_the_wasserstein_distance():
  """Theorem 4 of the LGAN paper: max over k of k W1 / 2 - lambda k^2, the half of the 1/2n."""
  real, fake = points(3, n=7)
  distance = landscape.wasserstein_value(real, fake)
  for weight in (0.01, 2.0):
    found = landscape.lipschitz_value(real, fake, landscape.wasserstein, weight)
    assert found.value == pytest.approx(distance**2 / (16 * weight), rel=1e-8)
    assert found.k == pytest.approx(distance / (4 * weight), rel=1e-6)


@pytest.mark.parametrize('name', LOSSES)
def test_equal_sets_have_the_optimum_at_any_weight(name):
  real = points(1)[0]
  for weight in (1e-4, 1.0):
    found = landscape.lipschitz_value(real, real[[2, 0, 3, 1]], LOSSES[name], weight)
    assert found.value == pytest.approx(LOSSES[name].optimum(), abs=1e-8)
    assert found.k < 1e-3


def test_it_is_the_optimal_critic_of_the_separable_losses():
  real, fake = points(2)
  found, other = (
    landscape.lipschitz_value(real, fake, landscape.js, 0.05),
    optimal_critic(real, fake, landscape.js, 0.1),
  )
  assert found.value == pytest.approx(-other.value / 2, abs=1e-9)
  assert found.k == pytest.approx(other.k, rel=1e-5)
  np.testing.assert_array_equal(found.binding, other.bounding())


@pytest.mark.parametrize('name', LOSSES)
@pytest.mark.parametrize('seed', range(3))
def test_the_subgradient_is_the_slope(name, seed):
  real, fake = points(10 + seed, n=5, d=1 + seed % 2)
  found = landscape.lipschitz_value(real, fake, LOSSES[name], 0.05)
  for i, axis in itertools.product(range(5), range(fake.shape[1])):
    step = np.zeros_like(fake)
    step[i, axis] = 1e-5
    ends = [landscape.lipschitz_value(real, fake + sign * step, LOSSES[name], 0.05).value for sign in (-1, 1)]
    assert found.subgradient[i, axis] == pytest.approx((ends[1] - ends[0]) / 2e-5, abs=1e-5)


@pytest.mark.parametrize('name', LOSSES)
@pytest.mark.parametrize('pattern', [(0, 0, 0), (0, 0, 1), (1, 1, 2), (2, 0, 0)])
def test_a_certificate_has_the_slopes_of_a_single_point(name, pattern):
  real, weight = np.array([0.0, 0.3, 1.0]), 0.004
  if name.startswith('rp_least_squares'):
    weight = 0.1  # below, h falls at the best critic
  fake, step = real[list(pattern)], 1e-6
  found = landscape.lipschitz_certificate(real, fake, LOSSES[name], weight)
  value = landscape.lipschitz_value(real, fake, LOSSES[name], weight).value
  for i in range(3):
    moved = [
      landscape.lipschitz_value(real, fake + side * step * np.eye(3)[i], LOSSES[name], weight).value for side in (-1, 1)
    ]
    assert found.slopes[i] == pytest.approx((min(moved) - value) / step, abs=1e-4)
  assert found.value == value


def test_joint_moves_are_no_way_out_of_a_strict_minimum():
  """Whatever moves together: the slope of a sum is the sum of slopes for each multiplier."""
  random, real = np.random.default_rng(0), np.array([0.0, 0.0, 1.0, 1.0])
  for name, weight in (('js', 0.003), ('rs_all', 0.006)):
    loss = LOSSES[name]
    certificate = landscape.lipschitz_certificate(real, np.zeros(4), loss, weight)
    assert certificate
    for _ in range(60):
      direction = random.normal(size=4) * (random.random(4) < 0.7)
      raised = landscape.lipschitz_value(real, 1e-4 * direction, loss, weight).value - certificate.value
      assert raised >= 0.9e-4 * (certificate.slopes * np.abs(direction)).sum() - 1e-12


def of_clusters(n):
  return np.repeat([0.0, 1.0], n // 2), np.zeros(n)


@pytest.mark.parametrize('n', [2, 4, 6])
def test_the_critical_weight_of_collapse_in_closed_form(n):
  """n / 2 real points on 0 and on D each, all generated ones on 0; JS-GAN with the 1/2 of `separable_value`."""
  js = 1 / (8 * (3 * n - 1) * math.log((3 * n - 2) * (2 * n - 1) / n))
  assert landscape.critical_weight(*of_clusters(n), landscape.js) == pytest.approx(js, rel=1e-6)
  rs_all = 1 / (8 * (2 * n - 1) * math.log(4 * n - 3))
  assert landscape.critical_weight(*of_clusters(n), landscape.rs_all) == pytest.approx(rs_all, rel=1e-6)


def test_the_critical_weight_grows_with_the_squared_distance():
  for scale in (0.01, 4.0, 300.0):
    found = landscape.critical_weight([0, scale], [0, 0], landscape.js)
    assert found == pytest.approx(scale**2 / (40 * math.log(6)), rel=1e-6)
  in_the_plane = landscape.critical_weight([[0, 0], [3, 4]], [[0, 0], [0, 0]], landscape.js)
  assert in_the_plane == pytest.approx(25 / (40 * math.log(6)), rel=1e-6)


BY_HAND = {'least_squares': 1 / 8, 'rp_least_squares_all': 1 / 4, 'rp_hinge_all': 1 / 16, 'hinge': 0}
BY_HAND |= {'rs': 0, 'rp_hinge': 0, 'rp_least_squares': 0}


@pytest.mark.parametrize('name', BY_HAND)
def test_critical_weights_of_two_points(name):
  """Rp-hinge over all pairs: f(D) - f(0) = 1, D's multiplier is 2 lambda; 1/4 stays with a point, twice it pulls."""
  assert landscape.critical_weight([0, 1], [0, 0], LOSSES[name]) == pytest.approx(BY_HAND[name], rel=1e-6)


@pytest.mark.parametrize('name', ['js', 'rs_all', 'least_squares', 'rp_hinge_all', 'exponential', 'two kinds'])
@pytest.mark.parametrize('pattern', [(0, 0), (1, 1)])
def test_the_value_rises_below_the_critical_weight_and_falls_above(name, pattern):
  real, fake = np.array([0.0, 1.0]), np.array(pattern, float)
  weight, inwards = landscape.critical_weight(real, fake, LOSSES[name]), 1e-4 * (1 - 2 * fake[0]) * np.array([1, 0])
  for share, sign in ((0.9, 1), (1.1, -1)):
    ends = [landscape.lipschitz_value(real, fake + move, LOSSES[name], share * weight).value for move in (0, inwards)]
    assert sign * (ends[1] - ends[0]) > 0


def test_kept_pairs_of_three_distinct_points_on_a_line_have_bad_minima_under_a_penalty():
  """Against Theorem 2, which is about critics without a limit: X = (0, 1, 2), Y = (1, 0, 0), whatever moves."""
  real, fake, random = np.arange(3.0), np.array([1.0, 0, 0]), np.random.default_rng(1)
  assert landscape.count_bad_basins(3, landscape.rs) == 0
  for weight in (1e-4, 1e-2, 4e-2):
    certificate = landscape.lipschitz_certificate(real, fake, landscape.rs, weight)
    assert certificate.strict
    assert certificate.suboptimal
    for _ in range(40):
      move = 1e-3 * random.normal(size=3)
      assert landscape.lipschitz_value(real, fake + move, landscape.rs, weight).value > certificate.value
  bad = [
    pattern
    for pattern in itertools.product(range(3), repeat=3)
    if (found := landscape.lipschitz_certificate(real, real[list(pattern)], landscape.rs, 0.04)) and found.suboptimal
  ]
  assert bad == [(1, 0, 0), (2, 2, 1)]


@pytest.mark.parametrize('seed', range(5))
def test_kept_pairs_of_a_random_triangle_have_bad_minima_under_a_penalty(seed):
  real = np.random.default_rng(seed).normal(size=[3, 2])
  weight = 0.01 * np.ptp(real, 0).max() ** 2
  two_and_one = [(1, 0, 0), (2, 2, 0), (2, 2, 1), (1, 1, 0), (1, 2, 1), (2, 0, 2)]
  found = [landscape.lipschitz_certificate(real, real[list(each)], landscape.rs, weight) for each in two_and_one]
  assert any(each.strict and each.suboptimal for each in found)


@pytest.mark.parametrize('name', ['js', 'rs', 'rs_all'])
def test_descent_ends_where_nothing_falls_and_above_the_critical_weight_at_the_real_points(name):
  random, loss = np.random.default_rng(2), LOSSES[name]
  ends = {weight: [] for weight in (0.002, 0.05)}
  for weight, start in itertools.product(ends, random.uniform(-0.5, 1.5, [6, 2])):
    found = landscape.descend([0, 1], start, loss, weight)
    assert found.stationary
    assert (np.diff(found.values) < 0).all()
    ends[weight].append(landscape.state([0, 1], found.points).name)
  assert set(ends[0.05]) == {'perfect'}
  assert ('mode collapse' in ends[0.002]) == (name != 'rs')


@pytest.mark.parametrize(
  ('call', 'words'),
  [
    (
      lambda: landscape.lipschitz_value([0, 1], [0, 0], landscape.js, 0.0),
      'the weight of the Lipschitz constant is 0.0',
    ),
    (lambda: landscape.lipschitz_value([0, 1], [0, 0], landscape.js, np.nan), 'the weight'),
    (lambda: landscape.lipschitz_value([0, 1], [0, 0, 1], landscape.js, 0.1), 'equally many'),
    (lambda: landscape.lipschitz_value(range(251), range(251), landscape.js, 0.1), 'n = 251: .* up to 250 points'),
    (lambda: landscape.lipschitz_value(range(40), range(40), landscape.rp_hinge_all, 0.1), '1,600 terms: .* 1,000'),
    (lambda: landscape.lipschitz_value([0, 1], [0, 0], landscape.KeptPairs(np.sin), 0.1), 'bends upwards at t = '),
    (lambda: landscape.lipschitz_value([0, 1], [0, 0], 'js', 0.1), "'js' is no loss"),
    (lambda: landscape.critical_weight([0, 1], [1, 0], landscape.js), 'a permutation of X'),
    (lambda: landscape.descend([0, 1], [0, 0], landscape.js, -1), 'the weight'),
  ],
)
def test_what_makes_no_sense_is_refused(call, words):
  with pytest.raises(InputError, match=words) as refusal:
    call()
  assert len(str(refusal.value).splitlines()) == 1


@pytest.mark.parametrize('taken', [(0, 0, 1, 1), (0, 0, 2, 2)])
def test_a_square_with_two_points_on_two_corners_is_two_points_of_a_line_twice(taken):
  """By symmetry each missing corner has its own pair of points, a side away."""
  square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
  found = landscape.critical_weight(square, square[list(taken)], landscape.js)
  assert found == pytest.approx(1 / (40 * math.log(6)), abs=1e-6)
