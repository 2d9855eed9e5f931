"""Finished samples of any software: a folder of images, an .npz, or a zip of images such as StyleGAN writes."""

import hashlib
import io
import pathlib
import zipfile

import numpy as np
import tensorflow as tf
from PIL import Image

from tfgan_landscape.datasets import fitting
from tfgan_landscape.datasets.examples import Examples
from tfgan_landscape.datasets.image_folder import SUFFIXES, image_folder
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import arrays


def image_set(path, image_size, channels):
  """Returns the `Examples` of a folder, an .npz or a zip, cropped to a square and resized, without labels.

  An .npz holds `images`, or one array: uint8, or floats in [-1, 1], [n, h, w, c]. Of a zip all images are taken, in the
  order of their names.

  Args:
    path: of the images.
    image_size: pixels a side.
    channels: 1 or 3.

  Raises:
    InputError: there is no such file or folder, it holds no image, or one that cannot be read.
  """
  path = pathlib.Path(path).expanduser()
  if path.is_dir():
    return image_folder('all', path=str(path), image_size=image_size, channels=channels)
  read = {'.npz': _arrays, '.zip': _zipped}.get(path.suffix.lower())
  if read is None or not path.exists():
    raise InputError(f'{path} is no folder of images, no .npz and no .zip; give one')
  images = [_rgb(each) for each in read(path)]
  if not images:
    raise InputError(f'{path} holds no image ({", ".join(SUFFIXES)}); give another')
  fitted = np.stack([fitting.fit(tf.constant(each), image_size, channels, None).numpy() for each in images])
  digest = hashlib.sha256(fitted.tobytes()).hexdigest()
  source = {'loader': 'image_set', 'name': path.name, 'content': digest, 'split': 'all', 'image_size': image_size}
  records = tf.data.Dataset.from_tensor_slices(fitted).map(lambda image: {'example': image, 'label': np.int64(-1)})
  return Examples(records, len(fitted), 0, source | {'channels': channels})


def _arrays(path):
  found = arrays.read_npz(path)
  images = found.get('images', next(iter(found.values())) if len(found) == 1 else None)
  if images is None or images.ndim != 4 or images.shape[-1] not in (1, 3):
    raise InputError(f'{path} holds no images [n, height, width, 1 or 3] by that name; write images=... with np.savez')
  if images.dtype == np.uint8:
    return images
  if images.dtype.kind != 'f' or not np.isfinite(images).all() or np.abs(images).max(initial=0) > 1.01:
    raise InputError(f'the images of {path} are {images.dtype.name}; give uint8, or floats in [-1, 1]')
  return np.clip((images.astype(np.float32) + 1) * 127.5, 0, 255).astype(np.uint8)


def _zipped(path):
  try:
    with zipfile.ZipFile(path) as archive:
      names = sorted(name for name in archive.namelist() if name.lower().endswith(SUFFIXES))
      return [_decoded(path, name, archive.read(name)) for name in names]
  except (zipfile.BadZipFile, OSError, RuntimeError) as error:
    raise InputError(f'{path} cannot be read ({type(error).__name__}); write it again') from error


def _decoded(path, name, data):
  try:
    with Image.open(io.BytesIO(data)) as image:
      return np.asarray(image.convert('RGB'))
  except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
    raise InputError(f'{name} in {path} cannot be decoded ({type(error).__name__}): repair or remove it') from error


def _rgb(image):
  return np.repeat(image, 3, -1) if image.shape[-1] == 1 else image


def evenly(examples, count):
  """Yields uint8 batches of `count` examples, evenly spread over their order."""
  total = examples.count
  chosen = examples.records.enumerate().filter(lambda i, _: (i + 1) * count // total > i * count // total)
  for _, batch in chosen.batch(256):
    yield batch['example'].numpy()
