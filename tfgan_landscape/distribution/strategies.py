"""Distribution strategies by the name that `--strategy` gives, and what a strategy's workers share."""

import json
import os
import re

import numpy as np
import tensorflow as tf

from tfgan_landscape.distribution import rendezvous
from tfgan_landscape.errors import InputError

_MANY = 4096  # more than a node has tasks


def create(name='mirrored', tpu='', virtual_devices=1, worker_timeout=600):
  """Returns the strategy: `mirrored` over every GPU or on the CPU, `one_device`, `multi_worker`, `tpu`.

  Call it before TensorFlow has computed anything.

  Args:
    name: one of these four.
    tpu: name or address of the TPU, for `tpu`.
    virtual_devices: into how many devices the CPU is split, to try several replicas without GPUs.
    worker_timeout: seconds that a worker waits for the others to start.

  Raises:
    InputError: there is no such TPU, the CPU cannot be split any more, or the workers do not find each other in time.
  """
  if virtual_devices > 1:
    _split_cpu(virtual_devices)
  makers = {
    'mirrored': lambda: _mirrored(virtual_devices),
    'one_device': _one_device,
    'multi_worker': lambda: _multi_worker(worker_timeout),
    'tpu': lambda: _tpu(tpu),
  }
  return makers[name]()


def _gpus():
  return [device.name for device in tf.config.list_logical_devices('GPU')]


def _mirrored(virtual_devices):
  devices = [f'/cpu:{index}' for index in range(virtual_devices)] if virtual_devices > 1 else _gpus()
  return tf.distribute.MirroredStrategy(devices) if len(devices) > 1 else _one_device()


def _split_cpu(count):
  (cpu,) = tf.config.list_physical_devices('CPU')
  try:
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * count)
  except RuntimeError:  # TensorFlow runs already
    if len(tf.config.list_logical_devices('CPU')) < count:
      raise InputError(f'--virtual_devices={count} comes too late: TensorFlow has started in this process') from None


def _one_device():
  return tf.distribute.OneDeviceStrategy('/gpu:0' if _gpus() else '/cpu:0')


def _multi_worker(timeout):
  if 'TF_CONFIG' not in os.environ and int(os.environ.get('SLURM_STEP_NUM_TASKS', '1')) > 1:
    resolver = _slurm()
  else:
    _check_cluster(os.environ.get('TF_CONFIG'))
    resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
  addresses = _addresses(resolver)
  rendezvous.meet(addresses, _index(resolver), timeout)
  try:
    return tf.distribute.MultiWorkerMirroredStrategy(resolver)
  except tf.errors.OpError as error:
    reason = error.message.splitlines()[0][:200]
    raise InputError(
      f'the workers {", ".join(addresses)} do not find each other ({reason}); correct TF_CONFIG, or free their ports'
    ) from error


def _slurm():
  """The cluster of a Slurm step: a worker for each of its tasks, on ports that two jobs of a node do not share.

  Slurm has given every task its GPUs; what the resolver would do about them is left out.
  """
  port = 20_000 + 64 * (int(os.environ.get('SLURM_JOB_ID', '0')) % 128)
  return tf.distribute.cluster_resolver.SlurmClusterResolver(
    port_base=port, gpus_per_node=_MANY, gpus_per_task=1, auto_set_gpu=False
  )


def _check_cluster(text):
  """Refuses a TF_CONFIG that TensorFlow would crash on or wait for without end."""
  example = '{"cluster": {"worker": ["HOST:PORT", "HOST:PORT"]}, "task": {"type": "worker", "index": 0}}'
  if not text:
    raise InputError(f'--strategy=multi_worker needs the environment variable TF_CONFIG on every worker, as {example}')
  try:
    config = json.loads(text)
    cluster, task = config['cluster'], config['task']
    addresses = [address for role in cluster.values() for address in role]
    role, index = task['type'], task['index']
  except (ValueError, TypeError, KeyError, AttributeError) as error:
    raise InputError(f'TF_CONFIG cannot be read ({type(error).__name__}: {error}); set it as {example}') from error
  if not all(isinstance(address, str) and re.fullmatch(r'.+:\d+', address) for address in addresses):
    raise InputError(f'TF_CONFIG has addresses that are no "HOST:PORT" ({addresses}); set it as {example}')
  if len(set(addresses)) < len(addresses):
    raise InputError(f'TF_CONFIG names an address twice ({addresses}); give every worker one of its own')
  if role not in cluster or not isinstance(index, int) or not 0 <= index < len(cluster[role]):
    roles = ', '.join(f'{len(hosts)} {name}' for name, hosts in cluster.items())
    raise InputError(f'TF_CONFIG says that this is {role} {index}, and the cluster has {roles}; count from 0')


