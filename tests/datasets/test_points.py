"""Mixtures of Gaussians and the swiss roll: centres by hand, moments, determinism."""

import gin
import numpy as np
import pytest

from tfgan_landscape.datasets.points import gaussians, grid, ring, swiss_roll
from tfgan_landscape.errors import InputError


def _arrays(examples):
  records = list(examples.records.as_numpy_iterator())
  return np.stack([r['example'] for r in records]), np.array([r['label'] for r in records])


def test_ring_by_hand():
  np.testing.assert_allclose(ring(4, 2.0), [(2, 0), (0, 2), (-2, 0), (0, -2)], atol=1e-12)
  np.testing.assert_allclose(ring(5)[1], (0.309017, 0.951057), atol=1e-6)  # 72 degrees


def test_grid_by_hand():
  assert grid(2, 3.0) == [(-1.5, -1.5), (-1.5, 1.5), (1.5, -1.5), (1.5, 1.5)]
  centres = grid(5, 2.0)
  assert len(set(centres)) == 25
  assert {x for x, _ in centres} == {-4.0, -2.0, 0.0, 2.0, 4.0}


def test_the_defaults_are_the_five_gaussians_of_the_paper():
  examples = gaussians('train')
  points, labels = _arrays(examples)
  assert (examples.count, examples.classes, points.shape) == (10_000, 5, (10_000, 2))
  assert points.dtype == np.float32
  np.testing.assert_array_equal(np.bincount(labels), [2000] * 5)
  residual = points - np.array(ring(5))[labels]
  np.testing.assert_allclose(residual.mean(0), 0, atol=4 * 0.0447 / 100)
  np.testing.assert_allclose(residual.var(0), 0.002, rtol=0.06)  # 4 standard errors, sqrt(2 / 10,000) each


def test_points_depend_on_seed_and_split_only():
  first, again = (_arrays(gaussians('train', per_mode=3))[0] for _ in range(2))
  np.testing.assert_array_equal(first, again)
  for other in (gaussians('test', per_mode=3), gaussians('train', per_mode=3, seed=1)):
    assert not np.isclose(_arrays(other)[0], first).any()


def test_no_spread_gives_the_centres():
  points, labels = _arrays(gaussians('train', centres=[(1, 2, 3), (4, 5, 6)], std=0, per_mode=2))
  np.testing.assert_array_equal(points, [(1, 2, 3), (4, 5, 6)] * 2)
  np.testing.assert_array_equal(labels, [0, 1, 0, 1])


def test_the_swiss_roll_by_hand():
  """One arc: its centre at t = 3 pi, (-3 pi, 0) * 2 for scale 15; without noise every point lies on the spiral."""
  one = swiss_roll('train', scale=15.0, std=0.0, arcs=1, per_arc=50)
  np.testing.assert_allclose(one.source['centres'], [(-6 * np.pi, 0)], atol=1e-12)
  points, _ = _arrays(one)
  radius = np.hypot(*points.T) / 2
  np.testing.assert_allclose(np.cos(radius), points[:, 0] / 2 / radius, atol=1e-5)
  assert ((radius > 1.5 * np.pi) & (radius < 4.5 * np.pi)).all()
  assert radius.std() > 2  # of U(4.7, 14.1): 2.7


def test_the_arcs_of_the_swiss_roll_have_equal_weight_and_are_near_their_centres():
  examples = swiss_roll('train')
  points, labels = _arrays(examples)
  assert (examples.count, examples.classes) == (10_000, 40)
  np.testing.assert_array_equal(np.bincount(labels), [250] * 40)
  away = np.linalg.norm(points - np.array(examples.source['centres'])[labels], axis=1)
  assert (away < 2.5).mean() > 0.98  # what the experiments count with
  with pytest.raises(InputError, match='swiss_roll has no split'):
    swiss_roll('valid')


def test_centres_come_from_gin():
  gin.parse_config('gaussians.centres = @grid()\ngrid.side = 3\ngrid.spacing = 2.0\ngaussians.per_mode = 1')
  examples = gaussians('train')
  assert examples.classes == 9
  assert examples.source['centres'][0] == [-2.0, -2.0]


@pytest.mark.parametrize(
  'settings',
  [
    {'split': 'valid'},
    {'std': -1.0},
    {'per_mode': 0},
    {'per_mode': 1.5},
    {'centres': []},
    {'centres': [1, 2]},
    {'centres': [(1, 2), (3,)]},
    {'centres': [(1, float('nan'))]},
  ],
)
def test_impossible_settings_are_refused(settings):
  with pytest.raises(InputError, match='gaussians'):
    gaussians(**{'split': 'train'} | settings)
