"""Optimisers as plain functions of weights and slots, for programs that train small networks whole."""

import gin
import tensorflow as tf


@gin.configurable
class Momentum:
  """Gradient descent with momentum as PyTorch has it: s <- momentum s + g, w <- w - learning_rate s.

  Args:
    learning_rate: of every step.
    momentum: 0.9 in the two-cluster experiment of the RS-GAN paper, Appendix B.
  """

  def __init__(self, learning_rate=0.01, momentum=0.9):
    self.learning_rate, self.momentum = learning_rate, momentum

  def slots(self, weights):
    """Returns the state at the start, for a list of weights."""
    return [tf.zeros_like(weight) for weight in weights]

  def update(self, weights, slots, gradients):
    """Returns the new weights and slots."""
    slots = [self.momentum * slot + gradient for slot, gradient in zip(slots, gradients)]
    return [weight - self.learning_rate * slot for weight, slot in zip(weights, slots)], slots


@gin.configurable
class SmallAdam:
  """Adam (Kingma and Ba 2015) with PyTorch's epsilon.

  Args:
    learning_rate: of every step.
    beta_1: of the first moment; 0 for the five Gaussians of the RS-GAN paper.
    beta_2: of the second moment.
    epsilon: added to the root of the second moment.
  """

  def __init__(self, learning_rate=1e-4, beta_1=0.0, beta_2=0.9, epsilon=1e-8):
    self.learning_rate, self.beta_1, self.beta_2, self.epsilon = learning_rate, beta_1, beta_2, epsilon

  def slots(self, weights):
    """Returns the state at the start, for a list of weights: both betas' powers, the learning rate, both moments.

    With the learning rate in the state, one compiled program serves every learning rate.
    """
    return [
      tf.ones([2]),
      tf.constant(self.learning_rate),
      *(tf.zeros_like(weight) for weight in weights),
      *(tf.zeros_like(weight) for weight in weights),
    ]

  def update(self, weights, slots, gradients):
    """Returns the new weights and slots."""
    powers, rate, firsts, seconds = *slots[:2], slots[2 : 2 + len(weights)], slots[2 + len(weights) :]
    powers *= [self.beta_1, self.beta_2]
    firsts = [self.beta_1 * m + (1 - self.beta_1) * g for m, g in zip(firsts, gradients)]
    seconds = [self.beta_2 * v + (1 - self.beta_2) * g * g for v, g in zip(seconds, gradients)]
    roots = [tf.sqrt(v / (1 - powers[1])) + self.epsilon for v in seconds]
    steps = [m / (1 - powers[0]) / root for m, root in zip(firsts, roots)]
    return [w - rate * step for w, step in zip(weights, steps)], [powers, rate, *firsts, *seconds]
