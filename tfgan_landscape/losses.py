"""GAN losses as they are trained with, one value per pair of a real and a fake example.

Every loss maps `(real_logits [n], fake_logits [n])`, the critic's f(x_i) and f(y_i), to
`GanLoss(discriminator [n], generator [n])`, both to be minimised; the one mean over the batch is the
trainer's. "Towards a Better Global Loss Landscape of GANs" (RS-GAN paper) splits them in two families:

* separable (Eq. 2): min_Y max_f (1/2n) sum_i h1(f(x_i)) + h2(-f(y_i));
* relativistic pairing (Eq. 3): min_Y max_f (1/n) sum_i h(f(x_i) - f(y_i)).

`landscape.Separable` and `landscape.KeptPairs` are those games, and losses themselves. A loss here takes its
discriminator's half from one of them, so that a training and the exact landscape read one definition, and adds the
generator's half that is usual: the non-saturating one.

`scale` multiplies a separable discriminator loss, and the generator's where it is the same game's value
(`saturating`, `separable`). 1, the default, is the sum of two means that most code trains with; 1/2 is the
paper's 1/2n. A separable generator with an objective of its own keeps it unscaled, as the paper prints it
(Appendix E.2 and E.3).
"""

import functools
from typing import Annotated, Callable

import tensorflow as tf

from tfgan_landscape import landscape
from tfgan_landscape.config.arguments import Count, Positive, Range, configurable
from tfgan_landscape.landscape import GanLoss, KeptPairs, Separable, scalars

_logits = ['real_logits', 'fake_logits']
_loss = functools.partial(configurable, denylist=_logits)


def generator_reads_fake_alone(loss):
  """Marks a loss whose generator's half reads no real logits: the critic then scores no real batch in its step.

  `loss.generator_reads_real` is False; a loss without the mark is taken to read them.
  """
  loss.generator_reads_real = False
  return loss


@_loss
@generator_reads_fake_alone
def saturating(real_logits, fake_logits, scale: Positive = 1.0):
  """The min-max game of Goodfellow et al. 2014, Eq. 1, with D = sigmoid(f).

  Discriminator: scale (-log D(x) - log(1 - D(y))). Generator: scale log(1 - D(y)).
  """
  return GanLoss(scale * landscape.js(real_logits, fake_logits).discriminator, -scale * tf.nn.softplus(fake_logits))


@_loss
@generator_reads_fake_alone
def nonsaturating(real_logits, fake_logits, scale: Positive = 1.0):
  """JS-GAN as it is trained (Goodfellow et al. 2014, Section 3), with D = sigmoid(f).

  Discriminator: scale (-log D(x) - log(1 - D(y))). Generator: -log D(y).
  """
  return GanLoss(scale * landscape.js(real_logits, fake_logits).discriminator, tf.nn.softplus(-fake_logits))


@_loss
@generator_reads_fake_alone
def wasserstein(real_logits, fake_logits, scale: Positive = 1.0):
  """W-GAN (Arjovsky et al. 2017). Discriminator: scale (f(y) - f(x)). Generator: -f(y)."""
  return GanLoss(scale * landscape.wasserstein(real_logits, fake_logits).discriminator, -fake_logits)


@_loss
@generator_reads_fake_alone
def hinge(real_logits, fake_logits, scale: Positive = 1.0):
  """Hinge-GAN (RS-GAN paper, Appendix E.2).

  Discriminator: scale (max(0, 1 - f(x)) + max(0, 1 + f(y))). Generator: -f(y).
  """
  return GanLoss(scale * landscape.hinge(real_logits, fake_logits).discriminator, -fake_logits)


@_loss
@generator_reads_fake_alone
def least_squares(real_logits, fake_logits, scale: Positive = 1.0):
  """LS-GAN (Mao et al. 2017; RS-GAN paper, Appendix E.3).

  Discriminator: scale ((f(x) - 1)^2 + f(y)^2). Generator: (f(y) - 1)^2.
  """
  discriminator = scale * landscape.least_squares(real_logits, fake_logits).discriminator
  return GanLoss(discriminator, tf.square(fake_logits - 1.0))


@_loss
def relativistic_logistic(real_logits, fake_logits):
  """RS-GAN (RS-GAN paper, Eq. 4 and 13), non-saturating.

  Discriminator: log(1 + exp(f(y) - f(x))). Generator: log(1 + exp(f(x) - f(y))).
  """
  return _nonsaturating(landscape.rs, real_logits, fake_logits)


