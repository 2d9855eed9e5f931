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


def needed(operations):
  """Returns the operations that these depend on, themselves among them."""
  seen, stack = set(), list(operations)
  while stack:
    operation = stack.pop()
    if operation not in seen:
      seen.add(operation)
      stack += [tensor.op for tensor in operation.inputs] + operation.control_inputs
  return seen
