"""Modes covered and the metric of Appendix D, by hand and by their laws."""

import numpy as np

from tfgan_landscape.evaluation import modes

CENTRES = [[0.0, 0.0], [4.0, 0.0]]


def test_coverage_by_hand():
  points = [[0.0, 0.5], [0.0, 1.0], [0.0, 1.1], [4.0, 0.0], [2.0, 0.0], [-0.6, 0.8], [9.0, 9.0], [0.1, 0.0]]
  found = modes.coverage(points, CENTRES, radius=1.0)
  # (0, 1) and (-0.6, 0.8) lie on the rim, (0, 1.1) beyond it; a mode is due 4 of 8 points, half of that is 2.
  np.testing.assert_array_equal(found.counts, [4, 1])
  np.testing.assert_array_equal(found.covered, [True, False])
  assert found.high_quality == 5 / 8
  assert modes.coverage(points, CENTRES, 1.0, least=0.25).covered.all()


def test_a_point_belongs_to_its_nearest_centre_only():
  found = modes.coverage([[1.9, 0.0], [2.1, 0.0]], CENTRES, radius=10.0)
  np.testing.assert_array_equal(found.counts, [1, 1])


def test_distance_to_centres_by_hand():
  # nearest to (0, 0) is (0, 1), at 1; nearest to (4, 0) is (4, 3), at 3; together 4
  points = [[0.0, 1.0], [-7.0, 0.0], [4.0, 3.0]]
  np.testing.assert_allclose(modes.distance_to_centres(points, CENTRES), 4.0)
  np.testing.assert_allclose(modes.distance_to_centres(points, CENTRES, scale=0.5), 2.0)
  assert modes.distance_to_centres(CENTRES, CENTRES) == 0.0


def test_more_points_never_raise_the_distance():
  points = np.random.default_rng(0).normal(size=[50, 2])
  values = [modes.distance_to_centres(points[:count], CENTRES) for count in range(1, 51)]
  assert (np.diff(values) <= 0).all()
  assert values[-1] < values[0]
