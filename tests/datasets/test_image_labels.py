"""Labels of one's own images: StyleGAN's and Hugging Face's tables, arrays, zips, and tables that do not fit."""

import contextlib
import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from tfgan_landscape.datasets import image_folder as module
from tfgan_landscape.datasets.image_folder import image_folder
from tfgan_landscape.errors import InputError


def png(level, size=(4, 4)):
  file = io.BytesIO()
  Image.new('RGB', size, (level,) * 3).save(file, 'png')
  return file.getvalue()


def folder(root, files):
  """Writes {name: level of an image, or text}."""
  for name, content in files.items():
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(png(content) if isinstance(content, int) else content.encode(errors='surrogateescape'))
  return root


def zipped(path, files):
  with zipfile.ZipFile(path, 'w') as archive:
    for name, content in files.items():
      archive.writestr(name, png(content) if isinstance(content, int) else content)
  return path


def load(path, split='all', **settings):
  return image_folder(split, path=str(path), image_size=4, **settings)


def records(examples):
  return [(int(each['example'][0, 0, 0]), int(each['label'])) for each in examples.records.as_numpy_iterator()]


STYLEGAN = {'00000/img0.png': 10, '00000/img1.png': 20, '00001/img2.png': 30}


@pytest.mark.parametrize('write', [folder, zipped])
def test_stylegans_table_gives_the_classes_and_its_folders_do_not(tmp_path, write):
  labels = [['00000/img0.png', 7], ['00000/img1.png', 2], ['00001/img2.png', 7]]
  found = load(write(tmp_path / 'set.zip', {**STYLEGAN, 'dataset.json': json.dumps({'labels': labels})}))
  assert records(found) == [(10, 1), (20, 0), (30, 1)]
  assert found.names == ('2', '7')
  other = tmp_path / 'other'
  other.mkdir()
  found = load(write(other / 'set.zip', {**STYLEGAN, 'dataset.json': '{"labels": null}'}))
  assert (found.classes, records(found)) == (0, [(10, -1), (20, -1), (30, -1)])


METADATA = {
  'csv': 'file_name,label\n{}a.png,cat\n{}b.png,dog\n',
  'jsonl': '{{"file_name": "{}a.png", "label": "cat"}}\n{{"file_name": "{}b.png", "label": "dog"}}\n',
}


@pytest.mark.parametrize('kind', METADATA)
def test_hugging_faces_table_gives_the_classes(tmp_path, kind):
  folder(tmp_path, {'a.png': 10, 'b.png': 20, f'metadata.{kind}': METADATA[kind].format('', '')})
  found = load(tmp_path)
  assert (records(found), found.names) == ([(10, 0), (20, 1)], ('cat', 'dog'))


def test_a_table_beside_the_images_of_each_split(tmp_path):
  text = METADATA['csv'].format('', '')
  files = {f'{split}/{name}': level for split in ('train', 'test') for name, level in (('a.png', 10), ('b.png', 20))}
  folder(tmp_path, {**files, 'train/metadata.csv': text, 'test/metadata.csv': text.replace('dog', 'cat')})
  assert records(load(tmp_path, 'train')) == [(10, 0), (20, 1)]
  assert records(load(tmp_path, 'test')) == [(10, 0), (20, 0)]


def test_whole_numbers_are_ordered_as_numbers(tmp_path):
  rows = ''.join(f'{i}.png,{i}\n' for i in (2, 10))
  folder(tmp_path, {'2.png': 20, '10.png': 100, 'metadata.csv': f'file_name,label\n{rows}'})
  found = load(tmp_path)
  assert (dict(records(found)), found.names) == ({20: 0, 100: 1}, ('2', '10'))


def test_a_table_without_a_label_column_says_that_there_are_none(tmp_path):
  found = load(folder(tmp_path, {'cat/a.png': 10, 'metadata.csv': 'file_name,text\ncat/a.png,a cat\n'}))
  assert (found.classes, records(found)) == (0, [(10, -1)])


def test_a_zip_of_folders_and_a_folder_around_them(tmp_path):
  for prefix in ('', 'photos/'):
    files = {f'{prefix}cat/a.png': 10, f'{prefix}dog/b.png': 20, '__MACOSX/cat/._a.png': 1}
    found = load(zipped(tmp_path / 'set.zip', files))
    assert (records(found), found.names) == ([(10, 0), (20, 1)], ('cat', 'dog'))


def test_arrays_with_labels_and_with_splits(tmp_path):
  images = np.full([3, 4, 4], [[[10]], [[20]], [[30]]], np.uint8)
  np.savez(tmp_path / 'a.npz', images=images, labels=np.array([[5], [3], [5]]))
  found = load(tmp_path / 'a.npz')
  assert (records(found), found.names) == ([(10, 1), (20, 0), (30, 1)], ('3', '5'))
  np.savez(tmp_path / 'b.npz', x_train=images, y_train=[0, 1, 2], x_test=images[:1], y_test=[1])
  assert records(load(tmp_path / 'b.npz', 'train')) == [(10, 0), (20, 1), (30, 2)]
  assert records(load(tmp_path / 'b.npz', 'test')) == [(10, 1)]


