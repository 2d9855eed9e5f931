"""The relativistic loss over all pairs: values by hand and by optimisation, as a divergence; bad basins and passes."""

import itertools
import math

import numpy as np
import pytest

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError

LOG2 = math.log(2)
KNOWN = {
  'logistic': landscape.rs_all,
  'hinge': landscape.rp_hinge_all,
  'least_squares': landscape.rp_least_squares_all,
  'of a user': landscape.AllPairs(lambda t: -np.logaddexp(0.0, -2.0 * t), name='steeper'),
}


def patterns(n):
  """Every assignment of n generated points to n real ones."""
  return itertools.product(range(n), repeat=n)


@pytest.mark.parametrize(
  ('state', 'value'),
  [('no recovery', 0.0), ('mode dropping', -LOG2 / 4), ('mode collapse', -LOG2 / 2), ('perfect', -LOG2)],
)
def test_the_four_states_of_two_points_by_hand(state, value):
  """Collapse: both y on x1: its two pairs of four pay log 2. Dropping: one pair does."""
  assert landscape.values_by_state(landscape.rs_all)[state] == pytest.approx(value, abs=1e-12)


def test_three_points_by_hand():
  """m = (2, 1, 0): -(1/9) (2 log 2 + log 2 + log 3 + 2 log(3/2)), f(x1) - f(x2) = -log 2."""
  by_hand = -(2 * LOG2 + LOG2 + math.log(3) + 2 * math.log(1.5)) / 9
  assert landscape.all_pairs_value([0, 1, 2], [0, 0, 1], landscape.rs_all) == pytest.approx(by_hand, abs=1e-12)


KINDS = [(0, 0, 0), (0, 0, 1), (0, 1, 2), (0, 0, 3), (0, 1, 3), (0, 3, 3), (0, 3, 4), (3, 3, 4)]  # 3, 4 lie beside


@pytest.mark.parametrize('name', KNOWN)
def test_values_agree_with_an_optimisation_that_knows_no_closed_form(name):
  for pattern in KINDS:
    exact = landscape.all_pairs_value([0, 1, 2], pattern, KNOWN[name])
    assert exact == pytest.approx(landscape.numeric_value([0, 1, 2], pattern, KNOWN[name]), abs=2e-7), pattern


@pytest.mark.parametrize('name', KNOWN)
def test_repeated_real_points(name):
  real = [0, 0, 1, 2]
  for pattern in ([0, 0, 0, 0], [0, 1, 1, 5], [1, 1, 2, 2], [0, 0, 1, 2], [5, 5, 6, 0]):
    exact = landscape.all_pairs_value(real, pattern, KNOWN[name])
    assert exact == pytest.approx(landscape.numeric_value(real, pattern, KNOWN[name]), abs=2e-7), pattern


def jensen_shannon(p, q):
  middle = (p + q) / 2
  part = [np.sum(each[each > 0] * np.log(each[each > 0] / middle[each > 0])) for each in (p, q)]
  return sum(part) / 2


def test_the_value_is_a_divergence_of_product_measures():
  """phi + log 2 = JS(p x q, q x p)."""
  random = np.random.default_rng(0)
  for _ in range(20):
    real, generated = random.integers(0, 6, [2, 12])
    p, q = (np.bincount(points, minlength=6) / 12 for points in (real, generated))
    divergence = jensen_shannon(np.outer(p, q).ravel(), np.outer(q, p).ravel())
    assert landscape.all_pairs_value(real, generated, landscape.rs_all) + LOG2 == pytest.approx(divergence, abs=1e-9)


def test_the_value_is_the_mean_over_permutations_at_best():
  """sup of a mean is at most the mean of sups: all pairs lie below the mean of kept pairs over all pairings."""
  for pattern in patterns(3):
    orders = itertools.permutations(pattern)
    kept = [landscape.relativistic_value([0, 1, 2], list(order), landscape.rs) for order in orders]
    assert landscape.all_pairs_value([0, 1, 2], pattern, landscape.rs_all) <= np.mean(kept) + 1e-12


@pytest.mark.parametrize(('n', 'count'), [(2, 2), (3, 21), (4, 232), (5, 3005), (6, 45936), (7, 818503)])
def test_the_bad_basins_are_as_many_as_the_separable_losss(n, count):
  assert landscape.count_bad_basins(n, landscape.rs_all) == count == n**n - math.factorial(n)
  assert landscape.count_bad_basins(n, landscape.js) == count


@pytest.mark.parametrize('n', [2, 3])
def test_the_hinge_loss_has_them_too(n):
  assert landscape.count_bad_basins(n, landscape.rp_hinge_all) == n**n - math.factorial(n)


