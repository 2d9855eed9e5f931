"""Speed of the two-cluster study beside eager PyTorch's on the same machine in the same run; medians and ratios.

  python tests/benchmarks/two_cluster_speed.py --peer_python=PYTHON_WITH_TORCH

Each round times the peer's epochs, one seed of ours alone, and eight seeds over all cores, in turn.
"""

import argparse
import functools
import pathlib
import re
import statistics
import subprocess
import sys
import time

from tfgan_landscape.config import command_line

command_line.before_tensorflow()

from tfgan_landscape import losses  # noqa: E402
from tfgan_landscape.config.execution import Execution  # noqa: E402
from tfgan_landscape.dynamics.whole_runs import in_threads  # noqa: E402
from tfgan_landscape.studies.two_cluster.study import TwoCluster  # noqa: E402

PEER = pathlib.Path(__file__).with_name('torch_peer.py')
SEEDS = 8


def peer(python, script):
  """Returns the peer's seconds per 1000 epochs."""
  output = subprocess.run([python, script, 'two_cluster'], check=True, capture_output=True, text=True).stdout
  return float(re.search(r'([\d.]+) s per 1000 epochs', output)[1])


def ours(jobs, epochs):
  """Returns seconds per 1000 epochs and seed."""
  start = time.perf_counter()
  list(in_threads(jobs))
  return (time.perf_counter() - start) / len(jobs) / epochs * 1000


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--peer', default=str(PEER), help='a program that does the same work in PyTorch')
  parser.add_argument('--peer_python', default=sys.executable, help='a Python with PyTorch')
  parser.add_argument('--rounds', type=int, default=3)
  arguments = parser.parse_args()
  study = TwoCluster(Execution('train', pathlib.Path()), losses={'RS-GAN': losses.relativistic_logistic})
  program = study.program('RS-GAN')
  jobs = [functools.partial(study.run, program, 'RS-GAN', seed) for seed in range(SEEDS)]
  jobs[0]()  # compiles
  rows = []
  for _ in range(arguments.rounds):
    torch = peer(arguments.peer_python, arguments.peer)
    rows.append((torch, torch / ours(jobs[:1], study.epochs), torch / ours(jobs, study.epochs)))
  torch, alone, together = (statistics.median(column) for column in zip(*rows))
  print(
    f'PyTorch {torch:.2f} s per 1000 epochs; one seed {alone:.0f} times as fast, {SEEDS} seeds {together:.0f} times'
  )


if __name__ == '__main__':
  main()
