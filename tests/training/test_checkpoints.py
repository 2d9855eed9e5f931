"""Checkpoints: what is saved comes back; damage falls back to the older one or is said, never a silent fresh start."""

import pytest
import tensorflow as tf

from tfgan_landscape.errors import InputError
from tfgan_landscape.training.checkpoints import Checkpoints, paths


def parts(value=0.0, step=0, shape=(3,)):
  return {'weights': tf.Variable(tf.fill(shape, value)), 'step': tf.Variable(step, dtype=tf.int64)}


@pytest.fixture
def saved(tmp_path):
  """Two checkpoints: ones at step 1, twos at step 2."""
  here = parts()
  checkpoints = Checkpoints(tmp_path, **here)
  for step in (1, 2):
    here['weights'].assign(tf.fill([3], float(step)))
    here['step'].assign(step)
    checkpoints.save()
  return tmp_path


def restored(folder, **kwargs):
  here = parts(**kwargs)
  Checkpoints(folder, **here).restore()
  return here['weights'].numpy().tolist(), int(here['step'])


def test_the_newest_comes_back(saved):
  assert restored(saved) == ([2.0] * 3, 2)


def test_an_empty_folder_restores_nothing(tmp_path):
  assert Checkpoints(tmp_path, **parts()).restore() is None


def test_only_the_newest_are_kept(tmp_path):
  here = parts()
  checkpoints = Checkpoints(tmp_path, keep=2, **here)
  for step in range(1, 6):
    here['step'].assign(step)
    checkpoints.save()
  assert [path.rsplit('-', 1)[1] for path in paths(tmp_path)] == ['5', '4']


def test_numbers_are_ordered_as_numbers(tmp_path):
  for step in (9, 10, 100):
    (tmp_path / f'ckpt-{step}.index').touch()
  assert [path.rsplit('-', 1)[1] for path in paths(tmp_path)] == ['100', '10', '9']


@pytest.mark.parametrize('name', ['ckpt-2.index', 'ckpt-2.data-00000-of-00001'])
@pytest.mark.parametrize('length', [0, 10])
def test_a_cut_newest_falls_back_to_the_older(saved, name, length):
  content = (saved / name).read_bytes()
  (saved / name).write_bytes(content[:length])
  assert restored(saved) == ([1.0] * 3, 1)


def test_a_garbled_state_file_is_no_fresh_start(saved):
  (saved / 'checkpoint').write_bytes(b'\x00\xff rubbish')
  assert restored(saved) == ([2.0] * 3, 2)


def test_nothing_whole_is_refused(saved):
  for file in saved.glob('ckpt-*.index'):
    file.write_bytes(b'')
  with pytest.raises(InputError, match='every checkpoint'):
    restored(saved)


def test_other_shapes_are_refused(saved):
  with pytest.raises(InputError, match='other networks'):
    restored(saved, shape=(4,))


def test_missing_parts_are_refused(saved):
  with pytest.raises(InputError, match='other networks'):
    Checkpoints(saved, more=tf.Variable(1.0), **parts()).restore()
