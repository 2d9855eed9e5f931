"""Probes of a generator: lines whose steps are known, supports whose size is known."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.datasets.examples import Examples
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import probes
from tfgan_landscape.training.responses import Response


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


def of_finite_support(size, real=400):
  """A generator of `size` equally likely points, far from each other; real points 1 apart on a line."""
  line = tf.data.Dataset.from_tensor_slices({'example': tf.stack([tf.range(real, dtype=tf.float32)] * 2, 1)})
  random = np.random.default_rng(0)
  points = 100 * np.stack([np.arange(size), np.arange(size)], 1).astype(np.float32)
  return probes.Subject(
    lambda latents: points[latents[:, 0].astype(int)],
    lambda count: random.integers(size, size=[count, 1]),
    lambda split: Examples(line, real, 0, {'name': split}),
  )


def test_the_support_of_a_generator_of_500_points_is_about_500():
  """300 samples have 44,850 pairs, 90 duplicates on average: 20 % is two standard errors."""
  answer = probes.support_size(of_finite_support(500), samples=300, near=0.1)
  assert found(answer)['support_size_300'] == pytest.approx(500, rel=0.2)
  assert found(answer)['duplicates_300'] == pytest.approx(44_850 / found(answer)['support_size_300'])
  assert 0.7 * 500 < found(answer)['support_size_at_least_300'] < found(answer)['support_size_300']
  first, second = answer.pictures['nearest_pairs'][:2]
  np.testing.assert_array_equal(first, second)


def test_without_duplicates_there_is_a_lower_bound_only_and_how_many_samples_say_more(capsys):
  """No duplicate among n pairs: 1 / N is at most 3.0 / n with 95 % confidence."""
  values = found(probes.support_size(of_finite_support(10**7), samples=100))
  assert values['duplicates_100'] == 0
  assert values['support_size_at_least_100'] == pytest.approx(4950 / -np.log(0.05))
  assert 'support_size_100' not in values
  (line,) = capsys.readouterr().out.splitlines()
  assert line.endswith('at least 1,652; support_size.samples = 200 finds duplicates in four times as much')


def test_more_samples_than_real_examples_are_refused():
  with pytest.raises(InputError, match="support_size.samples = 500 is more than the 400 examples of 'train'"):
    probes.support_size(of_finite_support(10), samples=500)


@pytest.mark.parametrize('one_payoff', [True, False])
def test_epsilon_is_half_of_what_both_players_gain_of_one_payoff(capsys, one_payoff):
  def responses(*given):
    assert given == ('train', 'test', 40, 3, 0.01)
    return {'critic': Response(1.0, 0.35, 0.3), 'generator': Response(2.0, 1.95, 1.75)}, one_payoff

  answer = probes.equilibrium_gap(probes.Subject(None, None, None, responses), 40, 3, 0.01)
  epsilon = {'equilibrium_epsilon_40': 0.475} if one_payoff else {}
  assert found(answer) == pytest.approx({'critic_gain_40': 0.7, 'generator_gain_40': 0.25, **epsilon})
  (line,) = capsys.readouterr().out.splitlines()
  assert line.startswith('the generator gains 0.25 in 40 steps, 0.2 of it in the last tenth: it goes on')


def test_nobody_plays_against_a_moving_average():
  assert probes.equilibrium_gap(subject(np.sign)) == probes.Answer([], {})
