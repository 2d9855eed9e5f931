"""The two steps of GAN training, and an iteration made of them (RS-GAN paper, Appendix E.1).

An iteration is one generator step and then `discriminator_updates` discriminator steps, in the order of the released
code; each takes a real batch and latents of its own. Everything random is a function of (seed, position), position
being the number of the real batch, and every number is the same on any number of replicas.
"""

from typing import NamedTuple

import gin
import tensorflow as tf

from tfgan_landscape.errors import InputError
from tfgan_landscape.training.draws import Draws
from tfgan_landscape.training.ema import exponential_moving_average
from tfgan_landscape.training.precision import scale, unscale, with_loss_scale
from tfgan_landscape.training.schedules import LinearDecay, adam


@gin.configurable(denylist=['critic', 'real', 'fake'])
def joint_pass(critic, real, fake):
  """Scores real [n, ...] and fake [n, ...] in one call over 2n examples; returns their logits, [n] each.

  The faster way, with one spectral norm for both; a critic with batch norm would see both kinds in one batch.
  """
  return tf.split(critic(tf.concat([real, fake], 0)), 2)


@gin.configurable(denylist=['critic', 'real', 'fake'])
def separate_passes(critic, real, fake):
  """Scores real [n, ...] and fake [n, ...] in a call each, for critics with batch norm; returns logits, [n] each."""
  return critic(real), critic(fake)


METRICS = (
  'generator_loss',
  'generator_gradient_norm',
  'discriminator_loss',
  'penalty',
  'discriminator_gradient_norm',
  'real_logit',
  'fake_logit',
  'real_probability',
  'fake_probability',
)


class Networks(NamedTuple):
  """The three networks of a GAN.

  `generator` maps latents [n, latent_dim] to examples [n, ...], `discriminator` examples to logits [n, 1]; `average` is
  a generator whose weights are the moving average of the first one's.
  """

  generator: tf.keras.Model
  discriminator: tf.keras.Model
  average: tf.keras.Model


