"""Any tfds image dataset, by name: whole, or the classes asked for in the proportions asked for.

RS-GAN uses cifar10 (Tables 2 and 4), stl10's 'unlabelled' split at 48 pixels (Table 2), lsun/church_outdoor
and lsun/tower at 256 (Table 8), and the fives and sevens of mnist at 32 (Figure 12: `classes=(5, 7)`,
`proportions=(1, 5)`; the paper's text says "4 times more", its code and figure have 1 : 5).
"""

import fractions
import math
import re
from collections.abc import Sequence
from typing import Optional

import gin
import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from tfgan_landscape.config.arguments import Channels, Positive, Size, Whole, configurable
from tfgan_landscape.datasets import fitting
from tfgan_landscape.datasets.builders import open_builder
from tfgan_landscape.datasets.examples import Examples, describe, reading
from tfgan_landscape.errors import InputError


@configurable(denylist=['split', 'data_dir'])
def tfds_images(
  split,
  data_dir=None,
  name: str = gin.REQUIRED,
  image_size: Size = 32,
  channels: Channels = 3,
  crop: Optional[Size] = None,
  classes: Optional[Sequence[Whole]] = None,
  proportions: Optional[Sequence[Positive]] = None,
):
  """Loads the tfds image dataset `name`, cropped and resized, downloaded first where it is missing.

  Args:
    split: a tfds split: 'train', 'test', 'unlabelled', 'train[:10%]'.
    data_dir: tfds's folder of datasets; None for tfds's own default.
    name: 'cifar10', 'stl10', 'lsun/tower', 'mnist:3.0.1', ...
    image_size: side of the result in pixels. Smaller images are enlarged bilinearly (mnist: 28 to 32), larger
      ones shrunk with an antialiased bilinear filter.
    channels: 1 or 3; converted where the dataset has the other number.
    crop: side of the centred square cut out before resizing, in pixels; None for the largest centred square.
    classes: labels to keep, (5, 7); None for all. The labels keep their numbers.
    proportions: how many of each of `classes` (of all labels, when None), (1, 5): the largest subset with
      exactly these proportions, the first ones of each class in record order.

  Returns:
    Examples; the records come in the order of the files.

  Raises:
    InputError: unknown dataset, split or class; no data and no way to get them; damaged or incomplete data;
      settings that fit no image.
  """
  builder = open_builder(name, data_dir)
  return image_examples(builder, split, image_size, channels, crop, classes, proportions)


