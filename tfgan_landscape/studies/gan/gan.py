"""Builds a GAN on the devices of a strategy, trains it anew or reads it back from a run's folder."""

import functools
import itertools

import tensorflow as tf

from tfgan_landscape import mixture
from tfgan_landscape.datasets import pipeline
from tfgan_landscape.distribution import strategies
from tfgan_landscape.errors import InputError, users_code
from tfgan_landscape.studies import checks
from tfgan_landscape.training.checkpoints import Checkpoints
from tfgan_landscape.training.engine import Engine
from tfgan_landscape.training.responses import Responses
from tfgan_landscape.training.sampling import Sampler
from tfgan_landscape.training.trainer import Networks, Sampled, Trainer


class Gan:
  """The networks of a GAN, where they compute and where they are kept.

  Args:
    execution: `Execution`, what the flags say.
    generator: makes the generator, a Keras model from latents [n, latent_dim] to examples [n, ...].
    discriminator: makes the critic, a Keras model from examples to logits [n, 1].
    precision: Keras policy 'float32', 'mixed_bfloat16' or 'mixed_float16'.

  Raises:
    InputError: the strategy is not to be had here.
  """

  def __init__(self, execution, generator, discriminator, precision):
    self.execution, self._engine = execution, None
    devices = execution.tpu, execution.virtual_devices, execution.worker_timeout
    self.strategy = strategies.create(execution.strategy, *devices)
    tf.keras.utils.set_random_seed(execution.seed % 2**32)  # what NumPy takes
    tf.keras.mixed_precision.set_global_policy(precision)
    with self.strategy.scope(), users_code('a network of train_gan.generator or train_gan.discriminator'):
      self.networks = Networks(generator(), discriminator(), generator())

  @property
  def checkpoints_dir(self):
    """Where the run keeps its checkpoints."""
    return self.execution.model_dir / 'checkpoints'

  def engine(self):
    """Returns the `Engine` of a new `Trainer`."""
    with self.strategy.scope():
      trainer = Trainer(self.networks, self.execution.seed, self.strategy.num_replicas_in_sync)
    checks.check_loss('Trainer.loss', trainer.loss)
    checks.check_penalty_in_training('Trainer.penalty', trainer.penalty, self.networks)
    self._engine = Engine(trainer, self.strategy)
    return self._engine

  def trained(self):
    """Returns the `Engine` that trains, or one read from the newest checkpoint, for what is asked of a trained run."""
    if self._engine is None:
      self._read(self.engine().trainer)
    return self._engine

  def responses(self, load, split, held_out, steps, batches, learning_rate):
    """Returns ({'critic': Response, 'generator': Response}, whether the game has one pay-off) of the run as it is.

    See `probes.equilibrium_gap`.

    Args:
      load: split -> Examples of the real data.
      split: to learn from.
      held_out: split to judge by.
      steps: of each answer.
      batches: held-out batches.
      learning_rate: of Adam, for both.
    """
    answers = Responses(self.trained(), learning_rate)
    judge = list(itertools.islice(self._batches(load(held_out)), batches))
    found = {
      name: answer(self._batches(load(split)), judge, steps)
      for name, answer in (('critic', answers.critic), ('generator', answers.generator))
    }
    return found, answers.one_payoff

  def _batches(self, examples):
    batch_size, seed = self._engine.trainer.batch_size, self.execution.seed
    return strategies.distribute(self.strategy, pipeline.training_batches(examples, batch_size, seed))

  def restore(self):
    """Restores both generators from the newest checkpoint, or with --best from the best; returns the step."""
    with self.strategy.scope():
      sampled = Sampled(self.networks)
    self._read(sampled)
    return int(sampled.step.numpy())

  def _read(self, root):
    checkpoints = Checkpoints(self.checkpoints_dir, root)
    if not (checkpoints.best if self.execution.best else checkpoints).restore():
      kind = 'best checkpoint; train with scores' if self.execution.best else 'checkpoint; train'
      raise InputError(f'{self.execution.model_dir} holds no {kind} first, or correct --model_dir')

  @functools.cache  # noqa: B019  a GAN lives as long as its study
  def samplers(self, batch_statistics=False):
    """Returns {'ema': sampler of the average, 'raw': sampler of the generator}."""
    return {
      'ema': Sampler(self.networks.average, batch_statistics=batch_statistics),
      'raw': Sampler(self.networks.generator, batch_statistics=batch_statistics),
    }

  @functools.cache  # noqa: B019
  def component_samplers(self):
    """Returns a sampler of each component of the average, of latents without the one that draws a component."""
    return [Sampler(component) for component in mixture.parts(self.networks.average)]
