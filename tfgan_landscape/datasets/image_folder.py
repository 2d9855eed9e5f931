"""A folder of one's own images: PNG, JPEG, WebP, GIF (its first frame) and BMP, of any sizes.

    path/*.png                        unlabelled
    path/<class>/**/*.png             the folders directly below are the classes, in alphabetical order
    path/train/..., path/test/...     the splits are given; otherwise a fixed share of the images is for tests

Where there is no test/ beside train/, a validation/ (val/, valid/) takes its place. A camera's rotation mark (EXIF) is
applied, and what is transparent lies on white; 16 bits a pixel are scaled to 8. Only regular files are read; links are
followed once, and only where they stay inside the folder. Other files are counted and named by their kind.
"""

import collections
import concurrent.futures
import functools
import hashlib
import logging
import os
import pathlib
import warnings
from typing import Annotated, Optional

import gin
import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps

from tfgan_landscape.config.arguments import Channels, Range, Size, configurable
from tfgan_landscape.datasets import fitting
from tfgan_landscape.datasets.examples import Examples
from tfgan_landscape.errors import InputError

SUFFIXES = ('.png', '.jpg', '.jpeg', '.webp', '.gif', '.bmp')
SPLITS = ('train', 'test', 'all')
_VALIDATION = ('validation', 'val', 'valid')


@configurable(denylist=['split', 'data_dir'])
def image_folder(
  split,
  data_dir=None,
  path: str = gin.REQUIRED,
  image_size: Size = 32,
  channels: Channels = 3,
  crop: Optional[Size] = None,
  test_share: Annotated[float, Range(0, below=1)] = 0.1,
):
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
  root = pathlib.Path(data_dir or '', path).expanduser()
  if split not in SPLITS:
    raise InputError(f'image_folder has no split {split!r}: it has {", ".join(SPLITS)}')
  if not root.is_dir():
    raise InputError(f'{root} is not a folder: bind image_folder.path to the folder of the images')
  images, skipped = _walk(root)
  given = _given_splits(root)
  if given:
    skipped += [f'in {file.relative_to(root).parts[0]}' for file in images if not set(given) & set(file.parents)]
  _tell(root, tuple(sorted(skipped)))
  files, names = _split(given, root, images, split, test_share)
  if not files:
    raise InputError(f'{root} has no image ({", ".join(SUFFIXES)}) for split {split!r}: check path and test_share')
  paths = [os.fsencode(file) for file, _ in files]
  _check_images(paths, crop)
  labels = tf.constant([label for _, label in files], tf.int64)

  def example(file, label):
    return {'example': fitting.fit(_decode(file), image_size, channels, crop), 'label': label}

  def decoded(chosen):
    records = tf.data.Dataset.from_tensor_slices((paths, labels) if chosen is None else chosen)
    return records.map(example, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)

  def few(count):
    places = np.unique(np.linspace(0, len(files) - 1, count).astype(int))
    return decoded(([paths[place] for place in places], tf.gather(labels, places)))

  records = decoded(None)
  source = {'loader': 'image_folder', 'name': root.name, 'content': _content(root, files), 'split': split}
  source |= {'image_size': image_size, 'channels': channels, 'crop': crop, 'resize': 'bilinear'}
  records = records.apply(tf.data.experimental.assert_cardinality(len(files)))
  return Examples(records, len(files), len(names), source, names=tuple(names), few=few)


def _given_splits(root):
  """[folder of train, folder of test] where they are there, else []."""
  tests = [root / name for name in ('test', *_VALIDATION) if (root / name).is_dir()]
  return [root / 'train', tests[0]] if tests and (root / 'train').is_dir() else []


def _split(given, root, images, split, test_share):
  """([(file, label)], class names) of one split."""
  if given:
    names = sorted({name for folder in given for name in _class_names(folder, images)})
    wanted = given if split == 'all' else [given[SPLITS.index(split)]]
    return [pair for folder in wanted for pair in _labelled(folder, images, names)], names
  names = _class_names(root, images)
  files = _labelled(root, images, names)
  return [file for i, file in enumerate(files) if split == 'all' or _is_test(i, test_share) == (split == 'test')], names


def _is_test(index, share):
  return int((index + 1) * share) > int(index * share)


