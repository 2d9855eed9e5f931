"""Whole runs of small GANs on points of the plane: batches drawn from the data, one critic's step, one generator's.

The five Gaussians of the RS-GAN paper, Appendix D, as its code trains them but for the batches, which are drawn with
replacement; the toy data of the 0-GP paper.
"""

import functools
import itertools
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_landscape.dynamics import small_mlp
from tfgan_landscape.dynamics.whole_runs import Learner, compiled

_WATCHED = 1000  # generated points kept of every record

# The streams of random numbers of a run: weights, batches of a run from them and of one that goes on, sample.
WEIGHTS, BATCHES, BATCHES_AGAIN, SAMPLE = range(4)


class Shape(NamedTuple):
  """The perceptrons of both players; the defaults are those of the RS-GAN paper's five Gaussians.

  Attributes:
    width: units of every hidden layer.
    layers: hidden layers.
    latent_dim: of z ~ N(0, I).
    slope: of the critic's leaky ReLU below 0; the generator has ReLU.
    output_bias: whether the critic's last layer has a bias; the generator's has one.
    components: T; each player is a mixture of as many perceptrons with equal weights (MIX+GAN), the generators sharing
      the latents of a batch in turn.
  """

  width: int = 128
  layers: int = 2
  latent_dim: int = 2
  slope: float = 0.2
  output_bias: bool = False
  components: int = 1