def _tpu(address):
  try:
    resolver = tf.distribute.cluster_resolver.TPUClusterResolver.connect(address)
  except (ValueError, TypeError, OSError, RuntimeError, tf.errors.OpError) as error:  # as many as there are ways to it
    reason = str(error).splitlines()[0]
    raise InputError(f'--strategy=tpu finds no TPU at --tpu={address!r} ({reason}); name one') from error
  return tf.distribute.TPUStrategy(resolver)


def worker_count(strategy):
  """Returns how many processes compute together."""
  if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
    return 1
  return max(1, len(_addresses(strategy.cluster_resolver)))


def _addresses(resolver):
  """'HOST:PORT' of every process of a cluster that trains, a chief first."""
  cluster = resolver.cluster_spec().as_dict()
  return [*cluster.get('chief', ()), *cluster.get('worker', ())]


def _index(resolver):
  """Of this process among `_addresses`."""
  chiefs = resolver.cluster_spec().as_dict().get('chief', ())
  return resolver.task_id if resolver.task_type == 'chief' else resolver.task_id + len(chiefs)


def worker_index(strategy):
  """Returns the number of this process among those that compute together, from 0; the chief is the first."""
  if worker_count(strategy) == 1:
    return 0
  return _index(strategy.cluster_resolver)


def is_chief(strategy):
  """Whether this process is the one that writes: the only one, the chief, or the first worker where there is none."""
  return worker_index(strategy) == 0


def shared(strategy, function):
  """Returns `function` with its work divided among the workers; each must call it with the same rows.

  Args:
    strategy: the distribution strategy.
    function: rows [n, ...] -> tuple of arrays [n, ...], row by row.

  Returns:
    `function` itself for one process; else one whose rows are computed in equal shares and are the same, in their
    order, on every worker.
  """
  workers = worker_count(strategy)
  if workers == 1:
    return function

  def of_all(rows):
    if len(rows) < workers:
      return function(rows)
    share = np.array_split(rows, workers)[worker_index(strategy)]
    return tuple(_joined(strategy, array) for array in function(share))

  return of_all


def _joined(strategy, array):
  """The arrays of all workers along the first axis; a worker's first replica brings its own, the others none."""
  replicas = strategy.num_replicas_in_sync // worker_count(strategy)

  def of_replica(context):
    return tf.identity(array if context.replica_id_in_sync_group % replicas == 0 else array[:0])

  return strategy.gather(strategy.experimental_distribute_values_from_function(of_replica), axis=0).numpy()


def distribute(strategy, batches):
  """Returns an iterator over global batches in which every replica, on any worker, finds its own rows.

  Args:
    strategy: the distribution strategy.
    batches: endless `tf.data.Dataset` of [batch_size, ...], the same on every worker; the replicas divide it.
  """
  replicas = strategy.num_replicas_in_sync
  options = tf.data.Options()
  # With the tuner, which sleeps for up to a minute at a time, the end of such an iterator can wait until it wakes.
  options.autotune.enabled = False

  def of_worker(context):
    local = replicas // context.num_input_pipelines
    first = context.input_pipeline_id * local

    def rows(batch):
      return tf.reshape(batch, [replicas, -1, *batch.shape[1:]])[first : first + local]

    parts = batches.map(rows, num_parallel_calls=1, deterministic=True).unbatch().prefetch(2 * local)
    parts = parts.with_options(options)
    # Without a known cardinality the strategy looks for an end of the data, and its batches lose their static shape.
    return parts.apply(tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY))

  return iter(strategy.distribute_datasets_from_function(of_worker))
