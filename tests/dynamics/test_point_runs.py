"""Runs on points: their batches, and one program for all learning rates. (Whole: tests/studies/test_bad_start.py.)"""

import functools

import numpy as np
import tensorflow as tf

from tfgan_landscape import losses
from tfgan_landscape.dynamics import small_mlp
from tfgan_landscape.dynamics.descent import Momentum
from tfgan_landscape.dynamics.point_runs import PointRuns, Shape


def test_a_batch_is_a_function_of_keys_and_iteration():
  batch = PointRuns(np.zeros([20, 2], np.float32), 0, Shape(4), 6, 1, 1, 1, [Momentum] * 2).batch
  real = tf.constant(np.arange(20.0, dtype=np.float32)[None].repeat(2, 0))
  first, again, later, other = (
    [part.numpy() for part in batch((real, tf.constant(keys)), iteration)]
    for keys, iteration in (([1, 2], 3), ([1, 2], 3), ([1, 2], 4), ([5, 2], 3))
  )
  np.testing.assert_array_equal(first[0], again[0])
  np.testing.assert_array_equal(first[1], again[1])
  assert not np.array_equal(first[0], later[0])
  assert not np.array_equal(first[1], later[1])
  assert not np.array_equal(first[0], other[0])
  np.testing.assert_array_equal(first[1], other[1])  # the latents have a key of their own
  assert first[0].shape == first[1].shape == (2, 6)


def test_momentum_follows_its_learning_rate():
  runs = PointRuns(np.ones([20, 2], np.float32), 0, Shape(4), 6, 2, 1, 5, [Momentum] * 2)
  start = runs.random_weights(0)
  moved = [
    np.abs(runs.run(losses.kept(losses.wasserstein), None, 0, start, rate)['generator_0'] - start[1][0]).max()
    for rate in (1e-9, 1e-2)
  ]
  assert moved[0] < 1e-6 < 1e-4 < moved[1]


def test_the_critic_at_the_end_by_hand():
  """One hidden unit, leaky ReLU of slope 0.2: f = 2 relu(3 x + 4 y), its gradient 2 (3, 4), a fifth of it below 0."""
  runs = PointRuns(np.ones([20, 2], np.float32), 0, Shape(1, layers=1), 6, 1, 1, 5, [Momentum] * 2)
  old = np.zeros([1, 2])
  run = {'critic_0': [old, [[3.0, 4.0]]], 'critic_1': [old[:, :1], [[0.0]]], 'critic_2': [[[0.0]], [[2.0]]]}
  run = {name: np.array(weights, np.float32) for name, weights in run.items()}
  logits, gradients = runs.critic(run, np.array([[1.0, 1.0], [-1.0, 0.0]]))
  np.testing.assert_allclose(logits, [14.0, -1.2], rtol=1e-6)
  np.testing.assert_allclose(gradients, [[6.0, 8.0], [1.2, 1.6]], rtol=1e-6)


def test_a_mixture_shares_latents_and_keeps_a_row_of_logits_for_each_critic():
  runs = PointRuns(np.ones([20, 2], np.float32), 0, Shape(3, layers=1, components=3), 6, 1, 1, 5, [Momentum] * 2)
  critic, generator = runs.random_weights(0)
  single = [small_mlp.split(weights, 3) for weights in (critic, generator)]
  latents = tf.random.stateless_normal([2, 8], [0, 0])
  points = runs._generate(generator, latents)
  for part, which in zip(single[1], (slice(0, 3), slice(3, 6), slice(6, 8))):
    alone = small_mlp.apply(part, latents[:, which], tf.nn.relu)
    np.testing.assert_allclose(points[:, which], alone, rtol=1e-5)
  rows = runs._score(critic, points)
  assert rows.shape == (3, 8)
  for part, row in zip(single[0], rows):
    alone = small_mlp.apply(part, points, functools.partial(tf.nn.leaky_relu, alpha=0.2))[0]
    np.testing.assert_allclose(row, alone, rtol=1e-5, atol=1e-6)
