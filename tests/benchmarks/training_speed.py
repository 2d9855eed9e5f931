"""Training speed beside eager PyTorch's on the same machine in the same run; medians and ratios.

  python tests/benchmarks/training_speed.py --peer_python=PYTHON_WITH_TORCH
  python tests/benchmarks/training_speed.py ... --precision=mixed_bfloat16
  python tests/benchmarks/training_speed.py ... --penalty=r1_r2

Each round times, in turn, the peer's iteration, as it is and with channels last (in bfloat16: autocast with channels
last), our bare iteration (`Engine.iterate` on one batch over and over) and our loop as `main` runs it (`Loop.train` on
the data pipeline with reports), so that a drift of the machine's speed meets all of them. The last lines time the
import and --help.
"""

import argparse
import functools
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

PEER = pathlib.Path(__file__).with_name('torch_peer.py')
WORKS = {'cnn 64': ('cnn', 64, 10), 'cnn 16': ('cnn', 16, 60), 'resnet 64': ('resnet', 64, 6)}


# The peer's settings that compete with each of our precisions.
PEERS = {'float32': ((), ('--channels_last',)), 'mixed_bfloat16': (('--channels_last', '--bfloat16'),)}


# Penalties on the critic: the peer's flags, and ours.
_GAMMA = ('--gamma=0.05',)
PENALTIES = {'none': (), 'r1_r2': _GAMMA, 'differences': _GAMMA, 'eighth': _GAMMA}


def peer(python, script, network, width, iterations, precision, penalty):
  """Returns the peer's seconds per iteration, one for each of its settings."""
  command = [python, script, network, f'--channels={width}', f'--iterations={iterations}']
  outputs = [
    subprocess.run([*command, *settings, *PENALTIES[penalty]], check=True, capture_output=True, text=True).stdout
    for settings in PEERS[precision]
  ]
  return [float(re.search(r'([\d.]+) s per iteration', output)[1]) for output in outputs]


def ours(network, width, iterations, precision, penalty):
  """Returns (bare, loop): our seconds per iteration, measured in a process of its own."""
  command = [sys.executable, __file__, '--child', network, str(width), str(iterations)]
  command += [f'--precision={precision}', f'--penalty={penalty}']
  output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
  return tuple(map(float, output.split()[-2:]))


def child(network, width, iterations, precision, penalty):
  """Prints the medians of the bare iteration and of the loop, in alternation."""
  from tfgan_landscape import command_line

  command_line.before_tensorflow()
  import numpy as np
  import tensorflow as tf

  from tfgan_landscape import losses, penalties
  from tfgan_landscape.datasets.examples import Examples
  from tfgan_landscape.datasets.pipeline import training_batches
  from tfgan_landscape.networks import cnn, resnet
  from tfgan_landscape.reporting.records import Records
  from tfgan_landscape.training import strategies
  from tfgan_landscape.training.engine import Engine
  from tfgan_landscape.training.loop import Loop
  from tfgan_landscape.training.trainer import Networks, Trainer

  tf.keras.mixed_precision.set_global_policy(precision)
  module = {'cnn': cnn, 'resnet': resnet}[network]
  networks = Networks(module.Generator(width=width), module.Discriminator(width=width), module.Generator(width=width))
  strategy = tf.distribute.OneDeviceStrategy('/cpu:0')
  squares = {
    'r1_r2': penalties.exact_squares,
    'differences': penalties.difference_squares,
    'eighth': functools.partial(penalties.difference_squares, one_in=8),
  }
  both = functools.partial(penalties.r1_r2, gamma=0.05, squares=squares.get(penalty))
  trainer = Trainer(
    networks,
    seed=0,
    loss=losses.relativistic_logistic,
    penalty=penalties.none if penalty == 'none' else both,
    discriminator_updates=5 if network == 'resnet' else 1,
  )
  images = np.random.RandomState(0).randint(0, 256, [50_000, 32, 32, 3], np.uint8)
  records = tf.data.Dataset.from_tensor_slices({'example': images, 'label': np.zeros(50_000, np.int64)})
  data = training_batches(Examples(records, 50_000, 0, {'name': 'random'}), trainer.batch_size, seed=0)
  engine = Engine(trainer, strategy)
  batches = strategies.distribute(strategy, data)
  same = strategies.distribute(strategy, data.take(1).cache().repeat())
  engine.iterate(same, 1)
  engine.iterate(batches, 1)
  bare, loop = [], []
  for _ in range(3):
    start = time.perf_counter()
    engine.iterate(same, iterations)
    bare.append((time.perf_counter() - start) / iterations)
    with tempfile.TemporaryDirectory() as folder:
      file = Records(folder)
      trainer.iterations = trainer.iteration + iterations
      start = time.perf_counter()
      Loop(seconds_per_call=1.0).train(
        engine, batches, lambda step, values, *_, file=file: file.scalars(step, values), []
      )
      loop.append((time.perf_counter() - start) / iterations)
  print(statistics.median(bare), statistics.median(loop))


def compare(name, arguments):
  """Prints the medians over the rounds of one work, and how much faster than the peer's best setting ours is."""
  network, width, iterations = WORKS[name]
  rows, kind = [], (arguments.precision, arguments.penalty)
  for _ in range(arguments.rounds):
    torch = [float('nan')]
    if arguments.peer:
      torch = peer(arguments.peer_python, arguments.peer, network, width, iterations, *kind)
    rows.append((*torch, *ours(network, width, iterations, *kind)))
  *torch, bare, loop = (statistics.median(column) for column in zip(*rows))
  ratios = sorted(min(row[:-2]) / row[-2] for row in rows)
  kept = statistics.median(row[-2] / row[-1] for row in rows)
  settings = (' '.join(flags) or 'as it is' for flags in PEERS[arguments.precision])
  words = ', '.join(f'PyTorch {flags} {each:.4f} s' for flags, each in zip(settings, torch))
  print(
    f'{name} {" ".join(kind)}: {words}; ours {bare:.4f} s an iteration: {statistics.median(ratios):.2f} times as'
    f' fast as its best ({ratios[0]:.2f} to {ratios[-1]:.2f}); the loop runs at {kept:.1%} of it',
    flush=True,
  )


def seconds(*command):
  """Returns the wall time of a command; absl's --help exits with 1."""
  start = time.perf_counter()
  subprocess.run([sys.executable, *command], check=False, capture_output=True)
  return time.perf_counter() - start


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--peer', default=str(PEER), help='a program that does the same work in PyTorch')
  parser.add_argument('--peer_python', default=sys.executable, help='a Python with PyTorch')
  parser.add_argument('--rounds', type=int, default=3)
  parser.add_argument('--work', nargs='*', choices=WORKS, default=list(WORKS), help='which networks and widths')
  parser.add_argument('--precision', choices=PEERS, default='float32')
  parser.add_argument('--penalty', choices=PENALTIES, default='none')
  parser.add_argument('--child', nargs=3, help=argparse.SUPPRESS)
  arguments = parser.parse_args()
  if arguments.child:
    network, width, iterations = arguments.child
    child(network, int(width), int(iterations), arguments.precision, arguments.penalty)
    return
  for name in arguments.work:
    compare(name, arguments)
  print(f'import: {statistics.median(seconds("-c", "import tfgan_landscape") for _ in range(5)):.3f} s')
  print(f'--help: {statistics.median(seconds("-m", "tfgan_landscape.main", "--help") for _ in range(5)):.3f} s')


if __name__ == '__main__':
  main()
