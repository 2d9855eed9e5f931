"""Diagnostics of the critic's margins: by hand, and blind to its offset."""

import math

import numpy as np
import pytest

from tfgan_landscape.training import diagnostics


def means(real, fake):
  return diagnostics.of_pairs(np.array(real, np.float32), np.array(fake, np.float32))


def test_by_hand():
  """Margins log 6, log(3/5), log(1/2) and log(1/20): three of the four below zero."""
  found = means([math.log(2), math.log(1 / 6)], [math.log(1 / 3), math.log(10 / 3)])
  logs = np.log([6, 3 / 5, 1 / 2, 1 / 20])
  losses = np.log([7 / 6, 8 / 3, 3, 21])
  assert found['margin'] == pytest.approx(logs.mean(), rel=1e-5)
  assert found['margin_below_zero'] == 0.75
  assert found['all_pairs_loss_minus_log_2'] == pytest.approx(losses.mean() - math.log(2), rel=1e-5)
  assert found['kept_minus_all_pairs_loss'] == pytest.approx(losses[[0, 3]].mean() - losses.mean(), rel=1e-4)


def test_a_constant_critic_is_at_log_2():
  found = means([3.0, 3.0, 3.0], [3.0, 3.0, 3.0])
  assert found == pytest.approx(dict.fromkeys(found, 0.0), abs=1e-6)


def test_a_perfect_critic_and_a_deceived_one():
  perfect, deceived = means([50.0, 60.0], [0.0, -9.0]), means([0.0, 0.0], [50.0, 50.0])
  assert perfect['all_pairs_loss_minus_log_2'] == pytest.approx(-math.log(2), abs=1e-6)
  assert (perfect['margin_below_zero'], deceived['margin_below_zero']) == (0, 1)
  assert deceived['margin'] == -50


def test_an_offset_changes_nothing():
  random = np.random.RandomState(0)
  real, fake = random.standard_normal([2, 8])
  assert means(real, fake) == pytest.approx(means(real + 5, fake + 5), abs=1e-5)


@pytest.mark.parametrize(
  ('loss', 'real', 'fake', 'perfect'),
  [
    (0.0, [9.0, 8.0], [-9.0, -8.0], True),
    (0.0004, [9.0, 8.0], [-9.0, -8.0], True),
    (0.4, [9.0, 8.0], [-9.0, -8.0], False),  # a penalty keeps it busy
    (0.0, [9.0, -8.0], [-9.0, 8.0], False),
    (-12.0, [9.0, 8.0], [-9.0, -8.0], False),  # Wasserstein's falls without end
  ],
)
def test_a_critic_is_perfect_where_its_loss_is_0_and_every_pair_is_right(loss, real, fake, perfect):
  assert diagnostics.critic_is_perfect(loss, means(real, fake)) == perfect
