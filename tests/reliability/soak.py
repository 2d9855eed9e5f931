"""Trains a small network for long and watches its process: memory, open files, threads, disk, traced functions.

  python tests/reliability/soak.py [--iterations=5000] [-- --gin_file=gin/rs_digits_cnn.gin ...]

Everything after `--` goes to the command line; give no --model_dir. The process is watched from outside, from the first
1,000 iterations on, when every kind of event has happened. Exit code 0: memory grows by less than --limit_mb per 1,000
iterations and nothing else grows; 1: something does.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

import numpy as np

ROOT = pathlib.Path(__file__).parents[2]
WARM = 1000  # iterations that are not judged
GIVEN_BACK = {'MALLOC_MMAP_THRESHOLD_': '131072', 'MALLOC_TRIM_THRESHOLD_': '131072'}  # memory that glibc would hoard
SMALL = [
  '--gin_file=rs_digits_cnn.gin',
  '--gin_param=width = 4',
  '--gin_param=Loop.log_every = 50',
  '--gin_param=train_gan.save_every = 100',
  '--gin_param=train_gan.sample_every = 100',
  '--gin_param=train_gan.evaluate_every = 250',
  '--gin_param=Evaluation.inception_score_count = 500',
  '--gin_param=Evaluation.fid_count = 360',
]


class Sample(NamedTuple):
  """What a process held when it had done `step` iterations; memory and disk in MB."""

  step: int
  memory: float
  files: int
  threads: int
  disk: float


def watch(arguments, folder, seconds=1.0):
  """Runs a training to its end; returns (`Sample`s, all that it said).

  Args:
    arguments: of the command line, without --model_dir.
    folder: of the run.
    seconds: between samples.
  """
  command = [sys.executable, '-m', 'tfgan_landscape.main', *arguments, f'--model_dir={folder}']
  samples = []
  with tempfile.TemporaryFile('w+') as said:
    environment = {**os.environ, **GIVEN_BACK}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT)
    while process.poll() is None:
      time.sleep(seconds)
      found = _sample(process.pid, pathlib.Path(folder))
      if found:
        samples.append(found)
    said.seek(0)
    words = said.read()
  if process.returncode:
    raise RuntimeError(f'the training ended with code {process.returncode}: {words[-2000:]}')
  return samples, words


def _sample(pid, folder):
  """A `Sample` of now; None before the first report and after the end."""
  try:
    steps = re.findall(r'"step": (\d+)', (folder / 'scores.jsonl').read_text())
    status = pathlib.Path(f'/proc/{pid}/status').read_text()
    memory, threads = (int(re.search(rf'{name}:\s+(\d+)', status)[1]) for name in ('VmRSS', 'Threads'))
    files = len(list(pathlib.Path(f'/proc/{pid}/fd').iterdir()))
    disk = sum(path.stat().st_size for path in (folder / 'checkpoints').glob('*'))
    return Sample(int(steps[-1]), memory / 1024, files, threads, disk / 2**20)
  except (OSError, TypeError, IndexError):
    return None


def judged(samples):
  """The samples after the first `WARM` iterations and before the last, at which the process also comes to its end."""
  found = [sample for sample in samples if WARM <= sample.step < samples[-1].step]
  if len(found) < 5:
    raise RuntimeError('the training is too short to judge; give more --iterations')
  return found


def growth(samples):
  """Returns {what: growth per 1,000 iterations} of samples, by least squares."""
  steps, *held = np.array(samples, float).T
  slopes = np.polyfit(steps, np.transpose(held), 1)[0] * 1000
  return dict(zip(Sample._fields[1:], slopes))


def soaked(arguments, iterations):
  """Trains and returns (first and last judged `Sample`, {what: growth per 1,000 iterations}, functions traced anew)."""
  with tempfile.TemporaryDirectory() as folder:
    samples, words = watch([*arguments, f'--gin_param=Trainer.iterations = {iterations}'], folder)
  samples = judged(samples)
  return samples[0], samples[-1], growth(samples), words.count('retracing')


def table(first, last, slopes, traced):
  """What `soaked` returns, in Markdown."""
  units = {'memory': 'memory, MB', 'disk': 'checkpoints on disk, MB', 'files': 'open files'}
  lines = [f'| | after {first.step:,} iterations | after {last.step:,} | slope per 1,000 |', '|---|---|---|---|']
  for name, slope in slopes.items():
    before, after = getattr(first, name), getattr(last, name)
    lines.append(f'| {units.get(name, name)} | {before:.4g} | {after:.4g} | {slope:+.2f} |')
  return '\n'.join([*lines, f'| functions traced anew | | {traced} | |'])


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--iterations', type=int, default=5000)
  parser.add_argument('--limit_mb', type=float, default=1.0, help='memory that may be added per 1,000 iterations')
  parser.add_argument('arguments', nargs='*', default=SMALL, help='of the command line, after --')
  given = parser.parse_args()
  *samples, slopes, traced = soaked(given.arguments, given.iterations)
  print(table(*samples, slopes, traced))
  steady = slopes['memory'] < given.limit_mb and all(slopes[name] < 0.5 for name in ('files', 'threads', 'disk'))
  return 0 if steady and not traced else 1


if __name__ == '__main__':
  sys.exit(main())
