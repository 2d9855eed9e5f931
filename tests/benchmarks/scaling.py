"""How training scales here: batches, replicas of one process, workers of one machine; images a second and memory.

  python tests/benchmarks/scaling.py [--network=cnn] [--width=16]

Every row is a process of its own, or several that train one GAN together, with the package's `Engine` on batches that
are there already; rounds in turn, medians over them. On one machine workers and replicas share its cores, so that a row
tells what the machinery costs, not what more devices bring.
"""

import argparse
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
from typing import NamedTuple


class Setting(NamedTuple):
  """A row: the global batch, workers, and replicas of each."""

  batch: int
  workers: int = 1
  replicas: int = 1


SETTINGS = [*(Setting(batch) for batch in (16, 64, 256)), Setting(66, 1, 2), Setting(66, 2), Setting(66, 3)]


def child(setting, network, width, iterations):
  """Trains and prints, as JSON, images a second, MB of this process, and the parameters of both players."""
  from tfgan_landscape.config import command_line

  command_line.before_tensorflow()
  import tensorflow as tf

  from tfgan_landscape import losses, penalties
  from tfgan_landscape.distribution import strategies
  from tfgan_landscape.networks import cnn, resnet
  from tfgan_landscape.training import cost
  from tfgan_landscape.training.engine import Engine
  from tfgan_landscape.training.trainer import Networks, Trainer

  name = 'multi_worker' if setting.workers > 1 else 'mirrored'
  strategy = strategies.create(name, virtual_devices=setting.replicas)
  module = {'cnn': cnn, 'resnet': resnet}[network]
  with strategy.scope():
    makers = module.Generator, module.Discriminator, module.Generator
    networks = Networks(*(make(width=width) for make in makers))
    replicas = strategy.num_replicas_in_sync
    trainer = Trainer(networks, 0, replicas, losses.relativistic_logistic, penalties.none, batch_size=setting.batch)
  data = tf.data.Dataset.from_tensors(tf.zeros([setting.batch, 32, 32, 3])).repeat()
  engine, batches = Engine(trainer, strategy), strategies.distribute(strategy, data)
  engine.iterate(batches, 2)
  start = time.perf_counter()
  engine.iterate(batches, iterations)
  seconds = time.perf_counter() - start
  memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
  parameters = [cost.parameters(each) for each in networks[:2]]
  print(json.dumps([iterations * setting.batch / seconds, memory, *parameters]))


def input_speed(batch=64, batches=400):
  """Returns images a second of the data pipeline alone: CIFAR-10's size, shuffled, scaled, with noise."""
  import itertools

  import numpy as np
  import tensorflow as tf

  from tfgan_landscape.datasets.examples import Examples
  from tfgan_landscape.datasets.pipeline import training_batches

  images = np.random.RandomState(0).randint(0, 256, [50_000, 32, 32, 3], np.uint8)
  records = tf.data.Dataset.from_tensor_slices({'example': images, 'label': np.zeros(50_000, np.int64)})
  data = iter(training_batches(Examples(records, 50_000, 0, {'name': 'random'}), batch, seed=0))
  next(data)
  start = time.perf_counter()
  for _ in itertools.islice(data, batches):
    pass
  return batches * batch / (time.perf_counter() - start)


def measured(setting, options):
  """Returns (images a second, MB of all processes together, parameters of generator and critic)."""
  ports = _free_ports(setting.workers)
  cluster = {'worker': [f'127.0.0.1:{port}' for port in ports]}
  command = [sys.executable, __file__, '--child', json.dumps(setting), *options]
  processes = []
  for index in range(setting.workers):
    config = json.dumps({'cluster': cluster, 'task': {'type': 'worker', 'index': index}})
    environment = {**os.environ, **({'TF_CONFIG': config} if setting.workers > 1 else {})}
    pipes = {'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE}
    processes.append(subprocess.Popen(command, env=environment, text=True, **pipes))
  told = [process.communicate(timeout=900) for process in processes]
  if any(process.returncode for process in processes):
    raise RuntimeError(told[0][1][-2000:])
  rows = [json.loads(out.splitlines()[-1]) for out, _ in told]
  return min(row[0] for row in rows), sum(row[1] for row in rows), *rows[0][2:]


def _free_ports(count):
  sockets = [socket.create_server(('127.0.0.1', 0)) for _ in range(count)]
  ports = [each.getsockname()[1] for each in sockets]
  for each in sockets:
    each.close()
  return ports


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--network', choices=('cnn', 'resnet'), default='cnn')
  parser.add_argument('--width', type=int, default=16)
  parser.add_argument('--iterations', type=int, default=40)
  parser.add_argument('--rounds', type=int, default=3)
  parser.add_argument('--child', help=argparse.SUPPRESS)
  given = parser.parse_args()
  if given.child:
    child(Setting(*json.loads(given.child)), given.network, given.width, given.iterations)
    return
  options = [f'--network={given.network}', f'--width={given.width}', f'--iterations={given.iterations}']
  rounds = [[measured(setting, options) for setting in SETTINGS] for _ in range(given.rounds)]
  generator, critic = rounds[0][0][2:]
  print(f'{given.network} of width {given.width}: generator {generator:,} parameters, critic {critic:,}')
  print('| global batch | workers | replicas of each | images a second | MB of all processes |')
  print('|---|---|---|---|---|')
  for index, setting in enumerate(SETTINGS):
    speed, memory = (statistics.median(each[index][part] for each in rounds) for part in range(2))
    print(f'| {setting.batch} | {setting.workers} | {setting.replicas} | {speed:.0f} | {memory:.0f} |')
  print(f'the data pipeline alone gives {input_speed():,.0f} images a second')


if __name__ == '__main__':
  main()