class PointRuns:
  """Runs of perceptrons, each a compiled program.

  Args:
    real: points [n, d].
    seed: of all runs together.
    shape: `Shape`.
    batch_size: real points drawn with replacement, and latents, of an iteration.
    iterations: of a run.
    record_every: iterations between records; a divisor of `iterations`.
    samples: generated points at the end of a run.
    descents: make (critic's, generator's) optimisers, of `descent.py`, with their own learning rates or with
      `learning_rate`.
    watch: `(critic, real [m, d], fake [m, d]) -> [k]`, kept of every record as 'seen', of the first m real points;
      its critic maps points [n, d] to logits [n]. None for nothing.
    watched: m.
  """

  def __init__(
    self,
    real,
    seed,
    shape,
    batch_size,
    iterations,
    record_every,
    samples,
    descents,
    watch=None,
    watched=128,
  ):
    self._watch, self._looked_at = watch, watched
    self._real, self._seed, self._shape, self._batch_size = real, seed, shape, batch_size
    self._iterations, self._record_every, self._samples = iterations, record_every, samples
    self._descents = descents
    self._program = functools.cache(self._compiled)

  def run(self, loss, projection, seed, weights=None, learning_rate=None, penalty=None):
    """Returns the records of one run by name.

    'critic_loss' [records]; 'watched' [records, 1000, d], generated points; 'critic_0' and so on [records, ...], the
    critic's weights; 'sample' [samples, d] and 'generator_0' and so on, of the end. A run that goes on from `weights`
    keeps the last record of 'watched' and of the critic only.

    Args:
      loss: a paired loss, as `whole_runs.compiled` takes it; every one has a program.
      projection: `weights -> weights` after every step of the critic, or None.
      seed: of the run.
      weights: (critic, generator) to go on from; None for those that the seed draws.
      learning_rate: of both players, or (critic's, generator's); None for the optimisers' own. All share a program.
      penalty: `penalties.Penalty` on the critic, without variables; None for none.
    """
    players = self._players(projection, learning_rate)
    states = [player.start(each) for player, each in zip(players, weights or self.random_weights(seed))]
    keys = self._random(seed, BATCHES if weights is None else BATCHES_AGAIN).integers(2**31, size=3, dtype=np.int32)
    data = tf.constant(self._real.T), tf.constant(keys[:2])
    (losses, watched, *seen), critic, generator = self._program(loss, projection, penalty)(
      *states, data, tf.constant(keys[2])
    )
    critics, seen = seen[: len(critic)], seen[len(critic) :]
    latents = self._random(seed, SAMPLE).standard_normal([self._shape.latent_dim, self._samples])
    sample = self._generate(generator, tf.constant(latents, tf.float32))
    if self._shape.components > 1:  # the generators mixed, as a figure shows the first points
      sample = tf.gather(sample, self._random(seed, SAMPLE).permutation(self._samples), axis=1)
    kept = slice(None) if weights is None else slice(-1, None)
    records = {'critic_loss': losses, 'sample': tf.transpose(sample), 'watched': tf.transpose(watched, [0, 2, 1])[kept]}
    records |= {f'critic_{index}': weight[kept] for index, weight in enumerate(critics)}
    records |= {f'generator_{index}': weight for index, weight in enumerate(generator)}
    records |= dict(zip(['seen'], seen))
    return {name: record.numpy() for name, record in records.items()}

  def _compiled(self, loss, projection, penalty):
    watched = tf.random.stateless_normal([self._shape.latent_dim, _WATCHED], [0, 0])

    def observe(critic_weights, generator_weights, data):
      fake = self._generate(generator_weights, watched)
      if self._watch is None:
        return fake, *critic_weights
      critic = lambda points: tf.reduce_mean(self._score(critic_weights, tf.transpose(points)), 0)  # noqa: E731
      looked_at = (tf.transpose(each[:, : self._looked_at]) for each in (data[0], fake))
      return fake, *critic_weights, self._watch(critic, *looked_at)

    records, players = self._iterations // self._record_every, self._players(projection, None)
    return compiled(*players, loss, self.batch, observe, records, self._record_every, penalty)

  def batch(self, data, iteration):
    """Real points [d, batch] with replacement and latents: functions of the run's keys and the iteration."""
    real, keys = data
    seeds = [tf.stack([key, iteration]) for key in tf.unstack(keys)]
    which = tf.random.stateless_uniform([self._batch_size], seeds[0], 0, tf.shape(real)[1], tf.int32)
    latents = tf.random.stateless_normal([self._shape.latent_dim, self._batch_size], seeds[1])
    return tf.gather(real, which, axis=1), latents

  def random_weights(self, seed):
    """Returns the weights (critic, generator) that a seed draws."""
    random, dimensions = self._random(seed, WEIGHTS), self._real.shape[1]
    hidden = [self._shape.width] * self._shape.layers
    sizes = [dimensions, *hidden, 1], [self._shape.latent_dim, *hidden, dimensions]
    drawn = [
      [small_mlp.initial_weights(each, random, bias) for each, bias in zip(sizes, (self._shape.output_bias, True))]
      for _ in range(self._shape.components)
    ]
    return tuple([weight for part in player for weight in part] for player in zip(*drawn))

  def parameters(self):
    """Returns {player: how many parameters its networks have}."""
    counts = (sum(weight.size for weight in weights) for weights in self.random_weights(0))
    return dict(zip(('discriminator', 'generator'), counts))

  def critic(self, run, points):
    """Returns (logits [n], their gradients [n, d]) at points [n, d] of the critic at the end of a run of `run`."""
    indices = itertools.takewhile(lambda index: f'critic_{index}' in run, itertools.count())
    weights, points = [run[f'critic_{index}'][-1] for index in indices], tf.constant(points.T, tf.float32)
    with tf.GradientTape() as tape:
      tape.watch(points)
      logits = tf.reduce_mean(self._score(weights, points), 0)
    return logits.numpy(), tape.gradient(logits, points).numpy().T

  def _players(self, projection, rates):
    rates = rates if isinstance(rates, tuple) else (rates, rates)
    critic_descent, generator_descent = (
      make() if rate is None else make(learning_rate=rate) for make, rate in zip(self._descents, rates)
    )
    critic = Learner(self._score, critic_descent, 1)
    generator = Learner(self._generate, generator_descent, 1)
    return critic._replace(projection=projection) if projection else critic, generator

  def _score(self, weights, points):
    """Logits [T, n] of points [d, n] by every critic."""
    activation = functools.partial(tf.nn.leaky_relu, alpha=self._shape.slope)
    return small_mlp.scores(weights, points, activation, self._shape.components)

  def _generate(self, weights, latents):
    """Points [d, n] of latents [l, n]."""
    return small_mlp.generated(weights, latents, tf.nn.relu, self._shape.components)

  def _random(self, seed, purpose):
    return np.random.default_rng([self._seed, seed, purpose])
