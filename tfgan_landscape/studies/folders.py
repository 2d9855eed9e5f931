"""The folders that studies write in."""

import tempfile

from tfgan_landscape.errors import InputError


def check_writable(folder):
  """Makes the folder; raises InputError where nothing can be written in it."""
  try:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
      pass
  except OSError as error:
    raise InputError(f'{folder} cannot be written ({error.strerror}); name another folder') from error
