"""The small files of a run: written whole or not at all; a damaged one is kept beside, and never stops a run."""

import contextlib
import errno
import json
import logging
import math
import os
import pathlib

from tfgan_landscape.errors import InputError

_DISK_FAULTS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}


@contextlib.contextmanager
def full_disk_is_told(folder):
  """Turns what the system says of a disk that takes no more, or of a folder that is gone, into one line.

  Raises:
    InputError: in place of the system's error, or of one of another package that passes its words on.
  """
  try:
    yield
  except InputError:
    raise
  except Exception as error:
    reason = disk_fault(error)
    if reason is None:
      raise
    full = getattr(error, 'filename', None) or folder
    raise InputError(
      f'{full} takes no more ({reason}); make room: the same command goes on from what was kept'
    ) from error


def disk_fault(error):
  """What the system said of the disk, by an error of its own or within another package's; None for another fault."""
  if isinstance(error, OSError):
    return error.strerror if error.errno in _DISK_FAULTS else None
  return next((words for words in map(os.strerror, sorted(_DISK_FAULTS)) if words in str(error)), None)


@contextlib.contextmanager
def replacing(path):
  """Yields a path to write to, which then replaces `path` whole: a kill or a full disk leaves the old file."""
  path = pathlib.Path(path)
  folder(path.parent)
  is_regular(path)
  partial = path.with_name(f'.{path.stem}.partial{path.suffix}')
  try:
    yield partial
    os.replace(partial, path)
  finally:
    partial.unlink(missing_ok=True)


def folder(path):
  """Returns the path of a folder, which it makes; a file in its place is set aside."""
  path = pathlib.Path(path)
  if os.path.lexists(path) and not path.is_dir():
    set_aside(path)
  path.mkdir(parents=True, exist_ok=True)
  return path


def write_text(path, text):
  """Replaces a file whole by a text."""
  with replacing(path) as partial:
    partial.write_text(text, encoding='utf-8')


def read_json(path):
  """Returns the JSON object of a file; None where there is no file, or none that is whole: that one is set aside."""
  path = pathlib.Path(path)
  if not is_regular(path):
    return None
  try:
    value = json.loads(path.read_text(encoding='utf-8'))
    if isinstance(value, dict):
      return value
  except (OSError, ValueError):  # a UnicodeDecodeError and a JSONDecodeError are ValueErrors
    pass
  set_aside(path)
  return None


def is_regular(path):
  """Tells if there is a file to read; a folder, a pipe, a device or a dead link in its place is set aside."""
  path = pathlib.Path(path)
  if os.path.lexists(path) and not path.is_file():  # a pipe would be waited for
    set_aside(path)
  return path.is_file()


def set_aside(path):
  """Renames a damaged file to `NAME.damaged`, or with the next free number, and says so in one line."""
  path = pathlib.Path(path)
  names = (path.with_name(f'{path.name}.damaged{suffix}') for suffix in ('', *(f'-{i}' for i in range(2, 1000))))
  kept = next(name for name in names if not os.path.lexists(name))
  os.replace(path, kept)
  logging.warning('%s is damaged: kept as %s, and the run goes on without it', path, kept.name)
  return kept


def to_json(value, **options):
  """Returns JSON text, null in place of a number that is not finite."""
  return json.dumps(_finite(value), allow_nan=False, **options)


def _finite(value):
  if isinstance(value, dict):
    return {key: _finite(each) for key, each in value.items()}
  if isinstance(value, (list, tuple)):
    return [_finite(each) for each in value]
  return None if isinstance(value, float) and not math.isfinite(value) else value
