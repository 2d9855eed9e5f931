"""Gradient penalties on the critic, one value per pair.

Every penalty maps `(critic, real [n, ...], fake [n, ...])` to [n] and is added to the discriminator's loss
before the one mean over the batch. `critic` maps examples [n, ...] to logits [n]. `random` draws
`uniform(shape)` and `normal(shape)`: `tf.random` by default; the trainer hands in draws that are a function
of the iteration, so that a resumed run repeats them.
"""

import gin
import tensorflow as tf

_given = ['critic', 'real', 'fake', 'random']


@gin.configurable(denylist=_given)
def none(critic, real, fake, random=tf.random):
  """No penalty: zeros [n]."""
  del critic, fake, random
  return tf.zeros(tf.shape(real)[:1])


@gin.configurable(denylist=_given)
def gradient_penalty(critic, real, fake, random=tf.random, weight=10.0, center=1.0, one_sided=False):
  """WGAN-GP's penalty (Gulrajani et al. 2017, Eq. 3), on one random point of the line between each pair.

  weight (||grad f(a x + (1 - a) y)|| - center)^2 with a ~ U(0, 1) per pair and the Euclidean norm over all
  other axes.

  Args:
    critic: maps [n, ...] to logits [n].
    real: [n, ...].
    fake: [n, ...], the shape of `real`.
    random: source of `uniform(shape)`.
    weight: lambda, 10 in the paper.
    center: the slope that is not penalised.
    one_sided: whether slopes below `center` are left alone.

  Returns:
    [n], at least 0.
  """
  mix = random.uniform([tf.shape(real)[0]] + [1] * (real.shape.rank - 1))
  excess = slope(critic, mix * real + (1.0 - mix) * fake) - center
  return weight * tf.square(tf.nn.relu(excess) if one_sided else excess)


def slope(critic, points):
  """Returns the critic's slope ||grad f|| [n] at points [n, ...]; where it is 0, its own gradient is 0."""
  with tf.GradientTape(watch_accessed_variables=False) as tape:
    tape.watch(points)
    logits = critic(points)
  gradients = tape.gradient(logits, points)
  squares = tf.reduce_sum(tf.square(gradients), axis=tf.range(1, tf.rank(gradients)))
  positive = squares > 0.0
  return tf.where(positive, tf.sqrt(tf.where(positive, squares, 1.0)), 0.0)
