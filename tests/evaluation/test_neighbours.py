"""Neighbours of features: by hand, their laws, and what is too few."""

import numpy as np
import pytest
import tensorflow_gan as tfgan

from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import neighbours

REAL = np.arange(6.0)[:, None]  # 0 to 5; with k = 1 every ball has radius 1


def test_precision_and_recall_by_hand():
  """Generated 0.5, 5.5 and 9, 9.1: half lie within 1 of a real point; balls of 5, 3.5, 0.1, 0.1 hold all but the 0."""
  fake = np.array([[0.5], [5.5], [9.0], [9.1]])
  precision, recall = neighbours.precision_recall(REAL, fake, k=1)
  assert precision == 0.5
  assert recall == 1.0
  assert neighbours.precision_recall(REAL, fake[2:], k=1) == (0.0, 0.0)


def test_density_and_coverage_by_hand():
  """0.5 lies in the balls of 0 and 1, 3 in those of 2, 3 and 4: density (2 + 3) / (1 * 2), five of six covered."""
  density, coverage = neighbours.density_coverage(REAL, np.array([[0.5], [3.0]]), k=1)
  assert density == pytest.approx(2.5)
  assert coverage == pytest.approx(5 / 6)


def test_equal_distributions_are_near_one():
  random = np.random.default_rng(0)
  real, fake = random.normal(size=[2, 1000, 4])
  density, coverage = neighbours.density_coverage(real, fake)
  assert density == pytest.approx(1, abs=0.06)
  assert coverage == pytest.approx(1 - 1 / 2**5, abs=0.03)  # its expectation for k = 5
  precision, recall = neighbours.precision_recall(real, fake)
  assert min(precision, recall) > 0.85


def test_fewer_modes_cost_recall_and_a_wider_cloud_costs_precision():
  random = np.random.default_rng(1)
  real = random.normal(size=[600, 2]) + np.repeat([[0, 0], [20, 0], [0, 20]], 200, 0)
  one, wide = random.normal(size=[2, 600, 2])
  precision, recall = neighbours.precision_recall(real, one)
  assert precision > 0.9
  assert recall == pytest.approx(1 / 3, abs=0.05)
  assert neighbours.precision_recall(real, 40 * wide)[0] < 0.2
  assert neighbours.density_coverage(real, one)[1] == pytest.approx(1 / 3, abs=0.05)


def test_copies_are_memorised_and_fresh_images_are_not():
  random = np.random.default_rng(2)
  train, test, fresh = random.normal(size=[3, 500, 8])
  assert neighbours.memorised(train, test, train[:100]) == 1
  assert neighbours.memorised(train, test, fresh) == pytest.approx(0.5, abs=0.05)
  assert neighbours.memorised(train, test, fresh + 10) == 0
  assert neighbours.memorised(train, test, test) == pytest.approx(0.5)


def test_the_frechet_distance_is_tf_gans():
  random = np.random.default_rng(3)
  real, fake = random.normal(size=[2, 400, 6])
  fake = 1.3 * fake + 0.2
  expected = float(tfgan.eval.frechet_classifier_distance_from_activations(real, fake))
  assert neighbours.Frechet(real)(fake) == pytest.approx(expected, rel=1e-6)


def test_at_infinity_the_bias_is_gone():
  """Of one Gaussian the distance of n images is about c / n: at infinity what the real sample leaves."""
  random = np.random.default_rng(4)
  real, fake = random.normal(size=[20_000, 10]), random.normal(size=[2000, 10])
  plain, infinite = neighbours.Frechet(real)(fake), neighbours.frechet_infinity(real, fake)
  assert abs(infinite) < 0.5 * plain


def test_too_few_images_are_refused():
  with pytest.raises(InputError, match='5 images are too few for 5 neighbours each'):
    neighbours.density_coverage(REAL[:5], REAL)
  with pytest.raises(InputError, match='6 images are too few for a distance at infinity'):
    neighbours.frechet_infinity(REAL, REAL)
