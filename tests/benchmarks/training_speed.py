"""Training speed beside eager PyTorch's on the same machine in the same run; ratios of the fastest rounds.

  python tests/benchmarks/training_speed.py --peer_python=PYTHON_WITH_TORCH
  python tests/benchmarks/training_speed.py ... --work 'cnn 16' --precision=mixed_bfloat16
  python tests/benchmarks/training_speed.py ... --work 'cnn 16' --penalty=eighth

The first is the README's table and takes 35 minutes to an hour. Each round times, within seconds of each other, the
peer's iteration, as it is and with channels last (in bfloat16: autocast with channels last), our bare iteration
(`Engine.iterate` on one batch over and over) and our loop as `main` runs it (`Loop.train` on the data pipeline with
reports), and, as a measure of the machine, one matrix product of the same precision and of as many operations as an
iteration has. Every one is a process that lives through all the rounds of a start and waits while the others work. On a
shared machine the neighbours can only slow them down, for seconds or minutes, so what counts of a start is the fastest
round of each. Memory and neighbours differ from one start to the next by a few percent, so the processes are started
anew several times, the rows of the table in turn: the result is the mean over the starts, with Student's 95 % interval.
The last lines time the import and --help.
"""

import argparse
import functools
import itertools
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import timeit

import numpy as np
import scipy.stats

PEER = pathlib.Path(__file__).with_name('torch_peer.py')

# For every process, unless it is set otherwise: no progress bars, and huge pages (glibc 2.35 and newer), because which
# small pages a process is given moves PyTorch's speed by up to a tenth from one start to the next.
ENVIRONMENT = {'TQDM_DISABLE': '1', 'GLIBC_TUNABLES': 'glibc.malloc.hugetlb=1'}

# Network, width, and iterations in a row.
WORKS = {'cnn 64': ('cnn', 64, 1), 'cnn 16': ('cnn', 16, 3), 'resnet 64': ('resnet', 64, 1)}

# The peer's settings that compete with each of our precisions.
PEERS = {'float32': ((), ('--channels_last',)), 'mixed_bfloat16': (('--channels_last', '--bfloat16'),)}

# Penalties on the critic: the peer's flags, and ours.
_GAMMA = ('--gamma=0.05',)
PENALTIES = {'none': (), 'r1_r2': _GAMMA, 'differences': _GAMMA, 'eighth': _GAMMA}

# The rows of the README's table: work, precision, penalty.
TABLE = [*((work, precision, 'none') for precision in PEERS for work in WORKS), ('cnn 16', 'float32', 'r1_r2')]
COLUMNS = (
  *('network and width', 'precision', 'penalty', 'PyTorch', 'with channels last', 'here'),
  'times as fast as the best of PyTorch',
  'the loop, with data and reports, beside the bare step',
  "share of the machine's matrix product",
)
PRODUCT = 2048  # rows and columns of the factors


class Worker:
  """A process that times its work whenever it is asked to."""

  def __init__(self, *command):
    pipes = {'stdin': subprocess.PIPE, 'stdout': subprocess.PIPE, 'text': True}
    self._process = subprocess.Popen(command, env={**ENVIRONMENT, **os.environ}, **pipes)

  def seconds(self):
    """Returns the seconds of an iteration, a list with one number for each kind of work."""
    try:
      print(file=self._process.stdin, flush=True)
      answer = self._process.stdout.readline()
    except BrokenPipeError:
      answer = ''
    if not answer:
      sys.exit(f'{self._process.args} has ended; its reason is above')
    return [float(word) for word in answer.split()]

  def kill(self):
    """Ends the process at once: TensorFlow takes seconds to end by itself."""
    self._process.kill()
    self._process.communicate()


def workers(row, peer_python, folder):
  """Returns the processes of a row: the peer's, one for each of its settings, and ours, which writes to the folder."""
  work, precision, penalty = row
  network, width, iterations = WORKS[work]
  peer = [peer_python, PEER, network, f'--width={width}', f'--iterations={iterations}', '--on_request']
  peers = [Worker(*peer, *flags, *PENALTIES[penalty]) for flags in PEERS[precision]]
  kind = f'--precision={precision}', f'--penalty={penalty}'
  return [*peers, Worker(sys.executable, __file__, '--child', network, str(width), str(iterations), folder, *kind)]


def our_training(network, width, precision, penalty='none'):
  """Returns an `Engine` for the network and the batches, of 64 random images, that a loop takes."""
  from tfgan_landscape.config import command_line

  command_line.before_tensorflow()
  import tensorflow as tf

  from tfgan_landscape import losses, penalties
  from tfgan_landscape.datasets.examples import Examples
  from tfgan_landscape.datasets.pipeline import training_batches
  from tfgan_landscape.networks import cnn, resnet
  from tfgan_landscape.training.engine import Engine
  from tfgan_landscape.training.trainer import Networks, Trainer

  tf.keras.mixed_precision.set_global_policy(precision)
  module = {'cnn': cnn, 'resnet': resnet}[network]
  networks = Networks(module.Generator(width=width), module.Discriminator(width=width), module.Generator(width=width))
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
  return Engine(trainer, tf.distribute.OneDeviceStrategy('/cpu:0')), data


