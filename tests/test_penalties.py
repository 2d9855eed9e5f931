"""The penalties on critics whose slope is known in closed form."""

import functools
import inspect
import math
import types

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import penalties
from tfgan_landscape.errors import InputError


class Given:
  """Stands in for `tf.random`: hands out the mix that a test chose, and keeps the shapes asked for."""

  def __init__(self, mix):
    self.mix = tf.constant(mix, tf.float32)
    self.shapes = []

  def uniform(self, shape):
    self.shapes.append([int(size) for size in shape])
    return tf.reshape(self.mix, shape)


class GivenNormal:
  """Stands in for `tf.random`: hands out the noise that a test chose."""

  def __init__(self, noise):
    self.noise = tf.constant(noise)

  def normal(self, shape):
    return tf.reshape(self.noise, shape)


def linear(points):
  """f(x) = 3 x_0 + 4 x_1, of slope 5."""
  return tf.linalg.matvec(points, tf.constant([3.0, 4.0]))


def half_square(points):
  """f(x) = |x|^2 / 2, of slope |x|."""
  return 0.5 * tf.reduce_sum(tf.square(points), axis=tf.range(1, tf.rank(points)))


REAL, FAKE = tf.constant([[4.0, 0.0], [0.0, 2.0]]), tf.constant([[0.0, 0.0], [0.0, 6.0]])


def batch_of(real, fake, random=tf.random, progress=0.0, step=0):
  return penalties.Batch(real, fake, None, random, tf.constant(progress), tf.convert_to_tensor(step))


def terms(penalty, critic, real, fake, random=tf.random, **settings):
  """The penalty's terms by name, on a batch of these examples."""
  return penalty(critic, batch_of(real, fake, random), None, **settings)


def gradient_penalty(critic, real, fake, random=tf.random, **settings):
  return terms(penalties.gradient_penalty, critic, real, fake, random, **settings)['gradient_penalty']


def only(found):
  """The one term that there is."""
  (values,) = found.values()
  return values


# name: (its values on REAL and FAKE, by hand). The critic is |x|^2 / 2, whose slope is |x|: (4, 2) at the real, (0, 6)
# at the fake examples; with a = 3/4 and 1/4 the points between are (3, 0) and (0, 5).
MIX = [0.75, 0.25]
ROWS = {
  'slope': (lambda: penalties.slope(half_square, FAKE + [[3.0, 4.0], [0.0, 0.0]]), [5.0, 6.0]),
  'gradient_penalty': (lambda: gradient_penalty(half_square, REAL, FAKE, Given(MIX)), [40.0, 160.0]),
  'dragan': (
    lambda: only(terms(penalties.dragan, half_square, REAL, FAKE, place=penalties.at_real)),
    [90.0, 10.0],  # 10 (4 - 1)^2, 10 (2 - 1)^2
  ),
  'lipschitz': (
    lambda: only(terms(penalties.lipschitz, half_square, REAL / 4, FAKE / 2, weight=2.0, place=penalties.at_fake)),
    [0.0, 8.0],  # slopes 0 and 3
  ),
  'zero_centered': (lambda: only(terms(penalties.zero_centered, half_square, REAL, FAKE, Given(MIX))), [90.0, 250.0]),
  'r1': (lambda: only(terms(penalties.r1, half_square, REAL, FAKE, gamma=3.0)), [24.0, 6.0]),
  'r2': (lambda: only(terms(penalties.r2, half_square, REAL, FAKE, gamma=3.0)), [0.0, 54.0]),
  'r1_r2': (lambda: sum(terms(penalties.r1_r2, half_square, REAL, FAKE, gamma=3.0).values()), [24.0, 60.0]),
  # Logits 8 and 2 at the real examples, 0 and 18 at the fake ones.
  'centered_logits': (
    lambda: only(terms(penalties.centered_logits, half_square, REAL, FAKE, weight=0.5)),
    [32.0, 200.0],
  ),
  'equal_logits': (lambda: only(terms(penalties.equal_logits, half_square, REAL, FAKE, weight=0.5)), [32.0, 128.0]),
  'exact_squares': (lambda: penalties.exact_squares(half_square, FAKE, None), [0.0, 36.0]),
  # f(x + w v) - f(x - w v) = 2 w x v for a quadratic f: with v = (0.5, 2) the square of 6 * 2.
  'difference_squares': (
    lambda: penalties.difference_squares(half_square, FAKE, GivenNormal([[1.0, 1.0], [0.5, 2.0]])),
    [0.0, 144.0],
  ),
}
OTHERS = {'none', 'between_pairs', 'at_real', 'at_fake', 'around_real', 'on_probability', 'on_scaled_logits', 'lazily'}


