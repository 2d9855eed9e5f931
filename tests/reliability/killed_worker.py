"""Kills one of several workers of a training on its way, and compares the end with that of an undisturbed training.

  python tests/reliability/killed_worker.py [--after=100] -- --gin_file=gin/rs_cifar_cnn_quarter.gin --data_dir=DATA

Everything after `--` goes to launch/multi_worker_local.sh; give no --model_dir. The last worker is killed by SIGKILL
once there is a checkpoint of so many iterations; the launcher starts all of them again from the last one. Exit code 0:
both end equal, bit by bit; 1: they do not.
"""

import argparse
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import punisher

LAUNCHER = punisher.ROOT / 'launch/multi_worker_local.sh'
AGAIN = 'all start again from the last checkpoint'


def start(arguments, folder):
  """Starts the launcher for a run in `folder`/run."""
  command = [LAUNCHER, f'--model_dir={folder / "run"}', f'--logs={folder / "logs"}', *arguments]
  return subprocess.Popen(command, cwd=punisher.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def finish(launcher):
  """Waits for a launcher and returns what it said.

  Raises:
    RuntimeError: it ended with another code than 0.
  """
  _, said = launcher.communicate()
  if launcher.returncode:
    raise RuntimeError(f'the launcher ended with code {launcher.returncode}: {said[-2000:]}')
  return said


def kill_a_worker(launcher, run, after):
  """Kills the last worker of a launcher once `run` has a checkpoint of at least `after` iterations.

  Raises:
    RuntimeError: the training ends before.
  """
  while not any(int(path.stem.split('-')[1]) >= after for path in run.glob('checkpoints/ckpt-*.index')):
    if launcher.poll() is not None:
      raise RuntimeError(f'the training ended before its iteration {after}: {launcher.communicate()[1][-2000:]}')
    time.sleep(0.05)
  workers = subprocess.run(
    ['pgrep', '-f', '-P', str(launcher.pid), 'tfgan_landscape'], check=True, capture_output=True, text=True
  )
  os.kill(int(workers.stdout.split()[-1]), signal.SIGKILL)


def compare(arguments, folder, after):
  """Trains undisturbed and with a killed worker; returns in what they differ, [] in nothing."""
  finish(start(arguments, folder / 'whole'))
  launcher = start(arguments, folder / 'cut')
  kill_a_worker(launcher, folder / 'cut/run', after)
  said = finish(launcher)
  found = [] if AGAIN in said else ['the workers did not start again']
  return found + punisher.differences(folder / 'whole/run', folder / 'cut/run')


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--after', type=int, default=100, help='iterations until the kill')
  parser.add_argument('arguments', nargs='+', help='of the launcher, after --')
  given = parser.parse_args()
  with tempfile.TemporaryDirectory() as folder:
    found = compare(given.arguments, pathlib.Path(folder), given.after)
  print(f'a worker killed after {given.after} iterations: {"; ".join(found) or "equal in every bit"}')
  return 1 if found else 0


if __name__ == '__main__':
  sys.exit(main())
