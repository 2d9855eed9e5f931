"""What an iteration costs, counted on the graph that runs."""

import math

import tensorflow as tf


def flops(function, *signature):
  """Counts the floating-point operations of one call of a TensorFlow function.

  2 x multiply-adds of every convolution, transposed convolution, gradient of them and matrix product that the outputs
  and the side effects depend on; nothing else counts. A while loop's body is not looked into.

  Args:
    function: a Python function of tensors.
    *signature: its `tf.TensorSpec`s, all static.
  """
  graph = tf.function(function).get_concrete_function(*signature).graph
  return sum(_flops(op) for op in _needed([tensor.op for tensor in graph.outputs] + graph.control_outputs))


def _needed(roots):
  seen, stack = set(), list(roots)
  while stack:
    op = stack.pop()
    if op not in seen:
      seen.add(op)
      stack += [tensor.op for tensor in op.inputs] + op.control_inputs
  return seen


def _flops(op):
  if op.type == 'Conv2D':
    return 2 * math.prod(op.outputs[0].shape) * math.prod(op.inputs[1].shape[:3])
  if op.type == 'Conv2DBackpropInput':
    return 2 * math.prod(op.inputs[2].shape) * math.prod(op.inputs[1].shape[:3])
  if op.type == 'Conv2DBackpropFilter':
    return 2 * math.prod(op.inputs[2].shape) * math.prod(op.outputs[0].shape[:3])
  if op.type == 'MatMul':
    inner = op.inputs[0].shape[0 if op.get_attr('transpose_a') else 1]
    return 2 * math.prod(op.outputs[0].shape) * inner
  return 0