@gin.configurable(denylist=['networks', 'strategy', 'seed'])
class Trainer(tf.Module):
  """One GAN in training: networks, optimisers and step counter.

  Build it inside the strategy's scope. `step` is an int64 variable, the iterations done.

  Args:
    networks: `Networks`.
    strategy: the distribution strategy.
    seed: integer.
    loss: `(real_logits [n], fake_logits [n]) -> GanLoss`.
    penalty: `(critic, real [n, ...], fake [n, ...], random) -> [n]`, added to the discriminator's loss.
    generator_learning_rate: at the start.
    discriminator_learning_rate: at the start.
    discriminator_updates: discriminator steps per iteration.
    batch_size: of the global batch, over all replicas.
    iterations: of the whole run, counted in generator updates.
    optimizer: `(learning_rate) -> Keras optimiser`, for either player.
    schedule: `(learning_rate, iterations, updates) -> learning rate or Keras schedule`.
    critic_pair: `joint_pass` or `separate_passes`, how a discriminator step scores a pair of batches.
    moving_average: `(average, source, step)`, moves the variables of `average`.
    jit_compile: whether XLA compiles each step; one replica only, and slower for convolutions on a CPU.
      Compiled steps draw other random numbers than uncompiled ones, the same at every run.

  Raises:
    InputError: the batch does not divide by the replicas, or `jit_compile` with several of them.
  """

  def __init__(
    self,
    networks,
    strategy,
    seed,
    loss=gin.REQUIRED,
    penalty=gin.REQUIRED,
    generator_learning_rate=2e-4,
    discriminator_learning_rate=2e-4,
    discriminator_updates=1,
    batch_size=64,
    iterations=100_000,
    optimizer=adam,
    schedule=LinearDecay,
    critic_pair=joint_pass,
    moving_average=exponential_moving_average,
    jit_compile=False,
  ):
    super().__init__()
    self.generator, self.discriminator, self.average = networks
    self.strategy, self.seed = strategy, seed
    self.loss, self.penalty, self.critic_pair = loss, penalty, critic_pair
    self.moving_average = moving_average
    self.discriminator_updates = discriminator_updates
    self.batch_size, self.iterations = batch_size, iterations
    self._check_batch()
    self.step = tf.Variable(0, dtype=tf.int64, trainable=False, name='step')
    self.average.set_weights(self.generator.get_weights())
    self.generator_optimizer = with_loss_scale(optimizer(schedule(generator_learning_rate, iterations, 1)))
    self.discriminator_optimizer = with_loss_scale(
      optimizer(schedule(discriminator_learning_rate, iterations, discriminator_updates))
    )
    self.generator_optimizer.build(self.generator.trainable_variables)
    self.discriminator_optimizer.build(self.discriminator.trainable_variables)
    self._steps = self.generator_step, self.discriminator_step
    if jit_compile:
      self._compile_steps()

  @property
  def iteration(self):
    """The iterations done, a Python integer."""
    return int(self.step.numpy())

  @property
  def first_batch(self):
    """The position of the next real batch: the number of batches that the iterations done have consumed."""
    return self.iteration * (1 + self.discriminator_updates)

  def learning_rates(self):
    """Returns both learning rates in force, by name."""
    return {
      'generator_learning_rate': float(self.generator_optimizer.learning_rate),
      'discriminator_learning_rate': float(self.discriminator_optimizer.learning_rate),
    }

  def parts(self):
    """Returns what a checkpoint holds, by name."""
    names = (
      'generator',
      'discriminator',
      'average',
      'generator_optimizer',
      'discriminator_optimizer',
      'step',
    )
    return {name: getattr(self, name) for name in names}

  def _check_batch(self):
    replicas = self.strategy.num_replicas_in_sync
    if self.batch_size % replicas:
      raise InputError(
        f'Trainer.batch_size = {self.batch_size} does not divide by {replicas} replicas; bind a multiple of it, or'
        ' pass --strategy=one_device'
      )

  def _compile_steps(self):
    if self.strategy.num_replicas_in_sync > 1:
      raise InputError('Trainer.jit_compile works with one replica; bind it to False, or pass --strategy=one_device')
    self._steps = tuple(tf.function(step, jit_compile=True) for step in self._steps)

  def critic(self, examples):
    """Scores examples [n, ...]; returns logits [n]."""
    return tf.squeeze(self.discriminator(examples, training=True), 1)

  def generator_step(self, real, position):
    """Updates the generator beside one real batch [n, ...], the `position`-th; returns scalars by name."""
    draws = Draws(self.seed, position)
    real_logits = self.critic(real)  # falls out of the graph where the loss has no use for it
    with tf.GradientTape() as tape:
      fake = self._fake(draws, real)
      objective = self._mean(self.loss(real_logits, self.critic(fake)).generator)
      scaled = scale(self.generator_optimizer, objective)
    norm = self._descend(self.generator_optimizer, tape, scaled, self.generator)
    return {'generator_loss': objective, 'generator_gradient_norm': norm}

  def discriminator_step(self, real, position):
    """Updates the discriminator on one real batch [n, ...]; returns scalars by name, and both kinds' logits [n]."""
    draws = Draws(self.seed, position)
    fake = self._fake(draws, real)
    with tf.GradientTape() as tape:
      real_logits, fake_logits = self.critic_pair(self.critic, real, fake)
      adversarial = self.loss(real_logits, fake_logits).discriminator
      penalty = self.penalty(self.critic, real, fake, draws)
      objective = self._mean(adversarial + penalty)
      scaled = scale(self.discriminator_optimizer, objective)
    norm = self._descend(self.discriminator_optimizer, tape, scaled, self.discriminator)
    return {
      'discriminator_loss': objective,
      'penalty': self._mean(penalty),
      'discriminator_gradient_norm': norm,
      'real_logit': self._mean(real_logits),
      'fake_logit': self._mean(fake_logits),
      'real_probability': self._mean(tf.sigmoid(real_logits)),
      'fake_probability': self._mean(tf.sigmoid(fake_logits)),
    }, {'real': real_logits, 'fake': fake_logits}

  def _fake(self, draws, real):
    return self.generator(draws.normal([real.shape[0], self.generator.input_shape[1]]), training=True)

  def _mean(self, values):
    return tf.nn.compute_average_loss(values, global_batch_size=self.batch_size)

  def _descend(self, optimizer, tape, objective, network):
    gradients = tape.gradient(objective, network.trainable_variables)
    replica = tf.distribute.get_replica_context()
    gradients = replica.all_reduce(tf.distribute.ReduceOp.SUM, unscale(optimizer, gradients))
    optimizer.apply_gradients(zip(gradients, network.trainable_variables), skip_gradients_aggregation=True)
    return tf.linalg.global_norm(gradients) / replica.num_replicas_in_sync

  @tf.function
  def iterate(self, batches, iterations):
    """Runs iterations of one generator step and `discriminator_updates` discriminator steps.

    Args:
      batches: iterator over the strategy's real batches, at position `(1 + discriminator_updates) * step`.
      iterations: int32 scalar tensor.

    Returns:
      Scalars by name, averaged over the iterations; {'real', 'fake'} logits [batch_size] of the last step; the first
      iteration with a loss that is not finite, int64, -1 if there is none.
    """
    totals = dict.fromkeys(METRICS, 0.0)
    logits = dict.fromkeys(('real', 'fake'), tf.zeros([self.batch_size]))
    broken = tf.constant(-1, tf.int64)
    for _ in tf.range(iterations):
      metrics, logits = self._iteration(batches)
      totals = {name: totals[name] + metrics[name] for name in METRICS}
      finite = tf.math.is_finite(metrics['generator_loss'] + metrics['discriminator_loss'])
      broken = tf.where(finite | (broken >= 0), broken, self.step)
    return {name: total / tf.cast(iterations, tf.float32) for name, total in totals.items()}, logits, broken

  def _iteration(self, batches):
    generator_step, discriminator_step = self._steps
    position = self.step * (1 + self.discriminator_updates)
    metrics = self._sum(self.strategy.run(generator_step, (next(batches), position)))
    self.step.assign_add(1)
    self.moving_average(self.average.variables, self.generator.variables, self.step)
    totals = dict.fromkeys(METRICS[len(metrics) :], 0.0)
    logits = dict.fromkeys(('real', 'fake'), tf.zeros([self.batch_size]))
    for update in tf.range(1, self.discriminator_updates + 1):
      scores, logits = self.strategy.run(discriminator_step, (next(batches), position + tf.cast(update, tf.int64)))
      totals = {name: totals[name] + value for name, value in self._sum(scores).items()}
      logits = {kind: self._gather(values) for kind, values in logits.items()}
    return {**metrics, **{name: total / self.discriminator_updates for name, total in totals.items()}}, logits

  def _sum(self, metrics):
    return {name: self.strategy.reduce('SUM', value, axis=None) for name, value in metrics.items()}

  def _gather(self, logits):
    return tf.ensure_shape(self.strategy.gather(logits, axis=0), [self.batch_size])
