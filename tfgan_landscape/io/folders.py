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
def locked(folder):
  """Makes the folder and holds it for this process alone; the system lets go of it however the process ends.

  A folder in which nothing was written goes again.

  Raises:
    InputError: nothing can be written there, or another process holds it.
  """
  check_writable(folder)
  path = folder / _LOCK
  with files.full_disk_is_told(folder):
    file = _hold(path, folder)
  with file:
    try:
      yield
    finally:
      if [path] == list(folder.iterdir()):
        path.unlink()
        folder.rmdir()


def _hold(path, folder):
  """Opens and locks the file; it names its owner."""
  files.is_regular(path)
  with contextlib.ExitStack() as closing:
    file = closing.enter_context(path.open('a+', encoding='ascii'))
    _lock(file, folder)
    os.ftruncate(file.fileno(), 0)
    os.write(file.fileno(), f'{os.getpid()}\n'.encode('ascii'))  # at once: nothing is left to write when it is closed
    closing.pop_all()
  return file


def _lock(file, folder):
  try:
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
  except BlockingIOError as error:
    file.seek(0)
    owner = file.read(20).strip() or 'unknown'
    raise InputError(
      f'{folder} is in use by process {owner}, which trains there; wait for it, stop it, or take another --model_dir'
    ) from error
  except OSError as error:
    logging.warning('%s cannot be locked (%s): start no second training in it', folder, error.strerror)
