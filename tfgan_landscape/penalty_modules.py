"""Penalties with state, which are modules, and penalties that are made of others: see `penalties.py`."""

import itertools
from collections.abc import Sequence
from typing import Callable, Union

import gin
import tensorflow as tf

from tfgan_landscape.config.arguments import Count, NonNegative, Whole, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.slopes import between_pairs, exact_squares, gradients, placed, slope, squared_norms, weight_at

_Weight = Union[NonNegative, Callable]


@configurable
class LatentPath(tf.Module):
  """0-GP on the path through the latent space (0-GP paper, Appendix F, Algorithm 1), bound as `@LatentPath()`.

  The slope is taken at G(a E(x) + (1 - a) z), a ~ U(0, 1), for pairs of a real x and G(z). The encoder E learns with
  the critic to find the latents of generated examples, mean squared error, so that its codes of real ones are near the
  latents' distribution where the generator is good. The paper asks for an encoder that makes normally distributed
  codes, and does not say how it learns.

  Args:
    encoder: makes E, a Keras model from examples [n, ...] to latents [n, latent_dim], as many as the generator takes.
    weight: of the squared slope.
    encoder_weight: of E's error.
    squares: how the squared slope is had.
  """

  def __init__(
    self,
    encoder: Callable = gin.REQUIRED,
    weight: _Weight = 10.0,
    encoder_weight: NonNegative = 1.0,
    squares: Callable = exact_squares,
  ):
    super().__init__()
    self.encoder = encoder()
    self._weight, self._encoder_weight, self._squares = weight, encoder_weight, squares

  def __call__(self, critic, batch, generators):
    """Returns {'latent_path': [n], 'encoder': [n]}, see `Penalty`."""
    codes, found = self.encoder(batch.real), self.encoder(tf.stop_gradient(batch.fake))
    if codes.shape[1] != batch.latents.shape[1]:
      raise InputError(
        f'LatentPath.encoder makes codes of {codes.shape[1]} numbers and the generator takes {batch.latents.shape[1]} '
        'latents (a mixture one more than its components); bind as many'
      )
    mix = batch.random.uniform([tf.shape(codes)[0], 1])
    path, labels = placed(lambda batch: generators.networks[0](mix * codes + (1.0 - mix) * batch.latents), batch)
    path = tf.stop_gradient(path)
    error = tf.reduce_mean(tf.square(found - batch.latents), 1)
    return {
      'latent_path': weight_at(self._weight, batch) * self._squares(critic, path, batch.random, *labels),
      'encoder': self._encoder_weight * error,
    }


@configurable
class MaxGradient(tf.Module):
  """MaxGP (LGAN paper, Appendix E, Eq. 18), weight max (||grad f|| - center)^2 over a batch, bound as `@MaxGradient()`.

  The largest slope is looked for at one point between each pair and at the points of a buffer S_max, which keeps those
  with the largest slopes of the last step, by the slopes that they had then: of a batch of B points every B / buffer-th
  is the buffer's. The paper's buffer is half of a batch, its toy code's an eighth, and its CIFAR-10 code has none. The
  maximum is that of all replicas.

  Args:
    shape: of an example; of use with a buffer only.
    weight: lambda.
    center: the slope that is not penalised: 0, or 1 for a 1-GP of the largest slope.
    buffer: points that S_max keeps, a divisor of the batch and at most half of it; 0 for none. It keeps no labels.
  """

  def __init__(
    self,
    shape: Sequence[Count] = (),
    weight: _Weight = 0.1,
    center: NonNegative = 0.0,
    buffer: Whole = 0,
  ):
    super().__init__()
    self._weight, self._center, self.buffer = weight, center, buffer
    once = {'trainable': False, 'aggregation': tf.VariableAggregation.ONLY_FIRST_REPLICA}
    if buffer:
      self.kept = tf.Variable(tf.zeros([buffer, *shape]), name='kept', **once)
      self.filled = tf.Variable(False, name='filled', **once)

  def __call__(self, critic, batch, generators):
    """Returns {'max_gradient': [n]}, whose mean over the batch is the penalty, see `Penalty`."""
    del generators
    points, labels = placed(between_pairs, batch)
    if labels and self.buffer:
      raise InputError(
        f'MaxGradient.buffer = {self.buffer} keeps points without their labels; bind 0 for a conditional GAN'
      )
    replica = tf.distribute.get_replica_context()
    stride = points.shape[0] * replica.num_replicas_in_sync // self.buffer if self.buffer else 0
    if stride:
      points = self._with_kept(points, stride, replica)
    at = critic, points, *labels
    squares = tf.square(slope(*at) - self._center) if self._center else squared_norms(gradients(*at))
    everywhere = _everywhere(tf.stop_gradient(squares), replica)
    if stride:
      self._keep(_everywhere(points, replica), everywhere)
    first = points.shape[0] * replica.replica_id_in_sync_group
    largest = tf.range(points.shape[0]) + first == tf.argmax(everywhere, output_type=tf.int32)
    share = tf.cast(tf.size(everywhere), squares.dtype)
    return {'max_gradient': weight_at(self._weight, batch) * share * tf.where(largest, squares, 0.0)}

  def _with_kept(self, points, stride, replica):
    """Puts this replica's share of the buffer in the place of every so many points, once it is filled."""
    count = points.shape[0] // stride
    mine = tf.gather(self.kept, count * replica.replica_id_in_sync_group + tf.range(count))
    places = stride * tf.range(count)[:, None]
    return tf.where(self.filled, tf.tensor_scatter_nd_update(points, places, mine), points)

  def _keep(self, points, squares):
    self.kept.assign(tf.gather(points, tf.math.top_k(squares, self.buffer).indices))
    self.filled.assign(True)


