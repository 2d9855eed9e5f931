"""Point sets: as many points as asked for, where they should lie, the same for the same random numbers."""

import numpy as np
import pytest

from tfgan_landscape.datasets import point_sets

SETS = ['crossed_points', 'random_points', 'two_gaussians', 'one_of_two_gaussians', 'squares', 'rolls', 'ring_of_eight']


def points(name, count=40):
  return getattr(point_sets, name)(count, np.random.default_rng(0))


@pytest.mark.parametrize('name', SETS)
def test_every_set_has_its_points_and_repeats_them(name):
  real, fake = points(name)
  assert real.shape == fake.shape == ((2, 2) if name == 'crossed_points' else (40, 2))
  np.testing.assert_array_equal(np.stack([real, fake]), np.stack(points(name)))
  assert not np.array_equal(real, fake)
  assert np.abs([real, fake]).max() < 2.5


def test_squares_hold_a_fifth_and_four():
  real, fake = points('squares', 100)
  assert ((real[:, 0] < 0).sum(), (fake[:, 0] < 0).sum()) == (20, 80)
  assert np.abs(np.abs(np.concatenate([real, fake])) - [1, 0]).max() <= 0.5


def test_real_points_of_the_ring_lie_on_it_and_those_of_the_roll_have_no_noise():
  real, fake = points('ring_of_eight')
  np.testing.assert_allclose(np.hypot(*real.T), 1, atol=0.1)
  assert np.hypot(*fake.T).max() < 0.9
  roll, noisy = points('rolls')
  radius, angle = np.hypot(*roll.T) * 14.137, np.arctan2(roll[:, 1], roll[:, 0])
  np.testing.assert_allclose(np.cos(radius - angle), 1, atol=1e-9)  # the radius is the angle, up to whole turns
  assert np.abs(np.cos(np.hypot(*noisy.T) * 14.137 - np.arctan2(noisy[:, 1], noisy[:, 0])) - 1).max() > 0.1
