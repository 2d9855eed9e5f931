"""Where the time of a training iteration goes: the share of each kind of operation, by TensorFlow's profiler.

  python tests/benchmarks/where_time_goes.py

One process for each network and precision of docs/speed.md's table; a row of Markdown each, in percent of the time that
the operations take (two may run at once). The last column is the share of the wall time in which none ran: TensorFlow's
own bookkeeping.
"""

import argparse
import collections
import pathlib
import subprocess
import sys
import tempfile
import time

from training_speed import PEERS, WORKS, our_training, the_same

ITERATIONS = 10
GROUPS = {  # the first whose word is in an operation's path or type
  "convolutions' gradients": ('Conv2DBackprop',),
  'convolutions': ('Conv2D',),
  'spectral norms': ('spectral',),
  'batch norms': ('BatchNorm',),
  'matrix products': ('MatMul',),
  'activations': ('Relu', 'Tanh', 'Softplus', 'Sigmoid'),
  'casts': ('Cast',),
  'biases': ('BiasAdd',),
  'updates of weights': ('Adam/', 'Assign'),
}
# Operations that hold others, whose time would count twice.
OUTER = ('While', 'PartitionedCall', 'StatefulPartitionedCall', 'If', 'Process', 'ProcessAsync')


def group(path):
  """Returns a column's name for an operation, `path` "outer/inner:Type"."""
  return next((name for name, words in GROUPS.items() if any(word in path for word in words)), 'the rest')


def operations(folder):
  """Yields (path, start, seconds) of every operation in the folder's profile; outer ones are left out."""
  from tensorflow.tsl.profiler.protobuf import xplane_pb2

  (file,) = pathlib.Path(folder).rglob('*.xplane.pb')
  for plane in xplane_pb2.XSpace.FromString(file.read_bytes()).planes:
    for line in plane.lines:
      if line.name.startswith('tf_Compute'):
        for event in line.events:
          path = plane.event_metadata[event.metadata_id].name
          if ':' in path and path.rpartition(':')[2] not in OUTER:
            yield path, line.timestamp_ns / 1e9 + event.offset_ps / 1e12, event.duration_ps / 1e12


def covered(intervals):
  """Returns the seconds in which at least one of the (start, seconds) was running."""
  total = until = 0.0
  for start, seconds in sorted(intervals):
    total += max(0.0, start + seconds - max(start, until))
    until = max(until, start + seconds)
  return total


def profile(work, precision):
  """Prints a row of the table."""
  network, width, _ = WORKS[work]
  engine, data = our_training(network, width, precision)
  import tensorflow as tf

  same = the_same(engine, data)
  engine.iterate(same, ITERATIONS)  # traces
  with tempfile.TemporaryDirectory() as folder:
    tf.profiler.experimental.start(folder)
    start = time.perf_counter()
    engine.iterate(same, ITERATIONS)
    wall = time.perf_counter() - start
    tf.profiler.experimental.stop()
    found = list(operations(folder))
  spent = collections.Counter()
  for path, _, seconds in found:
    spent[group(path)] += seconds
  shares = [100 * spent[name] / sum(spent.values()) for name in (*GROUPS, 'the rest')]
  idle = 100 * (1 - covered(each[1:] for each in found) / wall)
  print('|', ' | '.join([work, precision, *(f'{each:.1f}' for each in (*shares, idle))]), '|', flush=True)


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--child', nargs=2, help=argparse.SUPPRESS)
  arguments = parser.parse_args()
  if arguments.child:
    profile(*arguments.child)
    return
  columns = 'network and width', 'precision', *GROUPS, 'the rest', 'no operation runs'
  print(f'| {" | ".join(columns)} |\n|{"---|" * len(columns)}', flush=True)
  for precision in PEERS:
    for work in WORKS:
      subprocess.run([sys.executable, __file__, '--child', work, precision], check=True)


if __name__ == '__main__':
  main()
