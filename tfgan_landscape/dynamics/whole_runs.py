"""Small GANs trained whole in one compiled program, many of them beside each other.

An epoch is `critic.steps` steps of the critic on fixed fake points and then `generator.steps` of the generator, in the
order of the RS-GAN paper's two-cluster code (Appendix B). All epochs run inside one XLA program: Python neither waits
nor watches. Every run is a program of its own: its numbers do not depend on how many others there are.
"""

import concurrent.futures
import os
from typing import Any, Callable, NamedTuple

import tensorflow as tf

from tfgan_landscape.distribution import determinism
from tfgan_landscape.dynamics.direct_losses import needs_no_critic
from tfgan_landscape.penalties import Batch


def _as_they_are(weights):
  return weights


class Learner(NamedTuple):
  """One side of the game.

  `network(weights, inputs [d, n]) -> outputs [d', n]`; `descent` is an optimiser of `descent.py`; `steps` are those of
  an epoch; `projection(weights) -> weights` follows every step.
  """

  network: Callable
  descent: Any
  steps: int
  projection: Callable = _as_they_are

  def start(self, weights):
    """Returns the state at the start, (weights, the descent's state), for arrays of weights."""
    weights = [tf.constant(weight) for weight in weights]
    return weights, self.descent.init(weights)


class Generators(NamedTuple):
  """What a penalty may ask of the generators: `networks`, a list of functions from latents [n, l] to points [n, d]."""

  networks: list


def compiled(critic, generator, loss, batch, observe, records, epochs_per_record, penalty=None):
  """Returns a whole run as one compiled function, (critic's and generator's states, data, key) -> records and weights.

  Args:
    critic: `Learner`, from points [d, n] to logits [1, n]; of T critics, [T, n], whose losses are averaged.
    generator: `Learner`, from latents to points.
    loss: `(real_logits [n], fake_logits [n], seed [2]) -> GanLoss`, what a pairing of `losses.py` makes of a loss; or
      one of `direct_losses.py`, and the critic stands still.
    batch: `(data, epoch) -> (real [d, n], latents [l, n])`, the examples of an epoch.
    observe: `(critic weights, generator weights, data) -> tuple of tensors`, of every record's last epoch: the critic
      after its steps, beside the generator that it answered.
    records: how many there are, the start left out.
    epochs_per_record: epochs between two of them.
    penalty: `penalties.Penalty` without variables, on the critic's loss; None for none.

  Returns:
    A function. Its states are (weights, the descent's state), as `Learner.start` makes them; its key, an int32 scalar,
    is that of the run's random pairs: a step's seed is (key, its number in the run). Its result is
    (records, critic's weights, generator's weights) with records = (critic's loss [records], without its penalty,
    before the last critic step of the record's last epoch; whatever `observe` returns, each stacked along a new first
    axis).
  """
  one_epoch = an_epoch(critic, generator, loss, batch, records * epochs_per_record, penalty)

  @tf.function(jit_compile=True)
  def run(critic_state, generator_state, data, key):
    def epoch(index, value, answered, critic_state, generator_state):
      del value
      answered = generator_state[0]
      value, critic_state, generator_state = one_epoch(index, critic_state, generator_state, data, key)
      return index + 1, value, answered, critic_state, generator_state

    def record(index, written, critic_state, generator_state):
      state = index * epochs_per_record, 0.0, generator_state[0], critic_state, generator_state
      _, value, answered, critic_state, generator_state = tf.while_loop(
        lambda epoch, *_: epoch < (index + 1) * epochs_per_record, epoch, state
      )
      observed = value, *observe(critic_state[0], answered, data)
      written = tuple(array.write(index, each) for array, each in zip(written, observed))
      return index + 1, written, critic_state, generator_state

    width = 1 + len(observe(critic_state[0], generator_state[0], data))
    written = tuple(tf.TensorArray(tf.float32, records) for _ in range(width))
    state = 0, written, critic_state, generator_state
    _, written, critic_state, generator_state = tf.while_loop(lambda index, *_: index < records, record, state)
    return tuple(array.stack() for array in written), critic_state[0], generator_state[0]

  return run


def an_epoch(critic, generator, loss, batch, epochs, penalty=None):
  """Returns (index, critic's state, generator's state, data, key) -> (critic's loss, both states), one epoch of a run.

  See `compiled`; `epochs` are those of the whole run, by which a penalty knows its progress.
  """
  terms = None if penalty is None else _penalty_of(penalty, critic, generator, epochs)
  if needs_no_critic(loss):
    critic_epoch, generator_epoch = _measure_epoch(loss), _direct_epoch(generator, loss)
  else:
    critic_epoch, generator_epoch = _critic_epoch(critic, loss, terms), _generator_epoch(critic, generator, loss)
  steps = critic.steps + generator.steps

  def epoch(index, critic_state, generator_state, data, key):
    real, latents = batch(data, index)
    answered, seed = generator_state[0], tf.stack([key, index * steps])
    given = generator.network(answered, latents), latents, answered, index
    value, critic_state = critic_epoch(critic_state, real, given, seed)
    generator_state = generator_epoch(generator_state, critic_state[0], real, latents, seed + [0, critic.steps])
    return value, critic_state, generator_state

  return epoch


