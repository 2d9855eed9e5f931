"""Critics trained alone, between two fixed sets of points, each a compiled program."""

import functools

import numpy as np
import tensorflow as tf

from tfgan_landscape.dynamics import small_mlp
from tfgan_landscape.dynamics.whole_runs import Learner, compiled


def mean_logit(real_logits, fake_logits):
  """The mean of all points' logits."""
  return tf.reduce_mean(tf.concat([real_logits, fake_logits], 0))


class CriticRuns:
  """Runs of a perceptron from points to a logit, against points that stand still.

  Args:
    width: units of every hidden layer.
    layers: hidden layers.
    batch_size: real points, and fake ones, of a step, drawn with replacement.
    iterations: steps of a run.
    descent: makes the optimiser, of `descent.py`.
    activation: of the hidden layers.
    records: how often a run is measured; a divisor of `iterations`.
    initial: draws the weights at the start, of `small_mlp.py`.
    measure: `(logits of all real points [n], of all fake ones [m]) -> scalar`, what a run keeps of its course.
    normalization: `weights -> weights` with which the critic computes, of `small_mlp.py`, or None.
  """

  def __init__(
    self,
    width,
    layers,
    batch_size,
    iterations,
    descent,
    activation=tf.tanh,
    records=1,
    initial=small_mlp.initial_weights,
    measure=mean_logit,
    normalization=None,
  ):
    self._hidden, self._batch_size, self._iterations, self._descent = [width] * layers, batch_size, iterations, descent
    self._activation, self._records, self._initial, self._measure = activation, records, initial, measure
    self._normalization = normalization or (lambda weights: weights)
    self._program = functools.cache(self._compiled)

  def logits(self, weights, points):
    """Returns logits [n] of points [n, d], NumPy."""
    return self._score(weights, tf.constant(points.T, tf.float32))[0].numpy()

  def gradients(self, weights, points):
    """Returns the logit's gradients [n, d] at points [n, d], NumPy."""
    points = tf.constant(points.T, tf.float32)
    with tf.GradientTape() as tape:
      tape.watch(points)
      logits = self._score(weights, points)
    return tape.gradient(logits, points).numpy().T

  def run(self, loss, penalty, real, fake, seed):
    """Returns (the critic's weights after a run, a list of arrays; what `measure` made of it, [records]).

    Args:
      loss: a paired loss, as `whole_runs.compiled` takes it.
      penalty: `penalties.Penalty` without variables, or None.
      real: [n, d].
      fake: [m, d].
      seed: list of integers, of weights and batches.
    """
    random = np.random.default_rng(seed)
    critic, generator = self._players()
    start = critic.start(self._initial([real.shape[1], *self._hidden, 1], random))
    key, pairs = random.integers(2**31, size=2, dtype=np.int32)
    data = *(tf.constant(points.T, tf.float32) for points in (real, fake)), tf.constant(key)
    (_, course), weights, _ = self._program(loss, penalty)(start, generator.start([]), data, tf.constant(pairs))
    return [weight.numpy() for weight in weights], course.numpy()

  def _compiled(self, loss, penalty):
    def observe(weights, _, data):
      real, fake, _ = data
      return (self._measure(self._score(weights, real)[0], self._score(weights, fake)[0]),)

    length = self._iterations // self._records
    return compiled(*self._players(), loss, self._batch, observe, self._records, length, penalty)

  def _batch(self, data, iteration):
    """Real and fake points [d, batch]; the fake ones are the latents of a generator that passes them on."""
    *sets, key = data
    seeds = (tf.stack([key, 2 * iteration + side]) for side in range(2))
    which = [
      tf.random.stateless_uniform([self._batch_size], seed, 0, tf.shape(points)[1], tf.int32)
      for seed, points in zip(seeds, sets)
    ]
    return tuple(tf.gather(points, each, axis=1) for points, each in zip(sets, which))

  def _players(self):
    return Learner(self._score, self._descent(), 1), Learner(lambda _, points: points, self._descent(), 0)

  def _score(self, weights, points):
    return small_mlp.apply(self._normalization(weights), points, self._activation)