@_loss
def relativistic_hinge(real_logits, fake_logits):
  """Rp-hinge-GAN (RS-GAN paper, Appendix E.2), non-saturating.

  Discriminator: max(0, 1 + f(y) - f(x)). Generator: max(0, 1 + f(x) - f(y)).
  """
  return _nonsaturating(landscape.rp_hinge, real_logits, fake_logits)


@_loss
def relativistic_least_squares(real_logits, fake_logits):
  """Rp-LS-GAN as a true min-max game (RS-GAN paper, Eq. 14).

  Discriminator: (f(x) - f(y) - 1)^2. Generator: minus that.
  """
  return landscape.rp_least_squares(real_logits, fake_logits)


def _nonsaturating(game, real_logits, fake_logits):
  """The critic's half of a relativistic game, and for the generator the same with the pair swapped (Eq. 13)."""
  return GanLoss(game(real_logits, fake_logits).discriminator, game(fake_logits, real_logits).discriminator)


@_loss
def relativistic_average_logistic(real_logits, fake_logits):
  """RaS-GAN (Jolicoeur-Martineau 2018): each logit against the mean logit of the other kind.

  With r = f(x) - mean f(y) and s = f(y) - mean f(x): discriminator log(1 + exp(-r)) + log(1 + exp(s)),
  generator log(1 + exp(r)) + log(1 + exp(-s)). The means run over the batches of all replicas.
  """
  real = real_logits - _global_mean(fake_logits)
  fake = fake_logits - _global_mean(real_logits)
  return GanLoss(tf.nn.softplus(-real) + tf.nn.softplus(fake), tf.nn.softplus(real) + tf.nn.softplus(-fake))


def _global_mean(logits):
  replica = tf.distribute.get_replica_context()
  mean = tf.reduce_mean(logits)
  return mean if replica.num_replicas_in_sync == 1 else replica.all_reduce(tf.distribute.ReduceOp.MEAN, mean)


# Scalar functions for `relativistic` and `separable`, value by value.
_scalar = functools.partial(configurable, module='tfgan_landscape.losses', denylist=['t'])
log_sigmoid = _scalar(scalars.log_sigmoid)
negative_hinge = _scalar(scalars.negative_hinge)


@configurable(denylist=['t'])
def smoothed_log_sigmoid(t, delta: Annotated[float, Range(above=0, below=1)] = 0.01):
  """log(delta + (1 - delta) sigmoid(t)), value by value: the MIX+GAN paper's bounded phi (Section 2), for `separable`.

  Args:
    t: tensor.
    delta: in (0, 1); the value lies in [log delta, 0].
  """
  return tf.math.log(delta + (1.0 - delta) * tf.sigmoid(t))


@configurable
def relativistic(h: Callable, nonsaturating: bool = False):
  """Returns the relativistic pairing loss of a scalar function h (RS-GAN paper, Eq. 3 and 13).

  Discriminator: -h(f(x) - f(y)). Generator: h(f(x) - f(y)), minus the discriminator's; non-saturating, which
  the paper takes where h(t) goes to 0 as t grows: -h(f(y) - f(x)). RS-GAN is h = log sigmoid, non-saturating.

  Args:
    h: maps a tensor [n] to a tensor [n], value by value; concave for Theorem 2.
    nonsaturating: whether the generator swaps the pair instead of negating the loss.
  """

  game = KeptPairs(h)
  return functools.partial(_nonsaturating, game) if nonsaturating else game


@configurable
def separable(h1: Callable, h2: Callable, scale: Positive = 1.0):
  """Returns the separable min-max loss of scalar functions h1 and h2 (RS-GAN paper, Eq. 2).

  Discriminator: -scale (h1(f(x)) + h2(-f(y))). Generator: minus that.

  Args:
    h1: maps a tensor [n] to a tensor [n], value by value; log sigmoid for JS-GAN.
    h2: likewise, of minus the fake logits; log sigmoid for JS-GAN.
    scale: 1/2 is the paper's 1/2n.
  """

  game = Separable(h1, h2)
  if scale == 1:
    return game
  return lambda real_logits, fake_logits: GanLoss(*(scale * half for half in game(real_logits, fake_logits)))