def image_examples(builder, split, image_size, channels, crop=None, classes=None, proportions=None, method='bilinear'):
  """Examples from a prepared tfds builder; arguments as `tfds_images`, `method` as `fitting.fit`."""
  feature = _image_feature(builder)
  _check_crop(builder, feature, crop)
  count = _count(builder, split)
  source = {
    'loader': 'tfds',
    'name': builder.info.full_name.rsplit('/', 1)[0],
    'version': str(builder.version),
    # Tells data of the same name and version apart that were prepared from other bytes.
    'dataset_bytes': int(builder.info.dataset_size),
    'split': split,
    'image_size': image_size,
    'channels': channels,
    'crop': crop,
    'resize': method,
    'classes': None if classes is None else list(classes),
    'proportions': None if proportions is None else list(proportions),
  }
  with reading(source):
    label_count = _label_count(builder, split)
    kept = None
    if classes is not None or proportions is not None:
      kept = _selection(builder, split, label_count, classes, proportions, source)
      count = int(kept.sum())

  def example(record):
    image = fitting.fit(feature.decode_example(record['image']), image_size, channels, crop, method)
    return {'example': image, 'label': tf.cast(record['label'] if label_count else -1, tf.int64)}

  records = _encoded(builder, split)
  if kept is not None:
    records = records.enumerate().filter(lambda i, _: tf.gather(kept, i)).map(lambda _, record: record)
  records = records.map(example, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
  records = records.apply(tf.data.experimental.assert_cardinality(count))
  names = tuple(_feature(builder, 'label').names) if label_count else ()
  return Examples(records, count, label_count, source, _files(builder, split), names)


def chosen(labels, classes, proportions=None):
  """Which of `labels` [n] belong to `classes`, thinned out to `proportions`: a boolean mask [n].

  With counts n_c and the proportions as whole numbers p_c without a common divisor, k p_c of each class are
  kept, k = min_c floor(n_c / p_c): the first ones.

  Raises:
    InputError: a class has too few records for these proportions.
  """
  if proportions is None:
    return np.isin(labels, classes)
  parts = [fractions.Fraction(str(part)) for part in proportions]
  scale = math.lcm(*(part.denominator for part in parts))
  parts = [int(part * scale) for part in parts]
  parts = [part // math.gcd(*parts) for part in parts]
  places = [np.flatnonzero(labels == label) for label in classes]
  unit = min(len(place) // part for place, part in zip(places, parts))
  if not unit:
    counts = ', '.join(f'{len(place)} of class {label}' for place, label in zip(places, classes))
    raise InputError(f'proportions {tuple(proportions)} leave no record: there are {counts}; give smaller numbers')
  mask = np.zeros(len(labels), bool)
  for place, part in zip(places, parts):
    mask[place[: unit * part]] = True
  return mask


def _selection(builder, split, label_count, classes, proportions, source):
  what = 'classes' if classes is not None else 'proportions'
  if not label_count:
    raise InputError(f'{describe(source)} has no labels: leave out `{what}`')
  classes = list(range(label_count) if classes is None else classes)
  if len(set(classes)) < len(classes) or not set(classes) <= set(range(label_count)):
    raise InputError(f'classes {tuple(classes)}: give different labels from 0 to {label_count - 1}')
  if proportions is not None and (len(proportions) != len(classes)):
    raise InputError(f'proportions {tuple(proportions)}: give {len(classes)} numbers, one for each class')
  labels = np.concatenate(list(_labels(builder, split).as_numpy_iterator()))
  kept = chosen(labels, classes, proportions)
  if not kept.any():
    raise InputError(f'{describe(source)} has no record of classes {tuple(classes)}')
  return kept


def _image_feature(builder):
  feature = _feature(builder, 'image')
  if not isinstance(feature, tfds.features.Image):
    there = ', '.join(builder.info.features)
    raise InputError(f'{builder.name} has no feature `image` (it has {there}): choose an image dataset')
  if feature.np_dtype != np.uint8:
    raise InputError(f'the images of {builder.name} are {feature.np_dtype.__name__}, not uint8: choose another dataset')
  return feature


def _check_crop(builder, feature, crop):
  sides = [side for side in feature.shape[:2] if side]
  if crop and sides and crop > min(sides):
    raise InputError(f'crop is {crop}, but the images of {builder.name} have {min(sides)} pixels: give a smaller crop')


def _feature(builder, name):
  features = builder.info.features
  return features[name] if isinstance(features, tfds.features.FeaturesDict) and name in features else None


def _count(builder, split):
  try:
    chosen_split = builder.info.splits[split]
    count = chosen_split.num_examples
  except (KeyError, ValueError) as error:
    there = ', '.join(builder.info.splits)
    raise InputError(f'{builder.name} has no split {split!r}: it has {there} (and slices, train[:10%])') from error
  if not count:
    raise InputError(f'split {split!r} of {builder.name} is empty: choose another')
  missing = [path for path in chosen_split.filepaths if not path.exists()]
  if missing:
    raise InputError(
      f'{missing[0]} is missing: {builder.name} is incomplete there; give another --data_dir, or remove '
      f'{builder.data_path} and prepare it again'
    )
  return count


def _files(builder, split):
  """{path: number of records} of the files that a split, or a slice of one, lies in."""
  whole = builder.info.splits[re.match(r'[\w.-]+', split)[0]]
  return {str(path): count for path, count in zip(whole.filepaths, whole.shard_lengths)}


def _label_count(builder, split):
  """The number of classes; 0 when there is no label, or when the labels are stl10's -1 for "unlabelled"."""
  feature = _feature(builder, 'label')
  if not isinstance(feature, tfds.features.ClassLabel):
    return 0
  first = next(_labels(builder, split).as_numpy_iterator())
  return 0 if first[0] < 0 else feature.num_classes


def _labels(builder, split):
  """The labels alone, [1024] at a time, without decoding an image."""
  return _encoded(builder, split).map(lambda record: record['label'], tf.data.AUTOTUNE).batch(1024)


def _encoded(builder, split):
  """The records with their images still compressed, so that one which is dropped is never decoded."""
  features = builder.info.features
  images_of_record = [name for name in features if isinstance(features[name], tfds.features.Image)]
  return builder.as_dataset(
    split=split,
    shuffle_files=False,
    decoders={name: tfds.decode.SkipDecoding() for name in images_of_record},
    # One file after the other: "the first ones" are the first ones of the files. The cardinality is tfds's
    # promise.
    read_config=tfds.ReadConfig(interleave_cycle_length=1, assert_cardinality=True, try_autocache=False),
  )
