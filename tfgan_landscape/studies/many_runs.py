"""Many whole runs of a study: each is made once and kept; an interrupted study goes on where it stopped."""

import contextlib
import functools

import numpy as np
import tqdm

from tfgan_landscape.errors import InputError
from tfgan_landscape.studies import bindings
from tfgan_landscape.training.whole_runs import in_threads

INTERRUPTED = 130


def missing(kept, keys):
  """Returns those (name, seed) of `keys` that `kept`, a `Trajectories`, does not hold whole."""
  return [key for key in keys if kept.load(*key) is None]


def make(execution, kept, keys, run):
  """Makes runs and keeps them as they end; returns the exit code, that of Ctrl-C if it stopped them.

  Once a run of every name has ended, gin knows what was used: dead bindings are refused, the others saved in the run's
  folder. Names should therefore take turns in `keys`.

  Args:
    execution: `Execution`.
    kept: `Trajectories` to save in.
    keys: (name, seed) of each run to make.
    run: `(name, seed) -> {record: array}`; one of them is 'critic_loss'.

  Raises:
    InputError: a loss is not finite, or a binding is used by nothing.
  """
  try:
    _make(execution, kept, keys, run)
  except KeyboardInterrupt:
    print(f'\nstopped on request; finished runs are in {kept.folder}, and the same command goes on from there')
    return INTERRUPTED
  return 0


def _make(execution, kept, keys, run):
  jobs = [functools.partial(run, *key) for key in keys]
  unseen = {name for name, _ in keys}
  with contextlib.closing(in_threads(jobs)) as finished:
    bar = tqdm.tqdm(finished, total=len(jobs), unit='run', dynamic_ncols=True, mininterval=1.0)
    for position, records in bar:
      name, seed = keys[position]
      if not np.isfinite(records['critic_loss']).all():
        raise InputError(f'a loss is not finite in run {seed} of {name}; bind a lower learning rate')
      kept.save(name, seed, **records)
      if unseen and not (unseen := unseen - {name}):
        bindings.check_all_used(but_scoring=True)
        bindings.save(execution.model_dir, execution.seed)
