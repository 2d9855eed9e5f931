"""Finds a tfds dataset in a data_dir, prepares it where it is missing, and says in one line why neither went.

tfds repeats a failed download ten times, with pauses: over three minutes without a network. The sites that
the dataset comes from are therefore tried first.
"""

import contextlib
import difflib
import json
import logging
import os
import socket
import urllib.parse
import urllib.request

import tensorflow as tf
import tensorflow_datasets as tfds
from google.protobuf import json_format

from tfgan_landscape.datasets.examples import first_line
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import files

CONNECT_SECONDS = 5
INFO = 'dataset_info.json'
# tfds hands out the prepared files of some datasets itself.
PREPARED_BY_TFDS = 'https://storage.googleapis.com'

OPEN_FAULTS = (ValueError, AssertionError, RuntimeError, ImportError, OSError, json_format.Error)
# requests' exceptions are OSErrors; an AssertionError says what has to be downloaded by hand.
PREPARE_FAULTS = (
  OSError,
  AssertionError,
  ImportError,
  ValueError,
  tf.errors.OpError,
  tfds.download.DownloadError,
  tfds.download.download_manager.NonMatchingChecksumError,
  tfds.download.extractor.ExtractError,
)


def open_builder(name, data_dir=None):
  """Opens the tfds dataset `name` ('mnist', 'lsun/tower', 'mnist:3.0.1') in data_dir; prepares it if need be.

  Raises:
    InputError: no such dataset (names near ones); its folder holds something else; it is neither there nor to
      be had.
  """
  try:
    builder = tfds.builder(name, data_dir=data_dir)
  except tfds.core.DatasetNotFoundError as error:
    raise InputError(f'no dataset is called {name!r}: {_near(name)}') from error
  except OPEN_FAULTS as error:
    raise InputError(_why_not_opened(name, data_dir, error)) from error
  return ensure_prepared(builder)


def ensure_prepared(builder):
  """Returns the builder once its data_dir holds its records; downloads or makes them where they are missing.

  Raises:
    InputError: the folder holds another dataset, is incomplete, or cannot be filled (no network, no
      permission).
  """
  try:
    if not builder.data_path.exists():
      _prepare(builder)
    held = _held(builder.data_path)
  except PermissionError as error:
    raise InputError(f'{builder.data_path} cannot be read: {error.strerror}; give another --data_dir') from error
  if held != (builder.name, str(builder.version)):
    raise InputError(_misplaced(builder.data_path, held))
  return builder


def prepared_here(builder_class, data_dir, **settings):
  """Returns a builder of ours once its records are made: in data_dir, or where that cannot be written in tfds's folder.

  Args:
    builder_class: a tfds builder that makes its records on the spot.
    data_dir: tfds's folder of datasets; None for tfds's own default.
    **settings: the builder's further arguments.

  Raises:
    InputError: as `ensure_prepared`.
  """
  builder = builder_class(data_dir=data_dir, **settings)
  if not builder.data_path.exists() and _read_only(data_dir):
    builder = builder_class(**settings)
    logging.warning('%s cannot be written: %s is kept in %s', data_dir, builder.name, _root(builder))
  return ensure_prepared(builder)


def _read_only(folder):
  """Whether a local folder cannot be written, or is marked so: root could, and should not."""
  if not folder or not os.path.isdir(folder):
    return False
  return not (os.access(folder, os.W_OK) and os.stat(folder).st_mode & 0o222)


def _prepare(builder):
  if not _reachable(builder):
    raise InputError(_missing(builder, 'the sites that it is downloaded from cannot be reached'))
  with files.full_disk_is_told(builder.data_path), _tidied(builder):
    try:
      builder.download_and_prepare()
    except PREPARE_FAULTS as error:
      if files.disk_fault(error):
        raise
      if not (builder.data_path / INFO).exists():
        raise InputError(_missing(builder, f'preparing it failed ({first_line(error)[:200]})')) from error
      builder.info.read_from_directory(builder.data_path)  # another process was faster


