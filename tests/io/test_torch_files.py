"""PyTorch's files without PyTorch: both formats, strides, damage, and that nothing in them runs."""

import io
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest

from tfgan_landscape.errors import InputError
from tfgan_landscape.io import torch_files


class Storage:
  """Stands in for a storage in a pickle."""

  def __init__(self, kind, key, count):
    self.id = ('storage', Named('torch', kind), key, 'cpu', count)


class Named:
  """A global of a module that need not be there."""

  def __init__(self, module, name):
    self.module, self.name = module, name


class Call:
  """A call of a global with arguments, as `__reduce__` writes it."""

  def __init__(self, function, *arguments):
    self.function, self.arguments = function, arguments


class Pickler(pickle._Pickler):
  """Writes what `Named`, `Call` and `Storage` stand for."""

  def persistent_id(self, each):
    return each.id if isinstance(each, Storage) else None

  def save(self, each, save_persistent_id=True):
    if isinstance(each, Named):
      self.write(b'c' + f'{each.module}\n{each.name}\n'.encode())
    elif isinstance(each, Call):
      self.save(each.function)
      self.save(tuple(each.arguments))
      self.write(b'R')
    else:
      super().save(each, save_persistent_id)


def pickled(value):
  file = io.BytesIO()
  Pickler(file, 2).dump(value)
  return file.getvalue()


def tensor(kind, key, count, size, stride, offset=0):
  rebuild = Named('torch._utils', '_rebuild_tensor_v2')
  return Call(
    rebuild, Storage(kind, key, count), offset, size, stride, False, Call(Named('collections', 'OrderedDict'))
  )


VALUES = np.arange(6, dtype='<f4')
STATE = {
  'rows': tensor('FloatStorage', 'a', 6, (2, 3), (3, 1)),
  'columns': tensor('FloatStorage', 'a', 6, (3, 2), (1, 3)),
  'last': tensor('FloatStorage', 'a', 6, (2,), (1,), 4),
  'count': tensor('LongStorage', 'b', 1, (), ()),
  'word': 'left out',
}
RAW = {'a': VALUES.tobytes(), 'b': np.array([7], '<i8').tobytes()}


def legacy(path, state=None, raw=None):
  system = {'protocol_version': 1001, 'little_endian': True, 'type_sizes': {}}
  parts = [pickled(each) for each in (0x1950A86A20F9469CFC6C, 1001, system, state or STATE, list(raw or RAW))]
  sizes = {'a': 4, 'b': 8}
  parts += [struct.pack('<q', len(each) // sizes[key]) + each for key, each in (raw or RAW).items()]
  path.write_bytes(b''.join(parts))
  return path


def zipped(path, state=None, raw=None):
  with zipfile.ZipFile(path, 'w') as archive:
    archive.writestr('model/data.pkl', pickled(state or STATE))
    archive.writestr('model/byteorder', 'little')
    for key, each in (raw or RAW).items():
      archive.writestr(f'model/data/{key}', each)
  return path


@pytest.mark.parametrize('write', [legacy, zipped])
def test_tensors_have_their_shapes_strides_and_offsets(tmp_path, write):
  found = torch_files.read(write(tmp_path / 'a.pth'))
  assert list(found) == ['rows', 'columns', 'last', 'count']
  np.testing.assert_array_equal(found['rows'], [[0, 1, 2], [3, 4, 5]])
  np.testing.assert_array_equal(found['columns'], [[0, 3], [1, 4], [2, 5]])
  np.testing.assert_array_equal(found['last'], [4, 5])
  assert found['count'] == 7
  assert found['rows'].dtype == np.float32


def test_bfloat16_comes_back_as_float32(tmp_path):
  halves = np.array([1.0, -2.5], np.float32).view(np.uint32) >> 16
  state = {'x': tensor('BFloat16Storage', 'a', 2, (2,), (1,))}
  found = torch_files.read(zipped(tmp_path / 'a.pth', state, {'a': halves.astype('<u2').tobytes()}))
  np.testing.assert_array_equal(found['x'], np.float32([1.0, -2.5]))


@pytest.mark.parametrize('write', [legacy, zipped])
def test_nothing_that_a_file_names_runs(tmp_path, write):
  marker = tmp_path / 'ran'
  for evil in (
    Call(Named('os', 'system'), f'touch {marker}'),
    Call(Named('builtins', 'eval'), '1'),
    Named('torch', 'load'),
  ):
    with pytest.raises(InputError, match='it names (os.system|builtins.eval|torch.load)'):
      torch_files.read(write(tmp_path / 'a.pth', {'x': evil}))
  assert not os.path.exists(marker)


@pytest.mark.parametrize(
  'state',
  [
    {'x': tensor('FloatStorage', 'a', 6, (7,), (1,))},
    {'x': tensor('FloatStorage', 'a', 6, (2, 2), (-1, 1), 3)},
    {'x': tensor('FloatStorage', 'a', 10**15, (2,), (1,))},
    {'x': tensor('FloatStorage', 'missing', 6, (2,), (1,))},
    {'x': tensor('NoStorage', 'a', 6, (2,), (1,))},
    {'x': tensor('FloatStorage', 'a', 6, (2, 2), (1,))},
    ['no', 'dictionary'],
    3,
  ],
)
@pytest.mark.parametrize('write', [legacy, zipped])
def test_what_does_not_fit_is_one_line(tmp_path, write, state):
  with pytest.raises(InputError, match="cannot be read as PyTorch's tensors by name"):
    torch_files.read(write(tmp_path / 'a.pth', state))


@pytest.mark.parametrize('write', [legacy, zipped])
def test_a_cut_or_flipped_file_is_one_line_or_whole(tmp_path, write):
  whole = write(tmp_path / 'a.pth').read_bytes()
  random = np.random.default_rng(0)
  for trial in range(60):
    damaged = bytearray(whole[: random.integers(len(whole))] if trial % 2 else whole)
    if damaged:
      damaged[random.integers(len(damaged))] ^= 1 << random.integers(8)
    (tmp_path / 'b.pth').write_bytes(damaged)
    try:
      found = torch_files.read(tmp_path / 'b.pth')
    except InputError:
      continue
    assert isinstance(found, dict)


def test_the_authors_files_are_the_arrays_that_pytorch_reads(shared):
  for name in ('RSGAN-CNN-quater-cifar', 'RSGAN-ResNet-bottleneck-cifar'):
    found = torch_files.read(shared / f'reference/{name}.pth')
    with np.load(shared / f'reference/ref_{name}.npz') as file:
      expected = {key[len('weights/') :]: file[key] for key in file.files if key.startswith('weights/')}
    assert set(expected) <= set(found)
    for key, value in expected.items():
      np.testing.assert_array_equal(found[key], value)
