"""Many whole runs of a study: each is made once and kept; an interrupted study goes on where it stopped."""

import contextlib
import functools
import re

import numpy as np
import tqdm

from tfgan_landscape.dynamics.trajectories import Trajectories
from tfgan_landscape.dynamics.whole_runs import in_threads
from tfgan_landscape.errors import InputError
from tfgan_landscape.studies import lifecycle, loss_check

INTERRUPTED = 130


class ManyRuns:
  """The runs of a study in its folder, by (name, seed).

  A run that diverges is an outcome like others: it is kept, and the study counts it.

  Args:
    execution: `Execution`.
    free: patterns of the bindings that may change when the study goes on, see `bindings`.
  """

  def __init__(self, execution, free):
    self._execution, self._free = execution, free
    self._kept = Trajectories(execution.model_dir / 'trajectories')

  def opened(self):
    """Holds the folder while runs are made, see `lifecycle`.

    The study's parts must have been built and its losses called before, so that gin knows what is used.
    """
    return lifecycle.opened(self._execution, self._free)

  def reporting(self):
    """Holds the folder while tables and figures of its runs are written, see `lifecycle`."""
    return lifecycle.opened(self._execution, self._free, begins=False)

  def missing(self, keys):
    """Returns those (name, seed) of `keys` that are not there whole."""
    return [key for key in keys if self._kept.load(*key) is None]

  def make(self, keys, run):
    """Makes the runs that are missing and keeps each as it ends; returns the exit code, Ctrl-C's if it stopped them.

    Args:
      keys: (name, seed) of every run.
      run: `(name, seed) -> {record: array}`.
    """
    keys = self.missing(keys)
    jobs = [functools.partial(run, *key) for key in keys]
    try:
      with contextlib.closing(in_threads(jobs)) as finished:
        for position, records in tqdm.tqdm(finished, total=len(jobs), unit='run', dynamic_ncols=True, mininterval=1.0):
          self._kept.save(*keys[position], **records)
    except KeyboardInterrupt:
      print(f'\nstopped on request; finished runs are in {self._kept.folder}, and the same command goes on from there')
      return INTERRUPTED
    return 0

  def load(self, name, count, first=0):
    """Returns the records of `count` runs from seed `first` on, a list of {record: array}.

    Raises:
      InputError: some are missing.
    """
    runs = [self._kept.load(name, seed) for seed in range(first, first + count)]
    lacking = sum(run is None for run in runs)
    if lacking:
      raise InputError(f'{self._kept.folder} lacks {lacking} runs of {name}; --mode=train makes them')
    return runs


def check_names(label, named):
  """Refuses names of runs that cannot be part of a file's name."""
  for name in named:
    if not re.fullmatch(r'[\w.+-]+', name):
      raise InputError(f'{label} has the name {name!r}; give letters, digits and . + - _')


def check_records(study, record_every, name, length, records='record_every'):
  """Refuses records that do not divide a run: `record_every` of a study beside the length of its runs, by its name."""
  if length % record_every:
    raise InputError(f'{study}.{records} = {record_every} is no divisor of {study}.{name} = {length}; give one')


def touch(losses):
  """Calls every loss of {name: loss} once on two small vectors, so that gin knows what they use.

  Raises:
    InputError: one is no loss.
  """
  for name, loss in losses.items():
    loss_check.check(f'the loss {name}', loss)


def diverged(run):
  """Whether a run, {record: array}, has numbers that are not finite."""
  return not all(np.isfinite(records).all() for records in run.values())
