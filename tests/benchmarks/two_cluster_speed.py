"""Speed of the two-cluster study beside eager PyTorch's and JAX's on the same machine in the same run; medians.

  python tests/benchmarks/two_cluster_speed.py --peer_python=PYTHON_WITH_TORCH --jax_python=PYTHON_WITH_JAX

Each round times the peers' epochs, one seed of ours alone, and eight seeds over all cores, in turn. A peer whose Python
is not given is left out.
"""

import argparse
import functools
import pathlib
import re
import statistics
import subprocess
import time

from tfgan_landscape.config import command_line

command_line.before_tensorflow()

from tfgan_landscape import losses  # noqa: E402
from tfgan_landscape.config.execution import Execution  # noqa: E402
from tfgan_landscape.dynamics.whole_runs import in_threads  # noqa: E402
from tfgan_landscape.studies.two_cluster.study import TwoCluster  # noqa: E402

PEER, JAX = (pathlib.Path(__file__).with_name(f'{name}_peer.py') for name in ('torch', 'jax'))
SEEDS = 8


def torch_seconds(python, script):
  """Returns PyTorch's seconds per 1000 epochs."""
  output = subprocess.run([python, script, 'two_cluster'], check=True, capture_output=True, text=True).stdout
  return float(re.search(r'([\d.]+) s per 1000 epochs', output)[1])


def jax_seconds(python):
  """Returns JAX's seconds per 1000 epochs, of one seed and of each of eight at once."""
  output = subprocess.run([python, JAX, f'--seeds={SEEDS}'], check=True, capture_output=True, text=True).stdout
  return tuple(float(number) for number in re.search(r'one seed ([\d.]+) s .* ([\d.]+) s each', output).groups())


def ours(jobs, epochs):
  """Returns seconds per 1000 epochs and seed."""
  start = time.perf_counter()
  list(in_threads(jobs))
  return (time.perf_counter() - start) / len(jobs) / epochs * 1000


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--peer', default=str(PEER), help='a program that does the same work in PyTorch')
  parser.add_argument('--peer_python', help='a Python with PyTorch')
  parser.add_argument('--jax_python', help='a Python with JAX')
  parser.add_argument('--rounds', type=int, default=3)
  arguments = parser.parse_args()
  study = TwoCluster(Execution('train', pathlib.Path()), losses={'RS-GAN': losses.relativistic_logistic})
  jobs = [functools.partial(study.run, 'RS-GAN', seed) for seed in range(SEEDS)]
  jobs[0]()  # compiles
  rounds = []
  for _ in range(arguments.rounds):
    found = {'ours, one seed': ours(jobs[:1], study.epochs), f'ours, {SEEDS} seeds': ours(jobs, study.epochs)}
    if arguments.peer_python:
      found['PyTorch'] = torch_seconds(arguments.peer_python, arguments.peer)
    if arguments.jax_python:
      found['JAX, one seed'], found[f'JAX, {SEEDS} seeds'] = jax_seconds(arguments.jax_python)
    rounds.append(found)
  medians = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
  for name, seconds in medians.items():
    base = medians[f'ours, {SEEDS} seeds' if str(SEEDS) in name else 'ours, one seed']
    print(f'{name:14} {seconds:.4f} s per 1000 epochs and seed, {seconds / base:.2f} times ours')


if __name__ == '__main__':
  main()
