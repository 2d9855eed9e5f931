"""One epoch of a small GAN as a map of a vector, and its Jacobian: what decides how fast a run leaves where it sits.

The vector holds the weights of both players and their momenta, in float64. Where a run moves little in an epoch, a
disturbance along an eigenvector grows by the eigenvalue's absolute value an epoch.
"""

import numpy as np
import tensorflow as tf

from tfgan_landscape.dynamics import whole_runs

_STEP = 1e-6  # of the central differences: of about 1e-9 of the Jacobian's entries in float64


class EpochMap:
  """The map z -> z' of an epoch.

  Args:
    critic: `whole_runs.Learner`.
    generator: `whole_runs.Learner`.
    loss: as `whole_runs.compiled` takes it, with pairs that do not depend on the epoch.
    batch: as there.
    epochs: of a whole run.
    penalty: `penalties.Penalty` without variables and random numbers, or None.
  """

  def __init__(self, critic, generator, loss, batch, epochs, penalty=None):
    self._epoch = whole_runs.an_epoch(critic, generator, loss, batch, epochs, penalty)

  def start(self, *states):
    """Returns the vector of players' states, `(weights, the descent's state)` each, whose shapes it keeps."""
    self._parts = [tf.cast(part, tf.float64) for part in tf.nest.flatten(states)]
    self._structure = states
    return tf.concat([tf.reshape(part, [-1]) for part in self._parts], 0)

  @property
  def moving(self):
    """Which entries of the vector an epoch moves: all but the learning rates, bool [z]."""
    return np.concatenate([np.full(part.shape.num_elements(), part.shape.rank > 0) for part in self._parts])

  def states(self, vector):
    """Returns the players' states of a vector."""
    sizes = [part.shape.num_elements() for part in self._parts]
    parts = [tf.reshape(part, like.shape) for part, like in zip(tf.split(vector, sizes), self._parts)]
    return tf.nest.pack_sequence_as(self._structure, parts)

  @tf.function(jit_compile=True)
  def advance(self, vector, data, first, count):
    """Returns the vector after `count` epochs, from number `first` on."""

    def step(index, vector):
      _, *states = self._epoch(index, *self.states(vector), data, tf.constant(0))
      return index + 1, tf.concat([tf.reshape(part, [-1]) for part in tf.nest.flatten(states)], 0)

    return tf.while_loop(lambda index, _: index < first + count, step, (first, vector))[1]

  def jacobian(self, vector, data, index):
    """Returns the derivative [z, z] of the map at a vector [z], by central differences, without the learning rates."""
    columns = []
    for place in np.flatnonzero(self.moving):
      step = tf.one_hot(place, len(self.moving), _STEP, 0.0, dtype=tf.float64)
      ends = (self.advance(vector + way * step, data, index, tf.constant(1)) for way in (1, -1))
      columns.append(np.subtract(*(end.numpy() for end in ends))[self.moving] / (2 * _STEP))
    return np.stack(columns, 1)
