"""The Dirac-GAN: its update by hand, eigenvalues against theory for every penalty, and where it ends."""

import functools

import numpy as np
import pytest

from tfgan_landscape import losses, penalties
from tfgan_landscape.dynamics.dirac_gan import DiracGan
from tfgan_landscape.landscape import dirac_eigenvalues

RATES = (0.2, 0.1)
R1 = functools.partial(penalties.r1, gamma=0.3)
R2 = functools.partial(penalties.r2, gamma=0.3)
ZERO_GP = functools.partial(penalties.zero_centered, weight=0.15)
ON_PROBABILITY = penalties.on_probability(functools.partial(penalties.zero_centered, weight=0.15))
ONE_GP = functools.partial(penalties.gradient_penalty, weight=0.35)


def sorted_pair(values):
  return sorted(np.asarray(values, complex), key=lambda value: (value.real, value.imag))


def test_an_update_by_hand():
  gan = DiracGan(losses.wasserstein, R1, RATES)
  # theta <- theta + k psi; psi <- psi - h (theta + gamma psi)
  theta = 1.0 + 0.1 * 0.5
  np.testing.assert_allclose(gan.update(np.array([1.0, 0.5])), [theta, 0.5 - 0.2 * (theta + 0.3 * 0.5)], rtol=1e-12)


@pytest.mark.parametrize('loss', [losses.nonsaturating, losses.relativistic_logistic, losses.wasserstein])
@pytest.mark.parametrize('critic_steps', [1, 5])
@pytest.mark.parametrize(
  ('penalty', 'gamma'),
  [
    (None, 0.0),
    (R1, 0.3),
    (R2, 0.3),
    (functools.partial(penalties.r1_r2, gamma=0.3), 0.6),
    (ZERO_GP, 0.3),
    (ON_PROBABILITY, 0.3 / 16),  # the sigmoid's slope at 0 is 1/4
  ],
)
def test_eigenvalues_are_those_of_theory(loss, critic_steps, penalty, gamma):
  gan = DiracGan(loss, penalty, RATES, critic_steps)
  slope = 1.0 if loss is losses.wasserstein else 0.5
  np.testing.assert_allclose(gan.slopes(), (-slope, slope, gamma), atol=1e-12)
  found = sorted_pair(np.linalg.eigvals(gan.jacobian([0.0, 0.0])))
  expected = sorted_pair(dirac_eigenvalues(-slope, slope, gamma, RATES, critic_steps))
  np.testing.assert_allclose(found, expected, atol=1e-8)
  radius = max(map(abs, found))
  if gamma:
    assert radius < 1 - 1e-4
  else:
    assert radius == pytest.approx(1.0, abs=1e-9)  # it turns around for ever


def test_eigenvalues_by_hand():
  """One step each, h = 0.2, k = 0.1, a = -1, b = 1, gamma = 0.3: trace 2 - 0.06 - 0.02, determinant 0.94."""
  found = sorted_pair(dirac_eigenvalues(-1.0, 1.0, 0.3, RATES))
  root = np.sqrt(complex(0.96**2 - 0.94))
  np.testing.assert_allclose(found, sorted_pair([0.96 + root, 0.96 - root]), atol=1e-12)


def test_wgan_gp_contracts_like_r1_around_a_point_that_it_cannot_stay_at():
  """Where psi is not 0 the update is affine with R1's matrix for gamma = 2 weight; psi = 0 is pushed to +-1."""
  gan = DiracGan(losses.wasserstein, ONE_GP, RATES)
  for state in ([0.3, 0.8], [-0.2, -1.7]):
    found = sorted_pair(np.linalg.eigvals(gan.jacobian(state)))
    np.testing.assert_allclose(found, sorted_pair(dirac_eigenvalues(-1.0, 1.0, 0.7, RATES)), atol=1e-8)
  end = gan.trajectory([1.0, 1.0], 2000)[-500:]
  assert np.abs(end[:, 1]).max() > 0.05
  assert np.abs(end[:, 0]).max() > 0.01


@pytest.mark.parametrize('penalty', [R1, R2, ZERO_GP])
def test_zero_centred_penalties_bring_the_generated_point_home(penalty):
  assert np.abs(DiracGan(losses.nonsaturating, penalty).trajectory([1.0, 1.0], 1500)[-1]).max() < 1e-6


def test_without_a_penalty_it_stays_away():
  states = DiracGan(losses.wasserstein).trajectory([1.0, 1.0], 1500)  # linear: it turns around on an ellipse
  assert np.linalg.norm(states[-500:], axis=1).min() > 0.5
  states = DiracGan(losses.nonsaturating).trajectory([1.0, 1.0], 1500)  # its higher terms shrink it, ever more slowly
  assert np.linalg.norm(states[-500:], axis=1).min() > 0.1
