"""What is kept on disk is what was computed, or it is computed anew."""

import json
import os

import numpy as np
import pytest

from tfgan_landscape.errors import InputError
from tfgan_landscape.io.cache import cached, sha256

PROTOCOL = {'features': 'test', 'count': 3}


class Counted:
  """A computation that counts its calls."""

  def __init__(self):
    self.calls = 0

  def __call__(self):
    self.calls += 1
    return {'pool': np.array([1.5, -2.0, np.pi], np.float32), 'labels': np.array([5, 7])}


@pytest.fixture
def compute():
  return Counted()


def _file(folder):
  (path,) = folder.iterdir()
  return path


def test_sha256_is_the_standard_one():
  assert sha256(b'ab', b'c') == 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'


def test_a_hit_equals_the_computation_and_computes_nothing(tmp_path, compute):
  computed = cached(str(tmp_path), 'real', PROTOCOL, compute)
  read = cached(str(tmp_path), 'real', PROTOCOL, compute)
  assert compute.calls == 1
  assert computed.keys() == read.keys() == {'pool', 'labels'}
  for key, value in computed.items():
    assert read[key].dtype == value.dtype
    np.testing.assert_array_equal(read[key], value)


@pytest.mark.parametrize('other', [{'features': 'test', 'count': 4}, {'features': 'test'}])
def test_another_protocol_is_another_file(tmp_path, compute, other):
  cached(str(tmp_path), 'real', PROTOCOL, compute)
  cached(str(tmp_path), 'real', other, compute)
  assert compute.calls == 2
  assert len(list(tmp_path.iterdir())) == 2


def test_the_order_of_the_protocol_is_no_part_of_it(tmp_path, compute):
  cached(str(tmp_path), 'real', PROTOCOL, compute)
  cached(str(tmp_path), 'real', dict(reversed(PROTOCOL.items())), compute)
  assert compute.calls == 1


def _truncate(path):
  path.write_bytes(path.read_bytes()[:-20])


def _empty(path):
  path.write_bytes(b'')


def _flip_a_bit(path):
  content = bytearray(path.read_bytes())
  place = content.index(np.float32(np.pi).tobytes())
  content[place] ^= 1
  path.write_bytes(bytes(content))


def _hold_another_protocol(path):
  np.savez(path, protocol=np.array('{}'), pool=np.zeros(3))


def _hold_a_pickle(path):
  np.savez(path, protocol=np.array(json.dumps(PROTOCOL, sort_keys=True)), pool=np.array([{}], dtype=object))


@pytest.mark.parametrize('damage', [_truncate, _empty, _flip_a_bit, _hold_another_protocol, _hold_a_pickle])
def test_a_damaged_file_is_computed_anew_with_a_notice(tmp_path, compute, capsys, damage):
  expected = cached(str(tmp_path), 'real', PROTOCOL, compute)
  damage(_file(tmp_path))
  again = cached(str(tmp_path), 'real', PROTOCOL, compute)
  np.testing.assert_array_equal(again['pool'], expected['pool'])
  notice = capsys.readouterr().out
  assert notice.count('\n') == 1
  assert f'{_file(tmp_path)} is damaged' in notice
  cached(str(tmp_path), 'real', PROTOCOL, compute)
  assert compute.calls == 2


@pytest.mark.parametrize('put', [os.mkdir, os.mkfifo, lambda path: path.symlink_to(path.name)])
def test_what_is_in_the_place_of_a_file_makes_way(tmp_path, compute, put):
  expected = cached(str(tmp_path), 'real', PROTOCOL, compute)
  path = _file(tmp_path)
  path.unlink()
  put(path)
  for _ in range(2):
    np.testing.assert_array_equal(cached(str(tmp_path), 'real', PROTOCOL, compute)['pool'], expected['pool'])
  assert compute.calls == 2


def test_a_failed_computation_leaves_no_file(tmp_path):
  def fail():
    raise RuntimeError('no')

  with pytest.raises(RuntimeError):
    cached(str(tmp_path), 'real', PROTOCOL, fail)
  assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_refused_before_computing(tmp_path, compute):
  (tmp_path / 'file').write_text('in the way')
  with pytest.raises(InputError, match='cannot write to .*file/cache'):
    cached(str(tmp_path / 'file' / 'cache'), 'real', PROTOCOL, compute)
  assert compute.calls == 0
