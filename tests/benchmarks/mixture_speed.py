"""How the time and memory of an iteration grow with the components T of a mixture, beside the passes that it makes.

  python tests/benchmarks/mixture_speed.py

An iteration makes 2 T generators' passes over a batch; every critic scores T + 1 batches in its own step and T in the
generators'. Each T is measured in a process of its own; medians of rounds in turn.
"""

import argparse
import functools
import re
import resource
import statistics
import subprocess
import sys
import time

COUNTS = (1, 2, 3, 5)


def child(count, width, iterations):
  """Prints the seconds of an iteration and the largest memory of the process, in MB."""
  from tfgan_landscape.config import command_line

  command_line.before_tensorflow()
  import tensorflow as tf

  from tfgan_landscape import losses, mixture, penalties
  from tfgan_landscape.networks import cnn
  from tfgan_landscape.training.engine import Engine
  from tfgan_landscape.training.trainer import Networks, Trainer

  make = functools.partial(mixture.generators, [functools.partial(cnn.Generator, width=width)] * count)
  critics = mixture.discriminators([functools.partial(cnn.Discriminator, width=width)] * count)
  trainer = Trainer(Networks(make(), critics, make()), seed=0, loss=losses.nonsaturating, penalty=penalties.none)
  engine = Engine(trainer, tf.distribute.OneDeviceStrategy('/cpu:0'))
  batches = iter(tf.data.Dataset.from_tensors(tf.zeros([64, 32, 32, 3])).repeat())
  engine.iterate(batches, 1)
  start = time.perf_counter()
  engine.iterate(batches, iterations)
  seconds = (time.perf_counter() - start) / iterations
  print(f'{seconds:.6f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB')


def measured(count, width, iterations):
  """Returns (seconds of an iteration, MB)."""
  command = [sys.executable, __file__, '--child', str(count), f'--width={width}', f'--iterations={iterations}']
  output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
  return tuple(float(each) for each in re.search(r'([\d.]+) s, (\d+) MB', output).groups())


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--rounds', type=int, default=3)
  parser.add_argument('--iterations', type=int, default=15)
  parser.add_argument('--width', type=int, default=16, help='channels of the CNN')
  parser.add_argument('--child', type=int, help=argparse.SUPPRESS)
  arguments = parser.parse_args()
  if arguments.child:
    child(arguments.child, arguments.width, arguments.iterations)
    return
  sizes = arguments.width, arguments.iterations
  rounds = [[measured(count, *sizes) for count in COUNTS] for _ in range(arguments.rounds)]
  print("| T | seconds an iteration | beside T = 1 | generators' passes | critics' passes | MB of the process |")
  print('|---|---|---|---|---|---|')
  for index, count in enumerate(COUNTS):
    seconds, memory = (statistics.median(each[index][part] for each in rounds) for part in range(2))
    ratio = statistics.median(each[index][0] / each[0][0] for each in rounds)
    print(f'| {count} | {seconds:.3f} | {ratio:.2f} | {count} x | {count * (2 * count + 1) / 3:.1f} x | {memory:.0f} |')


if __name__ == '__main__':
  main()
