"""A folder of one's own images."""

import shutil

import gin
import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.datasets.image_folder import image_folder
from tfgan_landscape.errors import InputError


def _write(folder, name, level, size=(4, 4), channels=3):
  file = folder / name
  file.parent.mkdir(parents=True, exist_ok=True)
  image = np.full([*size, channels], level, np.uint8)
  encode = tf.io.encode_jpeg if file.suffix.lower() in ('.jpg', '.jpeg') else tf.io.encode_png
  file.write_bytes(encode(image).numpy())


def _records(examples):
  return [(int(r['example'][0, 0, 0]), int(r['label'])) for r in examples.records.as_numpy_iterator()]


def _load(folder, split='all', **settings):
  return image_folder(split, path=str(folder), **{'image_size': 4} | settings)


def test_a_flat_folder_is_sorted_and_unlabelled(tmp_path):
  for name, level in (('b.png', 20), ('a.PNG', 10), ('c.jpg', 30), ('.hidden.png', 99), ('notes.txt', 0)):
    _write(tmp_path, name, level)
  examples = _load(tmp_path)
  assert _records(examples) == [(10, -1), (20, -1), (30, -1)]
  assert (examples.count, examples.classes, examples.records.cardinality()) == (3, 0, 3)
  assert examples.records.element_spec['example'].shape == (4, 4, 3)


def test_subfolders_are_classes(tmp_path):
  _write(tmp_path, 'dog/deep/er/x.png', 10)
  _write(tmp_path, 'cat/y.jpeg', 20)
  (tmp_path / 'empty').mkdir()
  examples = _load(tmp_path)
  assert _records(examples) == [(20, 0), (10, 1)]
  assert examples.classes == 2


def test_given_splits_are_used(tmp_path):
  _write(tmp_path, 'train/dog/a.png', 10)
  _write(tmp_path, 'train/cat/b.png', 20)
  _write(tmp_path, 'test/dog/c.png', 30)
  assert _records(_load(tmp_path, 'train')) == [(20, 0), (10, 1)]
  assert _records(_load(tmp_path, 'test')) == [(30, 1)]
  assert _load(tmp_path, 'all').count == 3


def test_a_share_of_the_images_is_the_test_split(tmp_path):
  for i in range(10):
    _write(tmp_path, f'{i}.png', i)
  assert [level for level, _ in _records(_load(tmp_path, 'test', test_share=0.2))] == [4, 9]
  assert [level for level, _ in _records(_load(tmp_path, 'train', test_share=0.2))] == [
    0,
    1,
    2,
    3,
    5,
    6,
    7,
    8,
  ]
  with pytest.raises(InputError, match="no image .* for split 'test'"):
    _load(tmp_path, 'test', test_share=0)


def test_every_format_size_and_depth_is_read(tmp_path):
  _write(tmp_path, 'a_grey.png', 50, (9, 5), channels=1)
  _write(tmp_path, 'b_rgba.png', 60, (3, 3), channels=4)
  _write(tmp_path, 'c_grey.jpg', 70, channels=1)
  pil = pytest.importorskip('PIL.Image')
  pil.new('RGB', (6, 8), (80, 80, 80)).save(tmp_path / 'd.bmp')
  pil.new('L', (6, 8), 90).save(tmp_path / 'e.gif')
  pil.new('P', (6, 8), 0).save(tmp_path / 'f_palette.png')
  examples = _load(tmp_path)
  assert [level for level, _ in _records(examples)] == [50, 60, 70, 80, 90, 0]
  assert _load(tmp_path, channels=1).records.element_spec['example'].shape == (4, 4, 1)
  assert [level for level, _ in _records(_load(tmp_path, channels=1))] == [50, 60, 70, 80, 90, 0]


@pytest.mark.parametrize('damage', [b'', b'no image', None])
def test_a_damaged_image_is_named_at_once(tmp_path, damage):
  for i in range(5):
    _write(tmp_path, f'{i}.png', i, (40, 40))
  bad = tmp_path / '3.png'
  bad.write_bytes(bad.read_bytes()[:-30] if damage is None else damage)
  with pytest.raises(InputError, match=f'{bad} cannot be decoded'):
    _load(tmp_path)


def test_an_image_smaller_than_the_crop_is_named(tmp_path):
  _write(tmp_path, 'a.png', 1, (8, 8))
  _write(tmp_path, 'b.png', 1, (8, 5))
  with pytest.raises(InputError, match='b.png cannot be decoded, or smaller than crop=6'):
    _load(tmp_path, crop=6)


def test_missing_and_mixed_folders_are_refused(tmp_path):
  with pytest.raises(InputError, match='not a folder'):
    _load(tmp_path / 'nowhere')
  with pytest.raises(InputError, match='has no image'):
    _load(tmp_path)
  _write(tmp_path, 'cat/a.png', 1)
  _write(tmp_path, 'stray.png', 1)
  with pytest.raises(InputError, match='stray.png lies beside folders of classes'):
    _load(tmp_path)
  with pytest.raises(InputError, match='no split'):
    _load(tmp_path, 'valid')
  with pytest.raises(InputError, match='test_share'):
    _load(tmp_path, test_share=1.0)


def test_the_source_follows_the_content_and_not_the_place(tmp_path):
  _write(tmp_path, 'one/a.png', 1)
  shutil.copytree(tmp_path / 'one', tmp_path / 'x' / 'one')
  first = _load(tmp_path / 'one').source
  assert first == _load(tmp_path / 'x' / 'one').source
  _write(tmp_path, 'one/a.png', 2)
  assert first != _load(tmp_path / 'one').source


def test_the_path_comes_from_gin_and_starts_in_data_dir(tmp_path):
  _write(tmp_path, 'mine/a.png', 7)
  gin.parse_config("image_folder.path = 'mine'\nimage_folder.image_size = 4")
  assert _records(image_folder('all', str(tmp_path))) == [(7, -1)]
