"""Pictures of samples: grey levels, grids, scatter plots."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting.images import enlarge, grid, image_grid, save_png, scatter, to_uint8


def test_to_uint8_truncates_and_gives_back_every_grey_level():
  levels = np.arange(256, dtype=np.float32)
  np.testing.assert_array_equal(to_uint8(levels / 127.5 - 1 + 1 / 256), levels.astype(np.uint8))
  np.testing.assert_array_equal(to_uint8([-1.5, -1, 0, 0.999, 1, 2]), [0, 0, 127, 254, 255, 255])


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_to_uint8_refuses_what_has_no_grey_level(value):
  with pytest.raises(InputError, match='NaN or infinity'):
    to_uint8([0.0, value])


def test_a_grid_by_hand():
  """Three images of one pixel in two columns, a border of one white pixel all round."""
  images = np.array([10, 20, 30], np.uint8).reshape(3, 1, 1, 1)
  expected = [[255, 255, 255, 255, 255], [255, 10, 255, 20, 255], [255] * 5, [255, 30, 255, 255, 255], [255] * 5]
  np.testing.assert_array_equal(grid(images, border=1)[..., 0], expected)


def test_enlarging_repeats_pixels():
  image = np.array([[1, 2]], np.uint8)[..., None]
  np.testing.assert_array_equal(enlarge(image, smallest=4)[..., 0], [[1, 1, 2, 2], [1, 1, 2, 2]])


def test_a_picture_of_samples_is_large_enough_to_look_at_and_survives_the_disk(tmp_path):
  picture = image_grid(np.zeros([5, 8, 8, 3], np.float32))
  assert max(picture.shape[:2]) >= 512
  save_png(tmp_path / 'new' / 'x.png', picture)
  np.testing.assert_array_equal(tf.io.decode_png((tmp_path / 'new' / 'x.png').read_bytes()), picture)


def test_a_scatter_plot_shows_points_where_they_are():
  left, right = (scatter(np.array([[x, 0.0]]), limit=2.0) for x in (-1.0, 1.0))
  assert left.dtype == np.uint8
  assert left.shape[2] == 3
  columns = [np.nonzero((picture[..., 0] < 100) & (picture[..., 2] > 100))[1].mean() for picture in (left, right)]
  assert columns[0] < left.shape[1] / 2 < columns[1]
