"""Losses of Lipschitz GANs, one value per pair ("Understanding the Effectiveness of Lipschitz-Continuity in GANs", the
LGAN paper): `lipschitz_gan` of a phi, and the phi of Table 2, functions of a tensor [n], value by value.
"""

from typing import Callable

import gin
import tensorflow as tf

from tfgan_landscape.config.arguments import Positive, configurable
from tfgan_landscape.losses import GanLoss, generator_reads_fake_alone


@configurable(denylist=['t'])
def linear(t):
  """t: the Wasserstein distance's."""
  return tf.identity(t)


@configurable(denylist=['t'])
def softplus(t):
  """-log sigmoid(-t) = log(1 + exp(t)): JS-GAN's."""
  return tf.nn.softplus(t)


@configurable(denylist=['t'])
def hyperbolic(t):
  """t + sqrt(t^2 + 1)."""
  return t + tf.sqrt(tf.square(t) + 1.0)


@configurable(denylist=['t'])
def exponential(t):
  """exp(t)."""
  return tf.exp(t)


@configurable(denylist=['t'])
def unit_hinge(t):
  """max(0, 1 + t): the hinge loss's, outside of the paper's family, because it is flat below -1."""
  return tf.nn.relu(1.0 + t)


@configurable(denylist=['t'])
def shifted_square(t):
  """(t + 1)^2: least squares with targets 1 and -1, outside of the family, because it falls below -1 (Appendix A)."""
  return tf.square(t + 1.0)


@configurable(denylist=['t'])
def softplus_and_linear(t, slope: Positive = 0.01):
  """log(1 + exp(t)) + slope t."""
  return tf.nn.softplus(t) + slope * t


@configurable
def lipschitz_gan(phi: Callable = gin.REQUIRED):
  """Returns the loss of Lipschitz GANs (LGAN paper, Eq. 1 and 12); combine it with a penalty of the critic's slope.

  Discriminator: phi(-f(x)) + phi(f(y)). Generator: psi(f(y)) = -f(y), as in the paper's experiments. Of a phi that
  violates Eq. 12 a training says which condition fails and where, and uses it all the same.

  Args:
    phi: maps a tensor [n] to a tensor [n], value by value; increasing, its derivative too.
  """

  @generator_reads_fake_alone
  def loss(real_logits, fake_logits):
    return GanLoss(phi(-real_logits) + phi(fake_logits), -fake_logits)

  loss.phi = phi
  return loss
