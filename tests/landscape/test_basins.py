"""Strict local minima, their number and depth: Theorems 1 and 2, Corollaries 3.1 and C.1, the hinge plateau."""

import dataclasses
import itertools
import math

import numpy as np
import pytest

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import relativistic

READY = {'logistic': landscape.js, 'hinge': landscape.hinge, 'least_squares': landscape.least_squares}
KEPT = {'logistic': landscape.rs, 'hinge': landscape.rp_hinge, 'least_squares': landscape.rp_least_squares}
FAMILIES = {
  f'{name}, {kind}': loss for kind, losses in (('separable', READY), ('kept', KEPT)) for name, loss in losses.items()
}
OWN = landscape.Separable(lambda t: -np.logaddexp(0, -t), lambda t: -np.logaddexp(0, -t))
OWN_KEPT = landscape.KeptPairs(lambda t: -np.logaddexp(0, -t))


def _nearby(real, generated, loss, random):
  """Values at patterns a little away from Y, with any set of its points moved, some of them together."""
  for _ in range(12):
    moved = random.rand(len(generated)) < 0.6
    moved[random.randint(len(generated))] = True
    step = 1e-3 * random.randint(1, 4, len(generated))
    yield loss.value(real, np.where(moved, generated + step, generated))


def test_corollary_3_1_collapse_is_a_suboptimal_strict_local_minimum():
  found = landscape.is_strict_local_minimum([0, 1], [0, 0], landscape.js)
  assert found
  assert found.suboptimal
  assert found.value == pytest.approx(-0.4774, abs=5e-5)
  np.testing.assert_allclose(found.rise, -math.log(2) / 2 - found.value, atol=1e-14)


def test_corollary_c_1_every_pattern_on_two_clusters_is_a_strict_local_minimum():
  real = [0.0] * 4 + [1.0] * 2
  for m1 in range(7):
    found = landscape.is_strict_local_minimum(real, [0.0] * m1 + [1.0] * (6 - m1), landscape.js)
    assert (found.strict, found.suboptimal) == (True, m1 != 4)


@pytest.mark.parametrize('name', FAMILIES)
def test_certificate_agrees_with_the_values_nearby(name):
  """Theorems 1 and 2: the value at points nearby is higher than at a strict local minimum, and else somewhere not."""
  random = np.random.RandomState(0)
  real = np.arange(3.0)
  for generated in itertools.product([0.0, 1.0, 2.0, 5.0], repeat=3):
    loss = FAMILIES[name]
    found = landscape.is_strict_local_minimum(real, generated, loss)
    assert found.value == loss.value(real, generated)
    near = list(_nearby(real, np.array(generated), loss, random))
    for i in range(3):
      alone = np.array(generated) + 1e-3 * np.eye(3)[i]
      near.append(loss.value(real, alone))
      assert near[-1] - found.value == pytest.approx(found.rise[i], abs=1e-12)
    assert found.strict == (min(near) > found.value + 1e-9)
    assert min(near) > found.value - 1e-9


def test_hinge_collapse_is_a_plateau_not_a_strict_minimum():
  """Against Remark 1 of Theorem 1: xi(m) = -2 min(m, 1) does not fall from m = 1 on."""
  found = landscape.is_strict_local_minimum([0, 1], [0, 0], landscape.hinge)
  assert not found
  assert found.suboptimal
  assert found.reason == 'y[0] can leave its x freely, a plateau: xi(1, 1) = -2 = xi(1, 2) = -2'
  assert landscape.separable_value([0, 1], [0, 0.5], landscape.hinge) == found.value
  assert landscape.is_strict_local_minimum([0, 1], [1, 0], landscape.hinge)


def test_rounding_of_a_numeric_xi_is_no_rise():
  own = landscape.Separable(lambda t: np.minimum(0, t - 1) / 3, lambda t: np.minimum(0, t - 1) / 3)
  for n in range(2, 8):
    found = landscape.is_strict_local_minimum(range(n), [0] * n, own)
    assert not found
    assert (found.rise == 0).all()


def test_relativistic_pattern_names_the_point_that_moves_freely():
  found = landscape.is_strict_local_minimum([0, 1, 2], [1, 0, 0], landscape.rs)
  assert not found
  assert found.reason == 'y[2] can move freely: x_i -> y_i lies in no cycle'
  np.testing.assert_allclose(found.rise, [2 / 3 * math.log(2)] * 2 + [0], atol=1e-14)