def test_every_penalty_has_a_row():
  public = {name for name in penalties.__all__ if inspect.isfunction(getattr(penalties, name))}
  assert public == {*ROWS, *OTHERS}


@pytest.mark.parametrize('name', ROWS)
def test_penalty_has_the_values_done_by_hand(name):
  penalty, expected = ROWS[name]
  values = penalty()
  assert values.shape == [2]
  assert values.dtype == tf.float32
  np.testing.assert_allclose(values, expected, rtol=1e-5)


def test_slope_of_a_linear_critic_is_the_norm_of_its_weights_everywhere():
  np.testing.assert_allclose(penalties.slope(linear, tf.random.normal([7, 2])), [5.0] * 7, rtol=1e-6)


@pytest.mark.parametrize(
  ('settings', 'value'),
  [
    ({}, 160.0),  # 10 (5 - 1)^2
    ({'weight': 0.5}, 8.0),
    ({'center': 0.0}, 250.0),
    ({'center': 7.0}, 40.0),
    ({'one_sided': True}, 160.0),
    ({'center': 7.0, 'one_sided': True}, 0.0),
  ],
)
def test_gradient_penalty_of_a_linear_critic_is_weight_times_squared_excess(settings, value):
  real, fake = tf.random.normal([3, 2]), tf.random.normal([3, 2])
  penalty = gradient_penalty(linear, real, fake, **settings)
  np.testing.assert_allclose(penalty, [value] * 3, rtol=1e-5, atol=1e-9)


def test_mix_1_penalises_at_the_real_and_mix_0_at_the_fake_example():
  real, fake = tf.constant([[3.0, 4.0]]), tf.constant([[0.0, 2.0]])
  at_real = gradient_penalty(half_square, real, fake, Given([1.0]))
  at_fake = gradient_penalty(half_square, real, fake, Given([0.0]))
  np.testing.assert_allclose([at_real[0], at_fake[0]], [160.0, 10.0], rtol=1e-6)


def test_images_are_mixed_by_one_number_a_pair_and_measured_over_all_axes():
  real, fake = tf.ones([2, 4, 3, 2]), -tf.ones([2, 4, 3, 2])
  random = Given([1.0, 0.75])
  penalty = gradient_penalty(half_square, real, fake, random, center=0.0, weight=1.0)
  assert random.shapes == [[2, 1, 1, 1]]
  np.testing.assert_allclose(penalty, [24.0, 6.0], rtol=1e-6)  # 24 pixels of 1 and of 1/2


def test_penalty_ends_in_the_hull_of_the_pair_and_covers_it():
  """With |x| as the slope and pairs (0, 1), the slopes are the mixes: uniform on (0, 1), one a pair."""
  real, fake = tf.zeros([4000, 1]), tf.ones([4000, 1])
  mixes = np.sqrt(gradient_penalty(half_square, real, fake, center=0.0, weight=1.0))
  assert mixes.min() > 0
  assert mixes.max() < 1
  np.testing.assert_allclose([mixes.mean(), mixes.std()], [1 / 2, 12**-0.5], atol=0.02)


def test_gradient_of_the_penalty_reaches_the_weights_of_the_critic():
  weights = tf.Variable([3.0, 4.0])

  def critic(points):
    return tf.linalg.matvec(points, weights)

  with tf.GradientTape() as tape:
    penalty = tf.reduce_mean(gradient_penalty(critic, REAL, FAKE))
  # d/da 10 (|a| - 1)^2 = 20 (|a| - 1) a / |a|
  np.testing.assert_allclose(tape.gradient(penalty, weights), [48.0, 64.0], rtol=1e-5)


@pytest.mark.parametrize('jit_compile', [None, True])
def test_gradient_through_a_bent_critic_in_a_compiled_step_is_that_of_differences(jit_compile):
  weights = tf.Variable([[0.4, -0.7], [0.2, 0.5]])

  def critic(points):
    return tf.reduce_sum(tf.tanh(points @ weights), 1)

  @tf.function(jit_compile=jit_compile)
  def step():
    with tf.GradientTape() as tape:
      penalty = tf.reduce_sum(gradient_penalty(critic, REAL, FAKE, Given([0.3, 0.9])))
    return penalty, tape.gradient(penalty, weights)

  _, gradient = step()
  for index in [(0, 0), (1, 1)]:
    step_size = 1e-2
    shift = tf.scatter_nd([index], [step_size], [2, 2])
    weights.assign_add(shift)
    above, _ = step()
    weights.assign_sub(2 * shift)
    below, _ = step()
    weights.assign_add(shift)
    np.testing.assert_allclose(gradient[index], (above - below) / (2 * step_size), rtol=2e-2, atol=1e-2)


