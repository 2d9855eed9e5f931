"""The losses of the papers, by the names that they have there."""

from tfgan_landscape.landscape.all_pairs import AllPairs
from tfgan_landscape.landscape.relativistic import KeptPairs
from tfgan_landscape.landscape.scalars import (
  linear,
  log_sigmoid,
  negative_hinge,
  negative_square,
  negative_square_at_0,
  reflected,
)
from tfgan_landscape.landscape.separable import Separable

js = Separable(log_sigmoid, log_sigmoid, 'JS-GAN')
"""Goodfellow et al. 2014: h1 = h2 = -log(1 + exp(-t)); xi(k, m) = k log(k/(k+m)) + m log(m/(k+m))."""

rs = KeptPairs(log_sigmoid, 'RS-GAN over kept pairs')
"""h = -log(1 + exp(-t)) (RS-GAN paper, Eq. 4)."""

rs_all = AllPairs(log_sigmoid, 'RS-GAN over all pairs')

hinge = Separable(negative_hinge, negative_hinge, 'hinge-GAN')
"""h1 = h2 = -max(0, 1 - t); xi(k, m) = -2 min(k, m), flat for m >= k."""

rp_hinge = KeptPairs(negative_hinge, 'Rp-hinge-GAN')
rp_hinge_all = AllPairs(negative_hinge, 'Rp-hinge-GAN over all pairs')

least_squares = Separable(negative_square, negative_square_at_0, 'LS-GAN')
"""h1 = -(1 - t)^2, h2 = -t^2; xi(k, m) = -k m / (k + m)."""

rp_least_squares = KeptPairs(negative_square, 'Rp-LS-GAN')
rp_least_squares_all = AllPairs(negative_square, 'Rp-LS-GAN over all pairs')

wasserstein = Separable(linear, linear, 'W-GAN')
"""h1 = h2 = t: finite for critics of a limited Lipschitz constant only (`lipschitz_value`, `optimal_critic`)."""


def lipschitz_gan(phi, psi=None, name=''):
  """Returns the separable loss of Lipschitz GANs, E phi(f(y)) + E psi(-f(x)) for the critic (LGAN paper, Eq. 1).

  Args:
    phi: of the fake logits, as `scalars.FAMILY` has them.
    psi: of minus the real ones; None for phi.
    name: for messages.
  """
  return Separable(reflected(psi or phi), reflected(phi), name)