def the_same(engine, data):
  """Returns one batch over and over, on the engine's device."""
  from tfgan_landscape.distribution import strategies

  return strategies.distribute(engine.strategy, data.take(1).cache().repeat())


def child(network, width, iterations, folder, precision, penalty):
  """Prints seconds per iteration for every line of the standard input: of the bare one, the loop, a matrix product."""
  engine, data = our_training(network, width, precision, penalty)
  from tfgan_landscape.distribution import strategies
  from tfgan_landscape.reporting.records import Records
  from tfgan_landscape.training.cost import summary
  from tfgan_landscape.training.loop import Loop

  product = matrix_product(precision)
  products = summary(engine.trainer)['flops_per_iteration'] / (2 * PRODUCT**3)
  trainer, batches, same = engine.trainer, strategies.distribute(engine.strategy, data), the_same(engine, data)

  def seconds(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) / iterations

  def train():
    trainer.iterations = trainer.iteration + iterations
    Loop(seconds_per_call=1.0).train(engine, batches, lambda step, values, *_: file.scalars(step, values), [])

  file = Records(folder)
  for _ in sys.stdin:
    bare, loop = seconds(lambda: engine.iterate(same, iterations)), seconds(train)
    print(bare, loop, products * min(timeit.repeat(product, number=1, repeat=5)), flush=True)


def matrix_product(precision):
  """Returns a function that multiplies two matrices, [2048, 2048] each, in the precision of the layers."""
  import tensorflow as tf

  kind = tf.bfloat16 if precision == 'mixed_bfloat16' else tf.float32
  first, second = (tf.cast(tf.random.stateless_normal([PRODUCT, PRODUCT], [seed, 0]), kind) for seed in range(2))
  multiply = tf.function(lambda: tf.reduce_sum(first @ second))
  return lambda: multiply().numpy()


def fastest_of_a_start(row, arguments):
  """Starts the processes of one row; returns each one's seconds an iteration in its fastest round."""
  with tempfile.TemporaryDirectory() as folder:
    processes = workers(row, arguments.peer_python, folder)
    for process in 2 * processes:  # compiles, and fills the caches
      process.seconds()
    rounds = [[each for process in processes for each in process.seconds()] for _ in range(arguments.rounds)]
    for process in processes:
      process.kill()
  return np.min(rounds, 0)


def line(row, starts):
  """Returns a row of the table; `starts` are [starts, kinds of work]."""
  *peers, bare, loop, product = np.transpose(starts)
  best = min(peers, key=np.mean)
  low, high = scipy.stats.ttest_1samp(best / bare, 0).confidence_interval()
  as_it_is = [''] * (2 - len(peers))  # in bfloat16 only channels last competes
  seconds_each = [f'{each.mean():#.3g}' for each in (*peers, bare)]
  ratio = f'{np.mean(best / bare):.2f} [{low:.2f}, {high:.2f}]'
  shares = [f'{np.mean(part):.0%}' for part in (bare / loop, product / bare)]
  return ' | '.join([*row, *as_it_is, *seconds_each, ratio, *shares])


def table(rows, arguments):
  """Times the rows in turn, start after start; prints them as a table in Markdown."""
  starts = {row: [] for row in rows}
  for number in range(arguments.starts):
    for row in rows:
      starts[row].append(fastest_of_a_start(row, arguments))
    print(f'start {number + 1} of {arguments.starts}', file=sys.stderr, flush=True)
  print(f'| {" | ".join(COLUMNS)} |\n|{"---|" * len(COLUMNS)}')
  for row in rows:
    print(f'| {line(row, starts[row])} |', flush=True)


def seconds(*command):
  """Returns the wall time of a command; absl's --help exits with 1."""
  start = time.perf_counter()
  subprocess.run([sys.executable, *command], check=False, capture_output=True)
  return time.perf_counter() - start


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--peer_python', default=sys.executable, help='a Python with PyTorch')
  parser.add_argument('--starts', type=int, default=10, help='how often the processes of each row are started anew')
  parser.add_argument('--rounds', type=int, default=10, help='of each start')
  parser.add_argument('--work', nargs='*', choices=WORKS, help='which networks and widths')
  parser.add_argument('--precision', nargs='*', choices=PEERS)
  parser.add_argument('--penalty', nargs='*', choices=PENALTIES)
  parser.add_argument('--child', nargs=4, help=argparse.SUPPRESS)
  arguments = parser.parse_args()
  chosen = arguments.work, arguments.precision, arguments.penalty
  some = list(itertools.product(chosen[0] or WORKS, chosen[1] or ['float32'], chosen[2] or ['none']))
  if arguments.child:
    network, width, iterations, folder = arguments.child
    child(network, int(width), int(iterations), folder, *some[0][1:])
    return
  table(some if any(chosen) else TABLE, arguments)
  print(f'import: {statistics.median(seconds("-c", "import tfgan_landscape") for _ in range(5)):.3f} s')
  print(f'--help: {statistics.median(seconds("-m", "tfgan_landscape.main", "--help") for _ in range(5)):.3f} s')


if __name__ == '__main__':
  main()
