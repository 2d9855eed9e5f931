"""Kills a training again and again until it is done, and compares it with an undisturbed one, bit by bit.

  python tests/reliability/punisher.py --mtbf_seconds=20 -- --gin_file=gin/rs_digits_cnn.gin --mode=train

Everything after `--` goes to the command line; give no --model_dir. The seconds until a kill are drawn from an
exponential distribution, the signals in turn from those of --signals. Exit code 0: equal; 1: not equal.
"""

import argparse
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

ROOT = pathlib.Path(__file__).parents[2]


class Punished(NamedTuple):
  """What became of a training: how often it was killed, and in what it differs from the undisturbed one, [] in none."""

  kills: int
  differences: list


def punish(arguments, folder, mtbf_seconds, signals, seed=0, environment=None):
  """Trains undisturbed in folder/whole and with kills in folder/cut; returns `Punished`.

  Args:
    arguments: of the command line, without --model_dir.
    folder: of both runs, empty.
    mtbf_seconds: mean time from the start of the training until its kill.
    signals: names, such as 'SIGKILL'; used in turn.
    seed: of the times.
    environment: variables on top of this process's own.
  """
  folder = pathlib.Path(folder)
  finish(start(arguments, folder / 'whole', environment))
  times, kills = random.Random(seed), 0
  while True:
    process = start(arguments, folder / 'cut', environment)
    try:
      code = process.wait(timeout=times.expovariate(1 / mtbf_seconds))
    except subprocess.TimeoutExpired:
      process.send_signal(getattr(signal, signals[kills % len(signals)]))
      kills += 1
      code = process.wait(timeout=120)
    if code == 0:
      return Punished(kills, differences(folder / 'whole', folder / 'cut'))
    if code not in (130, 143, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT):
      raise RuntimeError(f'the training ended with code {code}: {process.stderr.read()[-2000:]}')


def start(arguments, folder, environment=None):
  """Starts a training in a folder."""
  command = [sys.executable, '-m', 'tfgan_landscape.main', *arguments, f'--model_dir={folder}']
  environment = {**os.environ, **(environment or {})}
  return subprocess.Popen(
    command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
  )


def finish(process):
  """Waits for a training that nobody disturbs."""
  _, said = process.communicate()
  if process.returncode:
    raise RuntimeError(f'the undisturbed training ended with code {process.returncode}: {said[-2000:]}')


def differences(whole, cut):
  """Returns in what two folders of one training differ: reports, pictures, names and variables of their checkpoints."""
  found = [f'{name} differs' for name in ('scores.jsonl', 'config.gin') if _bytes(whole / name) != _bytes(cut / name)]
  for kind in ('checkpoints', 'samples'):
    ours, theirs = ({path.name: path for path in (run / kind).glob('*') if path.is_file()} for run in (cut, whole))
    found += [f'{kind}/{name} is in one of them only' for name in sorted(set(ours) ^ set(theirs))]
    if kind == 'samples':
      found += [f'{kind}/{n} differs' for n in sorted(set(ours) & set(theirs)) if _bytes(ours[n]) != _bytes(theirs[n])]
  return found + _variables(whole / 'checkpoints', cut / 'checkpoints')


def _bytes(path):
  return path.read_bytes() if path.exists() else None


def _variables(whole, cut):
  """The variables of the newest checkpoints that differ."""
  import numpy as np
  import tensorflow as tf

  from tfgan_landscape.training import checkpoints

  readers = [tf.train.load_checkpoint(checkpoints.paths(folder)[0]) for folder in (whole, cut)]
  names = [set(reader.get_variable_to_shape_map()) for reader in readers]
  found = [f'variable {name} is in one of them only' for name in sorted(names[0] ^ names[1])]
  for name in sorted(names[0] & names[1] - {'_CHECKPOINTABLE_OBJECT_GRAPH'}):
    if not np.array_equal(*(np.asarray(reader.get_tensor(name)) for reader in readers)):
      found.append(f'variable {name} differs')
  return found


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--mtbf_seconds', type=float, default=20.0, help='mean time until a kill')
  parser.add_argument('--signals', default='SIGKILL', help='in turn, e.g. SIGKILL,SIGTERM,SIGINT')
  parser.add_argument('--seed', type=int, default=0, help='of the times')
  parser.add_argument('arguments', nargs='+', help='of the command line, after --')
  given = parser.parse_args()
  begin = time.monotonic()
  with tempfile.TemporaryDirectory() as folder:
    found = punish(given.arguments, folder, given.mtbf_seconds, given.signals.split(','), given.seed)
  print(
    f'{found.kills} kills in {time.monotonic() - begin:.0f} s: {"; ".join(found.differences) or "equal in every bit"}'
  )
  return 1 if found.differences else 0


if __name__ == '__main__':
  sys.exit(main())
