"""Distances by an ideal critic: by hand, against numerical integration, and the statements of Theorem 3.2."""

import numpy as np
import pytest
import scipy.integrate
import scipy.stats

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import distances


def test_jensen_shannon_by_hand():
  """(1/2, 1/2, 0) and (0, 1/2, 1/2): half of each is alone, which is worth log 2, and half is shared."""
  assert distances.jensen_shannon([[0.0], [1.0]], [[1.0], [2.0]]) == pytest.approx(0.5 * np.log(2))
  assert distances.jensen_shannon([[0.0, 1.0]], [[0.0, 1.0]] * 3) == pytest.approx(0)
  assert distances.jensen_shannon([[0.0]], [[1.0]]) == pytest.approx(np.log(2))
  # (1, 0) and (1/2, 1/2): 1/2 log 4/3 + 1/2 (1/2 log 2/3 + 1/2 log 2).
  expected = 0.5 * np.log(4 / 3) + 0.25 * (np.log(2 / 3) + np.log(2))
  assert distances.jensen_shannon([[0.0]], [[0.0], [1.0]]) == pytest.approx(expected)


def test_the_blurred_divergence_of_two_points_on_a_line_is_that_of_two_normal_densities():
  p, q = scipy.stats.norm(0, 0.7).pdf, scipy.stats.norm(1, 0.7).pdf

  def term(x):
    middle = (p(x) + q(x)) / 2
    return (p(x) * np.log(p(x) / middle) + q(x) * np.log(q(x) / middle)) / 2

  expected = scipy.integrate.quad(term, -6, 7)[0]
  random = np.random.default_rng(0)
  found, error = distances.smoothed_jensen_shannon([[0.0]], [[1.0]], 0.7, random, draws=20_000)
  assert found == pytest.approx(expected, abs=4 * error)
  assert error < 0.005


def test_two_samples_of_one_gaussian_in_high_dimension_look_far_apart():
  """Theorem 3.2: d = 400, m = 200: JS is log 2, W at least 1.1, and noise of sigma = 0.1 changes neither."""
  random = np.random.default_rng(0)
  first, second = random.normal(0, 1 / np.sqrt(400), [2, 200, 400])
  assert distances.jensen_shannon(first, second) == pytest.approx(np.log(2))
  assert landscape.wasserstein_value(first, second) > 1.1
  blurred, error = distances.smoothed_jensen_shannon(first, second, 0.1 / np.sqrt(400), random, draws=200)
  assert blurred > np.log(2) - 1 / 200
  wide, _ = distances.smoothed_jensen_shannon(first, second, 100 / np.sqrt(400), random, draws=200)
  assert wide < 0.1


@pytest.mark.parametrize('second', [[[1.0, 2.0]], [[np.nan]], [], [['a']], [[1.0], [2.0, 3.0]]])
def test_what_is_no_pair_of_samples_is_refused(second):
  with pytest.raises(InputError, match=r'sample'):
    distances.jensen_shannon([[0.0]], second)


def test_no_spread_is_refused():
  with pytest.raises(InputError, match='spread is 0'):
    distances.smoothed_jensen_shannon([[0.0]], [[1.0]], 0, np.random.default_rng(0))


def test_the_distribution_is_at_least_as_far_as_the_nearest_points_are():
  """Draws 0, 1, 4 and points 0, 3: distances 0, 1, 1; of equal masses on both that is no more than the exact W."""
  assert landscape.wasserstein_from_sample([0.0, 3.0], [0.0, 1.0, 4.0]) == pytest.approx(2 / 3)
  random = np.random.default_rng(0)
  draws, sample = random.normal(size=[2, 60, 3])
  bound = landscape.wasserstein_from_sample(sample, draws, block=7)
  assert 0 < bound <= landscape.wasserstein_value(draws, sample)
  assert bound == pytest.approx(landscape.wasserstein_from_sample(sample, draws), abs=1e-12)


def test_theorem_3_1_in_100_dimensions():
  """A sample of N(0, I / d) is at least 1.1 from it, be it of 10 or of 3,000 points."""
  random = np.random.default_rng(0)
  for count in (10, 3000):
    sample, draws = (random.normal(size=[n, 100]) / 10 for n in (count, 2000))
    assert landscape.wasserstein_from_sample(sample, draws) > 1.1
