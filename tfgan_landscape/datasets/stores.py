"""Where images lie: a folder, a zip, or an .npz, each as names and a way to read one of them."""

import collections
import functools
import hashlib
import logging
import os
import pathlib
import zipfile
from typing import Callable, NamedTuple, Optional

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.io.arrays import UNREADABLE, read_npz

SUFFIXES = ('.png', '.jpg', '.jpeg', '.webp', '.gif', '.bmp')
TABLES = ('dataset.json', 'metadata.csv', 'metadata.jsonl')  # of labels: StyleGAN's, and Hugging Face's imagefolder's
_LARGEST = 2**29  # bytes of one encoded image
_SPLIT_ARRAYS = {'train/': ('x_train', 'y_train'), 'test/': ('x_test', 'y_test')}  # as Keras' own sets are written


class Store(NamedTuple):
  """Images that may be read by their names.

  Attributes:
    path: of the folder or file.
    names: relative, with '/', sorted.
    read: name -> the bytes of an image's file, or uint8 [h, w, 1 or 3].
    stamp: says whether anything has changed since, without reading an image.
    tables: {relative name: bytes} of the files of labels.
    folders: names of the folders directly below, also of those without an image.
    labels: {name: class} of an .npz; None where others say it.
    top: folder of a zip that everything lies in, 'photos/'; no part of the names.
  """

  path: pathlib.Path
  names: list
  read: Callable
  stamp: str
  tables: dict
  folders: set
  labels: Optional[dict] = None
  top: str = ''

  def where(self, name):
    """How a message calls an image."""
    return f'{self.path / name}' if self.path.is_dir() else f'{self.top}{name} in {self.path}'


def open_store(path):
  """Returns the `Store` of a folder, a .zip or an .npz.

  Raises:
    InputError: there is none, or it cannot be read; a zip with a path that leads out of it.
  """
  if path.is_dir():
    return _folder(path)
  read = {'.npz': _arrays, '.zip': _zipped}.get(path.suffix.lower())
  if read is None or not path.exists():
    raise InputError(f'{path} is not a folder of images, no .zip and no .npz; correct the path')
  return read(path)