# Which real example meets which fake one. A pairing maps a loss to a paired loss, `(real_logits [n], fake_logits [n],
# seed=None) -> GanLoss`; the seed, int [2], is of the random numbers of one step and of use to `redrawn` alone.


@configurable(denylist=['loss'])
def kept(loss: Callable):
  """Pairs x_i with y_i, as every loss of this module does by itself.

  Where the examples keep their order throughout a run, so do the pairs (RS-GAN paper, Eq. 3 and Theorem 2).

  Args:
    loss: `(real_logits [n], fake_logits [n]) -> GanLoss`.
  """

  def over_kept_pairs(real_logits, fake_logits, seed=None):
    del seed
    return loss(real_logits, fake_logits)

  return over_kept_pairs


@configurable(denylist=['loss'])
def redrawn(loss: Callable):
  """Pairs x_p(i) with y_i, p a random permutation that a step's seed draws: as training does that shuffles its data.

  Args:
    loss: `(real_logits [n], fake_logits [n]) -> GanLoss`.
  """

  def over_redrawn_pairs(real_logits, fake_logits, seed):
    order = tf.argsort(tf.random.stateless_uniform(tf.shape(real_logits), seed))  # a shuffle that XLA compiles
    return loss(_permuted(real_logits, order), fake_logits)

  return over_redrawn_pairs


@configurable(denylist=['loss'])
def redrawn_within_labels(loss: Callable, labels: Count = 2):
  """Pairs x_p(i) with y_i of the same label, p redrawn at each step: what a conditional generator's training does.

  Example i has label i mod `labels`, real and generated ones alike. One label is `redrawn`, as many labels as examples
  are `kept`; its landscape is that of all pairs within a label (`landscape.count_bad_basins_with_labels`).

  Args:
    loss: `(real_logits [n], fake_logits [n]) -> GanLoss`.
    labels: how many there are, at most n.
  """

  def over_pairs_within_labels(real_logits, fake_logits, seed):
    index = tf.range(tf.size(real_logits))
    label, uniform = index % labels, tf.random.stateless_uniform(tf.shape(index), seed)
    drawn = tf.argsort(tf.cast(label, tf.float32) + uniform)  # by label, at random within it
    ranks = tf.argsort(tf.argsort(label * tf.size(index) + index))
    order = tf.gather(drawn, ranks)
    return loss(_permuted(real_logits, order), fake_logits)

  return over_pairs_within_labels


@tf.custom_gradient
def _permuted(values, order):
  """values[order], whose gradient is no sum over indices but the permutation back."""
  return tf.gather(values, order), lambda upstream: (tf.gather(upstream, tf.argsort(order)), None)


@configurable
def all_pairs(loss: Callable):
  """Returns a relativistic loss over all n^2 pairs of a batch: what kept or redrawn pairs have in expectation.

  Discriminator, for x_i: the mean over j of the loss of (x_i, y_j). Generator, for y_j: the mean over i. Each example
  is scored once; the pairs are those of the batches of all replicas. Its landscape is `landscape.all_pairs_value`;
  separable losses keep their means.

  Args:
    loss: `(real_logits [k], fake_logits [k]) -> GanLoss`, value by value, such as `relativistic_logistic`.
  """

  def over_all_pairs(real_logits, fake_logits, seed=None):
    del seed
    discriminator = _of_all_pairs(loss, real_logits, _everywhere(fake_logits)).discriminator
    generator = _of_all_pairs(loss, _everywhere(real_logits), fake_logits).generator
    return GanLoss(tf.reduce_mean(discriminator, 1), tf.reduce_mean(generator, 0))

  return over_all_pairs


def _of_all_pairs(loss, real_logits, fake_logits):
  """The losses of every real logit [n] with every fake one [m], [n, m]."""
  shape = tf.size(real_logits), tf.size(fake_logits)
  sides = real_logits[:, None], fake_logits[None, :]
  values = loss(*(tf.reshape(tf.broadcast_to(side, shape), [-1]) for side in sides))
  return GanLoss(*(tf.reshape(value, shape) for value in values))


def _everywhere(logits):
  """The logits of all replicas."""
  replica = tf.distribute.get_replica_context()
  return logits if replica.num_replicas_in_sync == 1 else replica.all_gather(logits, axis=0)
