"""Probes of a generator: lines whose steps are known."""

import numpy as np
import pytest

from tfgan_landscape.evaluation import probes


def subject(sample, dimensions=2):
  random = np.random.default_rng(0)
  return probes.Subject(sample, lambda count: random.standard_normal([count, dimensions]).astype(np.float32), None)


def found(answer):
  return {score.name: score.value for score in answer.scores}


def test_a_linear_generator_changes_evenly():
  answer = probes.interpolation(subject(lambda latents: 3 * latents), lines=10, points=5)
  assert found(answer) == {
    'interpolation_jump_10x5': pytest.approx(1, abs=1e-4),
    'interpolation_detour_10x5': pytest.approx(1, abs=1e-4),
  }
  assert answer.pictures['interpolation'].shape == (64, 2)


def test_a_generator_of_two_points_changes_in_one_step_or_not_at_all():
  """Ends of different sign differ in one of 8 steps; ends of the same sign in none, which counts as even."""
  answer = probes.interpolation(subject(np.sign, dimensions=1), lines=101, points=9)
  random = np.random.default_rng(0)
  ends = np.sign(random.standard_normal([202, 1]).astype(np.float32)).reshape(101, 2)
  jumps = np.where(ends[:, 0] == ends[:, 1], 1, 8)
  assert found(answer)['interpolation_jump_101x9'] == pytest.approx(np.median(jumps))


def test_a_detour_by_hand():
  """From -a to a over 0, where the sample is (x, |x|): the two legs of a right angle, sqrt 2 times the straight way."""

  def bent(latents):
    return np.concatenate([latents, np.abs(latents)], 1)

  even = probes.Subject(bent, lambda count: np.tile([[-1.0], [1.0]], [count // 2, 1]).astype(np.float32), None)
  answer = probes.interpolation(even, lines=3, points=9)
  assert found(answer)['interpolation_detour_3x9'] == pytest.approx(np.sqrt(2))
  assert found(answer)['interpolation_jump_3x9'] == pytest.approx(1)