def test_slope_0_gives_a_finite_gradient():
  weights = tf.Variable([0.0, 0.0])

  def critic(points):
    return tf.linalg.matvec(points, weights)

  with tf.GradientTape() as tape:
    penalty = gradient_penalty(critic, REAL, FAKE)
  np.testing.assert_allclose(penalty, [10.0, 10.0])
  np.testing.assert_allclose(tape.gradient(penalty, weights), [0.0, 0.0])


def test_critic_with_a_column_of_logits_is_penalised_like_one_with_a_vector():
  def column(points):
    return linear(points)[:, tf.newaxis]

  np.testing.assert_allclose(gradient_penalty(column, REAL, FAKE), [160.0, 160.0], rtol=1e-6)


@pytest.mark.parametrize('one_sided', [False, True])
def test_mean_penalty_is_that_of_tfgan(tfgan_losses, one_sided):
  """On a critic whose slope, sqrt(1 + cos^2 x_0) / 1.2, is on both sides of 1 and constant along a pair."""
  real = tf.random.normal([16, 2])
  fake = tf.stack([real[:, 0], tf.random.normal([16])], 1)

  def critic(points, _=None):
    return (tf.sin(points[:, 0]) + points[:, 1]) / 1.2

  @tf.function
  def theirs():
    return tfgan_losses.wasserstein_gradient_penalty(
      real, fake, None, critic, 'critic', epsilon=0.0, one_sided=one_sided, loss_collection=None
    )

  ours = gradient_penalty(critic, real, fake, weight=1.0, one_sided=one_sided)
  assert tf.reduce_mean(ours) > 1e-3
  np.testing.assert_allclose(tf.reduce_mean(ours), theirs(), rtol=1e-5)
  slopes = np.sqrt(1 + np.cos(real[:, 0]) ** 2) / 1.2
  assert slopes.min() < 1 < slopes.max() <= math.sqrt(2) / 1.2


def test_no_penalty_has_no_terms_and_calls_no_critic():
  def critic(_):
    raise AssertionError('called')

  assert terms(penalties.none, critic, tf.ones([3, 4, 4, 1]), tf.ones([3, 4, 4, 1])) == {}


@pytest.mark.parametrize(
  ('place', 'expected'),
  [(penalties.at_real, [16.0, 4.0]), (penalties.at_fake, [0.0, 36.0]), (penalties.between_pairs, [9.0, 25.0])],
)
def test_the_place_is_where_the_slope_is_taken(place, expected):
  settings = {'place': place, 'weight': 1.0}
  found = only(terms(penalties.zero_centered, half_square, REAL, FAKE, Given(MIX), **settings))
  np.testing.assert_allclose(found, expected, rtol=1e-6)
  found = gradient_penalty(half_square, REAL, FAKE, Given(MIX), center=0.0, **settings)
  np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_around_real_examples_lies_noise_of_the_given_spread():
  places = penalties.around_real(batch_of(tf.ones([4000, 3]), tf.zeros([4000, 3])), spread=0.25)
  np.testing.assert_allclose([np.mean(places), np.std(places)], [1.0, 0.25], atol=0.01)


def test_a_weight_may_follow_the_progress_of_the_run():
  def weight(progress):
    return 2.0 + 4.0 * progress

  found = penalties.r1(half_square, batch_of(REAL, FAKE, progress=0.5), None, gamma=weight)
  np.testing.assert_allclose(found['r1'], [32.0, 8.0], rtol=1e-6)  # 4 / 2 times the squared slopes 16 and 4


def test_on_scaled_logits_the_size_of_the_critic_does_not_count():
  """Logits 8, 2, 0, 18 have the root mean square sqrt(98); slopes 4 and 2."""
  scaled = penalties.on_scaled_logits(penalties.r1)
  found = only(terms(scaled, half_square, REAL, FAKE))
  np.testing.assert_allclose(found, np.array([16, 4]) / 98 / 2, rtol=1e-6)
  np.testing.assert_allclose(only(terms(scaled, lambda x: 7 * half_square(x), REAL, FAKE)), found, rtol=1e-6)


