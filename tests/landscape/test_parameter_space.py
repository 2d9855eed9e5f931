"""Section 4.2 and Appendix K: what networks have to satisfy, and the way out in a generator's parameters."""

import numpy as np
import pytest

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import parameter_space


def sigmoid(t):
  return 1 / (1 + np.exp(-t))


def softplus(t):
  return np.log1p(np.exp(t))


def bad_generator(latents, generated, activation=np.tanh, units=None, biases=True, seed=0):
  """A perceptron with as many hidden units as points, or so many, that makes `generated` of latents."""
  random = np.random.default_rng(seed)
  network = landscape.random_perceptron(
    [latents.shape[1], 8, units or len(latents), generated.shape[1]], activation, random, biases
  )
  return network.with_last((np.linalg.pinv(network.features(latents)) @ generated).T)


def setting(n, seed, d=2):
  random = np.random.default_rng(seed)
  return random.standard_normal([n, d]), random.standard_normal([n, 3]), random


@pytest.mark.parametrize(
  ('activation', 'order'), [(np.tanh, 0), (sigmoid, 2), (softplus, 3), (lambda t: t * sigmoid(t), 0)]
)
def test_none_of_the_four_activations_that_the_paper_names_satisfies_k_5(activation, order):
  """sigmoid = 1/2 + t/4 - t^3/48, tanh = t - t^3/3, SoftPlus = log 2 + t/2 + t^2/8 - t^4/192, swish = t/2 + t^2/4."""
  found = parameter_space.analytic(activation, 10)
  assert not found
  assert found.why == f'the derivative of order {order} at 0 is 0'


@pytest.mark.parametrize('activation', [np.exp, lambda t: sigmoid(t + 1), lambda t: 1 / (2 - t)])
def test_k_5_holds_where_no_derivative_vanishes(activation):
  assert parameter_space.analytic(activation, 12)


@pytest.mark.parametrize(
  'activation', [lambda t: np.where(np.real(t) > 0, t, 0), np.abs, lambda t: np.real(t) ** 2 + 0j]
)
def test_what_is_not_analytic_is_told(activation):
  assert 'not analytic' in parameter_space.analytic(activation, 4).why


def test_an_odd_network_has_rank_2_on_two_latents_and_their_negatives():
  """A tanh network without biases is odd: G(-z) = -G(z), whatever its weights; K.4 and K.6 hold, K.5 does not."""
  random = np.random.default_rng(0)
  half = random.standard_normal([2, 3])
  latents = np.concatenate([half, -half])
  odd = landscape.random_perceptron([3, 16, 16, 2], np.tanh, random)
  found = landscape.network_assumptions(odd, latents)
  assert found['K.4']
  assert found['K.6']
  assert not found['K.5']
  assert found['4.6'].why == 'the features of the 4 inputs have rank 2'
  with_biases = landscape.random_perceptron([3, 16, 16, 2], np.tanh, random, biases=True)
  assert landscape.network_assumptions(with_biases, latents)['4.6']


@pytest.mark.parametrize('activation', [np.tanh, sigmoid, np.exp])
def test_lemma_2_random_wide_features_have_full_rank(activation):
  for seed in range(20):
    _, latents, random = setting(6, seed)
    network = landscape.random_perceptron([3, 10, 6, 2], activation, random, biases=True)
    assert landscape.network_assumptions(network, latents)['K.1'], seed


def test_random_wide_relus_are_not_of_full_rank_always():
  """No analytic function: units that are dead on all inputs are no rare event, as Lemma 2's are."""
  ranks = []
  for seed in range(100):
    _, latents, random = setting(6, seed)
    network = landscape.random_perceptron([3, 10, 6, 2], lambda t: np.maximum(t, 0), random)
    ranks.append(bool(landscape.network_assumptions(network, latents)['4.6']))
  assert 0 < sum(ranks) < 100


def test_the_two_cluster_generator_of_the_paper_is_too_narrow_for_its_own_assumption():
  """Last hidden layer of 5 units for n = 100 points: K.4 asks for 100."""
  random = np.random.default_rng(0)
  generator = landscape.random_perceptron([1, 5, 5, 1], np.tanh, random, biases=True)
  found = landscape.network_assumptions(generator, random.standard_normal(100))
  assert found['K.4'] == (False, '5 units in the last hidden layer, 100 inputs')
  assert found['4.6'].why == 'the features of the 100 inputs have rank 6'


def test_equal_latents_are_told():
  network = landscape.random_perceptron([1, 8, 1], np.tanh, np.random.default_rng(0), biases=True)
  assert landscape.network_assumptions(network, [0.1, 0.3, 0.1])['K.6'] == (False, 'inputs [0, 2] are equal')


