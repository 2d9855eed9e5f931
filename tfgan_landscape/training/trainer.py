"""The two steps of GAN training (RS-GAN paper, Appendix E.1).

An iteration is one generator step and then `discriminator_updates` critic steps, in the order of the released code;
each takes a real batch and latents of its own. Everything random is a function of (seed, position), position being the
number of the real batch. On any number of replicas a run is the same one up to rounding; with the same number, on the
same number of cores, it is the same bit by bit.
"""

import inspect
from typing import Callable, NamedTuple

import gin
import tensorflow as tf

from tfgan_landscape import mixture
from tfgan_landscape.config.arguments import Count, NonNegative, configurable
from tfgan_landscape.distribution import determinism
from tfgan_landscape.errors import InputError
from tfgan_landscape.penalties import Batch
from tfgan_landscape.training import diagnostics
from tfgan_landscape.training.draws import Draws
from tfgan_landscape.training.ema import exponential_moving_average
from tfgan_landscape.training.payoff import payoff
from tfgan_landscape.training.player import Player
from tfgan_landscape.training.schedules import LinearDecay, adam
from tfgan_landscape.training.window import Window


@configurable(denylist=['critic', 'batches'])
def joint_pass(critic, batches):
  """Scores batches [n, ...] in one call over all examples; returns their logits, a list of [n].

  The faster way, with one spectral norm for all; a critic with batch norm would see all kinds in one batch.
  """
  return tf.split(critic(tf.concat(batches, 0)), len(batches))


@configurable(denylist=['critic', 'batches'])
def separate_passes(critic, batches):
  """Scores batches [n, ...] in a call each, for critics with batch norm; returns their logits, a list of [n]."""
  return [critic(batch) for batch in batches]


class Networks(NamedTuple):
  """The three networks of a GAN.

  `generator` maps latents [n, latent_dim] to examples [n, ...], `discriminator` examples to logits [n, 1]; `average` is
  a generator whose weights are the moving average of the first one's. Each may be a mixture of `mixture.py`.
  """

  generator: tf.keras.Model
  discriminator: tf.keras.Model
  average: tf.keras.Model


class Report(NamedTuple):
  """What a step or an iteration tells.

  Attributes:
    scalars: {name: scalar}; of a replica's step, its share of the sum over replicas.
    samples: {name: [n]}, values by example.
  """

  scalars: dict
  samples: dict


class Sampled(tf.Module):
  """What of a trainer makes samples, under its names: a checkpoint of either restores into this.

  Args:
    networks: `Networks`.
  """

  def __init__(self, networks):
    super().__init__()
    self.step = tf.Variable(0, dtype=tf.int64, trainable=False, name='step')
    self.generators = Player(networks.generator)
    self.averages = [networks.average]


