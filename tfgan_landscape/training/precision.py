"""Loss scaling for float16, whose small gradients would vanish; every other precision passes through."""

import tensorflow as tf

LossScaleOptimizer = tf.keras.mixed_precision.LossScaleOptimizer


def with_loss_scale(optimizer):
  """Returns the optimiser, with a dynamic loss scale where Keras' global policy computes in float16."""
  needed = tf.keras.mixed_precision.global_policy().compute_dtype == 'float16'
  return LossScaleOptimizer(optimizer) if needed else optimizer


def scale(optimizer, objective):
  """Returns the objective, a scalar, times the optimiser's loss scale."""
  return optimizer.get_scaled_loss(objective) if isinstance(optimizer, LossScaleOptimizer) else objective


def unscale(optimizer, gradients):
  """Returns the gradients divided by the optimiser's loss scale."""
  return optimizer.get_unscaled_gradients(gradients) if isinstance(optimizer, LossScaleOptimizer) else gradients
