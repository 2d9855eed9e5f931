"""One's own images, from a folder, a zip or an .npz: PNG, JPEG, WebP, GIF (its first frame) and BMP, of any sizes.

    path/*.png                        unlabelled
    path/<class>/**/*.png             the folders directly below are the classes, in alphabetical order
    path/dataset.json                 labels as StyleGAN's tools write them
    path/metadata.csv, .jsonl         labels as Hugging Face's imagefolder has them: file_name, label
    path/train/..., path/test/...     the splits are given; otherwise a fixed share of the images is for tests

A zip holds the same; a folder around all of it does not count. An .npz holds `images` and `labels`, or `x_train`,
`y_train`, `x_test`, `y_test`. `tfds:NAME` takes a data set of tensorflow_datasets in their place.

Where there is no test/ beside train/, a validation/ (val/, valid/) takes its place. A camera's rotation mark (EXIF) is
applied, and what is transparent lies on white; 16 bits a pixel are scaled to 8. Only regular files are read; links are
followed once, and only where they stay inside the folder. Other files are counted and named by their kind.
"""

import collections
import concurrent.futures
import functools
import io
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
from tfgan_landscape.datasets.image_labels import labels_of
from tfgan_landscape.datasets.stores import SUFFIXES, open_store, tell
from tfgan_landscape.datasets.tfds_images import tfds_images
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import cache

SPLITS = ('train', 'test', 'all')
_VALIDATION = ('validation', 'val', 'valid')
_READ_AT_ONCE = 256  # images of a read of the decoded ones


@configurable(denylist=['split', 'data_dir', 'cache_dir'])
def image_folder(
  split,
  data_dir=None,
  path: str = gin.REQUIRED,
  image_size: Size = 32,
  channels: Channels = 3,
  crop: Optional[Size] = None,
  test_share: Annotated[float, Range(0, below=1)] = 0.1,
  cache_dir=None,
):
  """Loads the images of `path`, sorted by their names, cropped and resized.

  Every image is decoded once, before anything else, so that a damaged one is named now and not hours later; a rough
  guide is a thousand 256-pixel JPEGs a second. The decoded ones are kept in memory, and in `cache_dir`, until a file's
  size or time changes.

  Args:
    split: 'train', 'test' or 'all'.
    data_dir: where a relative `path` starts; None for the current directory.
    path: a folder, a .zip, an .npz, or 'tfds:NAME'.
    image_size, channels, crop: as `tfds_images`.
    test_share: the share of test images, 0 <= test_share < 1, evenly spaced over the sorted ones; without
      meaning when path/train and path/test are there.
    cache_dir: folder for the decoded images; None for none.

  Returns:
    Examples; the label is the index of the class's name, -1 without classes.

  Raises:
    InputError: nothing there; no image in the split; a damaged image; images without their labels or beside folders of
      classes.
  """
  if path.startswith('tfds:'):
    name = path.removeprefix('tfds:')
    return tfds_images(split, data_dir, name=name, image_size=image_size, channels=channels, crop=crop)
  root = pathlib.Path(data_dir or '', path).expanduser()
  if split not in SPLITS:
    raise InputError(f'image_folder has no split {split!r}: it has {", ".join(SPLITS)}')
  store, tops = _with_splits(open_store(root))
  labels, classes = labels_of(store, tops)
  places = [place for place, name in enumerate(store.names) if _is_in(split, tops, place, name, test_share)]
  if not places:
    raise InputError(f'{root} has no image ({", ".join(SUFFIXES)}) for split {split!r}: check path and test_share')
  pixels, sizes = _decoded(store, _Fit(image_size, channels, crop), cache_dir)
  chosen = np.array([labels[store.names[place]] for place in places], np.int64)
  _say(root, split, len(places), len(store.names), classes, sizes, image_size)
  source = {'loader': 'image_folder', 'name': root.name, 'split': split}
  source |= {'content': cache.sha256(*(pixels[place] for place in places), chosen)}
  source |= {'image_size': image_size, 'channels': channels, 'crop': crop, 'resize': 'bilinear'}
  records = functools.partial(_records, pixels, np.array(places), chosen)

  def few(count):
    return records(np.unique(np.linspace(0, len(places) - 1, count).astype(int)))

  return Examples(records(np.arange(len(places))), len(places), len(classes), source, names=classes, few=few)


