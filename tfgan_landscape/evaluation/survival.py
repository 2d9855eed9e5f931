"""Times until something happens, when some runs end before it does: survival curves, medians, ratios, shares."""

import itertools
import warnings
from typing import NamedTuple

import numpy as np
import scipy.special
import scipy.stats

from tfgan_landscape.errors import InputError


class Estimate(NamedTuple):
  """A number with its confidence interval; as a time, infinity is never."""

  value: float
  low: float
  high: float

  def __str__(self):
    value, low, high = ('never' if number == np.inf else f'{number:.4g}' for number in self)
    return value if np.isnan(self.low) else f'{value} [{low}, {high}]'


FEWEST = 5  # runs that an interval is of


class FewRuns(Estimate):
  """A number of fewer runs than an interval is of: its ends are NaN, and `runs` has what each run says, in words."""

  def __new__(cls, value, runs):
    made = super().__new__(cls, float(value), np.nan, np.nan)
    made.runs = runs
    return made


class Survival(NamedTuple):
  """The Kaplan-Meier estimate: at and after `times` the share `shares` is left, between `low` and `high`."""

  times: np.ndarray
  shares: np.ndarray
  low: np.ndarray
  high: np.ndarray


def survival_curve(times, end, confidence=0.95):
  """Returns the share of runs that have not escaped yet (Kaplan and Meier 1958), as `Survival`.

  Args:
    times: [runs], the time of each escape; NaN for a run that had not escaped at `end`.
    end: when the runs ended.
    confidence: of the band, log-log transformed.
  """
  curve = scipy.stats.ecdf(_censored(np.asarray(times, float), end)).sf
  with warnings.catch_warnings(), np.errstate(divide='ignore', invalid='ignore'):
    # Where all or none are left the transform has no width; the bounds there are the estimate's own.
    warnings.filterwarnings('ignore', message='The confidence interval is undefined')
    band = curve.confidence_interval(confidence, method='log-log')
  low = np.where(np.isnan(band.low.probabilities), curve.probabilities, band.low.probabilities)
  high = np.where(np.isnan(band.high.probabilities), curve.probabilities, band.high.probabilities)
  start = [0.0], [1.0], [1.0], [1.0]
  parts = curve.quantiles, curve.probabilities, low, high
  return Survival(*(np.concatenate([first, rest]) for first, rest in zip(start, parts)))


def log_rank(times, others, end):
  """Returns the p-value of the log-rank test (Mantel 1966) that two groups of runs escape alike.

  Args:
    times: [runs], NaN for a run that had not escaped at `end`.
    others: [runs], likewise.
    end: when the runs ended.

  Returns:
    A number in [0, 1]; NaN where no run of either group escaped.
  """
  times, others = np.asarray(times, float), np.asarray(others, float)
  if np.isnan(times).all() and np.isnan(others).all():
    return np.nan
  return float(scipy.stats.logrank(_censored(times, end), _censored(others, end)).pvalue)


def _censored(times, end):
  return scipy.stats.CensoredData.right_censored(np.where(np.isnan(times), end, times), np.isnan(times))


def median_ratio(times, others, confidence=0.95, resamples=2000, seed=0):
  """Returns the ratio of two median times with its bootstrap interval; runs are paired by position.

  Args:
    times: [runs], NaN for never.
    others: [runs], those of the denominator.
    confidence: of the percentile interval.
    resamples: bootstrap samples.
    seed: of the bootstrap.

  Returns:
    `Estimate`; infinite where the numerator is, NaN where both are.
  """
  return _bootstrap(lambda a, b: _ratio(_medians(a), _medians(b)), confidence, resamples, seed, times, others)


def share(events, confidence=0.95):
  """Returns the share of True among events [runs], with Wilson's interval; `FewRuns` of fewer than five."""
  events = np.asarray(events, bool)
  if len(events) < FEWEST:
    return FewRuns(events.mean(), f'{events.sum()} of {len(events)}')
  interval = scipy.stats.binomtest(int(events.sum()), len(events)).proportion_ci(confidence, 'wilson')
  return Estimate(float(events.mean()), float(interval.low), float(interval.high))


def median(values, confidence=0.95, resamples=2000, seed=0):
  """Returns the median with its bootstrap interval; infinite where half the runs or more are NaN.

  Of fewer than five runs it is `FewRuns`: the percentiles of two runs would cover the truth half of the time.

  Args:
    values: [runs]; NaN for a time that never came.
    confidence: of the percentile interval.
    resamples: bootstrap samples.
    seed: of the bootstrap.
  """
  return _bootstrap(_medians, confidence, resamples, seed, values)


def mean(values, confidence=0.95, resamples=2000, seed=0):
  """Returns the mean of values [runs] with its bootstrap interval; the other arguments are those of `median`."""
  return _bootstrap(lambda sample: sample.mean(-1), confidence, resamples, seed, values)


def _medians(times):
  """Medians along the last axis, NaN counted as infinity; the upper one of two middles."""
  ordered = np.sort(np.where(np.isnan(times), np.inf, times), -1)
  return ordered[..., ordered.shape[-1] // 2]


def _ratio(above, below):
  with np.errstate(invalid='ignore'):
    return above / below


def _bootstrap(statistic, confidence, resamples, seed, *samples):
  samples = [np.asarray(sample, float) for sample in samples]
  if len(samples[0]) < FEWEST:
    words = [f'{each:.4g}' if np.isfinite(each) else 'never' for each in samples[0]] if len(samples) == 1 else []
    return FewRuns(statistic(*samples), ', '.join(words) if len(words) > 1 else '')
  picks = np.random.default_rng(seed).integers(len(samples[0]), size=(resamples, len(samples[0])))
  spread = statistic(*(sample[picks] for sample in samples))
  tails = (1 - confidence) / 2, (1 + confidence) / 2
  low, high = np.quantile(spread, tails, method='inverted_cdf')
  return Estimate(float(statistic(*samples)), float(low), float(high))


def permutation_p(first, second):
  """Returns the p-value of the exact two-sided permutation test that two groups of runs have one mean (Fisher 1935).

  The share of all ways to divide the runs into groups of these sizes whose means lie at least as far apart. The
  smallest p is 2 over their number: 1/126 = 0.008 for five against five, 1/10 for three against three.

  Args:
    first: [n] numbers, n >= 1.
    second: [m] numbers, m >= 1; at most 200,000 ways, as of ten against ten.

  Returns:
    A number in (0, 1].

  Raises:
    InputError: a group is empty, or there are more ways.
  """
  values, size = np.array([*first, *second], float), len(first)
  ways = scipy.special.comb(len(values), size, exact=True)
  if not 0 < size < len(values) or ways > 200_000:
    raise InputError(f'{size} and {len(values) - size} runs are no groups for an exact test; give 1 to 10 of each')
  chosen = np.array(list(itertools.combinations(range(len(values)), size)))
  sums = values[chosen].sum(1)
  apart = np.abs(sums / size - (values.sum() - sums) / (len(values) - size))
  return float(np.mean(apart >= apart[0] - 1e-12 * (1 + np.abs(values).max())))
