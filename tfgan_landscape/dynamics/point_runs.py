"""Whole runs of small GANs on points of the plane: batches drawn from the data, one critic's step, one generator's.

The five Gaussians of the RS-GAN paper, Appendix D, as its code trains them but for the batches, which are drawn with
replacement.
"""

import functools

import numpy as np
import tensorflow as tf

from tfgan_landscape.dynamics import small_mlp
from tfgan_landscape.dynamics.whole_runs import Player, compiled

_SLOPE = 0.2  # of the critic's leaky ReLU
_WATCHED = 1000  # generated points kept of every record

# The streams of random numbers of a run: weights, batches of a run from them and of one that goes on, sample.
WEIGHTS, BATCHES, BATCHES_AGAIN, SAMPLE = range(4)


class PointRuns:
  """Runs of perceptrons with two hidden layers, each a compiled program.

  Args:
    real: points [n, d].
    seed: of all runs together.
    width: units of both hidden layers (critic: leaky ReLU 0.2; generator: ReLU), the critic's last layer without bias.
    latent_dim: of z ~ N(0, I).
    batch_size: real points drawn with replacement, and latents, of an iteration.
    iterations: of a run.
    record_every: iterations between records; a divisor of `iterations`.
    samples: generated points at the end of a run.
    descent: makes both players' optimiser, of `descent.py`, with its own learning rate or with `learning_rate`.
  """

  def __init__(self, real, seed, width, latent_dim, batch_size, iterations, record_every, samples, descent):
    self._real, self._seed = real, seed
    self._width, self._latent_dim, self._batch_size = width, latent_dim, batch_size
    self._iterations, self._record_every, self._samples = iterations, record_every, samples
    self._descent = descent
    self._program = functools.cache(self._compiled)

  def run(self, loss, projection, seed, weights=None, learning_rate=None):
    """Returns the records of one run by name.

    'critic_loss' [records]; 'watched' [records, 1000, d], generated points; 'critic_0' and so on [records, ...], the
    critic's weights; 'sample' [samples, d] and 'generator_0' and so on, of the end. A run that goes on from `weights`
    keeps the last record of 'watched' and of the critic only.

    Args:
      loss: a paired loss, as `whole_runs.compiled` takes it; every one has a program.
      projection: `weights -> weights` after every step of the critic, or None.
      seed: of the run.
      weights: (critic, generator) to go on from; None for those that the seed draws.
      learning_rate: of both players; None for the optimiser's own. All share a program.
    """
    descent = self._descent() if learning_rate is None else self._descent(learning_rate=learning_rate)
    players = _players(projection, descent)
    states = [player.start(each) for player, each in zip(players, weights or self.random_weights(seed))]
    keys = self._random(seed, BATCHES if weights is None else BATCHES_AGAIN).integers(2**31, size=3, dtype=np.int32)
    data = tf.constant(self._real.T), tf.constant(keys[:2])
    (losses, watched, *critics), _, generator = self._program(loss, projection)(*states, data, tf.constant(keys[2]))
    latents = self._random(seed, SAMPLE).standard_normal([self._latent_dim, self._samples])
    sample = _generator(generator, tf.constant(latents, tf.float32))
    kept = slice(None) if weights is None else slice(-1, None)
    records = {'critic_loss': losses, 'sample': tf.transpose(sample), 'watched': tf.transpose(watched, [0, 2, 1])[kept]}
    records |= {f'critic_{index}': weight[kept] for index, weight in enumerate(critics)}
    records |= {f'generator_{index}': weight for index, weight in enumerate(generator)}
    return {name: record.numpy() for name, record in records.items()}

  def _compiled(self, loss, projection):
    watched = tf.random.stateless_normal([self._latent_dim, _WATCHED], [0, 0])

    def observe(critic_weights, generator_weights, data):
      del data
      return _generator(generator_weights, watched), *critic_weights

    records, players = self._iterations // self._record_every, _players(projection, self._descent())
    return compiled(*players, loss, self.batch, observe, records, self._record_every)

  def batch(self, data, iteration):
    """Real points [d, batch] with replacement and latents: functions of the run's keys and the iteration."""
    real, keys = data
    seeds = [tf.stack([key, iteration]) for key in tf.unstack(keys)]
    which = tf.random.stateless_uniform([self._batch_size], seeds[0], 0, tf.shape(real)[1], tf.int32)
    return tf.gather(real, which, axis=1), tf.random.stateless_normal([self._latent_dim, self._batch_size], seeds[1])

  def random_weights(self, seed):
    """Returns the weights (critic, generator) that a seed draws."""
    random, dimensions = self._random(seed, WEIGHTS), self._real.shape[1]
    critic = small_mlp.initial_weights((dimensions, self._width, self._width, 1), random, output_bias=False)
    return critic, small_mlp.initial_weights((self._latent_dim, self._width, self._width, dimensions), random)

  def _random(self, seed, purpose):
    return np.random.default_rng([self._seed, seed, purpose])


def _players(projection, descent):
  leaky = functools.partial(tf.nn.leaky_relu, alpha=_SLOPE)
  critic = Player(functools.partial(small_mlp.apply, activation=leaky), descent, 1)
  return critic._replace(projection=projection) if projection else critic, Player(_generator, descent, 1)


def _generator(weights, latents):
  return small_mlp.apply(weights, latents, tf.nn.relu)
