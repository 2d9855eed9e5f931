"""Critics trained alone: what an unpenalised one's slopes do over training, and 0-GP's (0-GP paper, Section 4.2.2)."""

import functools

import numpy as np
import pytest

from tfgan_landscape import losses, penalties
from tfgan_landscape.dynamics.critic_runs import CriticRuns
from tfgan_landscape.dynamics.descent import SmallAdam

REAL = np.array([[0.05, 0.0], [1.0, 0.0]], np.float32)
FAKE = np.array([[-0.05, 0.0], [0.0, 1.0]], np.float32)
BETWEEN = np.linspace(FAKE[0], REAL[0], 101)


@functools.cache
def largest_slope(penalty, iterations):
  runs = CriticRuns(16, 2, 4, iterations, functools.partial(SmallAdam, learning_rate=1e-3))
  weights, _ = runs.run(losses.kept(losses.nonsaturating), penalty, REAL, FAKE, [0, 1])
  return np.linalg.norm(runs.gradients(weights, BETWEEN), axis=1).max()


@pytest.mark.slow
def test_section_4_2_2_the_slope_of_an_unpenalised_critic_grows_over_training():
  """Between a real and a fake point that are 0.1 apart: it never stops growing; under 0-GP it stays near 0."""
  free = [largest_slope(None, iterations) for iterations in (300, 3000, 30_000)]
  assert free[1] > 3 * free[0]
  assert free[2] > 1.1 * free[1]
  assert free[1] > 50
  assert largest_slope(penalties.zero_centered, 3000) < 1