def test_on_probability_the_slope_is_that_of_the_sigmoid():
  # f = 3 x_0 + 4 x_1 at (0.3, 0.1): D (1 - D) * 5
  place = tf.constant([[0.3, 0.1]])
  probability = 1 / (1 + math.exp(-1.3))
  found = terms(penalties.on_probability(penalties.r1), linear, place, place)
  np.testing.assert_allclose(found['r1'], [0.5 * (5 * probability * (1 - probability)) ** 2], rtol=1e-5)


@pytest.mark.parametrize('compiled', [False, True])
def test_a_lazy_penalty_comes_at_every_nth_step_as_many_times_as_strong(compiled):
  lazy = penalties.lazily(penalties.r1_r2, every=3)

  def at(step):
    return lazy(half_square, batch_of(REAL, FAKE, step=step), None)

  at = tf.function(at) if compiled else at
  found = [at(tf.constant(step)) for step in (1, 2, 3, 4)]
  assert [set(each) for each in found] == [{'r1', 'r2'}] * 4
  np.testing.assert_allclose([each['r1'] for each in found], [[0, 0], [0, 0], [24, 6], [0, 0]], rtol=1e-6)
  assert penalties.lazily(penalties.r1, every=1) is penalties.r1


def test_the_gradient_of_a_lazy_penalty_reaches_the_critic_only_when_it_is_due():
  weights = tf.Variable([3.0, 4.0])

  @tf.function
  def gradient(step):
    with tf.GradientTape() as tape:
      lazy = penalties.lazily(penalties.r1, every=2)
      batch = batch_of(REAL, FAKE)._replace(step=step)
      value = tf.reduce_mean(lazy(lambda points: tf.linalg.matvec(points, weights), batch, None)['r1'])
    return tape.gradient(value, weights)

  np.testing.assert_allclose(gradient(tf.constant(4)), [6.0, 8.0], rtol=1e-6)  # 2 * 1/2 * 2 a
  np.testing.assert_allclose(gradient(tf.constant(5)), [0.0, 0.0])


def test_together_has_the_terms_of_all_two_of_a_kind_too():
  both = penalties.Together([penalties.r1, penalties.zero_centered])
  assert set(both(half_square, batch_of(REAL, FAKE), None)) == {'r1', 'zero_centered'}
  ends = [functools.partial(penalties.zero_centered, place=place) for place in (penalties.at_real, penalties.at_fake)]
  found = penalties.Together(ends)(half_square, batch_of(REAL, FAKE), None)
  np.testing.assert_allclose(found['zero_centered'], [160.0, 40.0])
  np.testing.assert_allclose(found['zero_centered_2'], [0.0, 360.0])
  assert [*penalties.Together([penalties.r1] * 3)(linear, batch_of(REAL, FAKE), None)] == ['r1', 'r1_2', 'r1_3']


def told_by(labels):
  """A critic that notes the labels that it is told, and scores each by itself: f(x, l) = l |x|^2 / 2."""

  def critic(points, given):
    labels.append(np.asarray(given))
    return tf.cast(given, tf.float32) * half_square(points)

  return critic


LABELS = {'real_labels': tf.constant([1, 3]), 'fake_labels': tf.constant([9, 3])}
LABELLED = {
  'between_pairs': (penalties.zero_centered, {'weight': 1.0}, [1, 3], [9.0, 225.0]),  # (1 * 3)^2, (3 * 5)^2
  'at_real': (penalties.r1, {'gamma': 2.0}, [1, 3], [16.0, 36.0]),
  'at_fake': (penalties.r2, {'gamma': 2.0}, [9, 3], [0.0, 324.0]),
  'gradient_penalty': (penalties.gradient_penalty, {'weight': 1.0}, [1, 3], [4.0, 196.0]),
  'on_probability': (penalties.on_probability(penalties.r1), {}, [1, 3], None),
  'lazily': (penalties.lazily(penalties.r1, every=2), {}, [1, 3], None),
  'together': (penalties.Together([penalties.r1]), {}, [1, 3], None),
  'max_gradient': (penalties.MaxGradient(weight=1.0), {}, [1, 3], [0.0, 450.0]),
}