def _critic_epoch(critic, loss, terms):
  """Returns (state, real, given, seed of the first step) -> (loss before the last step, state).

  `given` is what stands still meanwhile: fake points, their latents, generator's weights, the epoch.
  """

  def value_of(weights, real, fake, seed):
    logits = critic.network(weights, tf.concat([real, fake], 1))
    return _mean([tf.reduce_mean(loss(*tf.split(row, 2), seed).discriminator) for row in tf.unstack(logits)])

  def step(index, last, weights, descent_state, real, given, seed):
    with tf.GradientTape() as tape:
      tape.watch(weights)
      value = value_of(weights, real, given[0], seed + [0, index])
      if terms is not None:
        value += terms(weights, real, given, index, seed + [0, index])
    last = weights
    weights, descent_state = critic.descent.update(weights, descent_state, tape.gradient(value, weights))
    return index + 1, last, critic.projection(weights), descent_state, real, given, seed

  def epoch(state, real, given, seed):
    start = 0, state[0], *state, real, given, seed
    _, last, weights, descent_state, *_ = tf.while_loop(lambda index, *_: index < critic.steps, step, start)
    return value_of(last, real, given[0], seed + [0, critic.steps - 1]), (weights, descent_state)

  return epoch


def _penalty_of(penalty, critic, generator, epochs):
  """Returns (critic's weights, real, given, step of the epoch, seed) -> the penalty's mean, as `_critic_epoch` asks."""

  def value_of(weights, real, given, index, seed):
    fake, latents, generator_weights, epoch = given
    generators = Generators([lambda z: tf.transpose(generator.network(generator_weights, tf.transpose(z)))])
    progress = tf.cast(epoch, tf.float32) / epochs
    points = tf.transpose(real), tf.transpose(fake), tf.transpose(latents)
    batch = Batch(*points, StepRandom(seed), progress, epoch * critic.steps + index)
    count = critic.network(weights, real).shape[0]
    return _mean([of_one(weights, row, batch, generators) for row in range(count)])

  def of_one(weights, row, batch, generators):
    found = penalty(lambda examples: critic.network(weights, tf.transpose(examples))[row], batch, generators)
    return determinism.sum_in_order([tf.reduce_mean(values) for values in found.values()]) if found else 0.0

  return value_of


class StepRandom:
  """Random numbers of one step, in a fixed order: functions of its seed, int32 [2]."""

  of_whole_runs = True  # what `penalties.lazily` asks

  def __init__(self, seed):
    self._seed, self._count = seed, 0

  def uniform(self, shape):
    """Returns U(0, 1) draws, float32."""
    return tf.random.stateless_uniform(shape, self._next())

  def normal(self, shape):
    """Returns N(0, 1) draws, float32."""
    return tf.random.stateless_normal(shape, self._next())

  def _next(self):
    self._count += 1
    return tf.random.experimental.stateless_fold_in(self._seed, self._count)


def _measure_epoch(loss):
  """A critic's epoch where there is none: (state, real, given, seed) -> (loss, state)."""

  def epoch(state, real, given, seed):
    return tf.reduce_mean(loss(tf.transpose(real), tf.transpose(given[0]), seed)), state

  return epoch


def _direct_epoch(generator, loss):
  """Returns what `_generator_epoch` does, for a loss of points."""

  def value_of(weights, real, latents, seed):
    return tf.reduce_mean(loss(tf.transpose(real), tf.transpose(generator.network(weights, latents)), seed))

  return lambda state, _, real, latents, seed: _descended(
    generator, state, seed, lambda weights, seed: value_of(weights, real, latents, seed)
  )


def _generator_epoch(critic, generator, loss):
  """Returns (state, critic's weights, real, latents, seed of the first step) -> state."""

  def epoch(state, critic_weights, real, latents, seed):
    real_logits = tf.unstack(critic.network(critic_weights, real))

    def value_of(weights, seed):
      fake_logits = tf.unstack(critic.network(critic_weights, generator.network(weights, latents)))
      losses = [loss(*rows, seed).generator for rows in zip(real_logits, fake_logits)]
      return _mean([tf.reduce_mean(each) for each in losses])

    return _descended(generator, state, seed, value_of)

  return epoch


def _descended(generator, state, seed, value_of):
  """Returns the state after the generator's steps of an epoch; `value_of(weights, seed)` is what a step makes small."""

  def step(index, weights, descent_state):
    with tf.GradientTape() as tape:
      tape.watch(weights)
      value = value_of(weights, seed + [0, index])
    weights, descent_state = generator.descent.update(weights, descent_state, tape.gradient(value, weights))
    return index + 1, generator.projection(weights), descent_state

  return tf.while_loop(lambda index, *_: index < generator.steps, step, (0, *state))[1:]


def _mean(values):
  """The mean of a list of scalars; the only one as it is."""
  return determinism.sum_in_order(values) / len(values) if len(values) > 1 else values[0]


def in_threads(jobs, threads=None):
  """Calls every job of a list, one thread for each core, and yields (position, result) as they end.

  A compiled run holds no lock while it computes.
  """
  with concurrent.futures.ThreadPoolExecutor(threads or os.cpu_count()) as pool:
    waiting = {pool.submit(job): position for position, job in enumerate(jobs)}
    try:
      for done in concurrent.futures.as_completed(waiting):
        yield waiting[done], done.result()
    finally:
      for future in waiting:
        future.cancel()
