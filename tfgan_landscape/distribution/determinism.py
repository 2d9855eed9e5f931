"""Programs that compute the same at every run, bit by bit, whatever else the machine does.

Floating-point sums depend on their order. TensorFlow's sum of three and more tensors (AddN) begins with the first whose
memory nothing else holds at that moment, to write the result there: a matter of time.
"""

import functools
import logging

import tensorflow as tf

SEEN_IN = '2.15'  # the release whose private names `_gradients_in_order` and `_memory_as_it_is` use


def sum_in_order(values):
  """Returns the sum of a list of tensors of one shape, each added to the sum of those before it."""
  return functools.reduce(tf.add, values)


def enable(strict=False):
  """Has this process's programs add up, and read and write variables, in the order in which it is written.

  Four parts of TensorFlow would not:

  * a gradient with several parts is their AddN;
  * the arithmetic optimiser joins sums of two to one AddN;
  * the memory optimiser has large sums add each term as it arrives, and breaks them in loops within loops ("tmp_var
    already exists"). It does so where it expects memory to run out, and takes every CPU to have 256 MB;
  * the dependency optimiser takes away orders that it thinks implied, and some of them are not: what is read of a
    variable without a gradient may then be read in the midst of the variable's update.

  The second and the last have public options. The others have none, and where TensorFlow has other names inside than
  in the release that this was written for, they stay as they are: a line says so.

  Where there is a GPU, whose kernels have orders of their own, only the gradients and the reads are put in order.

  Args:
    strict: whether GPUs take kernels that compute the same at every run too, several times slower for convolutions;
      it changes nothing on a CPU.
  """
  on_gpu = bool(tf.config.list_physical_devices('GPU'))
  options = {'dependency_optimization': False} | ({} if on_gpu else {'arithmetic_optimization': False})
  tf.config.optimizer.set_experimental_options(options)
  _or_told(_gradients_in_order)
  if not on_gpu:
    _or_told(_memory_as_it_is)
  elif strict:
    tf.config.experimental.enable_op_determinism()


def _or_told(change):
  try:
    change()
  except (AttributeError, ImportError) as error:
    logging.warning(
      'TensorFlow %s is no %s (%s): runs may differ from each other in their last digits',
      tf.__version__,
      SEEN_IN,
      error,
    )


def _gradients_in_order():
  from tensorflow.python import pywrap_tfe
  from tensorflow.python.eager import backprop

  def added(gradients):
    if all(isinstance(gradient, tf.Tensor) for gradient in gradients):
      return sum_in_order(gradients)
    return backprop._aggregate_grads(gradients)  # slices of embeddings and gathers

  pywrap_tfe.TFE_Py_RegisterVSpace(backprop._default_vspace._replace(aggregate_fn=added))


def _memory_as_it_is():
  from tensorflow.core.protobuf import config_pb2, rewriter_config_pb2
  from tensorflow.python.eager import context

  config = config_pb2.ConfigProto()
  config.CopyFrom(context.context()._config or config_pb2.ConfigProto())
  config.graph_options.rewrite_options.memory_optimization = rewriter_config_pb2.RewriterConfig.NO_MEM_OPT
  context.context()._config = config
  context.context().function_call_options = None  # kept from the last call of a function; made anew of the config