@pytest.mark.parametrize('name', LABELLED)
def test_labels_are_told_as_they_are_and_have_no_slope(name):
  """Between a 1 and a 9 the critic is told the nearer end's, and never 5."""
  penalty, settings, expected, values = LABELLED[name]
  labels = []
  found = only(penalty(told_by(labels), batch_of(REAL, FAKE, Given(MIX))._replace(**LABELS), None, **settings))
  np.testing.assert_array_equal(labels, [expected] * len(labels))
  if values is not None:
    np.testing.assert_allclose(found, values, rtol=1e-5)


def test_differences_tell_each_side_its_label():
  labels, noise = [], GivenNormal([[1.0, 1.0]])
  batch = batch_of(REAL, FAKE, noise)._replace(**LABELS)
  found = penalties.r2(
    told_by(labels), batch, None, gamma=2.0, squares=functools.partial(penalties.difference_squares, one_in=2)
  )
  np.testing.assert_array_equal(labels, [[9, 9]])
  np.testing.assert_allclose(found['r2'], [0.0, 0.0], atol=1e-9)  # the one point that is looked at is the origin


def test_what_cannot_keep_labels_or_forgets_them_is_refused():
  batch = batch_of(REAL, FAKE, Given(MIX))._replace(**LABELS)
  with pytest.raises(InputError, match='MaxGradient.buffer = 1 keeps points without their labels'):
    penalties.MaxGradient(shape=[2], buffer=1)(told_by([]), batch, None)

  def forgets(batch):
    return batch.real

  with pytest.raises(InputError, match='forgets returns points without labels, and the batch has some'):
    penalties.zero_centered(told_by([]), batch, None, place=forgets)


def test_together_keeps_the_state_of_its_parts_and_the_others_refuse_it():
  kept = penalties.MaxGradient(shape=[2], buffer=2)
  both = penalties.Together([penalties.r1, kept])
  assert both.buffer == 2
  assert {variable.name for variable in both.variables} == {'kept:0', 'filled:0'}
  for wrap in (penalties.lazily, penalties.on_probability):
    with pytest.raises(InputError, match=rf'{wrap.__name__}.penalty has variables of its own .MaxGradient.'):
      wrap(kept)
  wrapped = penalties.on_probability(penalties.MaxGradient())(linear, batch_of(REAL, FAKE, Given(MIX)), None)
  assert set(wrapped) == {'max_gradient'}


def test_differences_are_unbiased_with_the_variance_that_is_stated():
  """A linear critic of slope 5: mean 25, variance 2 * 5^4 = 1250."""
  points = tf.random.stateless_normal([40_000, 2], [1, 2])

  class Stateless:
    def normal(self, shape):
      return tf.random.stateless_normal(shape, [3, 4])

  found = np.asarray(penalties.difference_squares(linear, points, Stateless()))
  np.testing.assert_allclose(found.mean(), 25.0, rtol=0.03)
  np.testing.assert_allclose(found.var(), 1250.0, rtol=0.1)


def test_differences_at_one_in_four_points_count_for_all_of_them():
  """Slopes 0 to 7 and v = (1, 0): points 0 and 4, four times each."""
  points = tf.stack([tf.range(8.0), tf.zeros(8)], 1)
  found = penalties.difference_squares(half_square, points, GivenNormal([[1.0, 0.0]] * 2), one_in=4)
  np.testing.assert_allclose(found, [0, 0, 0, 0, 4 * 16.0, 0, 0, 0], rtol=1e-4)
  assert penalties.difference_squares(half_square, points[:3], GivenNormal([[1.0, 0.0]]), one_in=4).shape == [3]


@pytest.mark.parametrize('name', ['r1_r2', 'zero_centered', 'lipschitz', 'dragan'])
def test_gradients_of_penalties_of_a_linear_critic_are_those_by_hand(name):
  """d/da of c |a|^2 is 2 c a, of 10 (|a| - 1)^2 it is 20 (|a| - 1) a / |a|; a = (3, 4)."""
  weights = tf.Variable([3.0, 4.0])
  with tf.GradientTape() as tape:
    found = terms(getattr(penalties, name), lambda points: tf.linalg.matvec(points, weights), REAL, FAKE)
    value = tf.reduce_mean(sum(found.values()))
  factor = {'r1_r2': 2.0, 'zero_centered': 20.0, 'lipschitz': 16.0, 'dragan': 16.0}[name]
  np.testing.assert_allclose(tape.gradient(value, weights), factor * np.array([3.0, 4.0]), rtol=1e-5)


