"""Signs of a training, by hand and by what they must not depend on."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.evaluation import signs

NAMES = list(signs.SIGNS)


def looked(critic, real, fake, **more):
  values = signs.of_batch(critic, tf.constant(real, tf.float32), tf.constant(fake, tf.float32), **more)
  return dict(zip(NAMES, values.numpy()))


def points(seed, count=40, dimensions=2):
  return np.random.default_rng(seed).standard_normal([count, dimensions])


def test_equal_sets_and_a_flat_critic():
  real = points(0)
  found = looked(lambda x: 0.0 * x[:, 0], real, real)
  assert found['inverted_pairs'] == 0.5
  assert found['margin'] == 0
  assert found['slope'] == 0
  assert found['spread'] == pytest.approx(1, abs=1e-5)
  assert found['coverage'] == 1
  assert found['recall'] == 1


def test_a_critic_that_tells_all_by_hand():
  # real 0 to 6 and generated 100 to 106: f = -3 x has a margin of 300, and its slope times the mean distance 8 / 3
  real = np.arange(7.0)[:, None]
  found = looked(lambda x: -3.0 * x[:, 0], real, real + 100)
  assert found['inverted_pairs'] == 0
  assert found['margin'] == pytest.approx(300)
  assert found['slope'] == pytest.approx(3 * 8 / 3)
  assert found['coverage'] == 0
  assert found['recall'] == 0


def test_collapse_on_one_of_two_modes():
  real = np.concatenate([points(0), points(1) + 100])
  fake = np.concatenate([points(2), points(3)])
  found = looked(lambda x: x[:, 0], real, fake)
  assert 0.4 < found['coverage'] <= 0.5
  assert 0.4 < found['recall'] <= 0.5
  assert found['spread'] < 0.1
  assert found['inverted_pairs'] < 0.3


def test_units_and_a_constant_do_not_count():
  real, fake = points(0), 0.7 * points(1) + 0.2
  one = looked(lambda x: tf.tanh(x[:, 0]), real, fake)
  scaled = looked(lambda x: tf.tanh(x[:, 0] / 50) + 9, 50 * real, 50 * fake)
  for name in NAMES:
    assert scaled[name] == pytest.approx(one[name], abs=1e-4), name


def test_distances_of_images_are_those_of_points():
  real, fake = points(0, dimensions=12), points(1, dimensions=12)
  flat = looked(lambda x: x[:, 0], real, fake)
  images = looked(lambda x: x[:, 0, 0, 0], real.reshape(-1, 2, 2, 3), fake.reshape(-1, 2, 2, 3))
  assert list(images.values()) == pytest.approx(list(flat.values()), rel=1e-4)


def test_labels_are_left_out_of_distances():
  real = np.concatenate([points(0), np.full([40, 1], 1.0)], 1)
  fake = np.concatenate([points(0), np.full([40, 1], -1.0)], 1)
  found = looked(lambda x: x[:, 2], real, fake, images=lambda x: x[:, :2])
  assert found['coverage'] == 1
  assert found['margin'] == 2


def test_a_compiled_program_computes_the_same():
  real, fake = (tf.constant(points(seed), tf.float32) for seed in (0, 1))
  critic = lambda x: tf.sin(x[:, 0])  # noqa: E731
  compiled = tf.function(lambda: signs.of_batch(critic, real, fake), jit_compile=True)
  np.testing.assert_allclose(compiled(), signs.of_batch(critic, real, fake), rtol=1e-5)


@pytest.mark.parametrize('different', [1, 3, 10])
def test_the_vendi_score_counts_what_differs(different):
  assert signs.vendi_score(np.repeat(np.eye(10)[:different], 4, axis=0)) == pytest.approx(different)


@pytest.mark.parametrize('count', [2, 4])
def test_a_handful_of_examples_is_enough(count):
  real = points(0, count)
  found = looked(lambda x: x[:, 0], real, real)
  assert found['coverage'] == 1
  assert found['recall'] == 1
