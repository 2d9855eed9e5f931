"""What is said, and what is left on disk, when a dataset is not where it should be."""

import json
import pathlib
import shutil

import pytest
import tensorflow_datasets as tfds

from tfgan_landscape.datasets.builders import open_builder
from tfgan_landscape.errors import InputError


def _fails(name, data_dir):
  with pytest.raises(InputError) as error:
    open_builder(name, str(data_dir))
  assert len(str(error.value).splitlines()) == 1
  return str(error.value)


def _everything(folder):
  return sorted(folder.rglob('*'))


def test_a_prepared_dataset_is_opened(prepared):
  assert open_builder('tiny_labelled', prepared).info.splits['train'].num_examples == 12
  assert open_builder('tiny_scenes/tower', prepared).info.splits['test'].num_examples == 5


def test_without_network_the_line_says_what_is_missing_and_where(prepared, offline):
  message = _fails('stl10', prepared)
  assert 'stl10 1.0.0 is not in ' in message
  assert 'holds tiny_labelled/1.2.3, ' in message
  assert 'tiny_scenes/tower/1.2.3' in message
  assert f'{prepared}/stl10/1.0.0/*.tfrecord*' in message
  assert '--data_dir' in message
  assert f'tfds build stl10 --data_dir={prepared}' in message


def test_without_network_nothing_is_left(tmp_path, offline):
  data_dir = tmp_path / 'not' / 'there'
  assert 'does not exist' in _fails('mnist', data_dir)
  assert _everything(tmp_path) == []
  assert 'holds no dataset' in _fails('lsun/tower', tmp_path)
  assert _everything(tmp_path) == []


def _broken_download(self, **kwargs):
  """Leaves what tfds leaves: a complete download, a partial one, folders, a configuration's mark."""
  downloads = pathlib.Path(self._data_dir_root) / 'downloads' / self.name
  (downloads.parent / 'extracted').mkdir(parents=True)
  downloads.mkdir()
  (downloads / 'whole.zip').write_text('whole')
  (downloads / 'part.zip.tmp.0123').write_text('part')
  mark = pathlib.Path(self._data_dir_root) / self.name / '.config' / 'metadata.json'
  mark.parent.mkdir(parents=True)
  mark.write_text('{}')
  raise ConnectionError('the line\nbroke')


def test_a_broken_download_leaves_only_whole_files(tmp_path, monkeypatch):
  monkeypatch.setattr('tfgan_landscape.datasets.builders._connects', lambda address: True)
  monkeypatch.setattr(tfds.core.DatasetBuilder, 'download_and_prepare', _broken_download)
  data_dir = tmp_path / 'new'
  assert 'preparing it failed (the line broke)' in _fails('mnist', data_dir)
  assert [path.name for path in _everything(tmp_path) if path.is_file()] == ['whole.zip']
  assert not (data_dir / 'mnist').exists()


def test_a_folder_that_holds_another_dataset_is_named(prepared, tmp_path):
  shutil.copytree(f'{prepared}/tiny_labelled/1.2.3', tmp_path / 'tiny_unlabelled' / '1.2.3')
  message = _fails('tiny_unlabelled', tmp_path)
  assert f'{tmp_path}/tiny_unlabelled/1.2.3 holds tiny_labelled 1.2.3' in message


def test_a_folder_that_holds_another_version_is_named(prepared, tmp_path):
  folder = pathlib.Path(shutil.copytree(f'{prepared}/tiny_labelled', tmp_path / 'tiny_labelled'))
  info = folder / '1.2.3' / 'dataset_info.json'
  info.write_text(json.dumps(json.loads(info.read_text()) | {'version': '1.0.0'}))
  assert 'tiny_labelled/1.2.3 holds tiny_labelled 1.0.0' in _fails('tiny_labelled', tmp_path)


@pytest.mark.parametrize('content', [None, '{garbage'])
def test_a_folder_without_readable_info_is_named(prepared, tmp_path, content):
  folder = pathlib.Path(shutil.copytree(f'{prepared}/tiny_labelled', tmp_path / 'tiny_labelled'))
  info = folder / '1.2.3' / 'dataset_info.json'
  info.unlink()
  if content:
    info.write_text(content)
  assert 'damaged or incomplete' in _fails('tiny_labelled', tmp_path)


@pytest.mark.parametrize(
  ('name', 'message'),
  [
    ('cifr10', 'did you mean cifar10 '),
    ('qqqqqqq', 'catalog'),
    ('mnist/digits', 'it has none'),
    ('lsun/towr', 'it has classroom'),
    ('mnist:9.9.9', 'only: 3.0.1'),
    ('a b', 'cannot be opened'),
    ('', 'cannot be opened'),
  ],
)
def test_unknown_names_are_refused_in_one_line(tmp_path, name, message):
  assert message in _fails(name, tmp_path)
