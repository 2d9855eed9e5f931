"""Cropping, resizing and converting channels, against hand-computed values and PIL."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.datasets import fitting


def _noise(*shape):
  return np.random.RandomState(0).randint(0, 256, shape).astype(np.uint8)


def test_an_image_of_the_right_size_stays_as_it_is():
  image = _noise(32, 32, 3)
  np.testing.assert_array_equal(fitting.fit(tf.constant(image), 32, 3), image)


def test_an_image_of_unknown_but_right_size_stays_as_it_is():
  image = _noise(32, 32, 3)
  fit = tf.function(lambda x: fitting.fit(x, 32, 3), [tf.TensorSpec([None, None, 3], tf.uint8)])
  np.testing.assert_array_equal(fit(image), image)


@pytest.mark.parametrize(('size', 'new'), [(96, 48), (50, 32), (28, 32)])
def test_resizing_is_that_of_pil_to_one_level(size, new):
  pil = pytest.importorskip('PIL.Image')
  image = _noise(size, size, 3)
  expected = np.asarray(pil.fromarray(image).resize((new, new), pil.BILINEAR)).astype(int)
  difference = np.abs(fitting.fit(tf.constant(image), new, 3).numpy() - expected)
  assert difference.max() <= 1
  assert difference.mean() < 0.3


def test_halving_by_hand():
  # A triangle of half-width 2 on pixels 1.5, 0.5, 0.5 and 1.5 away: weights 1, 3, 3, 1; the edge cuts one.
  image = np.tile(np.array([0, 70, 140, 210], np.uint8)[None, :, None], [4, 1, 1])
  expected = [round(70 * 3 / 7 + 140 / 7), round((210 * 3 + 140 * 3 + 70) / 7)]
  np.testing.assert_array_equal(fitting.fit(tf.constant(image), 2, 1)[0, :, 0], expected)


def test_the_centre_is_cropped():
  image = np.arange(7 * 10, dtype=np.uint8).reshape(7, 10, 1)
  np.testing.assert_array_equal(fitting.fit(tf.constant(image), 3, 1, crop=3)[..., 0], image[2:5, 3:6, 0])
  np.testing.assert_array_equal(fitting.fit(tf.constant(image), 7, 1)[..., 0], image[:, 1:8, 0])


def test_a_crop_larger_than_the_image_is_an_error():
  with pytest.raises(tf.errors.InvalidArgumentError, match='smaller than crop=8'):
    fitting.fit(tf.zeros([7, 10, 1], tf.uint8), 4, 1, crop=8)


def test_colour_becomes_its_luminance():
  colours = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)
  expected = [[76, 150], [29, 255]]  # 255 times 0.299, 0.587, 0.114 and 1
  np.testing.assert_array_equal(fitting.fit(tf.constant(colours), 2, 1)[..., 0], expected)


def test_grey_is_repeated_and_opacity_dropped():
  grey = _noise(4, 4, 1)
  np.testing.assert_array_equal(fitting.fit(tf.constant(grey), 4, 3), np.repeat(grey, 3, axis=-1))
  rgba = _noise(4, 4, 4)
  np.testing.assert_array_equal(fitting.fit(tf.constant(rgba), 4, 3), rgba[..., :3])


def test_bicubic_overshoot_is_cut_off():
  step = np.repeat(np.array([0, 0, 255, 255], np.uint8), 4).reshape(4, 4).T[..., None]
  enlarged = fitting.fit(tf.constant(step), 16, 1, method='bicubic').numpy()
  assert enlarged.min() == 0
  assert enlarged.max() == 255
  assert (np.diff(enlarged[8, :, 0].astype(int)) >= 0).all()  # nothing wrapped around
