"""Gradient penalties on the critic: terms of its loss by name, one value per pair.

A penalty is a function or a `tf.Module` as the protocol `Penalty` says. Its terms are added to the critic's loss before
the one mean over the batch, and reported under their names. A module's trainable variables learn with the critic, and
its whole state is part of a checkpoint.

Every penalty is of slopes ||grad f||, f being the critic's logit and the norm running over all axes of an example. What
they differ in are arguments:

* the *place* where the slope is taken, `batch -> points [n, ...]`: `between_pairs`, `at_real`, `at_fake`;
* the *squares*, how ||grad f||^2 is had, `(critic, points, random) -> [n]`: `exact_squares` or `difference_squares`;
* the *weight*, a number or a function of the run's progress, of `ramps.py`.

Labels are no part of an example. Where a batch has some, the critic is a function of (examples, labels), a place
returns (points, labels), and squares take the labels as one more argument.

`on_probability` and `lazily` turn a penalty into another one, `together` makes one of several.
"""

import itertools
from collections.abc import Sequence
from typing import Any, Callable, NamedTuple, Protocol, Union

import gin
import tensorflow as tf

from tfgan_landscape.config.arguments import Count, NonNegative, Positive, Whole, configurable
from tfgan_landscape.errors import InputError

_given = ['critic', 'batch', 'generators']
_Weight = Union[NonNegative, Callable]


class Batch(NamedTuple):
  """What one step sees, of a trainer on one replica.

  Attributes:
    real: examples [n, ...].
    fake: the generator's examples [n, ...]; of a mixture, each by the component that its latents draw.
    latents: [n, latent_dim], those of the fake ones.
    random: its `uniform(shape)` and `normal(shape)` are functions of the run's seed and the step, so that a resumed
      run repeats them.
    progress: share of the iterations that are done, in [0, 1), a scalar tensor.
    step: the critic steps done, an integer scalar tensor.
    real_labels: of the real examples, int [n]; None for a GAN that is not conditional.
    fake_labels: of the fake ones, likewise.
  """

  real: Any
  fake: Any
  latents: Any
  random: Any
  progress: Any
  step: Any
  real_labels: Any = None
  fake_labels: Any = None


class Penalty(Protocol):
  """What a critic step calls."""

  def __call__(self, critic, batch, generators):
    """Returns {name: values [n]}, the terms that are added to the critic's loss; {} for none.

    Args:
      critic: maps examples [n, ...], and labels [n] where the batch has some, to logits [n].
      batch: `Batch`.
      generators: has `networks`, a list of functions from latents [n, latent_dim] to examples, or to
        (examples, labels) where the batch has labels.
    """


@configurable(denylist=_given)
def none(critic, batch, generators):
  """No penalty: no terms."""
  del critic, batch, generators
  return {}


@configurable(denylist=['batch'])
def between_pairs(batch):
  """One point a pair on the straight line from real to fake, a x + (1 - a) y with a ~ U(0, 1) (WGAN-GP, 0-GP).

  Its label is that of the nearer end.
  """
  real, fake = batch.real, batch.fake
  mix = batch.random.uniform([tf.shape(real)[0]] + [1] * (real.shape.rank - 1))
  points = mix * real + (1.0 - mix) * fake
  if batch.real_labels is None:
    return points
  return points, tf.where(tf.reshape(mix, [-1]) >= 0.5, batch.real_labels, batch.fake_labels)


@configurable(denylist=['batch'])
def at_real(batch):
  """The real examples."""
  return _labelled(batch.real, batch.real_labels)


@configurable(denylist=['batch'])
def at_fake(batch):
  """The generated examples."""
  return _labelled(batch.fake, batch.fake_labels)


@configurable(denylist=['batch'])
def around_real(batch, spread: Positive = 0.5):
  """The real examples with noise N(0, spread^2 I), as DRAGAN has them (Kodali et al. 2017)."""
  return _labelled(batch.real + spread * batch.random.normal(_shape(batch.real)), batch.real_labels)


def _labelled(points, labels):
  return points if labels is None else (points, labels)


def _placed(place, batch):
  """Returns (points [n, ...], the arguments that follow them in a call of the critic: none, or labels [n])."""
  found = place(batch)
  points, *labels = found if isinstance(found, tuple) else (found,)
  if bool(labels) != (batch.real_labels is not None):
    raise InputError(
      f'{getattr(place, "__name__", place)} returns points {"with" if labels else "without"} labels, and the batch has'
      f' {"none" if labels else "some"}; return (points, labels) where batch.real_labels is not None'
    )
  return points, labels


