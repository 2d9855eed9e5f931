"""Arrays kept on disk under a key that holds everything they depend on.

What takes minutes and depends only on the data and the settings (a trained classifier, the features of real
images) is computed once. A file is named by the SHA-256 of its protocol, holds the protocol itself, and is an
`.npz` without pickled objects. It is written beside its place and renamed, so a killed run or a second run
in the same folder leaves a whole file or none.
"""

import hashlib
import json
import os
import tempfile

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.io import files
from tfgan_landscape.io.arrays import read_npz


def cached(cache_dir, name, protocol, compute):
  """Returns the arrays that `compute` made for `protocol`, from disk when they are there.

  A file that is damaged, or holds another protocol, is computed anew with a notice.

  Args:
    cache_dir: folder, made when absent.
    name: what the arrays are, the start of the file's name.
    protocol: JSON-able dict of everything that the arrays depend on; another protocol is another file.
    compute: callable without arguments that returns a dict of arrays.

  Returns:
    Dict of arrays, the same whether computed or read.

  Raises:
    InputError: `cache_dir` cannot be written; known before `compute` is called.
  """
  text = json.dumps(protocol, sort_keys=True)
  path = os.path.join(cache_dir, f'{name}-{sha256(text.encode())[:16]}.npz')
  if files.is_regular(path):
    try:
      return _read(path, text)
    except InputError:
      print(f'{path} is damaged: computing it anew', flush=True)
  _check_writable(cache_dir)
  arrays = {key: np.asarray(value) for key, value in compute().items()}
  _write(path, arrays, text)
  return arrays


def sha256(*parts):
  """Returns the hexadecimal SHA-256 of byte strings or arrays, one after the other."""
  digest = hashlib.sha256()
  for part in parts:
    digest.update(part if isinstance(part, bytes) else np.ascontiguousarray(part).tobytes())
  return digest.hexdigest()


def _read(path, text):
  found = read_npz(
    path, at_most=2**40
  )  # checks every member's CRC-32: a flipped bit is damage, no slightly different score
  if str(found.pop('protocol', '')) != text:
    raise InputError(f'{path} holds another protocol')
  return found


def _check_writable(cache_dir):
  try:
    os.makedirs(cache_dir, exist_ok=True)
    with tempfile.TemporaryFile(dir=cache_dir):
      pass
  except OSError as error:
    raise InputError(f'cannot write to {cache_dir} ({error.strerror}); choose another folder') from error


def _write(path, arrays, text):
  descriptor, partial = tempfile.mkstemp(dir=os.path.dirname(path), suffix='.partial')
  try:
    with os.fdopen(descriptor, 'wb') as file:
      np.savez(file, protocol=np.array(text), **arrays)
    os.replace(partial, path)
  except OSError as error:
    raise InputError(f'cannot write {path} ({error.strerror}); make room or choose another folder') from error
  finally:
    if os.path.exists(partial):
      os.remove(partial)