@pytest.mark.parametrize('d', [1, 2])
@pytest.mark.parametrize('activation', [np.tanh, sigmoid, lambda t: np.maximum(t, 0)])
def test_proposition_2_the_way_out_is_one_of_the_parameters(activation, d):
  """Between the waypoints too: the generator stays on the path, and the value never rises."""
  for seed in range(5):
    real, latents, random = setting(5, seed, d)
    collapsed = real[random.integers(0, 2, 5)]
    generator = bad_generator(latents, collapsed, activation, 12)
    start = generator(latents)
    start[:] = collapsed  # to the last bit on the real points, as the values need
    path = landscape.escape_path(real, start)
    found = landscape.lift(path, generator, latents)
    assert found.error < 1e-9
    assert landscape.state(real, path.points[-1]).name == 'perfect'
    for share in np.linspace(0, 1, 5):
      for before, after, goal in zip(found.last, found.last[1:], zip(path.points, path.points[1:])):
        made = generator.with_last((1 - share) * before + share * after)(latents)
        np.testing.assert_allclose(made, (1 - share) * goal[0] + share * goal[1], atol=1e-8)
    assert (np.diff(found.values) <= 0).all()


def test_propositions_1_and_2_with_a_critic_that_is_a_network():
  """Along the lifted path the wide critic's own value is that of all functions, to 1e-6, and never rises."""
  real, latents, random = setting(4, 3)
  collapsed = real[[0, 0, 1, 1]]
  generator = bad_generator(latents, collapsed, np.tanh, 12)
  path = landscape.escape_path(real, collapsed)
  landscape.lift(path, generator, latents)
  critic = landscape.random_perceptron([2, 400, 1], lambda t: np.maximum(t, 0), random, biases=True)
  places = landscape.sample(path, 4)
  values = [landscape.critic_value(real, place, landscape.rs, critic) for place in places]
  exact = [landscape.relativistic_value(real, place, landscape.rs) for place in places]
  np.testing.assert_allclose(values, exact, atol=1e-6)
  assert max(np.diff(values)) < 1e-6


def test_proposition_1_parameters_of_a_collapsed_generator_are_no_way_out_for_a_separable_loss():
  """Every small change of all parameters raises JS-GAN's value, which only a strict local minimum does."""
  real, latents, random = setting(3, 0)
  collapsed = real[[0, 0, 1]]
  generator = bad_generator(latents, collapsed)
  here = landscape.separable_value(real, collapsed, landscape.js)
  assert landscape.js.certificate(real, collapsed).suboptimal
  for _ in range(50):
    kernels = tuple(kernel + 1e-3 * random.standard_normal(kernel.shape) for kernel in generator.kernels)
    assert landscape.separable_value(real, generator._replace(kernels=kernels)(latents), landscape.js) > here + 0.01


def test_a_network_one_unit_too_narrow_cannot_follow():
  real, latents, _ = setting(5, 0)
  wide, narrow = (bad_generator(latents, real, units=units, biases=False) for units in (5, 4))
  assert np.abs(narrow(latents) - real).max() > 1e-3  # it makes other points already
  start = narrow(latents)
  with pytest.raises(InputError, match=r'cannot be lifted, .* Assumption K.4 fails \(4 units .* 5 inputs\), .* rank 4'):
    landscape.lift(landscape.escape_path(real, start), narrow, latents)
  assert landscape.lift(landscape.escape_path(real, wide(latents)), wide, latents).error < 1e-9


def test_a_path_of_another_generator_is_refused():
  real, latents, _ = setting(4, 0)
  generator = bad_generator(latents, real)
  with pytest.raises(InputError, match='does not start where the generator is'):
    landscape.lift(landscape.escape_path(real, real[::-1] + 1), generator, latents)
  with pytest.raises(InputError, match=r'points \(4, 2\), the generator makes \(3, 2\)'):
    landscape.lift(landscape.escape_path(real, real), generator, latents[:3])


def test_equal_latents_cannot_follow_either():
  real, latents, _ = setting(4, 0)
  latents[3] = latents[0]
  generator = landscape.random_perceptron([3, 16, 2], np.tanh, np.random.default_rng(1), biases=True)
  with pytest.raises(InputError, match=r'Assumption K.6 fails \(inputs \[0, 3\] are equal\)'):
    landscape.lift(landscape.escape_path(real, generator(latents)), generator, latents)


def test_a_critic_that_is_too_narrow_or_has_two_outputs_is_refused():
  real, latents, random = setting(4, 0)
  generated = real[[0, 0, 1, 2]] + 0.5
  narrow = landscape.random_perceptron([2, 5, 1], np.tanh, random)
  with pytest.raises(InputError, match='cannot take the best values: Assumption K.4 fails'):
    landscape.critic_value(real, generated, landscape.js, narrow)
  with pytest.raises(InputError, match='2 outputs'):
    landscape.critic_value(real, generated, landscape.js, bad_generator(latents, real))


def test_a_keras_model_is_read():
  import tensorflow as tf

  layers = tf.keras.layers
  model = tf.keras.Sequential([tf.keras.Input((3,)), layers.Dense(7, 'tanh'), layers.Dense(6, 'tanh'), layers.Dense(2)])
  latents = np.random.default_rng(0).standard_normal([5, 3])
  np.testing.assert_allclose(landscape.perceptron(model)(latents), model(latents), atol=1e-6)
  assert landscape.network_assumptions(landscape.perceptron(model), latents)['4.6']
  with pytest.raises(InputError, match='no stack of Dense layers'):
    landscape.perceptron(tf.keras.Sequential([tf.keras.Input((8, 8, 1)), layers.Conv2D(3, 3), layers.Flatten()]))