def test_theorem_2_fails_for_repeated_x():
  """X = (a, a, b), Y = (b, b, a): each edge lies in a cycle, unbalanced; no y can leave without a rise."""
  real, generated = np.array([0.0, 0.0, 1.0]), np.array([1.0, 1.0, 0.0])
  found = landscape.is_strict_local_minimum(real, generated, landscape.rs)
  assert found
  assert found.suboptimal
  assert found.value == pytest.approx((2 * math.log(2 / 3) + math.log(1 / 3)) / 3, abs=1e-7)
  random = np.random.RandomState(0)
  for value in _nearby(real, generated, landscape.rs, random):
    assert value > found.value + 0.1
  assert landscape.numeric_value(real, [1, 1.01, 0], landscape.rs) > found.value + 0.1
  assert not landscape.is_strict_local_minimum(real, [0, 0, 0], landscape.rs)


def test_hinge_may_leave_an_unbalanced_component_freely():
  """2 h(t) + h(-t) is best at t = 1: h(1) = 0 already, so that one of the two equal points leaves at no cost."""
  found = landscape.is_strict_local_minimum([0, 0, 1], [1, 1, 0], landscape.rp_hinge)
  assert found.rise[0] == found.rise[1] == 0
  assert 'can move freely' in found.reason


def test_least_squares_with_two_partners_is_not_decided():
  with pytest.raises(InputError, match='two different partners'):
    landscape.is_strict_local_minimum([0, 0], [0, 1], landscape.rp_least_squares)


@pytest.mark.parametrize('loss', [*FAMILIES.values(), OWN, OWN_KEPT], ids=[*FAMILIES, 'own', 'own, kept'])
def test_count_of_bad_basins_is_that_of_the_certificates(loss):
  for n in range(1, 5):
    found = [landscape.is_strict_local_minimum(range(n), y, loss) for y in itertools.product(range(n), repeat=n)]
    expected = sum(one.strict and one.suboptimal for one in found)
    assert landscape.count_bad_basins(n, loss) == expected


@pytest.mark.slow
@pytest.mark.parametrize('n', range(1, 8))
def test_theorem_1_and_2_number_of_bad_basins(n):
  assert landscape.count_bad_basins(n, landscape.js) == n**n - math.factorial(n)
  assert landscape.count_bad_basins(n, landscape.least_squares) == n**n - math.factorial(n)
  assert landscape.count_bad_basins(n, landscape.hinge) == 0
  for loss in KEPT.values():
    assert landscape.count_bad_basins(n, loss) == 0


@pytest.mark.parametrize('points', [(2, 2), (3, 1), (1, 1, 1), (2, 1, 2)])
@pytest.mark.parametrize('name', ['logistic, separable', 'logistic, kept'])
def test_labels_leave_the_bad_basins_of_each(points, name):
  """By search: the label as a coordinate that no point can leave, all patterns within labels."""
  labels = np.repeat(np.arange(len(points)), points)
  real = np.stack([np.arange(len(labels)), labels], 1).astype(float)
  own = [np.flatnonzero(labels == label) for label in labels]
  patterns = (real[list(pattern)] for pattern in itertools.product(*own))
  found = [landscape.is_strict_local_minimum(real, pattern, FAMILIES[name]) for pattern in patterns]
  expected = sum(each.strict and each.suboptimal for each in found)
  assert landscape.count_bad_basins_with_labels(points, FAMILIES[name]) == expected
  if 'kept' not in name:
    assert expected == math.prod(n**n for n in points) - math.prod(map(math.factorial, points))


def test_labels_with_nothing_are_refused():
  with pytest.raises(InputError, match='there is no label'):
    landscape.count_bad_basins_with_labels([], landscape.js)


def test_repeated_real_points_have_a_bad_relativistic_basin():
  """X = (a, a, b): (b, b, a) is a strict local minimum at (2 log(2/3) + log(1/3)) / 3, above -log 2."""
  found = landscape.bad_basins([0.0, 0.0, 1.0], landscape.rs)
  assert found[:, :, 0].tolist() == [[1.0, 1.0, 0.0]]
  value = landscape.relativistic_value([0.0, 0.0, 1.0], found[0], landscape.rs)
  assert value == pytest.approx((2 * math.log(2 / 3) + math.log(1 / 3)) / 3, abs=1e-8)


