"""Losses of Lipschitz GANs, one value per pair ("Understanding the Effectiveness of Lipschitz-Continuity in GANs", the
LGAN paper): `lipschitz_gan` of a phi, and the phi of Table 2 (`landscape/scalars.py`), bound by their names.
"""

import functools
from typing import Callable

import gin

from tfgan_landscape import landscape
from tfgan_landscape.config.arguments import Positive, configurable
from tfgan_landscape.landscape import GanLoss, scalars
from tfgan_landscape.losses import generator_reads_fake_alone

_phi = functools.partial(configurable, module='tfgan_landscape.lipschitz_losses', denylist=['t'])
linear = _phi(scalars.linear)
softplus = _phi(scalars.softplus)
hyperbolic = _phi(scalars.hyperbolic)
exponential = _phi(scalars.exponential)
unit_hinge = _phi(scalars.unit_hinge)
shifted_square = _phi(scalars.shifted_square)


@_phi
def softplus_and_linear(t, slope: Positive = 0.01):
  """log(1 + exp(t)) + slope t."""
  return scalars.softplus_and_linear(t, slope)


@configurable
def lipschitz_gan(phi: Callable = gin.REQUIRED):
  """Returns the loss of Lipschitz GANs (LGAN paper, Eq. 1 and 12); combine it with a penalty of the critic's slope.

  Discriminator: phi(-f(x)) + phi(f(y)). Generator: psi(f(y)) = -f(y), as in the paper's experiments. Of a phi that
  violates Eq. 12 a training says which condition fails and where, and uses it all the same.

  Args:
    phi: maps a tensor [n] to a tensor [n], value by value; increasing, its derivative too.
  """

  game = landscape.lipschitz_gan(phi)

  @generator_reads_fake_alone
  def loss(real_logits, fake_logits):
    return GanLoss(game(real_logits, fake_logits).discriminator, -fake_logits)

  loss.phi = phi
  return loss