def _folder(root):
  found, skipped = _walk(root)
  images = [path for path in found if path.name not in TABLES]
  tell(root, tuple(sorted(skipped)))
  names = {path.relative_to(root).as_posix(): path for path in images}
  stats = [(name, path.stat()) for name, path in names.items()]
  stamp = _digest([(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats])
  tables = {path.relative_to(root).as_posix(): _bytes(path) for path in found if path.name in TABLES}
  folders = {path.name for path in root.iterdir() if path.is_dir()}
  return Store(root, list(names), lambda name: names[name].read_bytes(), stamp, tables, folders)


def _bytes(path):
  try:
    return path.read_bytes()
  except OSError as error:
    raise InputError(f'{path} cannot be read ({error.strerror}); mend it, or take it away') from error


def _walk(root):
  """Returns (images and tables below a folder, sorted; kinds of what is skipped). What a link leads to is read once."""
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
    elif path.name.lower().endswith(SUFFIXES) or path.name in TABLES:
      found.append(path)
    else:
      skipped.append(path.suffix.lower() or 'without a suffix')
  return sorted(found), skipped


@functools.cache
def tell(root, skipped):
  """Says once what of a folder is not read, a tuple of words."""
  if skipped:
    counts = ', '.join(f'{count} {kind}' for kind, count in sorted(collections.Counter(skipped).items()))
    logging.warning('%s: not read: %s; images are %s', root, counts, ', '.join(SUFFIXES))


def _zipped(path):
  try:
    archive = zipfile.ZipFile(path)
    members = {member.filename: member for member in archive.infolist() if _visible(path, member)}
  except InputError:
    raise
  except UNREADABLE as error:
    raise InputError(f'{path} cannot be read ({type(error).__name__}); write it again') from error
  top = _common_folder(members)
  members = {name[len(top) :]: member for name, member in members.items()}
  names = sorted(name for name in members if name.lower().endswith(SUFFIXES))
  tables = {name: member for name, member in members.items() if name.rpartition('/')[2] in TABLES}

  def read(member):
    if member.file_size > _LARGEST:
      raise InputError(f'{member.filename} in {path} unpacks to {member.file_size:,} bytes; remove it')
    try:
      return archive.read(member)
    except UNREADABLE as error:
      raise InputError(
        f'{member.filename} in {path} cannot be read ({type(error).__name__}); write it again'
      ) from error

  stamp = _digest([(name, members[name].file_size, members[name].CRC) for name in names])
  folders = {name.partition('/')[0] for name in names if '/' in name}
  contents = {name: read(member) for name, member in tables.items()}
  return Store(path, names, lambda name: read(members[name]), stamp, contents, folders, top=top)


def _visible(path, member):
  """Whether a member of a zip is a file that is looked at."""
  parts = pathlib.PurePosixPath(member.filename.replace('\\', '/')).parts
  if '..' in parts or member.filename.startswith(('/', '\\')):
    raise InputError(f'{path} has a path outside of it ({member.filename}); write it again without')
  return not member.is_dir() and not any(part.startswith(('.', '__MACOSX')) for part in parts)


def _common_folder(names):
  """The one folder that everything lies in, 'photos/', or ''."""
  tops = {name.partition('/')[0] for name in names if '/' in name}
  return f'{tops.pop()}/' if len(tops) == 1 and all('/' in name for name in names) else ''


def _arrays(path):
  found = read_npz(path)
  parts = {prefix: pair for prefix, pair in _SPLIT_ARRAYS.items() if pair[0] in found}
  parts = parts or {'': (next((name for name in ('images', 'x') if name in found), _only(found)), _labels_name(found))}
  images, labels = {}, {}
  for prefix, (name, label_name) in parts.items():
    pixels = _pixels(path, found.get(name))
    names = [f'{prefix}{index:08d}' for index in range(len(pixels))]
    images |= dict(zip(names, pixels))
    if label_name in found:
      labels |= dict(zip(names, _classes(path, label_name, found[label_name], len(pixels))))
  stamp = _digest([(key, array.shape, hashlib.sha256(array.tobytes()).hexdigest()) for key, array in found.items()])
  return Store(path, sorted(images), images.get, stamp, {}, {prefix.rstrip('/') for prefix in parts if prefix}, labels)


def _only(found):
  return next(iter(found), None) if len(found.keys() - {'labels', 'y'}) == 1 else None


def _labels_name(found):
  return 'labels' if 'labels' in found else 'y'


def _pixels(path, images):
  """Returns uint8 [n, h, w, 1 or 3]."""
  images = images[..., None] if images is not None and images.ndim == 3 else images
  if images is None or images.ndim != 4 or images.shape[-1] not in (1, 3):
    raise InputError(f'{path} holds no images [n, height, width, 1 or 3] by that name; write images=... with np.savez')
  if images.dtype == np.uint8:
    return images
  if images.dtype.kind != 'f' or not np.isfinite(images).all() or np.abs(images).max(initial=0) > 1.01:
    raise InputError(f'the images of {path} are {images.dtype.name}; give uint8, or floats in [-1, 1]')
  return np.clip((images.astype(np.float32) + 1) * 127.5, 0, 255).astype(np.uint8)


def _classes(path, name, labels, count):
  """Returns the labels of `count` images as a list of whole numbers or texts."""
  labels = np.squeeze(labels, -1) if labels.ndim == 2 and labels.shape[-1] == 1 else labels
  if labels.shape != (count,) or labels.dtype.kind not in 'iuU':
    raise InputError(
      f'{name} in {path} is {labels.dtype.name} {list(labels.shape)}; give a whole number for each image'
    )
  return labels.tolist()


def _digest(parts):
  return hashlib.sha256(os.fsencode(repr(parts))).hexdigest()