def test_on_the_path_through_the_latents_by_hand():
  """G(z) = 2 z, E(x) = x / 2 + 1: the path at a = 3/4 of x = 4 and z = 0 is G(3/4 * 3) = 4.5; E(G(z)) - z = 1."""
  path = penalties.LatentPath(lambda: lambda x: x / 2 + 1, weight=2.0, encoder_weight=3.0)
  latents, real = tf.zeros([1, 1]), tf.constant([[4.0]])
  batch = penalties.Batch(real, 2 * latents, latents, Given([0.75]), tf.constant(0.0), tf.constant(0))
  generators = types.SimpleNamespace(networks=[lambda z: 2 * z])
  found = path(half_square, batch, generators)
  np.testing.assert_allclose(found['latent_path'], [2 * 4.5**2], rtol=1e-6)
  np.testing.assert_allclose(found['encoder'], [3.0], rtol=1e-6)


def test_the_largest_slope_alone_is_penalised():
  """Points (3, 0) and (0, 5) of slopes 3 and 5: the mean of the terms is 0.1 x 25."""
  found = only(penalties.MaxGradient()(half_square, batch_of(REAL, FAKE, Given(MIX)), None))
  np.testing.assert_allclose(found, [0.0, 0.1 * 2 * 25.0])
  found = only(penalties.MaxGradient(weight=2.0, center=1.0)(half_square, batch_of(REAL, FAKE, Given(MIX)), None))
  np.testing.assert_allclose(found, [0.0, 2 * 2 * 16.0])  # (5 - 1)^2


def test_a_linear_critic_has_its_slope_everywhere():
  found = only(penalties.MaxGradient(weight=1.0)(linear, batch_of(REAL, FAKE, Given(MIX)), None))
  np.testing.assert_allclose(tf.reduce_mean(found), 25.0)


def scored(penalty, points):
  """One call of a penalty at points that are their own pairs."""
  points = tf.constant(points, tf.float32)[:, None]
  return float(tf.reduce_mean(only(penalty(half_square, batch_of(points, points, Given([0.5] * len(points))), None))))


def test_the_buffer_keeps_the_largest_slopes_seen():
  """Slopes are the numbers themselves. A batch of four with a buffer of two: points 0 and 2 give way to the buffer."""
  penalty = penalties.MaxGradient(shape=[1], weight=1.0, buffer=2)
  assert scored(penalty, [1, 7, 3, 4]) == 49  # the buffer is empty: all four, of which 7 and 4 are kept
  np.testing.assert_allclose(penalty.kept[:, 0], [7, 4])
  assert scored(penalty, [9, 5, 9, 1]) == 49  # 7, 5, 4, 1: both nines had no place
  np.testing.assert_allclose(penalty.kept[:, 0], [7, 5])
  assert scored(penalty, [0, 8, 0, 6]) == 64
  np.testing.assert_allclose(penalty.kept[:, 0], [8, 7])


def test_the_gradient_reaches_the_critic_through_the_largest_slope_alone():
  factor = tf.Variable(2.0)
  with tf.GradientTape() as tape:
    found = penalties.MaxGradient(weight=1.0)(lambda x: factor * half_square(x), batch_of(REAL, FAKE, Given(MIX)), None)
    value = tf.reduce_mean(only(found))
  np.testing.assert_allclose([value, tape.gradient(value, factor)], [100.0, 100.0])  # (5 w)^2, 50 w


def test_two_replicas_find_the_largest_slope_of_both_and_keep_one_buffer(two_replicas):
  with two_replicas.scope():
    penalty = penalties.MaxGradient(shape=[1], weight=1.0, buffer=2)
  batches = [[1.0, 2.0, 5.0, 3.0], [0.0, 1.0, 0.0, 4.0]]

  def of_replica(points):
    return only(penalty(half_square, batch_of(points, points, Given([0.5, 0.5])), None))

  values = []
  for numbers in batches:
    points = two_replicas.experimental_distribute_values_from_function(
      lambda context, numbers=numbers: tf.constant(numbers)[2 * context.replica_id_in_sync_group :][:2, None]
    )
    found = tf.function(two_replicas.run)(of_replica, (points,))
    values.append(np.concatenate(two_replicas.experimental_local_results(found)))
  np.testing.assert_allclose(values, [[0, 0, 4 * 25, 0], [4 * 25, 0, 0, 0]])  # 5; then 5, 1, 3, 4
  np.testing.assert_allclose(penalty.kept[:, 0], [5, 4])
