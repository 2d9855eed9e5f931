"""What a loss reads: most generators' losses have no use for the real logits, and need no pass for them."""

import tensorflow as tf


def generator_reads_real(loss):
  """Whether the generator's loss depends on the real logits, by following the graph of one call.

  Args:
    loss: `(real_logits [n], fake_logits [n]) -> GanLoss`.
  """
  with tf.Graph().as_default():  # a graph of its own, outside any strategy
    real, fake = (tf.compat.v1.placeholder(tf.float32, [2]) for _ in range(2))
    return real.op in needed([tf.convert_to_tensor(loss(real, fake).generator).op])


def is_zero_sum(loss):
  """Whether both players play for one pay-off: their losses add up to what the fake logits do not change.

  Args:
    loss: `(real_logits [n], fake_logits [n]) -> GanLoss`.
  """
  real = tf.constant([0.5, -0.5, 1.5])
  sums = [tf.add_n(loss(real, tf.constant(fake))) for fake in ([0.25, 0.75, -1.0], [-2.0, 0.5, 3.0])]
  return bool(tf.reduce_all(tf.abs(sums[0] - sums[1]) < 1e-4))


def needed(operations):
  """Returns the operations that these depend on, themselves among them."""
  seen, stack = set(), list(operations)
  while stack:
    operation = stack.pop()
    if operation not in seen:
      seen.add(operation)
      stack += [tensor.op for tensor in operation.inputs] + operation.control_inputs
  return seen
