"""The life of every study: its folder held, its bindings checked and kept, what it found written.

A study says what it computes; the modes of the command line are the methods of `Study`, or of `RunsStudy`.
"""

import contextlib
import re
from typing import Callable, NamedTuple

import numpy as np

from tfgan_landscape.config import bindings
from tfgan_landscape.dynamics.trajectories import Trajectories
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import files, folders
from tfgan_landscape.reporting import results
from tfgan_landscape.studies import checks


class Findings(NamedTuple):
  """What a study found; all that is written of it.

  Attributes:
    tables: {title, or '' for none: list of `results.Row`}.
    figures: {name of the PNG without its end: its drawing, a function of its path}; they are drawn one at a time.
    corner: what the rows of the tables are.
    remarks: lines below the tables.
    others: {file's name: its text, or {name: array} of an .npz}.
  """

  tables: dict[str, list]
  figures: dict[str, Callable]
  corner: str = 'quantity'
  remarks: tuple = ()
  others: dict = {}  # noqa: RUF012  nothing writes to it

  @property
  def rows(self):
    """Of all tables, each once: `results.json`."""
    return [row for rows in self.tables.values() for row in rows]

  @property
  def text(self):
    """The tables as Markdown, each below its title, and the remarks."""
    tables = [
      (f'{title}\n\n' if title else '') + results.table(rows, self.corner) for title, rows in self.tables.items()
    ]
    return '\n'.join([*tables, *self.remarks])


class Study:
  """A study that computes everything at once.

  Its class says `free`, the patterns of the bindings that may change when it goes on (see `bindings`). It gives
  `protocol`, the setting in a line; `sizes`, {name: number} of what it computes; and `findings()`.

  Args:
    execution: `Execution`, what the flags say.
  """

  free = ()
  kept = ''  # what the folder holds beside what every study writes

  def __init__(self, execution):
    self.execution = execution

  def prepare(self):
    """Calls what the study is made of, so that bad input is refused and gin knows what is used, before it writes."""

  @staticmethod
  def call_once(losses, penalties=None, dimensions=2):
    """Calls every loss of {name: loss} once, and every penalty on points of so many dimensions; see `checks.check`."""
    checks.check(losses, penalties, dimensions)

  def train_and_eval(self):
    """Computes and writes, as `eval`; returns the exit code."""
    return self.eval()

  def eval(self):
    """Writes tables and figures; returns the exit code."""
    self.prepare()
    with opened(self.execution, self.free):
      self.write(self.findings())
    return 0

  def describe(self):
    """Prints the bindings and, as JSON, the sizes; touches no disk; returns the exit code."""
    return bindings.describe(self.sizes)

  def write(self, found):
    """Writes and prints `Findings`."""
    folder = self.execution.model_dir
    results.write(folder, found.rows)
    files.write_text(folder / 'table.md', f'{self.protocol}\n\n{found.text}')
    for name, content in found.others.items():
      _write_other(folder / name, content)
    for name, draw in found.figures.items():
      draw(files.folder(folder / 'figures') / f'{name}.png')
    print(f'{self.protocol}\n\n{found.text}')
    names = ['table.md', 'results.json', *found.others, 'figures/', *([self.kept] if self.kept else [])]
    print(f'everything is in {folder}: {" | ".join(names)}')


def _write_other(path, content):
  if isinstance(content, str):
    files.write_text(path, content)
  else:
    with files.replacing(path) as partial:
      np.savez_compressed(partial, **content)


class RunsStudy(Study):
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
    self.seeds, self.runs = seeds, Trajectories(execution.model_dir / 'trajectories')

  def stages(self):
    """Yields {name of a case: range of its seeds}, made one after the other; the next may read what was made."""
    yield dict.fromkeys(self.cases, range(self.seeds))

  def train_and_eval(self):
    """Makes the runs that are missing, then writes tables and figures; returns the exit code."""
    if self.execution.part.count > 1:
      return self.train()
    return self.train() or self.eval()

  def train(self):
    """Makes the runs that the folder does not hold yet, or this part's of them; returns the exit code."""
    self.prepare()
    with opened(self.execution, self.free):
      print(f'{self.title}  {self.protocol}')
      for stage in self.stages():
        keys = _in_order(stage)
        code = self._make(keys)
        left = len(self.runs.missing(keys)) if self.execution.part.count > 1 else 0
        if left:
          print(f'{left} of all runs are not there yet; when they are, this command without --part goes on', flush=True)
        if code or left:
          return code
    return 0

  def _make(self, keys):
    mine = self.execution.part.of(keys)
    missing = self.runs.missing(mine)
    print(f'run  {self.execution.model_dir}: {len(missing)} of {len(mine)} runs to do', flush=True)
    return self.runs.make(missing, self.run)

  def eval(self):
    """Writes tables and figures of the runs in the folder; returns the exit code."""
    with opened(self.execution, self.free, begins=False):
      self.write(self.findings(self.made()))
    return 0

  def made(self):
    """Returns {name of a case: list of the records of every seed} of all stages; refuses a folder that lacks some."""
    return {name: self.runs.load_all(name, seeds) for stage in self.stages() for name, seeds in stage.items()}


def _in_order(stage):
  """Returns (name, seed) of a stage's runs, seed by seed, so that an interrupted study has some of every case."""
  return sorted(((name, seed) for name, seeds in stage.items() for seed in seeds), key=lambda key: key[1])


@contextlib.contextmanager
def opened(execution, free=(), folder=None, begins=True):
  """Holds a study's folder for this process while it writes there.

  Before anything is written it refuses dead bindings, a folder that another process holds, and one with a run of other
  bindings or another seed; then it keeps the bindings. A disk that takes no more is one line.

  Args:
    execution: `Execution`.
    free: patterns of the bindings that may change when the study goes on, see `bindings`.
    folder: where to write; the run's own unless given.
    begins: whether the study has called what it is made of, so that gin knows which bindings are used. If not, what
      is yielded is called as soon as it has; a study that only reports never does.

  Yields:
    keep(but=()): refuses dead bindings, but for patterns, and keeps the others in the folder.

  Raises:
    InputError: one of these.
  """
  folder = folder or execution.model_dir

  def keep(but=()):
    bindings.check_all_used(execution.own, but)
    bindings.save(folder, execution.seed)

  if begins:
    bindings.check_all_used(execution.own)
  part = execution.part
  name = f'{part.number + 1}-of-{part.count}' if part.count > 1 else None
  with folders.locked(folder, name), files.full_disk_is_told(folder):
    if not execution.allow_config_change:
      bindings.check_same_experiment(execution.model_dir, execution.seed, free)
    if begins:
      keep()
    yield keep


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
