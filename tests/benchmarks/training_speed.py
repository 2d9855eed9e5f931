"""Training speed beside eager PyTorch's on the same machine in the same run; medians and ratios.

  python tests/benchmarks/training_speed.py --peer_python=PYTHON_WITH_TORCH
  python tests/benchmarks/training_speed.py ... --precision=mixed_bfloat16
  python tests/benchmarks/training_speed.py ... --penalty=r1_r2

Each round times, within seconds of each other, the peer's iteration, as it is and with channels last (in bfloat16:
autocast with channels last), our bare iteration (`Engine.iterate` on one batch over and over) and our loop as `main`
runs it (`Loop.train` on the data pipeline with reports). Every one is a process that lives through many rounds and
waits while the others work, for half a second to two. What counts is the ratio within a round, because the machine's
speed may drift from one round to the next, and its median over the rounds of a start. This median moves by a few
percent from one start of the processes to the next, so they are started anew a few times: the result is the mean over
the starts, with Student's 95 % interval. The last lines time the import and --help.
"""

import argparse
import functools
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import scipy.stats

PEER = pathlib.Path(__file__).with_name('torch_peer.py')
# Network, width, and iterations in a row.
WORKS = {'cnn 64': ('cnn', 64, 2), 'cnn 16': ('cnn', 16, 6), 'resnet 64': ('resnet', 64, 2)}

# The peer's settings that compete with each of our precisions.
PEERS = {'float32': ((), ('--channels_last',)), 'mixed_bfloat16': (('--channels_last', '--bfloat16'),)}

# Penalties on the critic: the peer's flags, and ours.
_GAMMA = ('--gamma=0.05',)
PENALTIES = {'none': (), 'r1_r2': _GAMMA, 'differences': _GAMMA, 'eighth': _GAMMA}


class Worker:
  """A process that times its work whenever it is asked to."""

  def __init__(self, *command):
    quiet = {**os.environ, 'TQDM_DISABLE': '1'}  # no progress bars
    self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=quiet)

  def seconds(self):
    """Returns the seconds of an iteration, a list with one number for each kind of work."""
    print(file=self._process.stdin, flush=True)
    return [float(word) for word in self._process.stdout.readline().split()]

  def close(self):
    self._process.communicate()


def workers(name, arguments):
  """Returns the processes of one work: the peer's, one for each of its settings, and ours."""
  network, width, iterations = WORKS[name]
  peer = [arguments.peer_python, PEER, network, f'--width={width}', f'--iterations={iterations}', '--on_request']
  peers = [Worker(*peer, *flags, *PENALTIES[arguments.penalty]) for flags in PEERS[arguments.precision]]
  kind = f'--precision={arguments.precision}', f'--penalty={arguments.penalty}'
  return [*peers, Worker(sys.executable, __file__, '--child', network, str(width), str(iterations), *kind)]


def child(network, width, iterations, precision, penalty):
  """Times the bare iteration and the loop once for every line of the standard input; prints seconds per iteration."""
  from tfgan_landscape import command_line

  command_line.before_tensorflow()
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

  def seconds(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) / iterations

  def train():
    trainer.iterations = trainer.iteration + iterations
    Loop(seconds_per_call=1.0).train(engine, batches, lambda step, values, *_: file.scalars(step, values), [])

  with tempfile.TemporaryDirectory() as folder:
    file = Records(folder)
    for _ in sys.stdin:
      print(seconds(lambda: engine.iterate(same, iterations)), seconds(train), flush=True)


def rounds_of_a_start(name, arguments):
  """Starts the processes of one work; returns [rounds, kinds of work], their seconds an iteration."""
  processes = workers(name, arguments)
  for process in 2 * processes:  # compiles, and fills the caches
    process.seconds()
  rounds, end = [], time.monotonic() + arguments.seconds
  while not rounds or time.monotonic() < end:
    rounds.append([each for process in processes for each in process.seconds()])
  for process in processes:
    process.close()
  return np.array(rounds)


def compare(name, arguments):
  """Prints the medians of one work, and how much faster than the peer's best setting ours is."""
  starts = [rounds_of_a_start(name, arguments) for _ in range(arguments.starts)]
  *peers, bare, loop = np.median(np.concatenate(starts), 0)
  best = np.argmin(peers)
  ratios = [np.median(rounds[:, best] / rounds[:, -2]) for rounds in starts]
  kept = np.median([np.median(rounds[:, -2] / rounds[:, -1]) for rounds in starts])
  low, high = scipy.stats.ttest_1samp(ratios, 0).confidence_interval()
  settings = (' '.join(flags) or 'as it is' for flags in PEERS[arguments.precision])
  words = ', '.join(f'PyTorch {flags} {each:.4f} s' for flags, each in zip(settings, peers))
  print(
    f'{name} {arguments.precision} {arguments.penalty}: {words}; ours {bare:.4f} s an iteration:'
    f' {np.mean(ratios):.2f} [{low:.2f}, {high:.2f}] times as fast as its best (mean of {len(starts)} starts,'
    f' 95 % interval; each {" ".join(f"{each:.2f}" for each in ratios)}); the loop runs at {kept:.1%} of it',
    flush=True,
  )


def seconds(*command):
  """Returns the wall time of a command; absl's --help exits with 1."""
  start = time.perf_counter()
  subprocess.run([sys.executable, *command], check=False, capture_output=True)
  return time.perf_counter() - start


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--peer_python', default=sys.executable, help='a Python with PyTorch')
  parser.add_argument('--starts', type=int, default=5, help='how often the processes of each work are started anew')
  parser.add_argument('--seconds', type=float, default=40, help='for the rounds of each start')
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
