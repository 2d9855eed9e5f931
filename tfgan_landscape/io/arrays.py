"""Arrays in files from outside: what a file promises is held against what it has before memory is taken for it."""

import math
import os
import stat
import zipfile
import zlib

import numpy as np

from tfgan_landscape.errors import InputError

# What reading a zip, an .npz or an .npy raises where its bytes are damaged.
UNREADABLE = (
  *(OSError, ValueError, EOFError, RuntimeError, KeyError, NotImplementedError, MemoryError),
  *(zipfile.BadZipFile, zlib.error),
)


def check_regular(path):
  """Refuses what is no regular file, such as a folder, a FIFO or a device, at which a reader might wait for ever."""
  try:
    mode = os.stat(path).st_mode
  except OSError as error:
    raise InputError(f'{path} cannot be read ({error.strerror}); correct the path') from error
  if not stat.S_ISREG(mode):
    kind = 'a folder' if stat.S_ISDIR(mode) else 'no regular file'
    raise InputError(f'{path} is {kind}; give a file')


def read_npy(path):
  """Returns the array of an .npy file, mapped and not read: a header may promise more than there is memory.

  Raises:
    InputError: it is no such file, is damaged, or holds Python objects.
  """
  check_regular(path)
  try:
    array = np.load(path, mmap_mode='r', allow_pickle=False)
  except UNREADABLE as error:
    raise InputError(f'{path} cannot be read ({_reason(error)}); give an .npy array of numbers') from error
  if not isinstance(array, np.ndarray):
    array.close()
    raise InputError(f'{path} is an archive of arrays; give one array as .npy')
  return array


def read_npz(path, at_most=2**32):
  """Returns {name: array} of an .npz file.

  Args:
    path: of the file.
    at_most: bytes of all arrays together; larger ones are refused before anything is unpacked.

  Raises:
    InputError: it is no such file, is damaged, too large, or holds Python objects.
  """
  check_regular(path)
  try:
    with zipfile.ZipFile(path) as archive:
      size = sum(member.file_size for member in archive.infolist())
      if size > at_most:
        raise InputError(
          f'{path} unpacks to {size / 2**30:,.0f} GiB, more than {at_most / 2**30:.0f}; give a smaller file'
        )
      return {member.filename.removesuffix('.npy'): _unpack(archive, member) for member in archive.infolist()}
  except InputError:
    raise
  except UNREADABLE as error:
    raise InputError(f'{path} cannot be read ({_reason(error)}); give an .npz of arrays of numbers') from error


def _unpack(archive, member):
  """Reads one array, after its header has promised no more than there is."""
  with archive.open(member) as file:
    version = np.lib.format.read_magic(file)
    read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
    shape, _, dtype = read_header(file)
    promised = math.prod(shape) * dtype.itemsize
  if promised > member.file_size:
    raise ValueError(f'{member.filename} promises {promised} bytes and has {member.file_size}')
  with archive.open(member) as file:
    return np.lib.format.read_array(file, allow_pickle=False)


def _reason(error):
  return (str(error).strip() or type(error).__name__).splitlines()[0][:100]
