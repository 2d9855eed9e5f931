"""Whole runs of small GANs on clusters of a line, all points at every step: the RS-GAN paper's two-cluster experiment.

As its code has it (Appendix B): data and latents are drawn once, the critic goes first. Or with a batch of both for
every epoch.
"""

import functools

import numpy as np
import tensorflow as tf

from tfgan_landscape.dynamics import small_mlp
from tfgan_landscape.dynamics.epoch_map import EpochMap
from tfgan_landscape.dynamics.whole_runs import Learner, compiled

LATENTS = 5.0  # latents are U(-5, 5)


class ClusterRuns:
  """Runs of perceptrons with two hidden layers, the critic's sigmoid, the generator's tanh.

  Args:
    clusters: lower ends of the clusters, each a uniform distribution.
    spread: their length.
    due: real points of each cluster, [clusters].
    seed: of all runs together.
    widths: units of a hidden layer, (critic's, generator's).
    descents: make (critic's, generator's) optimisers.
    steps: in an epoch, (critic's, generator's).
    epochs: of a run.
    record_every: epochs between records; a divisor of `epochs`.
    batch_size: real points, with replacement, and latents of an epoch; None for all of them.
    grid: points [g] at which every record keeps D.
    components: T; each player is a mixture of as many perceptrons with equal weights (MIX+GAN), each generator making
      its share of the points.
  """

  def __init__(
    self, clusters, spread, due, seed, widths, descents, steps, epochs, record_every, batch_size, grid, components=1
  ):
    self._clusters, self._spread, self._due, self._seed = clusters, spread, due, seed
    self._components = components
    self._sizes = tuple((1, width, width, 1) for width in widths)
    self._descents, self._batch_size = descents, batch_size
    self._records, self._record_every = epochs // record_every, record_every
    self._grid = np.asarray(grid, np.float32)
    networks = (
      functools.partial(small_mlp.scores, activation=tf.sigmoid, components=components),
      functools.partial(small_mlp.generated, activation=tf.tanh, components=components),
    )
    self.players = tuple(Learner(*parts) for parts in zip(networks, (make() for make in descents), steps))

  def parameters(self):
    """Returns {player: how many parameters its networks have}."""
    counts = (self._components * sum(o * (i + 1) for i, o in zip(sizes, sizes[1:])) for sizes in self._sizes)
    return dict(zip(('discriminator', 'generator'), counts))

  @property
  def _points(self):
    return int(sum(self._due))

  def program(self, loss, penalty, watch=None):
    """Returns a whole run as a compiled program.

    Args:
      loss: a paired loss, as `whole_runs.compiled` takes it.
      penalty: `penalties.Penalty` without variables on the critic, or None.
      watch: `(critic, real [n, 1], fake [n, 1]) -> [k]`, kept of every record as 'seen'; None for nothing. Its critic
        maps points [n, 1] to logits [n].
    """
    critic, generator = self.players
    grid = tf.constant(self._grid[None])

    def observe(critic_weights, generator_weights, data):
      def score(points):
        return tf.reduce_mean(critic.network(critic_weights, tf.transpose(points)), 0)

      fake = generator.network(generator_weights, data[1])
      seen = fake[0], tf.sigmoid(tf.reduce_mean(critic.network(critic_weights, grid), 0))
      return seen if watch is None else (*seen, watch(score, tf.transpose(data[0]), tf.transpose(fake)))

    return compiled(*self.players, loss, self.batch, observe, self._records, self._record_every, penalty)

  def epoch_map(self, loss, penalty, epochs):
    """Returns the `EpochMap` of runs of so many epochs; arguments as of `program`."""
    return EpochMap(*self.players, loss, self.batch, epochs, penalty)

  def batch(self, data, epoch):
    """The points and latents of an epoch: functions of the run's keys and the epoch."""
    points, keys = data[:2], data[2]
    if self._batch_size is None:
      return points
    seeds = [tf.stack([key, epoch]) for key in tf.unstack(keys)]
    picks = [tf.random.stateless_uniform([self._batch_size], seed, 0, self._points, tf.int32) for seed in seeds]
    return tuple(tf.gather(part, which, axis=1) for part, which in zip(points, picks))

  def run(self, program, seed, rates=None):
    """Returns the records of one run by name.

    'critic_loss' [records]; 'fake' [records, n], the points that this critic answers; 'critic_image' [records, g], D on
    the grid after it.

    Args:
      program: of its loss, see `program`.
      seed: of the run.
      rates: learning rates (critic's, generator's); None for those of the descents. All share a program.
    """
    return self.run_with_weights(program, seed, rates)[0]

  def run_with_weights(self, program, seed, rates=None, weights=None):
    """Returns (the records of one run by name, its last weights (critic's, generator's)); see `run`.

    Args:
      program: of its loss, see `program`.
      seed: of the run.
      rates: learning rates (critic's, generator's), or None.
      weights: (critic's, generator's) to go on from, the optimisers starting anew; None for those that the seed draws.
    """
    records, *last = program(*self.start(seed, rates, weights))
    names = 'critic_loss', 'fake', 'critic_image', 'seen'
    return dict(zip(names, (record.numpy() for record in records))), tuple(last)

  def start(self, seed, rates=None, weights=None):
    """Returns both players' states, (real, latents, keys of batches) and the key of pairs: functions of both seeds."""
    random = np.random.default_rng([self._seed, seed])
    drawn = [self._start_of(sizes, random) for sizes in self._sizes]
    clusters = random.permutation(np.repeat(self._clusters, self._due))
    real = clusters + random.uniform(0, self._spread, self._points)
    latents = random.uniform(-LATENTS, LATENTS, self._points)
    *batches, pairs = random.integers(2**31, size=3, dtype=np.int32)
    data = *(tf.constant(values[None], tf.float32) for values in (real, latents)), tf.constant(batches)
    players = self.players
    if rates:
      descents = (make(learning_rate=rate) for make, rate in zip(self._descents, rates))
      players = [player._replace(descent=descent) for player, descent in zip(players, descents)]
    return *(player.start(each) for player, each in zip(players, weights or drawn)), data, tf.constant(pairs)

  def _start_of(self, sizes, random):
    return [weight for _ in range(self._components) for weight in small_mlp.initial_weights(sizes, random)]
