"""MIX+GAN: mixtures of generators and of critics (Arora et al. 2017, Sections 4 and 5).

A mixture is one Keras model, made of its components and the logarithms of their weights, which learn together. The
pay-off of a game is its expectation over both mixtures, sum_ij w_i v_j F(G_i, D_j), and each player's objective has the
entropy term R_ent of its own weights: `expected` and `entropy`. Components may differ in their architecture.

A mixture of generators takes one more latent than its components; that one, N(0, 1), draws the component: the weights
divide the density of a Gaussian into T parts, as in the paper's proof of Theorem 4.3 (Lemma 2). So a sample is a
function of its latents, as of a plain generator's. A mixture of one component is that component itself.
"""

from collections.abc import Sequence
from typing import Callable

import gin
import tensorflow as tf

from tfgan_landscape.config.arguments import NonNegative, configurable
from tfgan_landscape.distribution import determinism
from tfgan_landscape.errors import InputError

layers = tf.keras.layers


class Weights(layers.Layer):
  """The mixture's weights, softmax of `log_weights` [T]; equal at first.

  Args:
    count: T.
    entropy: weight of the entropy term in the player's objective.
  """

  def __init__(self, count, entropy, **kwargs):
    super().__init__(dtype='float32', **kwargs)
    self.entropy = entropy
    self.log_weights = self.add_weight('log_weights', [count], initializer=tf.constant_initializer(1.0 / count))

  @property
  def shares(self):
    """The weights w [T], above 0, their sum is 1."""
    return tf.nn.softmax(self.log_weights)


class Draw(Weights):
  """Takes of each example the component that its uniform number draws."""

  def call(self, inputs):
    """Returns examples [n, ...] of [normal [n], examples of each component [n, ...], ...]."""
    normal, *examples = inputs
    uniforms = 0.5 * (1.0 + tf.math.erf(tf.cast(normal, tf.float32) / tf.sqrt(2.0)))
    return tf.gather(tf.stack(examples, 1), draw_components(self.shares, uniforms), axis=1, batch_dims=1)


class Mean(Weights):
  """The expected logit."""

  def call(self, inputs):
    """Returns logits [n, 1] of each component's logits [n, 1]."""
    return tf.reduce_sum(self.shares[:, None, None] * tf.stack(inputs), 0)


@configurable
def generators(components: Sequence[Callable] = gin.REQUIRED, entropy: NonNegative = 0.1):
  """Makes a mixture of generators, a Keras model from latents [n, latent_dim + 1] to examples [n, ...].

  Args:
    components: make the generators, of the same latents and examples, in any architecture.
    entropy: weight of R_ent, 0.1 in the released code.

  Raises:
    InputError: components that do not fit each other.
  """
  networks = _networks('generators', components)
  if len(networks) == 1:
    return networks[0]
  latents = tf.keras.Input((networks[0].input_shape[1] + 1,), name='latents')
  examples = [network(latents[:, :-1]) for network in networks]
  draw = Draw(len(networks), entropy, name='draw')
  return _mixture(networks, draw, latents, draw([latents[:, -1], *examples]), 'generators')


@configurable
def discriminators(components: Sequence[Callable] = gin.REQUIRED, entropy: NonNegative = 0.1):
  """Makes a mixture of critics, a Keras model from examples to their expected logits [n, 1].

  Args:
    components: make the critics, of the same examples, in any architecture.
    entropy: weight of R_ent, 0.1 in the released code.

  Raises:
    InputError: components that do not fit each other.
  """
  networks = _networks('discriminators', components)
  if len(networks) == 1:
    return networks[0]
  examples = tf.keras.Input(networks[0].input_shape[1:], name='examples')
  mean = Mean(len(networks), entropy, name='mean')
  return _mixture(networks, mean, examples, mean([network(examples) for network in networks]), 'discriminators')


def _networks(name, components):
  networks = [make() for make in components]
  shapes = {(network.input_shape, network.output_shape) for network in networks}
  if len(shapes) > 1:
    raise InputError(f'mixture.{name}.components differ in what they take and give; bind the same sizes')
  return networks


def _mixture(networks, weights, inputs, outputs, name):
  for index, network in enumerate(networks):
    network._name = f'{network.name}_{index}'  # a Keras model wants layers of different names
  model = tf.keras.Model(inputs, outputs, name=name)
  model.components, model.weighing = networks, weights
  return model


def parts(network):
  """Returns the components of a mixture; of any other network, itself alone."""
  return list(getattr(network, 'components', [network]))


def shares(network):
  """Returns the weights [T] of a mixture, or None for any other network."""
  return network.weighing.shares if hasattr(network, 'weighing') else None


def entropy(network):
  """Returns R_ent = -(1 / T) sum log(w + 1e-6) by its weight, a scalar; None for a network that is no mixture.

  Least where all weights are 1 / T (Section 5; its constant from the released code).
  """
  if not hasattr(network, 'weighing'):
    return None
  return -network.weighing.entropy * tf.reduce_mean(tf.math.log(network.weighing.shares + 1e-6))


def expected(values, weights):
  """Returns sum_k w_k values_k of a list of tensors of one shape; the only one where `weights` [T] is None."""
  if weights is None:
    (value,) = values
    return value
  return determinism.sum_in_order([weights[index] * value for index, value in enumerate(values)])


def draw_components(weights, uniforms):
  """Returns the component, int [n], that uniform numbers [n] in [0, 1] draw by weights [T]."""
  return tf.minimum(tf.searchsorted(tf.cumsum(weights), uniforms, 'right'), tf.size(weights) - 1)