def _everywhere(values, replica):
  """The values [n, ...] of all replicas, in their order."""
  return values if replica.num_replicas_in_sync == 1 else replica.all_gather(values, axis=0)


@configurable
def on_probability(penalty: Callable = gin.REQUIRED):
  """Returns a penalty with D = sigmoid(f) in place of the logit f.

  Args:
    penalty: `Penalty` without variables.

  Raises:
    InputError: it has some: they would be in no checkpoint.
  """
  _refuse_variables('on_probability', penalty)

  def of_probability(critic, batch, generators):
    return penalty(lambda *examples: tf.sigmoid(critic(*examples)), batch, generators)

  return of_probability


@configurable
def on_scaled_logits(penalty: Callable = gin.REQUIRED):
  """Returns a penalty of f / s, s the root mean square of the logits of the batch, a constant to the gradient.

  A penalty of gradients then weighs the same whatever scale the critic has (R3GAN2, 2026).

  Args:
    penalty: `Penalty` without variables.

  Raises:
    InputError: it has some: they would be in no checkpoint.
  """
  _refuse_variables('on_scaled_logits', penalty)

  def of_scaled(critic, batch, generators):
    pairs = zip((batch.real, batch.fake), (batch.real_labels, batch.fake_labels))
    logits = tf.concat([tf.reshape(critic(*(each for each in pair if each is not None)), [-1]) for pair in pairs], 0)
    scale = tf.stop_gradient(tf.sqrt(tf.reduce_mean(tf.square(logits)) + 1e-12))
    return penalty(lambda *examples: critic(*examples) / scale, batch, generators)

  return of_scaled


@configurable
def lazily(penalty: Callable = gin.REQUIRED, every: Count = 16):
  """Returns a penalty at every so many critic steps, that many times as strong (lazy regularisation, StyleGAN2).

  Args:
    penalty: `Penalty` without variables.
    every: critic steps from one to the next; 1 is the penalty itself.

  Raises:
    InputError: the penalty has variables: they would be in no checkpoint.
  """
  _refuse_variables('lazily', penalty)

  def now_and_then(critic, batch, generators):
    names, due = [], tf.equal(batch.step % every, 0)
    if getattr(batch.random, 'of_whole_runs', False):  # one program, in which XLA takes no branch with such gradients
      terms = penalty(critic, batch, generators)
      return {name: tf.where(due, float(every) * values, 0.0) for name, values in terms.items()}

    def strong():
      terms = penalty(critic, batch, generators)
      names[:] = terms
      return [float(every) * values for values in terms.values()]

    def idle():
      if not names:  # only eagerly; in a graph `strong` was traced first
        names.extend(penalty(critic, batch, generators))
      return [tf.zeros([tf.shape(batch.real)[0]]) for _ in names]

    values = tf.cond(due, strong, idle)
    return dict(zip(names, values))

  return now_and_then if every > 1 else penalty


def _refuse_variables(name, penalty):
  if getattr(penalty, 'variables', ()):
    raise InputError(f'{name}.penalty has variables of its own ({type(penalty).__name__}); give a penalty without')


@configurable('together')
class Together(tf.Module):
  """One penalty with the terms of several, bound as `@together()`: of different kinds, or of one kind at two places.

  The second term of a name is called NAME_2, and so on.

  Args:
    penalties: each a `Penalty`; the state of those that are modules is kept and learns.
  """

  def __init__(self, penalties: Sequence[Callable] = gin.REQUIRED):
    super().__init__()
    self._penalties = tuple(penalties)
    self.stateful = [penalty for penalty in penalties if isinstance(penalty, tf.Module)]

  @property
  def buffer(self):
    """Points that a penalty among them keeps."""
    return max((getattr(penalty, 'buffer', 0) for penalty in self._penalties), default=0)

  def __call__(self, critic, batch, generators):
    """Returns {name: [n]} of all of them, see `Penalty`."""
    found = {}
    for penalty in self._penalties:
      for name, values in penalty(critic, batch, generators).items():
        names = itertools.chain([name], (f'{name}_{number}' for number in itertools.count(2)))
        found[next(each for each in names if each not in found)] = values
    return found