@pytest.mark.parametrize('name', FAMILIES)
@pytest.mark.parametrize('n', [2, 3, 4])
def test_counts_are_those_of_the_certificates_of_every_pattern(n, name):
  listed = landscape.bad_basins(np.arange(float(n)), FAMILIES[name])
  assert landscape.count_bad_basins(n, FAMILIES[name]) == len(listed)


def test_a_loss_whose_certificates_find_bad_basins_is_counted(monkeypatch):
  """The relativistic count is the certificates': were collapse one, it would count."""
  found = landscape.Certificate(True, True, '', np.zeros(3), 0.0)
  certificate = relativistic._certificate
  monkeypatch.setattr(
    relativistic, '_certificate', lambda x, y, loss: found if len(set(y)) == 1 else certificate(x, y, loss)
  )
  # A pattern whose only cycle is a loop is certified by the first of its kind, (0, 0, 0): 9 of 27 are such trees.
  assert landscape.count_bad_basins(3, landscape.rs) == 9


def test_listing_states_its_limit():
  with pytest.raises(InputError, match='7 distinct x make 823,543 patterns'):
    landscape.bad_basins(range(7), landscape.js)


def test_count_states_its_limit():
  with pytest.raises(InputError, match=r'n = 9 has 387,420,489 patterns.*8 \(16,777,216\)'):
    landscape.count_bad_basins(9, landscape.js)
  for n in (0, 2.5, True):
    with pytest.raises(InputError, match='whole number'):
      landscape.count_bad_basins(n, landscape.js)
  with pytest.raises(InputError, match='wasserstein_value'):
    landscape.count_bad_basins(3, landscape.wasserstein)


def test_depth_of_the_collapse_of_two_points_by_hand():
  """Out of state 1a over mode dropping: -0.3466 + 0.4774; the paper's approximation goes up to 0."""
  found = landscape.basin_depth([0, 1], [0, 0], landscape.js)
  assert found.barrier == pytest.approx(0.4773856262 - 0.3465735903, abs=1e-9)
  assert found.gap == pytest.approx(0.4773856262, abs=1e-9)


def test_depth_grows_with_imbalance_as_appendix_c_says():
  gaps = []
  for ones in (50, 66, 80, 90):
    real = [0.0] * ones + [1.0] * (100 - ones)
    found = landscape.basin_depth(real, [0.0] * 100, landscape.js)
    alpha = ones / 100
    assert found.gap == pytest.approx(-(alpha * math.log(alpha / (1 + alpha)) - math.log(1 + alpha)) / 2, abs=1e-12)
    gaps.append(found.gap)
  assert gaps == sorted(gaps)


@pytest.mark.parametrize('name', READY)
def test_barrier_is_the_lowest_pass_to_a_lower_value(name):
  """All paths of counts: moves of one point at a time between 3 x's and outside, best highest value (a bottleneck)."""
  real, n = np.array([0.0, 0.0, 1.0, 2.0]), 4
  k, loss = np.array([2, 1, 1]), READY[name]
  counts = [m for m in itertools.product(range(n + 1), repeat=3) if sum(m) <= n]
  value = {m: float(loss.xi(k, m).sum()) / (2 * n) for m in counts}
  for start in (m for m in counts if sum(m) == n):
    generated = np.repeat([0.0, 1.0, 2.0], start)
    barrier = landscape.basin_depth(real, generated, loss).barrier
    assert barrier == pytest.approx(_lowest_pass(start, value) - value[start], abs=1e-12)


def _lowest_pass(start, value):
  """The smallest level at which a count pattern lower than start can be reached; infinite where none is lower."""
  for level in sorted(set(value.values())):
    seen, edge = {start}, [start] if value[start] <= level + 1e-12 else []
    while edge:
      at = edge.pop()
      if value[at] < value[start] - 1e-12:
        return level
      steps = {tuple(np.add(at, sign * unit)) for unit in np.eye(3, dtype=int) for sign in (1, -1)}
      new = {m for m in steps - seen if value.get(m, np.inf) <= level + 1e-12}
      seen |= new
      edge += new
  return math.inf