def _of_slopes(name, critic, batch, place, weight, center, one_sided=False):
  """{name: weight (||grad f|| - center)^2}, where it is one-sided of slopes above `center` only."""
  points, labels = _placed(place, batch)
  excess = slope(critic, points, *labels) - center
  return {name: _at(weight, batch) * tf.square(tf.nn.relu(excess) if one_sided else excess)}


def _of_squares(name, critic, batch, place, weight, squares):
  """{name: weight ||grad f||^2}."""
  points, labels = _placed(place, batch)
  return {name: weight * squares(critic, points, batch.random, *labels)}


@configurable(denylist=_given)
def gradient_penalty(
  critic,
  batch,
  generators,
  weight: _Weight = 10.0,
  center: NonNegative = 1.0,
  one_sided: bool = False,
  place: Callable = between_pairs,
):
  """WGAN-GP's penalty (Gulrajani et al. 2017, Eq. 3), weight (||grad f|| - center)^2.

  Args:
    critic: maps [n, ...] to logits [n].
    batch: `Batch`.
    generators: see `Penalty`.
    weight: lambda, 10 in the paper.
    center: the slope that is not penalised.
    one_sided: whether slopes below `center` are left alone.
    place: where the slope is taken; on one random point of the line between each pair in the paper.

  Returns:
    {'gradient_penalty': [n]}, at least 0.
  """
  del generators
  return _of_slopes('gradient_penalty', critic, batch, place, weight, center, one_sided)


@configurable(denylist=_given)
def dragan(critic, batch, generators, weight: _Weight = 10.0, place: Callable = around_real):
  """DRAGAN's penalty (Kodali et al. 2017): `gradient_penalty` around the real examples."""
  del generators
  return _of_slopes('dragan', critic, batch, place, weight, 1.0)


@configurable(denylist=_given)
def lipschitz(critic, batch, generators, weight: _Weight = 10.0, place: Callable = between_pairs):
  """WGAN-LP's penalty (Petzka et al. 2018): the one-sided `gradient_penalty`, of slopes above 1 only."""
  del generators
  return _of_slopes('lipschitz', critic, batch, place, weight, 1.0, one_sided=True)


@configurable(denylist=['critic', 'points', 'random', 'labels'])
def exact_squares(critic, points, random, labels=None):
  """Returns ||grad f||^2 [n] at points [n, ...], of labels [n] where the critic takes some."""
  del random
  return _squares(_gradients(critic, points, labels))


@configurable(denylist=['critic', 'points', 'random', 'labels'])
def difference_squares(critic, points, random, labels=None, width: Positive = 1e-2, one_in: Count = 1):
  """Returns an estimate of ||grad f||^2 [n] at points [n, ...] without a second derivative: one pass over 2n examples.

  ((f(x + width v) - f(x - width v)) / (2 width))^2 with v ~ N(0, I). Its mean over v is ||grad f||^2 up to O(width^2),
  and exact where f is linear; its variance there is 2 ||grad f||^4 (v's part along the gradient is N(0, 1)).

  Args:
    critic: maps [n, ...] to logits [n].
    points: [n, ...].
    random: source of `normal(shape)`.
    labels: [n] where the critic takes some.
    width: of the difference; small for a small bias, large against rounding.
    one_in: only one in so many points is looked at, and counts for all of them: fewer passes, a larger variance.
  """
  count = points.shape[0]
  points = points[::one_in]
  shift = width * random.normal(_shape(points))
  both_labels = () if labels is None else (tf.tile(labels[::one_in], [2]),)
  above, below = tf.split(tf.reshape(critic(tf.concat([points + shift, points - shift], 0), *both_labels), [-1]), 2)
  squares = tf.square((above - below) / (2.0 * width))
  if one_in == 1:
    return squares
  places = one_in * tf.range(points.shape[0])[:, None]
  return tf.scatter_nd(places, squares * (count / points.shape[0]), [count])


