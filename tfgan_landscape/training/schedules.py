"""Optimisers and their learning rates."""

import tensorflow as tf

from tfgan_landscape.ranges import Decay, Positive, Share, configurable


@configurable(denylist=['learning_rate'])
def adam(learning_rate, beta_1: Decay = 0.5, beta_2: Decay = 0.999, epsilon: Positive = 1e-8):
  """Returns Adam (Kingma and Ba 2015) with PyTorch's epsilon, which the papers' codes use.

  Args:
    learning_rate: a float or a schedule.
    beta_1: 0.5 in the RS-GAN paper, 0 for its CIFAR-10 ResNets.
    beta_2: 0.999, and 0.9.
    epsilon: added to the root of the second moment.
  """
  return tf.keras.optimizers.Adam(learning_rate, beta_1, beta_2, epsilon)


@configurable(denylist=['learning_rate', 'iterations', 'updates'])
class LinearDecay(tf.keras.optimizers.schedules.LearningRateSchedule):
  """Constant, then linear to zero at the last iteration.

  The RS-GAN code decays both learning rates from half-way on; its paper does not say so.

  Args:
    learning_rate: at the start.
    iterations: at which it is zero.
    updates: optimiser updates per iteration.
    start: share of the iterations before the decay begins, in [0, 1]; 1 keeps the rate constant.
  """

  def __init__(self, learning_rate, iterations, updates=1, start: Share = 0.5):
    self.learning_rate = learning_rate
    self.iterations = iterations
    self.updates = updates
    self.start = start

  def __call__(self, step):
    done = tf.cast(step // self.updates, tf.float32) / self.iterations
    if self.start >= 1.0:
      return self.learning_rate * tf.ones_like(done)
    return self.learning_rate * tf.clip_by_value((1.0 - done) / (1.0 - self.start), 0.0, 1.0)

  def get_config(self):
    return {
      'learning_rate': self.learning_rate,
      'iterations': self.iterations,
      'updates': self.updates,
      'start': self.start,
    }
