"""Best responses: gains of games whose optimum is known, and a trainer that is left as it was."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import losses, penalties
from tfgan_landscape.training.engine import Engine
from tfgan_landscape.training.responses import Responses
from tfgan_landscape.training.trainer import Networks, Trainer

BATCH = 64


class Shift(tf.keras.Sequential):
  """A generator of points z + b."""

  def __init__(self, start):
    super().__init__([tf.keras.Input((1,)), tf.keras.layers.Dense(1, bias_initializer=tf.constant_initializer(start))])
    self.layers[0].kernel.assign([[1.0]])
    self.layers[0].kernel._trainable = False


class Line(tf.keras.Sequential):
  """A critic f(x) = w x."""

  def __init__(self, slope):
    super().__init__([tf.keras.Input((1,)), tf.keras.layers.Dense(1, use_bias=False)])
    self.layers[0].kernel.assign([[slope]])


def engine(start, slope, loss, penalty=penalties.none, strategy=None):
  strategy = strategy or tf.distribute.get_strategy()
  with strategy.scope():
    networks = Networks(Shift(start), Line(slope), Shift(start))
    trainer = Trainer(
      networks, 0, strategy.num_replicas_in_sync, loss, penalty, batch_size=BATCH, optimizer=tf.keras.optimizers.SGD
    )
  return Engine(trainer, strategy)


def batches(strategy=None, count=10_000, seed=0):
  points = tf.random.stateless_normal([BATCH * 100, 1], [seed, 0])
  data = tf.data.Dataset.from_tensor_slices(points).batch(BATCH).repeat().take(count)
  return iter((strategy or tf.distribute.get_strategy()).experimental_distribute_dataset(data))


def test_a_critic_that_knows_nothing_gains_the_distance_of_the_means():
  """W with R1: -w (E x - E y) + w^2 gamma / 2 is least at w = (E x - E y) / gamma = -2: from w = 0 the gain is 2."""
  penalty = functools.partial(penalties.r1, gamma=1.0)
  found = Responses(engine(2.0, 0.0, losses.wasserstein, penalty), 0.03)
  response = found.critic(batches(), list(batches(count=100, seed=1)), 300)
  assert response.before == pytest.approx(0)
  assert response.gain == pytest.approx(2, rel=0.1)
  assert response.late - response.after < 0.05


def test_players_at_the_equilibrium_gain_nothing():
  """JS: equal distributions and a constant critic; on a finite sample the critic gains a little, or loses."""
  found = Responses(engine(0.0, 0.0, losses.nonsaturating), 0.01)
  judge = list(batches(count=50, seed=1))
  assert abs(found.critic(batches(), judge, 50).gain) < 0.01
  assert found.generator(batches(), judge, 50).gain == pytest.approx(0, abs=1e-6)


def test_a_generator_follows_a_critic_that_stands_still():
  """f(x) = x and loss -f(G(z)): Adam moves the shift by its rate a step, so that 100 steps of 0.01 gain 1."""
  found = Responses(engine(0.0, 1.0, losses.wasserstein), 0.01)
  response = found.generator(batches(), list(batches(count=20)), 100)
  assert response.gain == pytest.approx(1, rel=0.1)


def test_the_trainer_is_left_as_it_was(two_replicas):
  playing = engine(1.0, 0.5, losses.relativistic_logistic, strategy=two_replicas)
  before = [variable.numpy() for variable in playing.trainer.variables]
  found = Responses(playing, 0.1)
  judge = list(batches(two_replicas, 3))
  one = [found.critic(batches(two_replicas), judge, 10), found.generator(batches(two_replicas), judge, 10)]
  for variable, values in zip(playing.trainer.variables, before, strict=True):
    np.testing.assert_array_equal(variable, values)
  again = [found.critic(batches(two_replicas), judge, 10), found.generator(batches(two_replicas), judge, 10)]
  np.testing.assert_allclose(one, again, rtol=1e-6)
  assert all(response.gain > 0 for response in one)


@pytest.mark.parametrize(
  ('loss', 'penalty', 'expected'),
  [
    (losses.saturating, penalties.none, True),
    (losses.wasserstein, penalties.none, True),
    (losses.relativistic_least_squares, penalties.none, True),
    (losses.nonsaturating, penalties.none, False),
    (losses.relativistic_logistic, penalties.none, False),
    (losses.least_squares, penalties.none, False),
    (losses.wasserstein, penalties.r1, False),
  ],
)
def test_a_game_has_one_payoff_where_the_losses_add_up_to_what_fakes_do_not_change(loss, penalty, expected):
  assert Responses(engine(2.0, 1.0, loss, penalty), 0.01).one_payoff == expected
