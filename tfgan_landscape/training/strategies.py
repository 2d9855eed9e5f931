"""Distribution strategies by the name that `--strategy` gives."""

import tensorflow as tf

from tfgan_landscape.errors import InputError


def create(name='mirrored', tpu=''):
  """Returns the strategy: `mirrored` over every GPU or on the CPU, `one_device`, `multi_worker`, `tpu`.

  Args:
    name: one of these four.
    tpu: name or address of the TPU, for `tpu`.

  Raises:
    InputError: there is no such TPU.
  """
  makers = {
    'mirrored': _mirrored,
    'one_device': _one_device,
    'multi_worker': tf.distribute.MultiWorkerMirroredStrategy,
    'tpu': lambda: _tpu(tpu),
  }
  return makers[name]()


def _mirrored():
  return tf.distribute.MirroredStrategy() if len(tf.config.list_logical_devices('GPU')) > 1 else _one_device()


def _one_device():
  return tf.distribute.OneDeviceStrategy('/gpu:0' if tf.config.list_logical_devices('GPU') else '/cpu:0')


def _tpu(address):
  try:
    resolver = tf.distribute.cluster_resolver.TPUClusterResolver.connect(address)
  except (ValueError, tf.errors.OpError) as error:
    reason = str(error).splitlines()[0]
    raise InputError(f'--strategy=tpu finds no TPU at --tpu={address!r} ({reason}); name one') from error
  return tf.distribute.TPUStrategy(resolver)
