"""Studies of many whole runs: each run is made once and kept; an interrupted study goes on where it stopped."""

import contextlib
import functools
import re

import numpy as np
import tqdm

from tfgan_landscape.dynamics.trajectories import Trajectories
from tfgan_landscape.dynamics.whole_runs import in_threads
from tfgan_landscape.errors import InputError
from tfgan_landscape.studies import lifecycle

INTERRUPTED = 130


class ManyRuns:
  """The runs of a study in its folder, by (name, seed).

  A run that diverges is an outcome like others: it is kept, and the study counts it.

  Args:
    folder: the study's.
  """

  def __init__(self, folder):
    self._kept = Trajectories(folder / 'trajectories')

  def missing(self, keys):
    """Returns those (name, seed) of `keys` that are not there whole."""
    return [key for key in keys if self._kept.load(*key) is None]

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


class RunsStudy(lifecycle.Study):
  """A study of runs by case and seed.

  Beside what `Study` asks for it gives `cases`, {name: what is crossed}, and `run(name, seed)` -> {record: array}, a
  function of these alone; its `findings(runs)` gets {name: list of the records of every seed}.

  Args:
    execution: `Execution`, what the flags say.
    seeds: runs of each case.
  """

  title = ''
  kept = 'trajectories/'

  def __init__(self, execution, seeds):
    super().__init__(execution)
    self.seeds, self.runs = seeds, ManyRuns(execution.model_dir)

  def stages(self):
    """Yields {name of a case: range of its seeds}, made one after the other; the next may read what was made."""
    yield dict.fromkeys(self.cases, range(self.seeds))

  def train_and_eval(self):
    """Makes the runs that are missing, then writes tables and figures; returns the exit code."""
    return self.train() or self.eval()

  def train(self):
    """Makes the runs that the folder does not hold yet; returns the exit code."""
    self.prepare()
    with lifecycle.opened(self.execution, self.free):
      print(f'{self.title}  {self.protocol}')
      return next(filter(None, map(self._make, self.stages())), 0)

  def _make(self, stage):
    """Makes the runs of a stage, seed by seed, so that an interrupted study has some of every case."""
    keys = sorted(((name, seed) for name, seeds in stage.items() for seed in seeds), key=lambda key: key[1])
    missing = self.runs.missing(keys)
    print(f'run  {self.execution.model_dir}: {len(missing)} of {len(keys)} runs to do', flush=True)
    return self.runs.make(missing, self.run)

  def eval(self):
    """Writes tables and figures of the runs in the folder; returns the exit code."""
    with lifecycle.opened(self.execution, self.free, begins=False):
      self.write(self.findings(self.made()))
    return 0

  def made(self):
    """Returns {name of a case: list of the records of every seed} of all stages; refuses a folder that lacks some."""
    return {
      name: self.runs.load(name, len(seeds), seeds.start) for stage in self.stages() for name, seeds in stage.items()
    }


def check_names(study, **named):
  """Refuses names of runs that cannot be part of a file's name, of {parameter of a study: {name: ...}}."""
  for parameter, names in named.items():
    for name in names:
      if not re.fullmatch(r'[\w.+-]+', name):
        raise InputError(f'{study}.{parameter} has the name {name!r}; give letters, digits and . + - _')


def check_records(study, record_every, name, length, records='record_every'):
  """Refuses records that do not divide a run: `record_every` of a study beside the length of its runs, by its name."""
  if length % record_every:
    raise InputError(f'{study}.{records} = {record_every} is no divisor of {study}.{name} = {length}; give one')


def diverged(run):
  """Whether a run, {record: array}, has numbers that are not finite."""
  return not all(np.isfinite(records).all() for records in run.values())
