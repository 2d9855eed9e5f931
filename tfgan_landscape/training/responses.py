"""What each player of a trained GAN gains by answering the other as well as it can: how near it is to an equilibrium.

MIX+GAN paper (Arora et al. 2017), Definition 2.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_landscape.training.player import Player
from tfgan_landscape.training.restored import restored


class Response(NamedTuple):
  """A player's objective on held-out batches, means: before its answer, after most of its steps, after all of them."""

  before: float
  late: float
  after: float

  @property
  def gain(self):
    """By how much the objective fell."""
    return self.before - self.after


class Responses:
  """Answers of one player while the other stands still, each from the run's weights, which are put back.

  Args:
    engine: `Engine` of the run.
    learning_rate: of Adam, which trains an answer.

  Attributes:
    one_payoff: whether the game has one pay-off, so that an epsilon is defined: a zero-sum loss without a penalty.
  """

  def __init__(self, engine, learning_rate):
    self._trainer, self._strategy, self._learning_rate = engine.trainer, engine.strategy, learning_rate
    penalised = getattr(engine.trainer.penalty, '__name__', '') != 'none'
    self.one_payoff = not penalised and is_zero_sum(engine.trainer.loss)

  def critic(self, *given):
    """Returns the `Response` of the critics; arguments as `generator`."""
    return self._response(self._trainer.critics, lambda *batch: self._trainer.critic_objective(*batch)[0], *given)

  def generator(self, *given):
    """Returns the `Response` of the generators.

    Args:
      batches: iterator over the strategy's real batches, to learn from.
      held_out: list of its real batches, to judge by.
      steps: of the answer, at least 10.
    """
    return self._response(self._trainer.generators, self._trainer.generator_objective, *given)

  def _response(self, player, objective, batches, held_out, steps):
    with restored(self._trainer.variables):
      descend, value = self._functions(player, objective)
      late = steps - steps // 10
      found = [_mean(value, held_out)]
      for first, last in ((0, late), (late, steps)):
        for position in range(first, last):
          descend(next(batches), tf.constant(position, tf.int64))
        found.append(_mean(value, held_out))
      return Response(*found)

  def _functions(self, player, objective):
    """Returns the compiled step of a player's answer and the objective, functions of a batch and its position."""
    with self._strategy.scope():
      answering = Player(player.network, tf.keras.optimizers.Adam(self._learning_rate, beta_1=0.5), player.more)

    def step(real, position):
      with tf.GradientTape() as tape:
        value = objective(real, position)
      answering.descend(tape, value)

    @tf.function
    def descend(real, position):
      self._strategy.run(step, (real, position))

    @tf.function
    def value(real, position):
      return self._strategy.reduce('SUM', self._strategy.run(objective, (real, position)), axis=None)

    return descend, value


def _mean(value, batches):
  """The mean of an objective over batches, whose latents are the same at every call."""
  return float(np.mean([value(batch, tf.constant(-1 - index, tf.int64)) for index, batch in enumerate(batches)]))


def is_zero_sum(loss):
  """Whether both players play for one pay-off: their losses add up to what the fake logits do not change.

  Args:
    loss: `(real_logits [n], fake_logits [n]) -> GanLoss`.
  """
  real = tf.constant([0.5, -0.5, 1.5])
  sums = [tf.add_n(loss(real, tf.constant(fake))) for fake in ([0.25, 0.75, -1.0], [-2.0, 0.5, 3.0])]
  return bool(tf.reduce_all(tf.abs(sums[0] - sums[1]) < 1e-4))
