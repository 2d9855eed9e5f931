"""Losses of points without a critic: values by hand, their optima, and whole runs with them."""

import numpy as np
import pytest
import scipy.optimize
import tensorflow as tf

from tfgan_landscape.dynamics import direct_losses, small_mlp, whole_runs
from tfgan_landscape.dynamics.descent import Momentum
from tfgan_landscape.errors import InputError
from tfgan_landscape.studies import checks

SEED = tf.constant([1, 2])
LOSSES = [
  direct_losses.sliced_wasserstein,
  direct_losses.max_sliced_wasserstein,
  direct_losses.coulomb,
  direct_losses.imle,
  direct_losses.mmd_gaussian,
  direct_losses.mmd_rational_quadratic,
  direct_losses.drifting,
  direct_losses.exact_critic,
]


def points(*values):
  return tf.constant(values, tf.float32)


def mean(loss, real, fake, **named):
  return float(tf.reduce_mean(loss(real, fake, SEED, **named)))


def test_on_a_line_sliced_distances_are_those_of_sorted_points():
  """{0, 4} and {5, 1}: each one apart."""
  real, fake = points([0.0], [4.0]), points([5.0], [1.0])
  for loss in (direct_losses.sliced_wasserstein, direct_losses.max_sliced_wasserstein):
    assert mean(loss, real, fake) == pytest.approx(1, rel=1e-6)


def test_the_exact_critic_on_a_line_is_the_wasserstein_distance_of_sorted_points():
  """{0, 4} and {5, 1}: each one apart; {0, 4} and {6, 1}: 1 and 2."""
  assert mean(direct_losses.exact_critic, points([0.0], [4.0]), points([5.0], [1.0])) == pytest.approx(1)
  assert mean(direct_losses.exact_critic, points([0.0], [4.0]), points([6.0], [1.0])) == pytest.approx(1.5)


def test_the_exact_critic_in_the_plane_is_the_optimal_assignments_value():
  random = np.random.default_rng(0)
  real, fake = (tf.constant(random.normal(size=[12, 2]) + shift, tf.float32) for shift in (0, 1))
  distances = np.linalg.norm(fake.numpy()[:, None] - real.numpy(), axis=2)
  best = distances[scipy.optimize.linear_sum_assignment(distances)].mean()
  assert mean(direct_losses.exact_critic, real, fake, smoothing=0.01, steps=500) == pytest.approx(best, rel=2e-3)
  assert mean(direct_losses.exact_critic, real, fake) == pytest.approx(best, rel=0.02)


def test_the_exact_critic_leads_straight_to_partners_with_slope_1():
  """Real points on a grid, each generated one beside another's place: (0.3, 0.4) away."""
  real = np.stack(np.meshgrid(*2 * [4.0 * np.arange(4)]), -1).reshape(-1, 2).astype(np.float32)
  order = np.random.default_rng(1).permutation(16)
  fake = tf.constant(real[order] + np.float32([0.3, 0.4]))
  with tf.GradientTape() as tape:
    tape.watch(fake)
    values = direct_losses.exact_critic(tf.constant(real), fake, SEED)
  np.testing.assert_allclose(values, np.full(16, 0.5), rtol=1e-5)
  np.testing.assert_allclose(tape.gradient(values, fake), np.tile([0.6, 0.8], [16, 1]), rtol=1e-4)


def test_a_shift_in_the_plane_is_worth_half_of_its_square_in_the_mean_and_all_of_it_at_most():
  random = tf.random.stateless_normal([50, 2], [0, 0])
  shifted = random + [3.0, 0.0]
  assert mean(direct_losses.sliced_wasserstein, random, shifted, directions=20_000) == pytest.approx(4.5, rel=0.03)
  assert mean(direct_losses.max_sliced_wasserstein, random, shifted, directions=20_000) == pytest.approx(9, rel=1e-3)


def test_coulombs_energy_by_hand():
  """One real point at 0 and one generated at 3, epsilon = 4, dimension 1: 1/4 + 1/4 - 2/5."""
  found = mean(direct_losses.coulomb, points([0.0]), points([3.0]), epsilon=4.0, dimension=1.0)
  assert found == pytest.approx(0.1, rel=1e-6)


def test_discrepancies_by_hand():
  """One real point at 0 and one generated at 2: 2 - 2 k, k = exp(-2 / 9), and (1 + 2 / 3)^-3."""
  real, fake = points([0.0]), points([2.0])
  gaussian = mean(direct_losses.mmd_gaussian, real, fake, bandwidths=(3.0,))
  assert gaussian == pytest.approx(2 - 2 * np.exp(-2 / 9), rel=1e-6)
  quadratic = mean(direct_losses.mmd_rational_quadratic, real, fake, alphas=(3.0,))
  assert quadratic == pytest.approx(2 - 2 * (5 / 3) ** -3, rel=1e-6)
  both = mean(direct_losses.mmd_gaussian, real, fake, bandwidths=(3.0, 1.0))
  assert both == pytest.approx(2 - np.exp(-2 / 9) - np.exp(-2), rel=1e-6)


