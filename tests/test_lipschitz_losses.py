"""Losses of Lipschitz GANs: values by hand, those with other names, and the exact critic's phi of the same name."""

import logging
import math

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import landscape, lipschitz_losses, losses
from tfgan_landscape.studies import checks

REAL, FAKE = tf.constant([0.75, -2.0]), tf.constant([0.0, 4 / 3])

# phi(-f(x)) + phi(f(y)) for the two pairs.
ROWS = {
  'linear': [-0.75, 2 + 4 / 3],
  'softplus': [math.log(1 + math.exp(-0.75)) + math.log(2), math.log(1 + math.exp(2)) + math.log(1 + math.exp(4 / 3))],
  'hyperbolic': [-0.75 + 1.25 + 1, 2 + math.sqrt(5) + 4 / 3 + 5 / 3],
  'exponential': [math.exp(-0.75) + 1, math.exp(2) + math.exp(4 / 3)],
  'unit_hinge': [0.25 + 1, 3 + 7 / 3],
  'shifted_square': [0.25**2 + 1, 9 + (7 / 3) ** 2],
  'softplus_and_linear': [
    math.log(1 + math.exp(-0.75)) + math.log(2) - 0.0075,
    math.log(1 + math.exp(2)) + math.log(1 + math.exp(4 / 3)) + 0.01 * (2 + 4 / 3),
  ],
}


@pytest.mark.parametrize('name', ROWS)
def test_losses_by_hand(name):
  found = lipschitz_losses.lipschitz_gan(getattr(lipschitz_losses, name))(REAL, FAKE)
  np.testing.assert_allclose(found.discriminator, ROWS[name], rtol=1e-5)
  np.testing.assert_allclose(found.generator, -FAKE)


def test_three_of_them_are_critics_of_other_names():
  pairs = {'linear': losses.wasserstein, 'softplus': losses.nonsaturating, 'unit_hinge': losses.hinge}
  for name, other in pairs.items():
    ours = lipschitz_losses.lipschitz_gan(getattr(lipschitz_losses, name))(REAL, FAKE)
    np.testing.assert_allclose(ours.discriminator, other(REAL, FAKE).discriminator, rtol=1e-6)


@pytest.mark.parametrize('name', landscape.FAMILY)
def test_the_exact_critic_knows_each_member_by_its_name(name):
  t = np.linspace(-5, 5, 21)
  ours = getattr(lipschitz_losses, name)(tf.constant(t, tf.float32))
  np.testing.assert_allclose(ours, landscape.FAMILY[name](t), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize('name', ROWS)
def test_a_training_warns_of_those_outside_of_the_family(name, caplog):
  with caplog.at_level(logging.WARNING):
    checks.check_loss('Trainer.loss', lipschitz_losses.lipschitz_gan(getattr(lipschitz_losses, name)))
  outside = 'unit_hinge', 'shifted_square'
  expected = ["Trainer.loss: phi'(t) > 0 fails at t = -10"] if name in outside else []
  assert [message.partition(',')[0] for message in caplog.messages] == expected
