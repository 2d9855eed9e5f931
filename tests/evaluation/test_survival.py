"""Survival curves, medians, ratios and shares against values done by hand."""

import numpy as np
import pytest
import scipy.stats

from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import survival
from tfgan_landscape.reporting import results

NEVER = np.nan


def test_kaplan_meier_by_hand():
  curve = survival.survival_curve([10.0, 20.0, 20.0, NEVER], end=50)
  np.testing.assert_allclose(curve.times, [0, 10, 20, 50])
  np.testing.assert_allclose(curve.shares, [1, 3 / 4, 1 / 4, 1 / 4])
  assert (curve.low <= curve.shares).all()
  assert (curve.shares <= curve.high).all()
  assert curve.low[2] < 0.25 < curve.high[2]


def test_log_log_band_by_hand():
  # Greenwood at the first of ten events: var(log S) = 1 / (10 9); log(-log S) moves by sqrt(var) / log S.
  curve = survival.survival_curve(np.arange(1.0, 11.0), end=20)
  spread = 1.959964 * np.sqrt(1 / 90) / np.log(0.9)
  np.testing.assert_allclose(
    sorted([0.9 ** np.exp(spread), 0.9 ** np.exp(-spread)]), [curve.low[1], curve.high[1]], 1e-6
  )


def test_all_escaped_and_none_escaped():
  assert survival.survival_curve([1.0, 2.0], 5).shares[-1] == 0
  curve = survival.survival_curve([NEVER, NEVER], 5)
  assert (curve.shares == 1).all()
  assert np.isfinite(curve.low).all()


def test_median_counts_never_as_the_longest():
  assert survival.median([1.0, 2.0, 3.0]).value == 2
  assert survival.median([1.0, NEVER, NEVER]).value == np.inf
  assert survival.median([1.0, 2.0, NEVER]).value == 2


def test_bootstrap_interval_of_a_median_holds_it_and_shrinks():
  random = np.random.default_rng(0)
  widths = []
  for count in (50, 5000):
    estimate = survival.median(random.normal(3.0, 1.0, count))
    assert estimate.low < 3.0 < estimate.high
    widths.append(estimate.high - estimate.low)
  # 2 x 1.96 x sqrt(pi / 2n)
  np.testing.assert_allclose(widths, [0.69, 0.069], rtol=0.4)


def test_ratio_of_medians_is_paired():
  times = np.arange(1.0, 102.0)
  estimate = survival.median_ratio(3 * times, times)
  assert estimate == (3.0, 3.0, 3.0)
  assert survival.median_ratio(np.full(5, NEVER), times[:5]).value == np.inf


def test_share_has_wilsons_interval():
  estimate = survival.share([True, True, False, False, False])
  np.testing.assert_allclose(estimate, [0.4, 0.1176, 0.7693], atol=1e-4)


def test_an_estimate_prints_its_interval():
  assert str(survival.Estimate(0.47741, 0.4, 0.5)) == '0.4774 [0.4, 0.5]'
  assert str(survival.Estimate(800.0, 700.0, np.inf)) == '800 [700, never]'


def test_mean_and_its_interval():
  values = np.random.default_rng(0).normal(5.0, 2.0, 400)
  estimate = survival.mean(values)
  np.testing.assert_allclose(estimate.value, values.mean())
  # 2 x 1.96 x 2 / sqrt(400)
  np.testing.assert_allclose(estimate.high - estimate.low, 0.39, rtol=0.1)
  assert survival.mean([3.0] * 5) == (3.0, 3.0, 3.0)


def test_fewer_than_five_runs_have_no_interval_and_are_told():
  """The percentiles of two runs are the runs themselves: as '95 %' they would cover half of the time."""
  for estimate, value, runs in (
    (survival.mean([1.0, 2.0, 6.0]), 3.0, '1, 2, 6'),
    (survival.median([1.0, NEVER]), np.inf, '1, never'),
    (survival.share([True, False, True]), 2 / 3, '2 of 3'),
    (survival.median_ratio([2.0, 2.0], [1.0, 1.0]), 2.0, ''),
    (survival.mean([1.0]), 1.0, ''),
  ):
    assert estimate.value == pytest.approx(value)
    assert np.isnan([estimate.low, estimate.high]).all()
    assert estimate.runs == runs
  row = results.row('q', 's', survival.mean([1.0, 3.0]), note='beside')
  assert str(row) == '2 (1, 3) beside'
  assert str(survival.mean([1.0, 3.0])) == '2'


def test_log_rank_by_hand():
  """One group escapes at 1 and 2, the other at 3 and never: (observed - expected)^2 / variance, chi-square of 1."""
  # Escapes at 1, 2, 3 with 2 of 4, 1 of 3 and 0 of 2 of the first group at risk.
  expected, variance = 2 / 4 + 1 / 3, 2 / 4 * 2 / 4 + 1 / 3 * 2 / 3
  statistic = (2 - expected) ** 2 / variance
  p_value = survival.log_rank([1.0, 2.0], [3.0, NEVER], end=5)
  np.testing.assert_allclose(p_value, scipy.stats.chi2.sf(statistic, 1), rtol=1e-9)


def test_log_rank_of_equal_groups_is_one_and_of_no_escapes_not_a_number():
  assert survival.log_rank([1.0, 4.0], [1.0, 4.0], end=5) == 1
  assert np.isnan(survival.log_rank([NEVER], [NEVER], end=5))


def test_an_exact_permutation_test_by_hand():
  """{1, 2} and {3, 4}: of six ways two have means as far apart; five against five that do not mix 2 of 252."""
  assert survival.permutation_p([1, 2], [3, 4]) == pytest.approx(2 / 6)
  assert survival.permutation_p([4], [1, 2]) == pytest.approx(1 / 3)
  assert survival.permutation_p(range(5), range(10, 15)) == pytest.approx(2 / 252)
  assert survival.permutation_p([1.0, 1.0], [1.0, 1.0]) == 1
  random = np.random.default_rng(0)
  groups = random.normal(size=[400, 2, 4])
  small = np.mean([survival.permutation_p(*pair) <= 0.1 for pair in groups])
  assert 0.05 < small < 0.13  # of equal groups a p of at most 0.1 comes about as often as it says
  with pytest.raises(InputError, match='0 and 2 runs are no groups'):
    survival.permutation_p([], [1, 2])
