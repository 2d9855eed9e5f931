"""Programs that compute the same at every run, bit by bit, whatever else the machine does.

Floating-point sums depend on their order. TensorFlow's sum of three and more tensors (AddN) begins with the first whose
memory nothing else holds at that moment, to write the result there: a matter of time.
"""

import functools

import tensorflow as tf
from tensorflow.core.protobuf import config_pb2, rewriter_config_pb2
from tensorflow.python import pywrap_tfe
from tensorflow.python.eager import backprop, context


def sum_in_order(values):
  """Returns the sum of a list of tensors of one shape, each added to the sum of those before it."""
  return functools.reduce(tf.add, values)


def enable():
  """Has this process's programs add up, and read and write variables, in the order in which it is written.

  Four parts of TensorFlow would not, and no public function changes them:

  * a gradient with several parts is their AddN;
  * the arithmetic optimiser joins sums of two to one AddN;
  * the memory optimiser has large sums add each term as it arrives, and breaks them in loops within loops ("tmp_var
    already exists"). It does so where it expects memory to run out, and takes every CPU to have 256 MB;
  * the dependency optimiser takes away orders that it thinks implied, and some of them are not: what is read of a
    variable without a gradient may then be read in the midst of the variable's update.

  Where there is a GPU, whose kernels have orders of their own, only the gradients and the reads are put in order.
  """
  pywrap_tfe.TFE_Py_RegisterVSpace(backprop._default_vspace._replace(aggregate_fn=_added_gradients))
  config = config_pb2.ConfigProto()
  config.CopyFrom(context.context()._config or config_pb2.ConfigProto())
  rewrites = config.graph_options.rewrite_options
  rewrites.dependency_optimization = rewriter_config_pb2.RewriterConfig.OFF
  if not tf.config.list_physical_devices('GPU'):
    rewrites.memory_optimization = rewriter_config_pb2.RewriterConfig.NO_MEM_OPT
    rewrites.arithmetic_optimization = rewriter_config_pb2.RewriterConfig.OFF
  context.context()._config = config
  context.context().function_call_options = None  # kept from the last call of a function; made anew of the config


def _added_gradients(gradients):
  if all(isinstance(gradient, tf.Tensor) for gradient in gradients):
    return sum_in_order(gradients)
  return backprop._aggregate_grads(gradients)  # slices of embeddings and gathers
