"""The life of every study: its folder held, its bindings checked and kept, what it found written.

A study says what it computes; the modes of the command line are the methods of `Study`, or of `many_runs.RunsStudy`.
"""

import contextlib
from typing import Callable, NamedTuple

import numpy as np

from tfgan_landscape.config import bindings
from tfgan_landscape.io import files, folders
from tfgan_landscape.reporting import results


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
  with folders.locked(folder), files.full_disk_is_told(folder):
    if not execution.allow_config_change:
      bindings.check_same_experiment(execution.model_dir, execution.seed, free)
    if begins:
      keep()
    yield keep
