"""What networks and an iteration cost, counted on the graph that runs."""

import math

import tensorflow as tf

FORMULA = (
  'flops_per_iteration = flops_generator_step + discriminator_updates x flops_discriminator_step; a step counts\n'
  '2 x multiply-adds of the convolutions and matrix products in its graph, forward and backward, over the whole batch.'
)


def summary(trainer):
  """Returns parameters, floating-point operations of an iteration and its make-up, by name, ready for JSON."""
  real = tf.TensorSpec([trainer.batch_size, *trainer.critics.network.input_shape[1:]])
  position = tf.TensorSpec([], tf.int64)
  generator = flops(trainer.generator_step, real, position)
  discriminator = flops(trainer.critic_step, real, position)
  return {
    'generator_parameters': parameters(trainer.generators.network),
    'discriminator_parameters': parameters(trainer.critics.network),
    'flops_per_iteration': generator + trainer.discriminator_updates * discriminator,
    'flops_generator_step': generator,
    'flops_discriminator_step': discriminator,
    'discriminator_updates': trainer.discriminator_updates,
    'batch_size': trainer.batch_size,
    'iterations': trainer.iterations,
  }


def parameters(network):
  """Counts the trainable parameters of a Keras model."""
  return sum(math.prod(variable.shape) for variable in network.trainable_variables)


def flops(function, *signature):
  """Counts the floating-point operations of one call of a TensorFlow function.

  2 x multiply-adds of every convolution, transposed convolution, gradient of them and matrix product that the outputs
  and the side effects depend on; nothing else counts. A while loop's body is not looked into.

  Args:
    function: a Python function of tensors.
    *signature: its `tf.TensorSpec`s, all static.
  """
  graph = _graph(function, signature)
  return sum(_flops(op) for op in _needed([tensor.op for tensor in graph.outputs] + graph.control_outputs))


def _graph(function, signature):
  """The function's graph; AutoGraph, which takes up to half of the time, is used where it has an `if` on a tensor."""
  try:
    return tf.function(function, autograph=False).get_concrete_function(*signature).graph
  except tf.errors.OperatorNotAllowedInGraphError:
    return tf.function(function).get_concrete_function(*signature).graph


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


def _needed(operations):
  """The operations that these depend on, themselves among them."""
  seen, stack = set(), list(operations)
  while stack:
    operation = stack.pop()
    if operation not in seen:
      seen.add(operation)
      stack += [tensor.op for tensor in operation.inputs] + operation.control_inputs
  return seen
