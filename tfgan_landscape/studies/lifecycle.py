"""How every study holds its folder: locked, of the same experiment, its bindings checked and kept, its disk watched."""

import contextlib

from tfgan_landscape.config import bindings
from tfgan_landscape.io import files, folders


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