@configurable(denylist=_given)
def zero_centered(
  critic,
  batch,
  generators,
  weight: _Weight = 10.0,
  place: Callable = between_pairs,
  squares: Callable = exact_squares,
):
  """0-GP (Thanh-Tung et al. 2019, Eq. 6), weight ||grad f||^2 on the line between each pair.

  With `place` `at_real` or `at_fake` it is the paper's 0-GP-sample. The paper's toy code takes the slope of the
  probability, `on_probability`, its ImageNet code that of the logit.
  """
  del generators
  return _of_squares('zero_centered', critic, batch, place, _at(weight, batch), squares)


@configurable(denylist=_given)
def r1(critic, batch, generators, gamma: _Weight = 1.0, squares: Callable = exact_squares):
  """R1 (Mescheder et al. 2018, Eq. 9): `zero_centered` at real examples, gamma / 2 ||grad f||^2."""
  del generators
  return _of_squares('r1', critic, batch, at_real, 0.5 * _at(gamma, batch), squares)


@configurable(denylist=_given)
def r2(critic, batch, generators, gamma: _Weight = 1.0, squares: Callable = exact_squares):
  """R2 (Mescheder et al. 2018, Eq. 10): `zero_centered` at generated examples, gamma / 2 ||grad f||^2."""
  del generators
  return _of_squares('r2', critic, batch, at_fake, 0.5 * _at(gamma, batch), squares)


@configurable(denylist=_given)
def r1_r2(critic, batch, generators, gamma: _Weight = 1.0, squares: Callable = exact_squares):
  """R1 + R2 of one gamma, as R3GAN has them (Huang et al. 2024)."""
  return {**r1(critic, batch, generators, gamma, squares), **r2(critic, batch, generators, gamma, squares)}


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
    path, labels = _placed(lambda batch: generators.networks[0](mix * codes + (1.0 - mix) * batch.latents), batch)
    path = tf.stop_gradient(path)
    error = tf.reduce_mean(tf.square(found - batch.latents), 1)
    return {
      'latent_path': _at(self._weight, batch) * self._squares(critic, path, batch.random, *labels),
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
    points, labels = _placed(between_pairs, batch)
    if labels and self.buffer:
      raise InputError(
        f'MaxGradient.buffer = {self.buffer} keeps points without their labels; bind 0 for a conditional GAN'
      )
    replica = tf.distribute.get_replica_context()
    stride = points.shape[0] * replica.num_replicas_in_sync // self.buffer if self.buffer else 0
    if stride:
      points = self._with_kept(points, stride, replica)
    at = critic, points, *labels
    squares = tf.square(slope(*at) - self._center) if self._center else _squares(_gradients(*at))
    everywhere = _everywhere(tf.stop_gradient(squares), replica)
    if stride:
      self._keep(_everywhere(points, replica), everywhere)
    first = points.shape[0] * replica.replica_id_in_sync_group
    largest = tf.range(points.shape[0]) + first == tf.argmax(everywhere, output_type=tf.int32)
    share = tf.cast(tf.size(everywhere), squares.dtype)
    return {'max_gradient': _at(self._weight, batch) * share * tf.where(largest, squares, 0.0)}

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
    names = []

    def strong():
      terms = penalty(critic, batch, generators)
      names[:] = terms
      return [float(every) * values for values in terms.values()]

    def idle():
      if not names:  # only eagerly; in a graph `strong` was traced first
        names.extend(penalty(critic, batch, generators))
      return [tf.zeros([tf.shape(batch.real)[0]]) for _ in names]

    values = tf.cond(tf.equal(batch.step % every, 0), strong, idle)
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


def slope(critic, points, labels=None):
  """Returns the critic's slope ||grad f|| [n] at points [n, ...]; where it is 0, its own gradient is 0."""
  squares = _squares(_gradients(critic, points, labels))
  positive = squares > 0.0
  return tf.where(positive, tf.sqrt(tf.where(positive, squares, 1.0)), 0.0)


def _gradients(critic, points, labels=None):
  with tf.GradientTape(watch_accessed_variables=False) as tape:
    tape.watch(points)
    logits = critic(points) if labels is None else critic(points, labels)
  return tape.gradient(logits, points)


def _squares(gradients):
  return tf.reduce_sum(tf.square(gradients), axis=tf.range(1, tf.rank(gradients)))


def _shape(points):
  return [tf.shape(points)[0], *points.shape[1:]]


def _at(weight, batch):
  return weight(batch.progress) if callable(weight) else weight
