"""Random numbers that are a function of (seed, position), so that a resumed run repeats them."""

import tensorflow as tf


class Draws:
  """Draws in a fixed order for one step; `uniform` and `normal` stand in for those of `tf.random`.

  Each draw covers the global batch and hands a replica its own rows, so that any number of replicas sees the numbers
  that one device sees.

  Args:
    seed: integer of the run.
    position: int64 scalar tensor, the number of the real batch that the step consumes.
  """

  def __init__(self, seed, position):
    zero = tf.zeros([], tf.int64)
    self._seed = tf.random.experimental.stateless_fold_in(tf.stack([zero + seed, zero]), position, 'philox')
    self._count = 0

  def normal(self, shape):
    """Returns N(0, 1) draws, float32, of `shape`, whose first axis is the replica's batch."""
    return self._draw(tf.random.stateless_normal, shape)

  def uniform(self, shape):
    """Returns U(0, 1) draws, float32, of `shape`, whose first axis is the replica's batch."""
    return self._draw(tf.random.stateless_uniform, shape)

  def _draw(self, distribution, shape):
    self._count += 1
    seed = tf.random.experimental.stateless_fold_in(self._seed, self._count, 'philox')
    replica = tf.distribute.get_replica_context()
    rows, *rest = shape
    everything = distribution([rows * replica.num_replicas_in_sync, *rest], seed, alg='philox')
    first = rows * replica.replica_id_in_sync_group
    return tf.slice(everything, [first] + [0] * len(rest), shape)