def _reachable(builder):
  """Whether one of the sites that the dataset comes from, or the proxy before them, takes a connection."""
  urls = list(builder.url_infos or ())
  if not urls:  # made on the spot, or downloaded by hand
    return True
  proxies = urllib.request.getproxies()
  sites = [urllib.parse.urlsplit(url) for url in [*urls, PREPARED_BY_TFDS]]
  sites = [urllib.parse.urlsplit(proxies[site.scheme]) if site.scheme in proxies else site for site in sites]
  addresses = {(site.hostname, site.port or {'http': 80, 'ftp': 21}.get(site.scheme, 443)) for site in sites}
  return any(_connects(address) for address in sorted(addresses)[:4])


def _connects(address):
  try:
    socket.create_connection(address, timeout=CONNECT_SECONDS).close()
  except OSError:
    return False
  return True


@contextlib.contextmanager
def _tidied(builder):
  """Takes away what a failed preparation leaves; complete downloads stay, for the next try."""
  root = _root(builder)
  downloads = root / 'downloads'
  tops = [downloads, root / builder.name]
  outer = [path for path in (root, *root.parents) if not path.exists()]
  before = _below(tops)
  try:
    yield
  except BaseException:
    for path in sorted(_below(tops) - before, reverse=True):  # a folder after what is in it
      if not path.is_dir() and (downloads not in path.parents or '.tmp.' in path.name):
        path.unlink()
    for path in [*sorted(_below(tops) - before, reverse=True), *outer]:
      if path.is_dir() and not any(path.iterdir()):
        path.rmdir()
    raise


def _below(tops):
  """All paths in and below the folders that exist; epath has no recursive glob."""
  found = {path for path in tops if path.exists()}
  for folder in [path for path in found if path.is_dir()]:
    found |= _below(folder.iterdir())
  return found


def _root(builder):
  """The data_dir that the builder uses: its folder without name, configuration and version."""
  return builder.data_path.parents[len(builder.info.full_name.split('/')) - 1]


def _held(folder):
  """(name, version) of the dataset whose records lie in a folder; None where there is no saying."""
  try:
    info = json.loads((folder / INFO).read_text())
  except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError, json.JSONDecodeError):
    return None
  return info.get('name'), info.get('version')


def _near(name):
  known = tfds.list_builders(with_community_datasets=False)
  near = difflib.get_close_matches(name.split('/')[0].split(':')[0], known, n=4)
  if near:
    return f'did you mean {" or ".join(near)}?'
  return 'the names are at https://www.tensorflow.org/datasets/catalog'


def _why_not_opened(name, data_dir, error):
  dataset = name.split('/')[0].split(':')[0]
  folder = tfds.core.Path(data_dir or os.environ.get('TFDS_DATA_DIR', '~/tensorflow_datasets')).expanduser() / dataset
  for info in _infos(folder) if dataset else ():
    held = _held(info.parent)
    if held is None or held[0] != dataset or held[1] != info.parent.name:
      return _misplaced(info.parent, held)
  text = first_line(error)
  if 'BuilderConfig' in text:
    configs = [config.name for config in tfds.builder_cls(dataset).BUILDER_CONFIGS]
    there = f'it has {_listed(configs)}' if configs else 'it has none, give its name alone'
    return f'{dataset} has no configuration like {name!r}: {there}'
  return f'dataset {name!r} cannot be opened: {text}'


def _misplaced(folder, held):
  what = f'holds {" ".join(map(str, held))}' if held else f'is damaged or incomplete, without a readable {INFO}'
  return f'{folder} {what}: give another --data_dir, or remove that folder'


def _missing(builder, why):
  root = _root(builder)
  held = [str(info.parent.relative_to(root)) for info in _infos(root)]
  there = f'holds {_listed(held)}' if held else 'holds no dataset' if root.exists() else 'does not exist'
  name = builder.info.full_name[: -len(f'/{builder.version}')]
  remedy = f'give the --data_dir that has {builder.data_path}/*.tfrecord*, or '
  remedy += f'run `tfds build {name} --data_dir={root}` on a machine with a network'
  if not builder.url_infos and not builder.MANUAL_DOWNLOAD_INSTRUCTIONS:  # made on the spot
    remedy = 'give a --data_dir that can be written'
  return f'{name} {builder.version} is not in {root} (which {there}) and {why}: {remedy}'


def _infos(folder):
  if not folder.is_dir():
    return []
  return sorted(info for depth in ('*', '*/*', '*/*/*') for info in folder.glob(f'{depth}/{INFO}'))


def _listed(names, most=10):
  return ', '.join(names[:most]) + (f' and {len(names) - most} more' if len(names) > most else '')
