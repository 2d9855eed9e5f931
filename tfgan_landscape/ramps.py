"""Numbers that change over a run: functions of its progress, the share of its iterations that is done, in [0, 1)."""

import math

import gin
import tensorflow as tf

from tfgan_landscape.config.arguments import Share, configurable


@configurable
def linear(start: float = gin.REQUIRED, end: float = gin.REQUIRED, until: Share = 1.0):
  """Returns `progress -> value`: from `start` to `end` on a line, then constant.

  Args:
    start: value at the start of the run.
    end: value from `until` on.
    until: progress at which `end` is reached; 0 for at once.
  """

  def value(progress):
    return start + (end - start) * _share_of(progress, until)

  return value


@configurable
def half_cosine(start: float = gin.REQUIRED, end: float = gin.REQUIRED, until: Share = 1.0):
  """Returns `progress -> value`: from `start` to `end` on half a cosine, as R3GAN's schedules, then constant.

  Args:
    start: value at the start of the run.
    end: value from `until` on.
    until: progress at which `end` is reached; 0 for at once.
  """

  def value(progress):
    return end + 0.5 * (start - end) * (1.0 + tf.cos(math.pi * _share_of(progress, until)))

  return value


def _share_of(progress, until):
  return tf.minimum(progress / until, 1.0) if until else tf.ones_like(progress)
