"""What whole runs recorded, one file a run: each is made once, and an interrupted study goes on where it stopped."""

import contextlib
import functools
import pathlib

import numpy as np
import tqdm

from tfgan_landscape.dynamics.whole_runs import in_threads
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import arrays, files

INTERRUPTED = 130  # what a shell reports after Ctrl-C


class Trajectories:
  """The records of runs in a folder, by (name, seed).

  A run that diverges is an outcome like others: it is kept.

  Args:
    folder: made at the first save.
  """

  def __init__(self, folder):
    self.folder = pathlib.Path(folder)

  def path(self, name, seed):
    """Returns the file of a run."""
    return self.folder / f'{name}-{seed:05d}.npz'

  def save(self, name, seed, **records):
    """Writes the arrays of a run, all or nothing."""
    with files.replacing(self.path(name, seed)) as partial:
      np.savez_compressed(partial, **records)

  def load(self, name, seed):
    """Returns the arrays of a run by name, None where the run is missing or its file is damaged."""
    try:
      return arrays.read_npz(self.path(name, seed))
    except InputError:
      return None

  def missing(self, keys):
    """Returns those (name, seed) of `keys` that are not there whole."""
    return [key for key in keys if self.load(*key) is None]

  def make(self, keys, run):
    """Makes the runs that are missing and keeps each as it ends; returns the exit code, Ctrl-C's if it stopped them.

    Args:
      keys: (name, seed) of every run.
      run: `(name, seed) -> {record: array}`.
    """
    jobs = [functools.partial(run, *key) for key in keys]
    try:
      with contextlib.closing(in_threads(jobs)) as finished:
        for position, records in tqdm.tqdm(finished, total=len(jobs), unit='run', dynamic_ncols=True, mininterval=1.0):
          self.save(*keys[position], **records)
    except KeyboardInterrupt:
      print(f'\nstopped on request; finished runs are in {self.folder}, and the same command goes on from there')
      return INTERRUPTED
    return 0

  def load_all(self, name, seeds):
    """Returns the records of the runs of some seeds, a list of {record: array}.

    Raises:
      InputError: some are missing.
    """
    runs = [self.load(name, seed) for seed in seeds]
    lacking = sum(run is None for run in runs)
    if lacking:
      raise InputError(f'{self.folder} lacks {lacking} runs of {name}; --mode=train makes them')
    return runs


def diverged(run):
  """Whether a run, {record: array}, has numbers that are not finite."""
  return not all(np.isfinite(records).all() for records in run.values())
