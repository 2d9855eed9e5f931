"""A folder of one's own images: PNG, JPEG, GIF (its first frame) and BMP, of any sizes.

    path/*.png                        unlabelled
    path/<class>/**/*.png             the folders directly below are the classes, in alphabetical order
    path/train/..., path/test/...     the splits are given; otherwise a fixed share of the images is for tests

A camera's rotation mark (EXIF) is ignored.
"""

import hashlib
import os
import pathlib

import gin
import tensorflow as tf

from tfgan_landscape.datasets import fitting
from tfgan_landscape.datasets.examples import Examples
from tfgan_landscape.errors import InputError

SUFFIXES = ('.png', '.jpg', '.jpeg', '.gif', '.bmp')
SPLITS = ('train', 'test', 'all')


@gin.configurable(denylist=['split', 'data_dir'])
def image_folder(split, data_dir=None, path=gin.REQUIRED, image_size=32, channels=3, crop=None, test_share=0.1):
  """Loads the images below `path`, sorted by their relative path, cropped and resized.

  Every image of the split is decoded once before anything else, so that a damaged one is named now and not
  hours later; a rough guide is a thousand 256-pixel JPEGs a second.

  Args:
    split: 'train', 'test' or 'all'.
    data_dir: where a relative `path` starts; None for the current directory.
    path: the folder.
    image_size, channels, crop: as `tfds_images`.
    test_share: the share of test images, 0 <= test_share < 1, evenly spaced over the sorted ones; without
      meaning when path/train and path/test are there.

  Returns:
    Examples; the label is the index of the class's name, -1 without classes.

  Raises:
    InputError: no such folder; no image in the split; a damaged image; images beside folders of classes.
  """
  fitting.check_settings(image_size, channels, crop)
  root = pathlib.Path(data_dir or '', path).expanduser()
  files, names = _split(root, split, test_share)
  if not files:
    raise InputError(f'{root} has no image ({", ".join(SUFFIXES)}) for split {split!r}: check path and test_share')
  paths = [str(file) for file, _ in files]
  _check_images(paths, channels, crop)
  labels = tf.constant([label for _, label in files], tf.int64)

  def example(file, label):
    return {'example': fitting.fit(_decode(file), image_size, channels, crop), 'label': label}

  records = tf.data.Dataset.from_tensor_slices((paths, labels))
  records = records.map(example, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
  source = {'loader': 'image_folder', 'name': root.name, 'content': _content(root, files), 'split': split}
  source |= {'image_size': image_size, 'channels': channels, 'crop': crop, 'resize': 'bilinear'}
  return Examples(records.apply(tf.data.experimental.assert_cardinality(len(files))), len(files), len(names), source)


def _split(root, split, test_share):
  """([(file, label)], class names) of one split."""
  if split not in SPLITS:
    raise InputError(f'image_folder has no split {split!r}: it has {", ".join(SPLITS)}')
  if not 0 <= test_share < 1:
    raise InputError(f'image_folder: test_share is {test_share!r}: give a number from 0 to below 1')
  if not root.is_dir():
    raise InputError(f'{root} is not a folder: bind image_folder.path to the folder of the images')
  given = [root / name for name in SPLITS[:2]]
  if all(folder.is_dir() for folder in given):
    names = sorted({name for folder in given for name in _class_names(folder)})
    wanted = given if split == 'all' else [root / split]
    return [pair for folder in wanted for pair in _labelled(folder, names)], names
  names = _class_names(root)
  files = _labelled(root, names)
  return [file for i, file in enumerate(files) if split == 'all' or _is_test(i, test_share) == (split == 'test')], names


def _is_test(index, share):
  return int((index + 1) * share) > int(index * share)


def _class_names(folder):
  """The names of the folders directly below that hold an image somewhere."""
  return sorted(below.name for below in folder.iterdir() if below.is_dir() and _images(below))


def _labelled(folder, names):
  """[(file, label)] of all images below a folder."""
  files = _images(folder)
  if not names:
    return [(file, -1) for file in files]
  for file in files:
    if file.parent == folder:
      raise InputError(f'{file} lies beside folders of classes ({", ".join(names[:5])}): move it into one of them')
  return [(file, names.index(file.relative_to(folder).parts[0])) for file in files]


def _images(folder):
  found = []
  for parent, folders, files in os.walk(folder, followlinks=True):
    folders[:] = [name for name in folders if not name.startswith('.')]
    found += [pathlib.Path(parent, name) for name in files if name.lower().endswith(SUFFIXES)]
  return sorted(file for file in found if not file.name.startswith('.'))


def _decode(file):
  """uint8 [h, w, 3]; grey is repeated, opacity dropped."""
  image = tf.io.decode_image(tf.io.read_file(file), expand_animations=False)
  grey = tf.shape(image)[-1] < 3
  colours = tf.cond(grey, lambda: tf.repeat(image[..., :1], 3, axis=-1), lambda: image[..., :3])
  return tf.ensure_shape(colours, [None, None, 3])


def _check_images(paths, channels, crop):
  """Decodes every file once; those that fail drop out and are named."""
  files = tf.data.Dataset.from_tensor_slices(paths).enumerate()
  decoded = files.map(lambda i, file: (i, fitting.fit(_decode(file), 1, channels, crop))[0], tf.data.AUTOTUNE)
  good = {int(i) for i in decoded.ignore_errors().as_numpy_iterator()}
  damaged = [path for i, path in enumerate(paths) if i not in good]
  if damaged:
    more = f' (and {len(damaged) - 1} more)' if len(damaged) > 1 else ''
    small = f', or smaller than crop={crop} pixels' if crop else ''
    raise InputError(f'{damaged[0]}{more} cannot be decoded{small}: repair or remove the file')


def _content(root, files):
  """A digest of names and bytes: the identity of the data wherever the folder lies."""
  digest = hashlib.sha256()
  for file, _ in files:
    digest.update(f'{file.relative_to(root).as_posix()}\0{file.stat().st_size}\0'.encode())
    digest.update(file.read_bytes())
  return digest.hexdigest()
