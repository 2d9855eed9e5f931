"""A folder of one's own images."""

import logging
import os
import shutil

import gin
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

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
  assert [level for level, _ in _records(examples)] == [
    50,
    209,
    70,
    80,
    90,
    0,
  ]  # 60 at an opacity of 60 of 255, on white
  assert _load(tmp_path, channels=1).records.element_spec['example'].shape == (4, 4, 1)
  assert [level for level, _ in _records(_load(tmp_path, channels=1))] == [
    50,
    209,
    70,
    80,
    90,
    0,
  ]  # 60 at an opacity of 60 of 255, on white


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
  with pytest.raises(InputError, match='b.png is smaller than crop=6'):
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


def test_links_are_followed_once_and_not_out_of_the_folder(tmp_path, caplog):
  root = tmp_path / 'images'
  _write(root, 'a.png', 10)
  _write(root, '.kept/b.png', 20)
  _write(tmp_path, 'outside/c.png', 30)
  (root / 'up').symlink_to(tmp_path)
  (root / 'self').symlink_to(root)
  (root / 'again.png').symlink_to(root / 'a.png')
  (root / 'lent.png').symlink_to(root / '.kept/b.png')
  (root / 'gone.png').symlink_to(root / 'nowhere.png')
  with caplog.at_level(logging.WARNING):
    assert sorted(_records(_load(root))) == [(10, -1), (20, -1)]
  assert '1 link out of the folder, 1 no regular file' in caplog.text


def test_what_is_no_regular_file_is_not_opened(tmp_path, caplog):
  _write(tmp_path, 'a.png', 10)
  os.mkfifo(tmp_path / 'pipe.png')
  (tmp_path / 'endless.png').symlink_to('/dev/zero')
  (tmp_path / 'notes.txt').write_text('x')
  (tmp_path / 'NOTES.TXT').write_text('y')
  with caplog.at_level(logging.WARNING):
    assert _records(_load(tmp_path)) == [(10, -1)]
  assert '2 .txt, 1 link out of the folder, 1 no regular file; images are .png' in caplog.text


def test_a_name_that_is_no_utf8_is_read(tmp_path):
  _write(tmp_path, 'a.png', 10)
  os.rename(os.fsencode(tmp_path / 'a.png'), os.fsencode(tmp_path) + b'/\xff\xfe.png')
  assert _records(_load(tmp_path)) == [(10, -1)]


def test_a_cameras_rotation_is_applied_and_what_is_transparent_lies_on_white(tmp_path):
  pixels = np.zeros([4, 4, 3], np.uint8)
  pixels[:2] = 200  # bright above
  exif = Image.Exif()
  exif[0x0112] = 3  # upside down
  Image.fromarray(pixels).save(tmp_path / 'a.png', exif=exif)
  (turned,) = (record['example'] for record in _load(tmp_path).records.as_numpy_iterator())
  assert turned[0, 0, 0] == 0
  assert turned[-1, 0, 0] == 200
  (tmp_path / 'a.png').unlink()
  for name, image in {
    'rgba.webp': Image.new('RGBA', (4, 4), (0, 0, 0, 0)),
    'grey.png': Image.new('LA', (4, 4), (0, 0)),
    'half.png': Image.new('RGBA', (4, 4), (0, 0, 0, 128)),
  }.items():
    image.save(tmp_path / name, **({'lossless': True, 'exact': True} if name.endswith('webp') else {}))
  assert [level for level, _ in _records(_load(tmp_path))] == [255, 127, 255]  # grey, half, rgba


def test_a_picture_that_unpacks_beyond_reason_is_named(tmp_path, monkeypatch):
  monkeypatch.setattr(Image, 'MAX_IMAGE_PIXELS', 8)
  _write(tmp_path, 'bomb.png', 10)
  with pytest.raises(InputError, match='bomb.png cannot be decoded .DecompressionBomb'):
    _load(tmp_path)


def test_sixteen_bits_are_scaled_to_eight(tmp_path):
  """Grey of 16 bits: 0, a half and all of 65,535; PIL by itself would make the last two white."""
  values = np.array([[0, 32768, 65535]] * 3, np.uint16)
  Image.fromarray(values).save(tmp_path / 'a.png')
  (record,) = image_folder('all', path=str(tmp_path), image_size=3, channels=1).records
  np.testing.assert_array_equal(record['example'][0, :, 0], [0, 128, 255])


def test_validation_takes_the_place_of_test_and_beside_it_is_told(tmp_path, caplog):
  for name in ('train/a', 'validation/a'):
    _write(tmp_path, f'{name}/0.png', 10)
  for split in ('train', 'test'):
    found = image_folder(split, path=str(tmp_path))
    assert (found.count, found.names) == (1, ('a',))
  assert not caplog.records
  other = tmp_path / 'more'
  for name in ('train', 'test', 'validation'):
    _write(other, f'{name}/0.png', 10)
  for split in ('train', 'test', 'train'):
    assert image_folder(split, path=str(other)).count == 1
  (record,) = caplog.records  # once, however often the folder is read
  assert '1 in validation' in record.getMessage()


def test_a_few_are_of_all_classes(tmp_path):
  for name in 'abcd':
    for index in range(20):
      _write(tmp_path, f'{name}/{index}.png', 10)
  found = image_folder('all', path=str(tmp_path), image_size=4)
  labels = [int(record['label']) for record in found.few(8)]
  assert len(labels) == 8
  assert set(labels) == {0, 1, 2, 3}
