"""Sums in one order, so that a run repeats bit by bit.

Floating-point sums depend on their order. TensorFlow's sum of three and more tensors (AddN) begins with the first whose
memory nothing else holds at that moment, to write the result there: a matter of time.
"""

import functools

import tensorflow as tf
from tensorflow.core.protobuf import config_pb2, rewriter_config_pb2
from tensorflow.python import pywrap_tfe
from tensorflow.python.eager import backprop, context


def in_order(values):
  """Returns the sum of a list of tensors of one shape, each added to the sum of those before it."""
  return functools.reduce(tf.add, values)


def fix_order():
  """Has this process add up gradients, and its programs whatever they add, in the order in which it is written.

  Three parts of TensorFlow would not, and no public function changes them:

  * a gradient with several parts is their AddN;
  * the arithmetic optimiser joins sums of two to one AddN;
  * the memory optimiser has large sums add each term as it arrives, and breaks them in loops within loops ("tmp_var
    already exists"). It does so where it expects memory to run out, and takes every CPU to have 256 MB.

  Where there is a GPU, whose kernels have orders of their own, the optimisers stay.
  """
  pywrap_tfe.TFE_Py_RegisterVSpace(backprop._default_vspace._replace(aggregate_fn=_added_gradients))
  if tf.config.list_physical_devices('GPU'):
    return
  config = config_pb2.ConfigProto()
  config.CopyFrom(context.context()._config or config_pb2.ConfigProto())
  rewrites = config.graph_options.rewrite_options
  rewrites.memory_optimization = rewriter_config_pb2.RewriterConfig.NO_MEM_OPT
  rewrites.arithmetic_optimization = rewriter_config_pb2.RewriterConfig.OFF
  context.context()._config = config
  context.context().function_call_options = None  # kept from the last call of a function; made anew of the config


def _added_gradients(gradients):
  if all(isinstance(gradient, tf.Tensor) for gradient in gradients):
    return in_order(gradients)
  return backprop._aggregate_grads(gradients)  # slices of embeddings and gathers