@configurable(denylist=['networks', 'seed', 'replicas'])
class Trainer(tf.Module):
  """One GAN in training: both players, the moving average, the penalty and the step counter, all of a checkpoint.

  Build it inside the strategy's scope. `step` is an int64 variable, the iterations done.

  Args:
    networks: `Networks`.
    seed: integer.
    replicas: how many share a batch.
    loss: `(real_logits [n], fake_logits [n]) -> GanLoss`.
    penalty: `penalties.Penalty`; its terms are added to the critic's loss, its trainable variables learn
      with the critic.
    generator_learning_rate: at the start.
    discriminator_learning_rate: at the start.
    discriminator_updates: critic steps per iteration.
    batch_size: of the global batch, over all replicas.
    iterations: of the whole run, counted in generator updates.
    optimizer: `(learning_rate) -> Keras optimiser`, for either player; one that has an argument `updates` is told how
      many the player makes in the whole run.
    schedule: `(learning_rate, iterations, updates) -> learning rate or Keras schedule`.
    critic_pair: `joint_pass` or `separate_passes`, how a critic step scores a pair of batches.
    moving_average: `(average, source, step)`, moves the variables of `average`; told `iterations` and `batch_size`
      where it has such arguments.

  Raises:
    InputError: the batch does not divide by the replicas, a replica's by the packing of the critic, or by the buffer of
      the penalty.
  """

  def __init__(
    self,
    networks,
    seed,
    replicas=1,
    loss: Callable = gin.REQUIRED,
    penalty: Callable = gin.REQUIRED,
    generator_learning_rate: NonNegative = 2e-4,
    discriminator_learning_rate: NonNegative = 2e-4,
    discriminator_updates: Count = 1,
    batch_size: Count = 64,
    iterations: Count = 100_000,
    optimizer: Callable = adam,
    schedule: Callable = LinearDecay,
    critic_pair: Callable = joint_pass,
    moving_average: Callable = exponential_moving_average,
  ):
    super().__init__()
    self.seed, self.loss, self.penalty = seed, loss, penalty
    self.packing, self._replicas = _packing(networks.discriminator, batch_size, replicas), replicas
    self.moving_average = moving_average
    _check_buffer(getattr(penalty, 'buffer', 0), batch_size, replicas)
    self.discriminator_updates, self.batch_size, self.iterations = discriminator_updates, batch_size, iterations
    self.discriminator_learning_rate = discriminator_learning_rate
    self.step = tf.Variable(0, dtype=tf.int64, trainable=False, name='step')
    self.window = Window()
    networks.average.set_weights(networks.generator.get_weights())
    self.averages = [networks.average]

    def descent(learning_rate, updates):
      return _told(optimizer, schedule(learning_rate, iterations, updates), updates=iterations * updates)

    self.generators = Player(networks.generator, descent(generator_learning_rate, 1))
    critic_descent = descent(discriminator_learning_rate, discriminator_updates)
    self.critics = Player(networks.discriminator, critic_descent, getattr(penalty, 'trainable_variables', ()))
    self.payoff = payoff(loss, penalty, critic_pair, self.generators, self.critics)

  @property
  def iteration(self):
    """The iterations done, a Python integer."""
    return int(self.step.numpy())

  @property
  def batches_per_iteration(self):
    """Real batches that an iteration takes."""
    return 1 + self.discriminator_updates

  @property
  def position(self):
    """Number of the next real batch: how many the iterations done have taken."""
    return self.iteration * self.batches_per_iteration

  def learning_rates(self):
    """Returns both learning rates in force, by name."""
    players = {'generator_learning_rate': self.generators, 'discriminator_learning_rate': self.critics}
    return {name: float(player.optimizer.learning_rate.numpy()) for name, player in players.items()}

  def generator_step(self, real, position):
    """Updates the generator beside one real batch [n, ...], the `position`-th; returns `Report`."""
    with tf.GradientTape() as tape:
      objective = self.generator_objective(real, position)
    norm = self.generators.descend(tape, objective)
    scalars = {'generator_loss': objective, 'generator_gradient_norm': norm}
    return Report(scalars | _weights('generator', self.generators, self._replicas), {})

  def generator_objective(self, real, position):
    """Returns what a generator step makes small, a scalar, of one real batch [n, ...], the `position`-th."""
    fake = self.payoff.sample(self._latents(Draws(self.seed, position), real))
    real_logits, fake_logits = self.payoff.score_for_generator(real, fake)
    return self._mean(self.generators, self.payoff.loss(real_logits, fake_logits).generator)

  def critic_step(self, real, position):
    """Updates the critic on one real batch [n, ...], the `position`-th; returns `Report`."""
    with tf.GradientTape() as tape:
      objective, terms, logits = self.critic_objective(real, position)
    norm = self.critics.descend(tape, objective)
    real_logits, fake_logits = self.payoff.mean_logits(*logits)
    means = terms | diagnostics.of_critic(real_logits, fake_logits)
    scalars = {'discriminator_loss': objective, 'discriminator_gradient_norm': norm}
    scalars |= {name: self._share_of_mean(values) for name, values in means.items()}
    scalars |= _weights('discriminator', self.critics, self._replicas)
    return Report(scalars, {'real': real_logits, 'fake': fake_logits})

  def critic_objective(self, real, position):
    """Returns what a critic step makes small, of one real batch [n, ...], the `position`-th.

    Returns:
      (objective, a scalar; the penalty's terms {name: [n]}; the logits of real and of fake examples).
    """
    draws = Draws(self.seed, position)
    latents = self._latents(draws, real)
    fake = self.payoff.sample(latents)
    real_logits, fake_logits = self.payoff.score(real, fake)
    terms = self.payoff.penalty(self._batch(real, self.payoff.drawn(latents, fake), latents, draws, position))
    objective = self._mean(self.critics, self.payoff.loss(real_logits, fake_logits).discriminator, *terms.values())
    return objective, terms, (real_logits, fake_logits)

  def _mean(self, player, *terms):
    """The sum of terms [n] as means over the batch, and the entropy term of a player that is a mixture."""
    means = [self._share_of_mean(values) for values in terms]
    return determinism.sum_in_order(means if player.entropy is None else [*means, player.entropy / self._replicas])

  def average(self):
    """Moves the average towards the generator, whose updates `step` counts; call it outside a replica."""
    moved = self.averages[0].variables, self.generators.network.variables, self.step
    _told(self.moving_average, *moved, iterations=self.iterations, batch_size=self.batch_size)

  def _batch(self, real, fake, latents, draws, position):
    """What a penalty sees of a critic step."""
    progress = tf.cast(self.step, tf.float32) / self.iterations
    generator_steps = position // self.batches_per_iteration + 1  # the first step of every iteration is a generator's
    return Batch(real, fake, latents, draws, progress, position - generator_steps)

  def _latents(self, draws, real):
    return draws.normal([real.shape[0], self.generators.network.input_shape[1]])

  def _share_of_mean(self, values):
    """This replica's share of the mean of values [n], over all replicas."""
    return tf.reduce_sum(values) / tf.cast(tf.size(values) * self._replicas, values.dtype)


def _told(function, *arguments, **run):
  """Calls a function of the user's choice, with those numbers of the run that it has arguments for."""
  taken = inspect.signature(function).parameters
  return function(*arguments, **{name: value for name, value in run.items() if name in taken})


def _weights(name, player, replicas):
  """{name: a mixture's weight}, a replica's share of it, for a report."""
  shares = [] if player.shares is None else tf.unstack(player.shares / replicas)
  return {f'{name}_weight/{index}': each for index, each in enumerate(shares)}


def _check_buffer(buffer, batch_size, replicas):
  """Refuses a penalty's buffer of points that does not fill its places in a batch."""
  if buffer and (2 * buffer > batch_size or batch_size % buffer or buffer % replicas):
    raise InputError(
      f'the buffer of Trainer.penalty keeps {buffer} points, which is no divisor of half a batch of {batch_size} that'
      f' divides by {replicas} replica(s); bind e.g. MaxGradient.buffer = {batch_size // 2}'
    )


def _packing(discriminator, batch_size, replicas):
  """How many examples the critic scores at once; refuses a batch that does not divide."""
  if batch_size % replicas:
    raise InputError(
      f'Trainer.batch_size = {batch_size} does not divide by {replicas} replicas; bind a multiple of it, or'
      ' pass --strategy=one_device'
    )
  packing = getattr(mixture.parts(discriminator)[0], 'packing', 1)
  if batch_size // replicas % packing:
    raise InputError(
      f'packed.packing = {packing} does not divide the {batch_size // replicas} examples of a replica; bind another'
      ' packing, or Trainer.batch_size'
    )
  return packing