def test_depth_where_there_is_no_basin():
  assert landscape.basin_depth([0, 1], [0, 7], landscape.js).barrier == 0
  assert landscape.basin_depth([0, 1], [0, 0], landscape.hinge) == (0, 0.5)
  assert landscape.basin_depth([0, 1], [1, 0], landscape.hinge) == (math.inf, 1)


@pytest.mark.parametrize('shift', [-1.0, 0.5, 30.0])
def test_a_constant_in_h2_decides_nothing(shift):
  """A point that leaves earns sup h2: the hinge less 1 has plateaus as the hinge, the logistic loss 21 bad basins."""
  for name, count in (('hinge', 0), ('logistic', 21), ('least_squares', 21)):
    loss = READY[name]
    moved = landscape.Separable(loss.h1, lambda t, h2=loss.h2: h2(t) + shift)
    assert landscape.count_bad_basins(3, moved) == count
    assert landscape.is_strict_local_minimum([0, 1, 2], [0, 0, 0], moved).strict == (count > 0)
  logistic = landscape.js
  moved = landscape.Separable(logistic.h1, lambda t: logistic.h2(t) + shift)
  assert landscape.basin_depth([0, 1], [0, 0], moved).barrier == pytest.approx(0.4773856262 - 0.3465735903, abs=1e-8)


def _random_losses(seed):
  """(h1, h2, h): concave, each the least of some lines and of a constant, h(0) below it."""
  random = np.random.default_rng(seed)

  def draw():
    slopes, heights = random.uniform(0.2, 2.0, 3), random.uniform(-1.0, -0.1, 3)
    return lambda t: np.minimum(0.0, (slopes * np.asarray(t)[..., None] + heights).min(-1))

  return draw(), draw(), draw()


@pytest.mark.parametrize('family', [landscape.Separable, landscape.KeptPairs, landscape.AllPairs])
@pytest.mark.parametrize('seed', range(6))
def test_constants_move_every_value_alike_and_nothing_else(seed, family):
  """The law: h1 + a, h2 + b, h + c add (a + b) / 2 or c to values; minima, counts, depths and barriers stay."""
  h1, h2, h = _random_losses(seed) if seed else (landscape.js.h1,) * 3
  a, b, c = np.random.default_rng(seed).normal(scale=3, size=3)
  separable = family is landscape.Separable
  plain = family(h1, h2) if separable else family(h)
  moved = family(lambda t: h1(t) + a, lambda t: h2(t) + b) if separable else family(lambda t: h(t) + c)
  constant, close = (a + b) / 2 if separable else c, {'abs': 1e-6}
  values = landscape.values_by_state(plain)
  shifted = {name: value - constant for name, value in landscape.values_by_state(moved).items()}
  assert shifted == pytest.approx(values, **close)
  assert landscape.count_bad_basins(3, moved) == landscape.count_bad_basins(3, plain)
  for y in ([0, 0, 0], [0, 0, 1], [0, 1, 1], [1, 0, 2], [0, 1, 5], [5, 6, 7]):
    before, after = (landscape.is_strict_local_minimum([0, 0, 1], y, loss) for loss in (plain, moved))
    assert (after.strict, after.suboptimal) == (before.strict, before.suboptimal)
    np.testing.assert_allclose(after.rise, before.rise, atol=1e-6)
    assert after.value - constant == pytest.approx(before.value, **close)
    if family is not landscape.KeptPairs:
      depths = [landscape.basin_depth([0, 0, 1], y, loss) for loss in (plain, moved)]
      assert depths[1] == pytest.approx(depths[0], **close)
  if family is landscape.KeptPairs:
    ways = [landscape.escape_path([0, 1, 2], [0, 0, 0], loss) for loss in (plain, moved)]
    np.testing.assert_allclose(ways[1].values - c, ways[0].values, atol=1e-9)


def test_a_closed_form_is_that_of_its_own_functions_alone():
  """The hinge less 1 is another h2: its xi is found numerically, and is 1 lower for every generated point."""
  moved = dataclasses.replace(landscape.hinge, h2=lambda t: landscape.hinge.h2(t) - 1)
  np.testing.assert_allclose(moved.xi([1, 2, 1], [0, 1, 3]), landscape.hinge.xi([1, 2, 1], [0, 1, 3]) - [0, 1, 3])