@pytest.mark.parametrize('loss', [landscape.rs_all, landscape.rp_hinge_all], ids=['logistic', 'hinge'])
def test_a_strict_minimum_rises_however_points_leave_by_at_least_the_bound_of_the_proof(loss):
  """|J| |h(0)| / n^2, for every set J that leaves, to places of their own or the same one."""
  bound = -loss.value([0, 1, 2], [0, 1, 2]) / 9
  for pattern in ((0, 0, 0), (0, 0, 1), (0, 1, 2)):
    value = landscape.all_pairs_value([0, 1, 2], pattern, loss)
    certificate = landscape.is_strict_local_minimum([0, 1, 2], pattern, loss)
    assert certificate.strict
    assert certificate.suboptimal == (len(set(pattern)) < 3)
    for leaving in itertools.product([False, True], repeat=3):
      for places in ([3, 4, 5], [3, 3, 3]):
        moved = [place if leaves else y for y, leaves, place in zip(pattern, leaving, places)]
        raised = landscape.all_pairs_value([0, 1, 2], moved, loss) - value
        assert raised >= sum(leaving) * bound - 1e-7
    assert certificate.rise.min() >= bound - 1e-7


def test_a_point_beside_the_real_ones_moves_freely():
  certificate = landscape.is_strict_local_minimum([0, 1], [0, 7], landscape.rs_all)
  assert not certificate.strict
  assert 'y[1] lies on no x' in certificate.reason


def test_barriers_of_two_points():
  """From collapse over mode dropping: 0.1733 all pairs; 0.1308 JS-GAN."""
  depth = landscape.basin_depth([0, 1], [0, 0], landscape.rs_all)
  assert depth.barrier == pytest.approx(LOG2 / 4, abs=1e-9)
  assert depth.gap == pytest.approx(LOG2 / 2, abs=1e-9)
  assert landscape.basin_depth([0, 1], [0, 1], landscape.rs_all).barrier == math.inf
  assert landscape.basin_depth([0, 1], [0, 7], landscape.rs_all).barrier == 0


def test_a_barrier_is_the_lowest_pass_of_all_paths():
  """By brute force over the patterns of three points, moved one at a time."""

  def value(places):
    apart = [place if place < 3 else 10 + index for index, place in enumerate(places)]
    return landscape.all_pairs_value([0, 1, 2], apart, landscape.rs_all)

  values = {places: value(places) for places in itertools.product(range(4), repeat=3)}
  for start in patterns(3):
    if len(set(start)) == 3:
      continue
    for height in sorted(set(values.values())):
      reached, waiting = {start}, [start]
      while waiting:
        now = waiting.pop()
        for index, place in itertools.product(range(3), range(4)):
          after = (*now[:index], place, *now[index + 1 :])
          leaves = 3 in (now[index], place)
          if leaves and after not in reached and values[after] <= height + 1e-12:
            reached.add(after)
            waiting.append(after)
      if height >= values[start] and min(values[each] for each in reached) < values[start] - 1e-9:
        break
    depth = landscape.basin_depth([0, 1, 2], start, landscape.rs_all)
    assert depth.barrier == pytest.approx(height - values[start], abs=1e-9)


def test_a_hundred_thousand_points_take_a_moment():
  random = np.random.default_rng(0)
  real = np.arange(100_000)
  value = landscape.all_pairs_value(real, random.integers(0, 100_000, 100_000), landscape.rs_all)
  assert -LOG2 < value < 0


@pytest.mark.parametrize(
  ('call', 'words'),
  [
    (lambda: landscape.count_bad_basins(9, landscape.rs_all), 'too many to enumerate: give n up to 8'),
    (lambda: landscape.all_pairs_value([0, 1], [0, 1, 2], landscape.rs_all), 'give equally many'),
    (lambda: landscape.all_pairs_value([0, np.nan], [0, 1], landscape.rs_all), 'not finite'),
    (lambda: landscape.all_pairs_value([0, 1], [0, 1], landscape.rs), 'no AllPairs loss'),
    (lambda: landscape.all_pairs_value([0, 1], [0, 1], landscape.AllPairs(lambda t: t)), 'limit the critic'),
    (lambda: landscape.basin_depth([0, 1], [0, 0], landscape.rs), 'kept pairs have no bad basin'),
    (lambda: landscape.count_bad_basins(2, landscape.rp_least_squares_all), 'falls again beyond its maximum'),
  ],
)
def test_bad_input_is_one_line(call, words):
  with pytest.raises(InputError, match=words) as refusal:
    call()
  assert len(str(refusal.value).splitlines()) == 1


@pytest.mark.parametrize(
  ('pattern', 'strict'), [((0, 0), True), ((0, 0, 0), True), ((0, 0, 1), True), ((0, 1, 2), True), ((0, 3, 3), False)]
)
def test_least_squares_has_them_by_trying_every_way_to_leave(pattern, strict):
  """It lies outside the proof: its h falls again beyond 1. Every set of points leaves, to every mix of places."""
  n = len(pattern)
  value = landscape.all_pairs_value(range(n), pattern, landscape.rp_least_squares_all)
  places = range(10, 10 + n)
  ways = {tuple(sorted(way)) for way in itertools.product(*[[y, *places] for y in pattern])} - {pattern}
  rises = [landscape.all_pairs_value(range(n), way, landscape.rp_least_squares_all) - value for way in ways]
  assert (min(rises) > 1e-9) == strict
