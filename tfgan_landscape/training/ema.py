"""The exponential moving average of the generator (RS-GAN paper, Appendix E.1; Yazici et al. 2019)."""

from typing import Callable

import gin
import tensorflow as tf

from tfgan_landscape.config.arguments import Count, Share, configurable


@configurable(denylist=['average', 'source', 'step'])
def exponential_moving_average(average, source, step, decay: Share = 0.9999, warm_up: bool = False):
  """Moves every variable of `average` towards its twin in `source`: w_avg <- decay w_avg + (1 - decay) w.

  Batch norm's moving statistics are averaged with the weights; the authors' code leaves them at their start, which its
  evaluation by batch statistics hides. Call it outside a replica.

  Args:
    average: list of variables, w_avg; equal to `source` at step 0.
    source: list of variables, w, in the same order.
    step: number of generator updates made, at least 1, an integer tensor.
    decay: 0.9999 in the paper, a memory of 10,000 updates.
    warm_up: whether to start from min(decay, (1 + step) / (10 + step)), for runs much shorter than that memory.
  """
  if warm_up:
    step = tf.cast(step, tf.float32)
    decay = tf.minimum(decay, (1.0 + step) / (10.0 + step))
  for slow, fast in zip(average, source):
    slow.assign_add((1.0 - decay) * (fast - slow))


@configurable(denylist=['average', 'source', 'step', 'iterations', 'batch_size'])
def half_life_average(
  average, source, step, half_life: Callable = gin.REQUIRED, *, batch_size: Count, iterations: Count
):
  """Moves every variable of `average` towards its twin, with a memory in images, as R3GAN and StyleGAN have it.

  w_avg <- d w_avg + (1 - d) w with d = (1/2)^(batch_size / half_life). Call it outside a replica.

  Args:
    average: list of variables, w_avg; equal to `source` at step 0.
    source: list of variables, w, in the same order.
    step: number of generator updates made, at least 1, an integer tensor.
    half_life: `progress -> images` after which a weight counts half, of `ramps.py`; 0 is no memory.
    batch_size: images of an update, which the trainer says.
    iterations: generator updates of the whole run, which the trainer says.
  """
  images = tf.maximum(half_life(tf.cast(step, tf.float32) / iterations), 1e-8)
  decay = 0.5 ** (batch_size / images)
  for slow, fast in zip(average, source):
    slow.assign_add((1.0 - decay) * (fast - slow))
