"""The folders that studies write in."""

import contextlib
import fcntl
import logging
import os
import tempfile

from tfgan_landscape.errors import InputError
from tfgan_landscape.io import files

_LOCK = '.lock'


def check_writable(folder):
  """Makes the folder; raises InputError where nothing can be written in it."""
  try:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
      pass
  except OSError as error:
    raise InputError(f'{folder} cannot be written ({error.strerror}); name another folder') from error


@contextlib.contextmanager
def locked(folder, part=None):
  """Makes the folder and holds it for this process alone; the system lets go of it however the process ends.

  A folder in which nothing was written goes again.

  Args:
    folder: to hold.
    part: name of this process's part of the work, where others do theirs in the same folder: it holds its part alone,
      and keeps away whoever wants the whole.

  Raises:
    InputError: nothing can be written there, or another process holds it.
  """
  check_writable(folder)
  held = {_LOCK: fcntl.LOCK_EX} if part is None else {_LOCK: fcntl.LOCK_SH, f'{_LOCK}-{part}': fcntl.LOCK_EX}
  paths = [folder / name for name in held]
  with contextlib.ExitStack() as stack:
    with files.full_disk_is_told(folder):
      for path, kind in zip(paths, held.values()):
        stack.enter_context(_hold(path, folder, kind))
    try:
      yield
    finally:
      if set(folder.iterdir()) <= set(paths):
        for path in paths:
          path.unlink()
        folder.rmdir()


def _hold(path, folder, kind):
  """Opens and locks the file; where it is this process's alone, it names its owner."""
  files.is_regular(path)
  with contextlib.ExitStack() as closing:
    file = closing.enter_context(path.open('a+', encoding='ascii'))
    _lock(file, folder, kind)
    if kind == fcntl.LOCK_EX:
      os.ftruncate(file.fileno(), 0)
      os.write(file.fileno(), f'{os.getpid()}\n'.encode('ascii'))  # at once: nothing is left to write at its close
    closing.pop_all()
  return file


def _lock(file, folder, kind):
  try:
    fcntl.flock(file, kind | fcntl.LOCK_NB)
  except BlockingIOError as error:
    file.seek(0)
    owner = file.read(20).strip() or 'unknown'
    raise InputError(
      f'{folder} is in use by process {owner}, which trains there; wait for it, stop it, or take another --model_dir'
    ) from error
  except OSError as error:
    logging.warning('%s cannot be locked (%s): start no second training in it', folder, error.strerror)
