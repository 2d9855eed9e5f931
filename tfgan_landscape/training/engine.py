"""Runs a trainer's steps on the devices of a strategy, many iterations a call."""

import tensorflow as tf

from tfgan_landscape.config.arguments import configurable
from tfgan_landscape.distribution import determinism, strategies
from tfgan_landscape.errors import InputError
from tfgan_landscape.training.trainer import Report


@configurable(denylist=['trainer', 'strategy'])
class Engine:
  """Iterations of a trainer as one compiled function, summed over the replicas.

  Args:
    trainer: `Trainer`, built inside the strategy's scope.
    strategy: the distribution strategy.
    jit_compile: whether XLA compiles each step; one replica only, and slower for convolutions on a CPU.
      Compiled steps draw other random numbers than uncompiled ones, the same at every run.

  Raises:
    InputError: `jit_compile` with several replicas.
  """

  def __init__(self, trainer, strategy, jit_compile: bool = False):
    if jit_compile and strategy.num_replicas_in_sync > 1:
      raise InputError('Engine.jit_compile works with one replica; bind it to False, or pass --strategy=one_device')
    determinism.enable()
    self.trainer, self.strategy = trainer, strategy
    steps = trainer.generator_step, trainer.critic_step
    self._steps = tuple(tf.function(step, jit_compile=True) if jit_compile else step for step in steps)
    self._names = {}

  def iterate(self, batches, count):
    """Runs iterations of one generator step and `discriminator_updates` critic steps.

    Args:
      batches: iterator over the strategy's real batches, at the trainer's position.
      count: how many iterations, an int.

    Returns:
      `Report` of NumPy arrays: scalars {name: [count]}, one a iteration, the critic's as means over its updates;
      samples {name: [batch_size]} of the last critic step, [batch_size / packing] where the critic packs.
    """
    scalars, samples = (array.numpy() for array in self._iterate(batches, tf.constant(count)))
    return Report(dict(zip(self._names['scalars'], scalars.T)), dict(zip(self._names['samples'], samples)))

  @tf.function
  def _iterate(self, batches, count):
    """Returns scalars [count, names] and samples [names, batch_size]; `_names` has the names once it is traced."""
    scalars = tf.TensorArray(tf.float32, count, infer_shape=False)
    samples = tf.TensorArray(tf.float32, count, infer_shape=False)
    for index in tf.range(count):
      iteration_scalars, iteration_samples = self._iteration(batches)
      scalars = scalars.write(index, iteration_scalars)
      samples = samples.write(index, iteration_samples)
    return scalars.stack(), samples.read(count - 1)

  def _iteration(self, batches):
    trainer, (generator_step, critic_step) = self.trainer, self._steps
    position = trainer.step * trainer.batches_per_iteration
    generator_report = self._run(generator_step, batches, position)
    trainer.step.assign_add(1)
    trainer.average()
    scalars = tf.TensorArray(tf.float32, trainer.discriminator_updates, infer_shape=False)
    samples = tf.TensorArray(tf.float32, trainer.discriminator_updates, infer_shape=False)
    for update in tf.range(trainer.discriminator_updates):
      report = self._run(critic_step, batches, position + tf.cast(update, tf.int64) + 1)
      stacked = self._stack(generator_report, report)
      scalars, samples = scalars.write(update, stacked[0]), samples.write(update, stacked[1])
    critic_scalars = tf.reduce_sum(scalars.stack(), 0) / trainer.discriminator_updates
    everything = tf.concat([tf.stack(list(generator_report.scalars.values())), critic_scalars], 0)
    return everything, samples.read(trainer.discriminator_updates - 1)

  def _stack(self, generator_report, critic_report):
    """Stacks a critic's report as tensors, and notes the names of the whole iteration's."""
    scalars, samples = critic_report
    self._names = {'scalars': [*generator_report.scalars, *scalars], 'samples': list(samples)}
    return tf.stack(list(scalars.values())), tf.stack(list(samples.values()))

  def _run(self, step, batches, position):
    scalars, samples = self.strategy.run(step, (next(batches), position))
    return Report(
      {name: self.strategy.reduce('SUM', value, axis=None) for name, value in scalars.items()},
      {name: self._gathered(values) for name, values in samples.items()},
    )

  def _gathered(self, values):
    return tf.ensure_shape(self.strategy.gather(values, axis=0), [self.trainer.batch_size // self.trainer.packing])

  @property
  def workers(self):
    """How many processes compute together."""
    return strategies.worker_count(self.strategy)

  def agree(self, *values):
    """Returns the means of numbers over the workers, the same on each of them; with one worker, the numbers."""
    if self.workers == 1:
      return values
    return tuple(self._means(tf.constant(values, tf.float32)).numpy().tolist())

  @tf.function
  def _means(self, values):
    return self.strategy.reduce('MEAN', self.strategy.run(tf.identity, (values,)), axis=None)
