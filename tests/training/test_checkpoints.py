"""Checkpoints: what is saved comes back; damage falls back to the older one or is said, never a silent fresh start."""

import os
import shutil

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.errors import InputError
from tfgan_landscape.training.checkpoints import Checkpoints, paths
from tfgan_landscape.training.window import Window


class Root(tf.Module):
  """Stands in for a trainer."""

  def __init__(self, value=0.0, step=0, shape=(3,), **more):
    super().__init__()
    self.weights = tf.Variable(tf.fill(shape, value), name='weights')
    self.step = tf.Variable(step, dtype=tf.int64)
    self.window = Window()
    for name, variable in more.items():
      setattr(self, name, variable)


def save(folder, step, root=None):
  root = root or Root()
  root.weights.assign(tf.fill([3], float(step)))
  root.step.assign(step)
  return Checkpoints(folder, root).save()


@pytest.fixture
def saved(tmp_path):
  """Two checkpoints: ones at step 1, twos at step 2."""
  for step in (1, 2):
    save(tmp_path, step)
  return tmp_path


def restored(folder, **kwargs):
  root = Root(**kwargs)
  Checkpoints(folder, root).restore()
  return root.weights.numpy().tolist(), int(root.step)


def names(folder):
  return sorted(path.name for path in folder.iterdir())


def test_the_newest_comes_back(saved):
  assert restored(saved) == ([2.0] * 3, 2)


def test_the_report_window_comes_back(tmp_path):
  root, later = Root(), Root()
  root.window.add({'loss': np.array([0.1, 0.2])})
  save(tmp_path, 1, root)
  Checkpoints(tmp_path, later).restore()
  later.window.add({'loss': np.array([0.3])})
  assert later.window.take() == {'loss': (0.1 + 0.2 + 0.3) / 3}


def test_an_empty_folder_restores_nothing(tmp_path):
  assert Checkpoints(tmp_path, Root()).restore() is None
  assert Checkpoints(tmp_path / 'none', Root()).restore() is None


def test_only_the_newest_are_kept(tmp_path):
  for step in range(1, 6):
    root = Root(step=step)
    Checkpoints(tmp_path, root, keep=2).save()
  assert [path.rsplit('-', 1)[1] for path in paths(tmp_path)] == ['5', '4']


def test_numbers_are_ordered_as_numbers(tmp_path):
  for step in (9, 10, 100):
    (tmp_path / f'ckpt-{step}.index').touch()
  assert [path.rsplit('-', 1)[1] for path in paths(tmp_path)] == ['100', '10', '9']


def test_a_folder_with_brackets_in_its_name_is_a_folder_like_others(tmp_path):
  folder = tmp_path / 'run[1]*?'
  save(folder, 3)
  assert restored(folder) == ([3.0] * 3, 3)
  save(folder, 4)
  assert restored(folder) == ([4.0] * 3, 4)


def flipped(content, at):
  """The content with one byte changed, at this share of its length."""
  place = int(at * len(content))
  return content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]


