"""tfds datasets by name: order, labels, subsets, shapes, and data that are cut or damaged."""

import json
import pathlib
import shutil
import struct

import gin
import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.datasets import pipeline
from tfgan_landscape.datasets.examples import check, naming_damage
from tfgan_landscape.datasets.tfds_images import chosen, tfds_images
from tfgan_landscape.errors import InputError

LABELS = [1, 0, 2, 1, 1, 0, 1, 2, 1, 0, 1, 1]


def _tiny(data_dir, split='train', **settings):
  return tfds_images(split, data_dir, **{'name': 'tiny_labelled', 'image_size': 6, 'channels': 1} | settings)


def _levels(examples):
  return [int(record['example'][0, 0, 0]) // 10 for record in examples.records.as_numpy_iterator()]


def _labels(examples):
  return [int(record['label']) for record in examples.records.as_numpy_iterator()]


def test_records_come_whole_and_in_the_order_of_the_files(prepared):
  examples = _tiny(prepared)
  assert (examples.count, examples.classes) == (12, 3)
  assert _levels(examples) == list(range(12))
  assert _labels(examples) == LABELS
  assert examples.records.cardinality() == 12


def test_shapes_are_static(prepared):
  spec = _tiny(prepared, image_size=9, channels=3).records.element_spec
  assert (spec['example'].shape, spec['example'].dtype.name) == ((9, 9, 3), 'uint8')
  assert (spec['label'].shape, spec['label'].dtype.name) == ((), 'int64')


def test_the_source_is_json_and_names_the_data_but_not_their_folder(prepared, tmp_path):
  moved = shutil.copytree(prepared, tmp_path / 'moved')
  source = _tiny(prepared, classes=(1, 2), proportions=(2, 1)).source
  assert json.loads(json.dumps(source)) == source
  assert source == _tiny(str(moved), classes=(1, 2), proportions=(2, 1)).source
  assert source != _tiny(prepared, classes=(1, 2)).source
  assert (source['name'], source['version'], source['split']) == ('tiny_labelled', '1.2.3', 'train')


def test_classes_keep_their_labels_and_their_order(prepared):
  examples = _tiny(prepared, classes=(2, 0))
  assert _levels(examples) == [1, 2, 5, 7, 9]
  assert _labels(examples) == [0, 2, 0, 2, 0]
  assert (examples.count, examples.classes, examples.records.cardinality()) == (5, 3, 5)


def test_proportions_keep_the_first_of_each_class(prepared):
  # 7 ones and 2 twos; 3 : 1 fits twice: six ones and two twos.
  examples = _tiny(prepared, classes=(1, 2), proportions=(3, 1))
  assert _levels(examples) == [0, 2, 3, 4, 6, 7, 8, 10]
  assert examples.count == 8


def test_proportions_counted_by_hand():
  labels = np.array([5] * 23 + [7] * 61 + [1] * 9)

  def counts(*proportions):
    mask = chosen(labels, (5, 7), proportions)
    return np.count_nonzero(labels[mask] == 5), np.count_nonzero(labels[mask] == 7), mask.sum()

  assert counts(1, 5) == (12, 60, 72)  # min(23 // 1, 61 // 5) = 12
  assert counts(1, 1) == (23, 23, 46)
  assert counts(10, 50) == (12, 60, 72)  # the same proportions
  assert counts(0.2, 1) == (12, 60, 72)
  assert counts(2, 3) == (22, 33, 55)  # min(23 // 2, 61 // 3) = 11


def test_proportions_alone_mean_all_classes(prepared):
  assert sorted(_labels(_tiny(prepared, proportions=(1, 2, 1)))) == [0, 0, 1, 1, 1, 1, 2, 2]


@pytest.mark.parametrize(
  ('settings', 'message'),
  [
    ({'classes': (1, 3)}, 'from 0 to 2'),
    ({'classes': (1, 1)}, 'different'),
    ({'classes': ()}, 'does not fit'),
    ({'classes': (0, 1), 'proportions': (1,)}, '2 numbers'),
    ({'classes': (0, 1), 'proportions': (1, 0)}, 'a number above 0'),
    ({'classes': (0, 1), 'proportions': (1, 99)}, '3 of class 0, 7 of class 1'),
    ({'split': 'valid'}, "no split 'valid': it has train, test"),
    ({'crop': 7}, 'crop is 7.* 6 pixels'),
    ({'name': 'tiny_texts'}, 'no feature `image`.*text'),
    ({'name': 'tiny_labeled'}, 'did you mean .*tiny_labelled'),
    ({'name': 'tiny_scenes/towr'}, 'it has church, tower'),
  ],
)
def test_settings_that_do_not_fit_the_data_are_refused_in_one_line(prepared, settings, message):
  with pytest.raises(InputError, match=message) as error:
    _tiny(prepared, **settings)
  assert 'In call to configurable' in str(error.value).splitlines()[1]  # gin's addition


def test_images_without_labels_have_label_minus_one_and_no_classes(prepared):
  examples = tfds_images('train', prepared, name='tiny_scenes/tower', image_size=4)
  assert examples.classes == 0
  assert _labels(examples) == [-1] * 12
  assert _levels(examples) == list(range(12))
  assert examples.source['name'] == 'tiny_scenes/tower'
  with pytest.raises(InputError, match='has no labels'):
    tfds_images('train', prepared, name='tiny_scenes/tower', classes=(0,))


def test_labels_of_minus_one_count_as_no_labels(prepared):
  examples = tfds_images('train', prepared, name='tiny_unlabelled', image_size=48)
  assert examples.classes == 0
  assert examples.records.element_spec['example'].shape == (48, 48, 3)
  assert _labels(examples) == [-1] * 12


def test_an_image_smaller_than_the_crop_is_named_when_read(prepared):
  examples = tfds_images('train', prepared, name='tiny_scenes/tower', image_size=4, crop=7)
  with pytest.raises(InputError, match='tiny_scenes/tower 1.2.3, split train.*smaller than crop=7'):
    check(examples)


def test_settings_come_from_gin(prepared):
  gin.parse_config("tfds_images.name = 'tiny_labelled'\ntfds_images.image_size = 5\ntfds_images.classes = (2,)")
  assert tfds_images('test', prepared).count == 1


def _cut(file, records):
  """Ends a TFRecord file after so many records: 8 bytes of length, 4 of checksum, data, 4 of checksum."""
  content, end = file.read_bytes(), 0
  for _ in range(records):
    end += 8 + 4 + struct.unpack('<Q', content[end : end + 8])[0] + 4
  assert 0 < end < len(content)
  file.write_bytes(content[:end])


def _copied_file(prepared, tmp_path):
  folder = pathlib.Path(shutil.copytree(prepared, tmp_path / 'copy'))
  return next(folder.glob('tiny_labelled/1.2.3/*train.tfrecord*')), str(folder)


def test_a_file_cut_between_two_records_is_an_error(prepared, tmp_path):
  file, folder = _copied_file(prepared, tmp_path)
  _cut(file, 7)
  with pytest.raises(InputError, match='tiny_labelled 1.2.3, split train.*12.*7 elements'):
    check(_tiny(folder))
  with pytest.raises(InputError, match='12.*7 elements'):
    _tiny(folder, classes=(0,))


def test_a_file_cut_inside_a_record_is_an_error(prepared, tmp_path):
  file, folder = _copied_file(prepared, tmp_path)
  file.write_bytes(file.read_bytes()[:-10])
  with pytest.raises(InputError, match='truncated'):
    check(_tiny(folder))


def test_a_changed_byte_is_an_error(prepared, tmp_path):
  file, folder = _copied_file(prepared, tmp_path)
  content = bytearray(file.read_bytes())
  content[len(content) // 2] ^= 0xFF
  file.write_bytes(content)
  with pytest.raises(InputError, match='corrupted'):
    check(_tiny(folder))


@pytest.mark.parametrize('damage', ['cut between records', 'cut in a record', 'changed byte'])
def test_a_file_that_is_damaged_while_it_is_read_is_named(prepared, tmp_path, damage):
  file, folder = _copied_file(prepared, tmp_path)
  examples = _tiny(folder)
  content = bytearray(file.read_bytes())
  content[len(content) // 2] ^= 0xFF
  {
    'cut between records': lambda: _cut(file, 7),
    'cut in a record': lambda: file.write_bytes(file.read_bytes()[:-10]),
    'changed byte': lambda: file.write_bytes(content),
  }[damage]()
  batches = pipeline.training_batches(examples, 2, seed=0, cache=False, shuffle_buffer=2)
  with pytest.raises(InputError, match=f'{file.name} is damaged'), naming_damage(examples):
    list(batches.take(12))


def test_a_fault_with_whole_files_is_not_laid_on_them(prepared):
  with pytest.raises(tf.errors.InvalidArgumentError), naming_damage(_tiny(prepared)):
    raise tf.errors.InvalidArgumentError(None, None, 'another')


def test_a_missing_file_is_named(prepared, tmp_path):
  file, folder = _copied_file(prepared, tmp_path)
  file.unlink()
  with pytest.raises(InputError, match=f'{file.name} is missing'):
    _tiny(folder)


def test_intact_data_pass_the_check(prepared):
  check(_tiny(prepared))


def test_mnist_fives_and_sevens(shared):
  data_dir = str(shared / 'tfds')
  settings = {'name': 'mnist', 'image_size': 32, 'channels': 1, 'classes': (5, 7)}
  examples = tfds_images('test', data_dir, **settings)
  assert examples.count == 892 + 1028  # the counts of the fives and sevens of MNIST's test set
  uneven = tfds_images('test', data_dir, **settings, proportions=(1, 5))
  labels = np.array(_labels(uneven))
  assert (np.count_nonzero(labels == 5), np.count_nonzero(labels == 7)) == (205, 1025)


def test_cifar10_is_read_as_it_is(shared):
  examples = tfds_images('test[:200]', str(shared / 'tfds'), name='cifar10')
  images = np.stack([record['example'] for record in examples.records.as_numpy_iterator()])
  assert images.shape == (200, 32, 32, 3)
  assert 0.4 < images.mean() / 255 < 0.55
  assert examples.classes == 10


def test_a_cut_mnist_is_an_error(shared, tmp_path):
  shutil.copytree(shared / 'tfds' / 'mnist', tmp_path / 'mnist', copy_function=shutil.copyfile)
  _cut(next(tmp_path.glob('mnist/*/mnist-test.tfrecord*')), 100)
  with pytest.raises(InputError, match='10000.*100 elements'):
    check(tfds_images('test', str(tmp_path), name='mnist', channels=1))
