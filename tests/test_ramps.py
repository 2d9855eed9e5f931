"""Ramps by hand: start, middle, end, and constant after it."""

import numpy as np
import tensorflow as tf

from tfgan_landscape import ramps


def values(ramp):
  return [float(ramp(tf.constant(progress))) for progress in (0.0, 0.25, 0.5, 0.75)]


def test_linear():
  np.testing.assert_allclose(values(ramps.linear(2.0, 6.0)), [2, 3, 4, 5])
  np.testing.assert_allclose(values(ramps.linear(2.0, 6.0, until=0.5)), [2, 4, 6, 6])


def test_half_cosine():
  quarter = 0.5 * (1 + np.sqrt(0.5))
  np.testing.assert_allclose(values(ramps.half_cosine(1.0, 0.0)), [1, quarter, 0.5, 1 - quarter], rtol=1e-6)
  np.testing.assert_allclose(values(ramps.half_cosine(5.0, 3.0, until=0.5)), [5, 4, 3, 3], rtol=1e-6)


def test_until_0_is_the_end_at_once():
  assert values(ramps.linear(2.0, 6.0, until=0.0)) == [6.0] * 4
  np.testing.assert_allclose(values(ramps.half_cosine(2.0, 6.0, until=0.0)), [6.0] * 4)
