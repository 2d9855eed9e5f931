"""Gradient penalties on the critic: terms of its loss by name, one value per pair.

A penalty is a function or a `tf.Module` as the protocol `Penalty` says. Its terms are added to the critic's loss before
the one mean over the batch, and reported under their names. A module's trainable variables learn with the critic, and
its whole state is part of a checkpoint.
"""

from typing import Any, NamedTuple, Protocol

import tensorflow as tf

from tfgan_landscape.ranges import NonNegative, configurable

_given = ['critic', 'batch', 'generators']


class Batch(NamedTuple):
  """What one step sees, of a trainer on one replica.

  Attributes:
    real: examples [n, ...].
    fakes: a list with the examples [n, ...] of each generator; one for a plain GAN.
    latents: [n, latent_dim], those of the fakes.
    random: its `uniform(shape)` and `normal(shape)` are functions of the run's seed and the step, so that a resumed
      run repeats them.
    progress: share of the iterations that are done, in [0, 1), a scalar tensor.
    step: the critic steps done, an integer scalar tensor.
  """

  real: Any
  fakes: list
  latents: Any
  random: Any
  progress: Any
  step: Any


class Penalty(Protocol):
  """What a critic step calls."""

  def __call__(self, critic, batch, generators):
    """Returns {name: values [n]}, the terms that are added to the critic's loss; {} for none.

    Args:
      critic: maps examples [n, ...] to logits [n].
      batch: `Batch`.
      generators: has `networks`, a list of functions from latents [n, latent_dim] to examples.
    """


@configurable(denylist=_given)
def none(critic, batch, generators):
  """No penalty: no terms."""
  del critic, batch, generators
  return {}


@configurable(denylist=_given)
def gradient_penalty(
  critic, batch, generators, weight: NonNegative = 10.0, center: NonNegative = 1.0, one_sided: bool = False
):
  """WGAN-GP's penalty (Gulrajani et al. 2017, Eq. 3), on one random point of the line between each pair.

  weight (||grad f(a x + (1 - a) y)|| - center)^2 with a ~ U(0, 1) per pair and the Euclidean norm over all
  other axes.

  Args:
    critic: maps [n, ...] to logits [n].
    batch: see `Penalty`.
    generators: see `Penalty`.
    weight: lambda, 10 in the paper.
    center: the slope that is not penalised.
    one_sided: whether slopes below `center` are left alone.

  Returns:
    {'gradient_penalty': [n]}, at least 0.
  """
  del generators
  real, fake = batch.real, batch.fakes[0]
  mix = batch.random.uniform([tf.shape(real)[0]] + [1] * (real.shape.rank - 1))
  excess = slope(critic, mix * real + (1.0 - mix) * fake) - center
  return {'gradient_penalty': weight * tf.square(tf.nn.relu(excess) if one_sided else excess)}


def slope(critic, points):
  """Returns the critic's slope ||grad f|| [n] at points [n, ...]; where it is 0, its own gradient is 0."""
  with tf.GradientTape(watch_accessed_variables=False) as tape:
    tape.watch(points)
    logits = critic(points)
  gradients = tape.gradient(logits, points)
  squares = tf.reduce_sum(tf.square(gradients), axis=tf.range(1, tf.rank(gradients)))
  positive = squares > 0.0
  return tf.where(positive, tf.sqrt(tf.where(positive, squares, 1.0)), 0.0)