def _with_splits(store):
  """Returns (the store of what belongs to a split, folders of [train, test] where they are there, else [])."""
  tests = [name for name in ('test', *_VALIDATION) if name in store.folders]
  if not tests or 'train' not in store.folders:
    return store, []
  tops = ['train', tests[0]]
  left = [f'in {name.partition("/")[0]}' for name in store.names if name.partition('/')[0] not in tops]
  tell(store.path, tuple(sorted(left)))
  names = [name for name in store.names if name.partition('/')[0] in tops]
  tables = {name: data for name, data in store.tables.items() if '/' not in name or name.partition('/')[0] in tops}
  return store._replace(names=names, tables=tables), tops


def _is_in(split, tops, place, name, share):
  if split == 'all':
    return True
  if tops:
    return name.partition('/')[0] == tops[SPLITS.index(split)]
  return (int((place + 1) * share) > int(place * share)) == (split == 'test')


@functools.cache
def _say(root, split, count, total, classes, sizes, image_size):
  """Says once what was taken."""
  (low, high), named = sizes, ', '.join(classes[:5]) + (', ...' if len(classes) > 5 else '')
  kinds = (
    f'{len(classes)} classes ({named})' if len(classes) > 1 else f'one class ({named})' if classes else 'no labels'
  )
  sides = '{} x {}'.format(*low) if low == high else '{} x {} to {} x {}'.format(*low, *high)
  print(f'{root}: {count:,} of {total:,} images for {split}, {kinds}, {sides} pixels as {image_size}', flush=True)


def _records(pixels, places, labels, chosen):
  """The records [len(chosen)] of images at `places`, read a few hundred at a time."""

  def read(indices):
    return pixels[places[indices]], labels[indices]

  def batch(indices):
    images, classes = tf.numpy_function(read, [indices], (tf.uint8, tf.int64))
    shape = [None, *pixels.shape[1:]]
    return {'example': tf.ensure_shape(images, shape), 'label': tf.ensure_shape(classes, [None])}

  batches = tf.data.Dataset.from_tensor_slices(chosen).batch(_READ_AT_ONCE).map(batch)
  return batches.unbatch().apply(tf.data.experimental.assert_cardinality(len(chosen)))


class _Fit(collections.namedtuple('_Fit', 'image_size channels crop')):
  """How images are cropped and resized."""


def _decoded(store, fit, cache_dir):
  """Returns (uint8 [n, image_size, image_size, channels], (smallest, largest) (width, height)) of all of a store."""
  if cache_dir is None:
    found = _decode_all(store, fit)
  else:
    protocol = {'images': store.stamp, 'names': len(store.names), **fit._asdict()}
    found = cache.cached(cache_dir, 'images', protocol, lambda: _decode_all(store, fit))
  low, high = found['sizes'].tolist()
  return found['pixels'], (tuple(low), tuple(high))


def _decode_all(store, fit):
  """Decodes every image, in threads; those that fail are named."""
  pixels = np.empty([len(store.names), fit.image_size, fit.image_size, fit.channels], np.uint8)
  fitted = {depth: _graph_of(fit, depth) for depth in (1, 3)}

  def take(place):
    try:
      image = _pixels(store.read(store.names[place]))
    except InputError:
      raise
    except (OSError, ValueError, SyntaxError, EOFError, Warning, Image.DecompressionBombError) as error:  # PIL's many
      return f'cannot be decoded ({type(error).__name__})', (0, 0)
    height, width, _ = image.shape
    if fit.crop and min(height, width) < fit.crop:
      return f'is smaller than crop={fit.crop} pixels', (0, 0)
    pixels[place] = fitted[image.shape[-1]](tf.constant(image)).numpy()
    return None, (width, height)

  with concurrent.futures.ThreadPoolExecutor() as threads:
    faults, sizes = zip(*threads.map(take, range(len(store.names))))
  damaged = [(name, fault) for name, fault in zip(store.names, faults) if fault]
  if damaged:
    more = f' (and {len(damaged) - 1} more)' if len(damaged) > 1 else ''
    raise InputError(f'{store.where(damaged[0][0])}{more} {damaged[0][1]}: repair or remove the file')
  return {'pixels': pixels, 'sizes': np.array([min(sizes), max(sizes)])}


def _graph_of(fit, depth):
  """Returns `fitting.fit` of images [h, w, depth] as a graph: reading takes 0.4 of the time of eager operations."""
  signature = [tf.TensorSpec([None, None, depth], tf.uint8)]
  return tf.function(lambda image: fitting.fit(image, *fit), input_signature=signature)


def _pixels(data):
  """uint8 [h, w, 3] of an image's file, upright and on white; [h, w, 1 or 3] of an array, as it is."""
  if isinstance(data, np.ndarray):
    return data
  with warnings.catch_warnings():
    warnings.simplefilter('error', Image.DecompressionBombWarning)
    with Image.open(io.BytesIO(data)) as image:
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
