"""Reads the tensors of PyTorch's .pth files without PyTorch, and runs nothing that they hold.

A .pth is pickled Python, which can call anything. Here a pickle may name ordered dictionaries, PyTorch's storages and
its function that makes a tensor of one, and nothing else. Both formats are read: the zip archive of PyTorch from 1.6
on, and the older one (five pickles, the last of which lists the storages, whose raw bytes follow).
"""

import collections
import pathlib
import pickle
import zipfile
from typing import NamedTuple

import numpy as np

from tfgan_landscape.errors import InputError

_MAGIC = 0x1950A86A20F9469CFC6C
_DTYPES = {
  'FloatStorage': '<f4',
  'DoubleStorage': '<f8',
  'HalfStorage': '<f2',
  'BFloat16Storage': '<u2',
  'LongStorage': '<i8',
  'IntStorage': '<i4',
  'ShortStorage': '<i2',
  'CharStorage': '<i1',
  'ByteStorage': '<u1',
  'BoolStorage': '?',
}
# What bytes that are no such file make of the readers.
_UNREADABLE = (OSError, ValueError, TypeError, EOFError, KeyError, IndexError, AttributeError, MemoryError)
_UNREADABLE += (pickle.UnpicklingError, zipfile.BadZipFile, RuntimeError, OverflowError, UnicodeDecodeError)


class _Storage(NamedTuple):
  kind: str
  key: str
  count: int


class _Tensor(NamedTuple):
  """A view into a storage, whose bytes may come later."""

  storage: _Storage
  offset: int
  size: tuple
  stride: tuple

  def array(self, values):
    """Returns the view as an array of its own, of the storage's values [count]."""
    last = self.offset + sum((size - 1) * stride for size, stride in zip(self.size, self.stride))
    whole = [self.offset, *self.size, *self.stride]
    if min(whole) < 0 or len(self.size) != len(self.stride) or (0 not in self.size and last >= len(values)):
      raise ValueError('a tensor lies outside of its storage')
    view = np.lib.stride_tricks.as_strided(
      values[self.offset :], self.size, [stride * values.itemsize for stride in self.stride]
    )
    return view.copy()


class _Unpickler(pickle.Unpickler):
  """Knows three names."""

  def find_class(self, module, name):
    if (module, name) == ('collections', 'OrderedDict'):
      return collections.OrderedDict
    if module == 'torch' and name in _DTYPES:
      return name
    if (module, name) == ('torch._utils', '_rebuild_tensor_v2'):
      return _rebuilt
    raise pickle.UnpicklingError(f'it names {module}.{name}')

  def persistent_load(self, found):
    what, kind, key, _, count, *_ = found
    if what != 'storage' or kind not in _DTYPES:
      raise pickle.UnpicklingError(f'it holds a {what} of {kind}')
    return _Storage(kind, str(key), int(count))


def _rebuilt(storage, offset, size, stride, *_):
  return _Tensor(storage, int(offset), tuple(map(int, size)), tuple(map(int, stride)))


def read(path):
  """Returns {name: array} of the tensors of a state dict, in its order; what else it holds is left out.

  bfloat16 comes back as float32.

  Raises:
    InputError: no such file, damaged, of another kind, or one that would run code.
  """
  path = pathlib.Path(path)
  try:
    state, values_of = _zipped(path) if zipfile.is_zipfile(path) else _legacy(path)
    found = {name: each for name, each in dict(state).items() if isinstance(each, _Tensor)}
    return {str(name): each.array(values_of(each.storage)) for name, each in found.items()}
  except _UNREADABLE as error:
    raise InputError(
      f"{path} cannot be read as PyTorch's tensors by name ({type(error).__name__}: {str(error)[:100]}); give a state"
      ' dict that torch.save wrote'
    ) from error


def _zipped(path):
  with zipfile.ZipFile(path) as archive:
    (pickled,) = (name for name in archive.namelist() if name.endswith('/data.pkl') or name == 'data.pkl')
    folder = pickled[: -len('data.pkl')]
    if f'{folder}byteorder' in archive.namelist() and archive.read(f'{folder}byteorder') != b'little':
      raise ValueError('its bytes are in big-endian order')
    with archive.open(pickled) as file:
      state = _Unpickler(file, encoding='utf-8').load()
    data = {name: archive.read(name) for name in archive.namelist() if name.startswith(f'{folder}data/')}
  return state, lambda storage: _values(data[f'{folder}data/{storage.key}'], storage)


def _legacy(path):
  with path.open('rb') as file:
    magic, _, system, state = (_Unpickler(file, encoding='utf-8').load() for _ in range(4))
    if magic != _MAGIC or not system['little_endian']:
      raise ValueError('it does not begin as one')
    keys = _Unpickler(file, encoding='utf-8').load()
    kinds = {each.storage.key: each.storage for each in state.values() if isinstance(each, _Tensor)}
    data, left = {}, path.stat().st_size
    for key in map(str, keys):
      count = int.from_bytes(file.read(8), 'little', signed=True)
      size = count * np.dtype(_DTYPES[kinds[key].kind]).itemsize
      if not 0 <= size <= left:
        raise ValueError('a storage is larger than the file')
      data[key] = file.read(size)
  return state, lambda storage: _values(data[storage.key], storage)


def _values(raw, storage):
  values = np.frombuffer(raw, _DTYPES[storage.kind])
  if len(values) < storage.count:
    raise ValueError('a storage is cut')
  return (values.astype(np.uint32) << 16).view(np.float32) if storage.kind == 'BFloat16Storage' else values