def test_drift_by_hand():
  """Real points 0 and 3, one generated at 1, temperature 1: the way there is (2 e^-2 - e^-1) / (e^-1 + e^-2)."""
  real, fake = points([0.0], [3.0]), tf.Variable(points([1.0]))
  way = (2 * np.exp(-2) - np.exp(-1)) / (np.exp(-1) + np.exp(-2))
  with tf.GradientTape() as tape:
    loss = direct_losses.drifting(real, fake, SEED)
  assert float(loss[0]) == pytest.approx(way**2, rel=1e-5)
  assert float(tape.gradient(loss, fake)[0, 0]) == pytest.approx(-2 * way, rel=1e-5)
  two = points([1.0], [1.5])
  pushed = direct_losses.drifting(real, two, SEED)  # the two generated ones repel each other: each is drawn less
  assert float(pushed[0]) == pytest.approx((way - 0.5 * np.exp(-0.5) / (1 + np.exp(-0.5))) ** 2, rel=1e-5)


def test_an_annealed_temperature_falls_by_a_constant_factor():
  real, fake = points([0.0], [3.0]), points([1.0])
  annealed = {'temperature': 4.0, 'final_temperature': 0.25, 'steps': 100}
  for step, temperature in ((0, 4.0), (50, 1.0), (100, 0.25), (900, 0.25)):
    found = direct_losses.drifting(real, fake, tf.constant([7, step]), **annealed)
    np.testing.assert_allclose(found, direct_losses.drifting(real, fake, SEED, temperature=temperature), rtol=1e-5)


def test_imle_asks_for_every_real_point_and_its_printed_form_for_every_generated_one():
  real, fake = points([0.0], [4.0]), points([1.0], [0.0])
  np.testing.assert_allclose(direct_losses.imle(real, fake, SEED), [0, 9])
  np.testing.assert_allclose(direct_losses.imle_as_in_table_3(real, fake, SEED), [1, 0])


@pytest.mark.parametrize('loss', LOSSES)
def test_equal_sets_are_the_optimum_and_collapse_is_none(loss):
  real = tf.random.stateless_normal([12, 2], [0, 0])
  order = tf.random.experimental.stateless_shuffle(real, [3, 4])
  collapsed = tf.repeat(real[:1], 12, 0)
  smoothed = loss is direct_losses.exact_critic  # its partners are shares of near points
  assert mean(loss, real, order) == pytest.approx(0, abs=1e-2 if smoothed else 1e-6)
  assert mean(loss, real, collapsed) > 0.05


def test_as_printed_collapse_onto_a_real_point_is_an_optimum():
  real = tf.random.stateless_normal([12, 2], [0, 0])
  assert mean(direct_losses.imle_as_in_table_3, real, tf.repeat(real[:1], 12, 0)) == 0


@pytest.mark.parametrize('loss', LOSSES)
def test_a_run_makes_it_small_and_leaves_the_critic_alone(loss):
  random = np.random.default_rng(0)
  critic = whole_runs.Learner(lambda weights, points: tf.zeros([1, points.shape[1]]), Momentum(0.01), 1)
  network = lambda weights, latents: small_mlp.apply(weights, latents, tf.tanh)  # noqa: E731
  generator = whole_runs.Learner(network, Momentum(0.02), 2)
  program = whole_runs.compiled(
    critic, generator, loss, lambda data, epoch: data, lambda *_: (), records=40, epochs_per_record=5
  )
  real = tf.constant(random.choice([-1.0, 1.0], [1, 16]) + 0.1 * random.standard_normal([1, 16]), tf.float32)
  latents = tf.constant(random.uniform(-2, 2, [1, 16]), tf.float32)
  states = critic.start([np.ones([1, 1], np.float32)]), generator.start(small_mlp.initial_weights([1, 8, 1], random))
  (values,), critic_weights, _ = program(*states, (real, latents), tf.constant(0))
  assert values[-1] < values[0] / 2
  np.testing.assert_array_equal(critic_weights[0], [[1.0]])


def test_it_meets_no_penalty():
  with pytest.raises(InputError, match='the loss IMLE needs no critic, and no penalty fits it'):
    checks.check({'IMLE': direct_losses.imle}, {'none': None, 'gp': lambda *_: {}})
