"""Sums that do not depend on who holds their terms; in float32 1e8 - 1e8 + 3 is 3, and 3 - 1e8 + 1e8 is 0."""

import functools

import pytest
import tensorflow as tf

from tfgan_landscape import sums

PARTS = 1e8, -1e8, 3.0


@pytest.fixture(autouse=True)
def _fixed():
  tf.function(lambda: tf.zeros([]))()  # what a first call settles is not final
  sums.fix_order()


def test_terms_are_added_from_the_first_on():
  assert float(sums.in_order([tf.constant(part) for part in PARTS])) == 3


@pytest.mark.parametrize('held', [(), (0,), (0, 1), (1, 2), (0, 1, 2)])
@pytest.mark.parametrize('total', [sums.in_order, sum, lambda terms: terms[0] + terms[1] + terms[2]])
def test_terms_that_others_hold_are_added_in_the_same_order(total, held):
  @tf.function
  def added(x):
    terms = [x * part for part in PARTS]
    return total(terms), [terms[index] for index in held]

  assert added(tf.ones([4]))[0].numpy().tolist() == [3] * 4


@pytest.mark.parametrize('held', [(0,), (0, 1), (1, 2), (0, 1, 2)])
def test_parts_of_a_gradient_that_others_hold_are_added_in_the_same_order(held):
  @tf.function
  def gradient(weight, x, held):
    with tf.GradientTape() as tape:
      tape.watch(weight)
      uses = [tf.identity(weight) for _ in PARTS]
      value = sum(tf.reduce_sum(use * x * part) for use, part in zip(uses, PARTS))
    return tape.gradient(value, [weight, *(uses[index] for index in held)])

  ones = tf.ones([4])
  assert gradient(ones, ones, held)[0].numpy().tolist() == gradient(ones, ones, ())[0].numpy().tolist()


def test_large_sums_are_added_in_the_order_in_which_they_are_written():
  @tf.function
  def late_first_term(zeros):
    late = functools.reduce(lambda value, _: tf.tanh(tf.sin(value)), range(6), zeros)
    terms = [tf.cos(late) * 1e8, tf.cos(zeros), tf.cos(zeros) * -1e8, tf.cos(zeros) * 0.5]
    return tf.reduce_max(sums.in_order(terms)), tf.reduce_min(sums.in_order(terms))

  # 256 MB of terms. In float32 1e8 + 1 - 1e8 + 0.5 is 0.5, and 1e8 - 1e8 + 1 + 0.5 is not.
  for _ in range(3):
    assert [float(each) for each in late_first_term(tf.zeros([4000, 4000]))] == [0.5, 0.5]
