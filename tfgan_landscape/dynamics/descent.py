"""Optimisers as plain functions of weights and a state, for programs that train small networks whole.

`init(weights)` returns the state at the start and `update(weights, state, gradients)` the next (weights, state), for
lists of weights. The learning rate is part of the state: one compiled program serves every learning rate.
"""

import tensorflow as tf

from tfgan_landscape.config.arguments import Decay, NonNegative, Positive, configurable


@configurable
class Momentum:
  """Gradient descent with momentum as PyTorch has it: s <- momentum s + g, w <- w - learning_rate s.

  Args:
    learning_rate: of every step.
    momentum: 0.9 in the two-cluster experiment of the RS-GAN paper, Appendix B.
  """

  def __init__(self, learning_rate: NonNegative = 0.01, momentum: Decay = 0.9):
    self.learning_rate, self.momentum = learning_rate, momentum

  def init(self, weights):
    """Returns [learning rate, s for every weight]."""
    return [tf.constant(self.learning_rate), *(tf.zeros_like(weight) for weight in weights)]

  def update(self, weights, state, gradients):
    """Returns the new weights and state."""
    rate, *sums = state
    sums = [self.momentum * each + gradient for each, gradient in zip(sums, gradients)]
    return [weight - rate * each for weight, each in zip(weights, sums)], [rate, *sums]


@configurable
class SmallAdam:
  """Adam (Kingma and Ba 2015) with PyTorch's epsilon.

  Args:
    learning_rate: of every step.
    beta_1: of the first moment; 0 for the five Gaussians of the RS-GAN paper.
    beta_2: of the second moment.
    epsilon: added to the root of the second moment.
  """

  def __init__(
    self, learning_rate: NonNegative = 1e-4, beta_1: Decay = 0.0, beta_2: Decay = 0.9, epsilon: Positive = 1e-8
  ):
    self.learning_rate, self.beta_1, self.beta_2, self.epsilon = learning_rate, beta_1, beta_2, epsilon

  def init(self, weights):
    """Returns [both betas' powers, learning rate, first moments, second moments]."""
    moments = [tf.zeros_like(weight) for weight in weights]
    return [tf.ones([2]), tf.constant(self.learning_rate), *moments, *moments]

  def update(self, weights, state, gradients):
    """Returns the new weights and state."""
    powers, rate, firsts, seconds = *state[:2], state[2 : 2 + len(weights)], state[2 + len(weights) :]
    powers *= [self.beta_1, self.beta_2]
    firsts = [self.beta_1 * m + (1 - self.beta_1) * g for m, g in zip(firsts, gradients)]
    seconds = [self.beta_2 * v + (1 - self.beta_2) * g * g for v, g in zip(seconds, gradients)]
    roots = [tf.sqrt(v / (1 - powers[1])) + self.epsilon for v in seconds]
    steps = [m / (1 - powers[0]) / root for m, root in zip(firsts, roots)]
    return [w - rate * step for w, step in zip(weights, steps)], [powers, rate, *firsts, *seconds]
