"""Modes, recovery, collapse and visits on trajectories done by hand."""

import numpy as np
import pytest

from tfgan_landscape.evaluation import two_clusters


def test_points_within_the_radius_count_as_their_mode():
  fake = [[-0.37, -0.36, 0.0, 0.36, 3.64, 4.4], [9.0] * 6]
  np.testing.assert_array_equal(two_clusters.mode_counts(fake, [0.0, 4.0], 0.36), [[3, 1], [0, 0]])


def test_recovery_is_half_of_what_every_mode_is_due():
  counts = [[25, 25], [24, 76], [100, 0], [50, 50]]
  np.testing.assert_array_equal(two_clusters.recovered(counts, [50, 50]), [True, False, False, True])
  np.testing.assert_array_equal(two_clusters.recovered([[34, 16], [33, 67]], [67, 33]), [False, False])
  assert two_clusters.recovered([34, 17], [67, 33])


@pytest.mark.parametrize(
  ('counts', 'expected'), [((100, 0), True), ((0, 90), True), ((89, 0), False), ((95, 1), False), ((0, 0), False)]
)
def test_collapse_is_nearly_all_in_one_mode_and_none_in_the_other(counts, expected):
  assert two_clusters.collapsed(counts, 100) == expected


def test_first_and_lasting_recovery():
  run = [False, True, False, True, True]
  assert two_clusters.first_record(run) == 1
  assert two_clusters.lasting_record(run) == 3
  assert two_clusters.lasting_record([True, True]) == 0
  assert two_clusters.first_record([False]) is None
  assert two_clusters.lasting_record([True, False]) is None


def test_visits_have_their_ends_and_their_lowest_points():
  inside = [True, False, True, True]
  found = two_clusters.visits(inside, [0.5, 0.1, 0.6, 0.48], [-0.47, -0.9, -0.46, -0.45], lambda record: (record, 9))
  assert found == [(0, 1, 0.5, -0.47, 0, 9), (2, None, 0.48, -0.46, 3, 9)]
  assert two_clusters.visits([False] * 3, [0.0] * 3, [0.0] * 3, None) == []