DAMAGES = {
  'empty': lambda content: b'',
  'one byte': lambda content: content[:1],
  'half': lambda content: content[: len(content) // 2],
  'without its end': lambda content: content[:-1],
  'zeros': lambda content: bytes(len(content)),
  'noise': lambda content: np.random.default_rng(0).bytes(len(content)),
  'text': lambda content: b'not a checkpoint\n',
  'first byte': lambda content: flipped(content, 0),
  'byte at a quarter': lambda content: flipped(content, 0.25),
  'byte in the middle': lambda content: flipped(content, 0.5),
}


@pytest.mark.parametrize('damage', DAMAGES)
@pytest.mark.parametrize('kind', ['index', 'data-00000-of-00001'])
def test_a_damaged_newest_falls_back_to_the_older(saved, caplog, kind, damage):
  file = saved / f'ckpt-2.{kind}'
  file.write_bytes(DAMAGES[damage](file.read_bytes()))
  assert restored(saved) == ([1.0] * 3, 1)
  assert 'ckpt-2 is damaged' in caplog.text


def a_link_to_itself(file):
  file.symlink_to(file.name)


def a_link_to_nothing(file):
  file.symlink_to('nowhere')


def of_another_step(file):
  shutil.copy(file.with_name(file.name.replace('2', '1', 1)), file)


@pytest.mark.parametrize('put', [os.mkdir, os.mkfifo, a_link_to_itself, a_link_to_nothing, of_another_step])
@pytest.mark.parametrize('kind', ['index', 'data-00000-of-00001'])
def test_what_is_in_the_place_of_the_newest_falls_back_to_the_older(saved, kind, put):
  (saved / f'ckpt-2.{kind}').unlink()
  put(saved / f'ckpt-2.{kind}')
  assert restored(saved) == ([1.0] * 3, 1)
  save(saved, 3)
  assert restored(saved) == ([3.0] * 3, 3)


@pytest.mark.parametrize('content', [b'', b'\x00\xff rubbish'])
def test_a_state_file_of_tensorflow_is_neither_read_nor_in_the_way(saved, content):
  (saved / 'checkpoint').write_bytes(content)
  assert restored(saved) == ([2.0] * 3, 2)
  save(saved, 3)
  assert restored(saved) == ([3.0] * 3, 3)


def test_a_lost_newest_index_is_said_and_the_older_taken(saved, caplog):
  (saved / 'ckpt-2.index').unlink()
  assert restored(saved) == ([1.0] * 3, 1)
  assert 'checkpoint 2 has lost its .index file: taking ckpt-1' in caplog.text


def test_data_whose_indices_are_all_lost_are_no_fresh_start(saved):
  for step in (1, 2):
    (saved / f'ckpt-{step}.index').unlink()
  with pytest.raises(InputError, match=r'without its \.index file'):
    restored(saved)


def test_a_lost_data_file_falls_back_to_the_older(saved):
  (saved / 'ckpt-2.data-00000-of-00001').unlink()
  assert restored(saved) == ([1.0] * 3, 1)


def test_nothing_whole_is_refused(saved):
  for file in saved.glob('ckpt-*.index'):
    file.write_bytes(b'')
  with pytest.raises(InputError, match='every checkpoint'):
    restored(saved)


def test_what_kills_during_saves_leave_is_swept_at_the_next_save(saved):
  (saved / 'partial-9_temp').mkdir()
  (saved / 'partial-9_temp' / 'part-00000-of-00001.data-00000-of-00001').touch()
  (saved / 'ckpt-7_temp').mkdir()
  for name in ('partial-8.data-00000-of-00001', 'partial-8.index', 'checkpoint.tmp1234', 'ckpt-8.data-00000-of-00001'):
    (saved / name).touch()
  (saved / 'notes.txt').touch()
  assert restored(saved) == ([2.0] * 3, 2)
  save(saved, 3)
  kept = [f'ckpt-{step}.{kind}' for step in (1, 2, 3) for kind in ('data-00000-of-00001', 'index')]
  assert names(saved) == [*kept, 'notes.txt']


def test_forgotten_checkpoints_count_among_those_kept(saved):
  for step in (3, 4):
    save(saved, step)  # each by a `Checkpoints` of its own, as after a restart
  assert [path.rsplit('-', 1)[1] for path in paths(saved)] == ['4', '3', '2']


@pytest.mark.parametrize('moment', ['data renamed', 'nothing renamed'])
def test_a_kill_before_the_index_has_its_name_leaves_the_older(saved, moment):
  shutil.move(saved / 'ckpt-2.index', saved / 'partial-2.index')
  if moment == 'nothing renamed':
    shutil.move(saved / 'ckpt-2.data-00000-of-00001', saved / 'partial-2.data-00000-of-00001')
  assert restored(saved) == ([1.0] * 3, 1)


def test_a_kill_in_the_first_save_is_a_fresh_start(tmp_path):
  save(tmp_path, 1)
  shutil.move(tmp_path / 'ckpt-1.index', tmp_path / 'partial-1.index')
  assert Checkpoints(tmp_path, Root()).restore() is None


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_weights_that_are_not_finite_are_not_saved(saved, value):
  root = Root(value=value, step=5)
  with pytest.raises(InputError, match='weights:0 is not finite after iteration 5'):
    Checkpoints(saved, root).save()
  assert restored(saved) == ([2.0] * 3, 2)


def test_other_shapes_are_refused(saved):
  with pytest.raises(InputError, match='other networks'):
    restored(saved, shape=(4,))


def test_missing_parts_are_refused(saved):
  with pytest.raises(InputError, match='other networks'):
    Checkpoints(saved, Root(more=tf.Variable(1.0))).restore()
