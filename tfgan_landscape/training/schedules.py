"""Optimisers and their learning rates."""

from typing import Callable

import gin
import tensorflow as tf

from tfgan_landscape.config.arguments import Count, Decay, Positive, Share, configurable


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


@configurable(denylist=['learning_rate'])
def rmsprop(learning_rate, rho: Decay = 0.99, epsilon: Positive = 1e-8):
  """Returns RMSProp without momentum, with PyTorch's defaults, as the WGAN paper's code has it."""
  return tf.keras.optimizers.RMSprop(learning_rate, rho, epsilon=epsilon)


class _RampedAdam(tf.keras.optimizers.Adam):
  """Adam whose second moment's decay follows the share of its updates that is done."""

  def __init__(self, learning_rate, beta_1, ramp, updates, epsilon):
    self._ramp, self._updates = ramp, updates
    super().__init__(learning_rate, beta_1, 0.0, epsilon)

  @property
  def beta_2(self):
    """The decay that is in force."""
    return self._ramp(tf.cast(self.iterations, tf.float32) / self._updates)

  @beta_2.setter
  def beta_2(self, value):
    """Keras sets a number; the ramp stays."""


@configurable(denylist=['learning_rate', 'updates'])
def ramped_adam(
  learning_rate,
  beta_1: Decay = 0.0,
  beta_2: Callable = gin.REQUIRED,
  epsilon: Positive = 1e-8,
  *,
  updates: Count,
):
  """Returns Adam with a second moment's decay that changes over the run, as R3GAN has it.

  Both corrections for the start use the decay in force, as PyTorch does where code changes it.

  Args:
    learning_rate: a float or a schedule.
    beta_1: of the first moment.
    beta_2: `progress -> decay`, of `ramps.py`; R3GAN: half a cosine from 0.9 to 0.99.
    epsilon: added to the root of the second moment.
    updates: of the whole run, which the trainer says.
  """
  return _RampedAdam(learning_rate, beta_1, beta_2, updates, epsilon)


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


@configurable(denylist=['learning_rate', 'iterations', 'updates'])
class Ramped(tf.keras.optimizers.schedules.LearningRateSchedule):
  """A learning rate times a function of the run's progress.

  Args:
    learning_rate: what the ramp multiplies.
    iterations: of the whole run.
    updates: optimiser updates per iteration.
    ramp: `progress -> factor`, of `ramps.py`; R3GAN: half a cosine from 1 to 1/4.
  """

  def __init__(self, learning_rate, iterations, updates=1, ramp: Callable = gin.REQUIRED):
    self.learning_rate, self.iterations, self.updates, self.ramp = learning_rate, iterations, updates, ramp

  def __call__(self, step):
    return self.learning_rate * self.ramp(tf.cast(step // self.updates, tf.float32) / self.iterations)

  def get_config(self):
    return {name: getattr(self, name) for name in ('learning_rate', 'iterations', 'updates', 'ramp')}