def _class_names(folder, images):
  """The names of the folders directly below that hold an image somewhere."""
  below = [file.relative_to(folder).parts for file in images if folder in file.parents]
  return sorted({parts[0] for parts in below if len(parts) > 1})


def _labelled(folder, images, names):
  """[(file, label)] of all images below a folder."""
  files = [file for file in images if folder in file.parents]
  if not names:
    return [(file, -1) for file in files]
  for file in files:
    if file.parent == folder:
      raise InputError(f'{file} lies beside folders of classes ({", ".join(names[:5])}): move it into one of them')
  return [(file, names.index(file.relative_to(folder).parts[0])) for file in files]


def _walk(root):
  """Returns (images below a folder, sorted; kinds of what is skipped). What a link leads to is read once."""
  inside, seen, found, skipped = root.resolve(), set(), [], []
  waiting = collections.deque([root])
  while waiting:
    path = waiting.popleft()
    if path.resolve() in seen:
      continue
    seen.add(path.resolve())
    if not path.resolve().is_relative_to(inside):
      skipped.append('link out of the folder')
    elif path.is_dir():
      below = [each for each in path.iterdir() if not each.name.startswith('.')]
      waiting.extendleft(each for each in below if not each.is_symlink())
      waiting.extend(each for each in below if each.is_symlink())
    elif not path.is_file():
      skipped.append('no regular file')
    elif path.name.lower().endswith(SUFFIXES):
      found.append(path)
    else:
      skipped.append(path.suffix.lower() or 'without a suffix')
  return sorted(found), skipped


@functools.cache
def _tell(root, skipped):
  """Says once what of a folder is not read."""
  if skipped:
    counts = ', '.join(f'{count} {kind}' for kind, count in sorted(collections.Counter(skipped).items()))
    logging.warning('%s: not read: %s; images are %s', root, counts, ', '.join(SUFFIXES))


def _decode(file):
  """uint8 [h, w, 3] of an encoded path: upright, on white."""
  pixels = tf.numpy_function(_pixels, [file], tf.uint8)
  return tf.ensure_shape(pixels, [None, None, 3])


def _pixels(file):
  with warnings.catch_warnings():
    warnings.simplefilter('error', Image.DecompressionBombWarning)
    with Image.open(os.fsdecode(file)) as image:
      upright = _eight_bits(ImageOps.exif_transpose(image))
      if upright.mode in ('RGBA', 'LA', 'PA') or 'transparency' in upright.info:
        white = Image.new('RGBA', upright.size, 'white')
        upright = Image.alpha_composite(white, upright.convert('RGBA'))
      return np.asarray(upright.convert('RGB'))


def _eight_bits(image):
  """Scales an image of 16 bits a pixel, which PIL would cut off at 255, to 8; any other is left as it is."""
  if not image.mode.startswith('I'):
    return image
  values = np.asarray(image).astype(np.float64)
  return Image.fromarray(np.clip(values / 257 + 0.5, 0, 255).astype(np.uint8)) if values.max() > 255 else image


def _check_images(paths, crop):
  """Decodes every file once, in threads; those that fail are named."""
  with concurrent.futures.ThreadPoolExecutor() as threads:
    faults = list(threads.map(functools.partial(_fault, crop=crop), paths))
  damaged = [(os.fsdecode(path), fault) for path, fault in zip(paths, faults) if fault]
  if damaged:
    more = f' (and {len(damaged) - 1} more)' if len(damaged) > 1 else ''
    raise InputError(f'{damaged[0][0]}{more} {damaged[0][1]}: repair or remove the file')


def _fault(path, crop):
  """What is wrong with an image, None for nothing."""
  try:
    height, width, _ = _pixels(path).shape
  except (OSError, ValueError, SyntaxError, EOFError, Warning, Image.DecompressionBombError) as error:  # PIL's many
    return f'cannot be decoded ({type(error).__name__})'
  return f'is smaller than crop={crop} pixels' if crop and min(height, width) < crop else None


def _content(root, files):
  """A digest of names and bytes: the identity of the data wherever the folder lies."""
  digest = hashlib.sha256()
  for file, _ in files:
    digest.update(os.fsencode(f'{file.relative_to(root).as_posix()}\0{file.stat().st_size}\0'))
    digest.update(file.read_bytes())
  return digest.hexdigest()