def test_a_line_says_what_was_taken(tmp_path, capsys):
  folder(tmp_path, {f'{name}/{i}.png': i for name in ('cat', 'dog') for i in range(10)})
  (tmp_path / 'cat/big.png').write_bytes(png(0, (8, 6)))
  load(tmp_path, 'train')
  load(tmp_path, 'train')
  line = f'{tmp_path}: 19 of 21 images for train, 2 classes (cat, dog), 4 x 4 to 8 x 6 pixels as 4'
  assert capsys.readouterr().out.splitlines() == [line]


def test_images_are_decoded_once_and_again_when_they_change(tmp_path, monkeypatch):
  decoded = []
  original = module._pixels
  monkeypatch.setattr(module, '_pixels', lambda data: decoded.append(1) or original(data))
  root = folder(tmp_path / 'images', {'a.png': 10, 'b.png': 20})
  for split in ('train', 'test', 'all', 'all'):
    found = load(root, split, test_share=0.5, cache_dir=tmp_path / 'cache')
  assert (len(decoded), records(found)) == (2, [(10, -1), (20, -1)])
  (root / 'a.png').write_bytes(png(200, (9, 9)))
  assert records(load(root, cache_dir=tmp_path / 'cache')) == [(200, -1), (20, -1)]


TABLES_THAT_DO_NOT_FIT = {
  'an image without a row': ({'metadata.csv': 'file_name,label\na.png,cat\n'}, 'has no label for b.png'),
  'a row without an image': (
    {'metadata.csv': METADATA['csv'].format('', 'x/')},
    'has a label for x/b.png, which is not',
  ),
  'two labels': ({'metadata.csv': METADATA['csv'].format('', '') + 'a.png,dog\n'}, 'has two labels for a.png, cat and'),
  'no column of names': ({'metadata.csv': 'name,label\na.png,cat\n'}, 'cannot be read .KeyError: .file_name'),
  'no JSON': ({'dataset.json': '{"labels": ['}, 'dataset.json cannot be read .JSONDecodeError'),
  'brackets without end': ({'dataset.json': '[' * 100_000}, 'dataset.json cannot be read .RecursionError'),
  'no text': (
    {'metadata.csv': 'file_name,label\na.png,caf\udce9\n'},
    'metadata.csv cannot be read .UnicodeDecodeError',
  ),
  'no labels in it': ({'dataset.json': '{}'}, 'dataset.json cannot be read .KeyError'),
  'vectors': ({'dataset.json': '{"labels": [["a.png", [0.1]], ["b.png", [0.2]]]}'}, r'the label of a.png is \[0.1\]'),
  'an empty label': ({'metadata.csv': 'file_name,label\na.png,\nb.png,x\n'}, "the label of a.png is ''"),
}


@pytest.mark.parametrize('kind', TABLES_THAT_DO_NOT_FIT)
def test_a_table_that_does_not_fit_is_one_line(tmp_path, kind):
  files, words = TABLES_THAT_DO_NOT_FIT[kind]
  folder(tmp_path, {'a.png': 10, 'b.png': 20, **files})
  with pytest.raises(InputError, match=words):
    load(tmp_path)


@pytest.mark.parametrize(
  ('files', 'words'),
  [
    ({'photos/': ''}, 'has no image'),
    ({'../out.png': 10}, r'has a path outside of it \(../out.png\)'),
    ({'/etc/out.png': 10}, 'has a path outside of it'),
    ({'a.png': 'no image'}, 'a.png in .*set.zip cannot be decoded'),
  ],
)
def test_a_zip_that_is_no_set_is_one_line(tmp_path, files, words):
  with pytest.raises(InputError, match=words):
    load(zipped(tmp_path / 'set.zip', files))


def test_an_npz_whose_labels_miss_images_is_one_line(tmp_path):
  np.savez(tmp_path / 'a.npz', images=np.zeros([3, 4, 4, 3], np.uint8), labels=[0, 1])
  with pytest.raises(InputError, match=r'labels in .*a.npz is int64 \[2\]; give a whole number for each image'):
    load(tmp_path / 'a.npz')


def test_a_zip_with_a_flipped_byte_is_one_line_wherever_it_is(tmp_path):
  path = tmp_path / 'set.zip'
  with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
    archive.writestr('a.png', png(10, (64, 64)))
    archive.writestr('dataset.json', json.dumps({'labels': [['a.png', 3]]}))
  whole, refused = path.read_bytes(), []
  for place in range(0, len(whole), 7):
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
    with contextlib.suppress(InputError):  # any other exception is a failure
      load(path)
      continue
    refused.append(place)
  assert len(refused) > len(whole) / 7 / 2
