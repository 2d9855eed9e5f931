"""What every loader of this room returns, and how a fault while reading it becomes one line.

A *loader* is a callable `(split, data_dir) -> Examples` whose other settings gin has bound: `@tfds_images`,
`@image_folder`, `@digits`, `@gaussians`.
"""

import contextlib
import functools
import inspect
from typing import Callable, NamedTuple, Optional

import tensorflow as tf

from tfgan_landscape.errors import InputError

# What tf.data raises when files are cut, damaged or gone. Everything else is a defect of ours.
READ_FAULTS = (
  tf.errors.DataLossError,
  tf.errors.FailedPreconditionError,
  tf.errors.InvalidArgumentError,
  tf.errors.NotFoundError,
  tf.errors.PermissionDeniedError,
)


class Examples(NamedTuple):
  """A finite set of examples in a fixed order.

  records: elements {'example': uint8 [size, size, channels] (float32 [d] for points), 'label': int64 []},
    unbatched, its cardinality asserted; the label is -1 where there is none.
  count: the number of records.
  classes: the number of labels, 0 without labels.
  source: JSON-able; identifies the data wherever its folder lies, so that it can be part of a cache's key.
  files: {path of a TFRecord file: its number of records}, where the data are such files.
  names: of the labels, where they have some.
  few: `count -> dataset` of about so many records, evenly spread, where the records lie in the order of their labels.
  """

  records: tf.data.Dataset
  count: int
  classes: int
  source: dict
  files: dict = {}
  names: tuple = ()
  few: Optional[Callable] = None


def with_folders(loader, data_dir, cache_dir):
  """Returns a loader that is told where data lie and, if it takes that, where it may keep what it made of them."""
  more = {'cache_dir': cache_dir} if 'cache_dir' in inspect.signature(loader).parameters else {}
  return functools.partial(loader, data_dir=data_dir, **more)


@contextlib.contextmanager
def reading(source):
  """Turns a fault of the files that `source` identifies into an InputError; wrap nothing but the reading.

  Raises:
    InputError: the records inside the `with` are damaged, or fewer or more than promised.
  """
  try:
    yield
  except READ_FAULTS as error:
    raise InputError(
      f'{describe(source)} cannot be read: {first_line(error)}; where its files are damaged or '
      'incomplete, give another --data_dir, or remove them and prepare them again'
    ) from error


@contextlib.contextmanager
def naming_damage(examples):
  """Turns a fault inside the `with` into an InputError that names the damaged file, where one of the files is.

  For data that are read during the training: they may be damaged long after it started.
  """
  try:
    yield
  except READ_FAULTS as error:
    file = next((path for path, count in examples.files.items() if not _is_whole(path, count)), None)
    if file is None:
      raise
    raise InputError(
      f'{file} is damaged ({first_line(error)}); remove it and prepare {describe(examples.source)} again, or give'
      ' another --data_dir: training goes on from the last checkpoint'
    ) from error


def _is_whole(path, count):
  try:
    return sum(1 for _ in tf.data.TFRecordDataset(path)) == count
  except READ_FAULTS:
    return False


def check(examples):
  """Reads every record once, so that a damaged or cut file is known before training starts.

  Raises:
    InputError: names the data and the fault.
  """
  with reading(examples.source):
    for _ in examples.records.batch(256).prefetch(1):
      pass


def evenly(examples, count):
  """Yields uint8 batches of `count` examples, evenly spread over their order."""
  total = examples.count
  chosen = examples.records.enumerate().filter(lambda i, _: (i + 1) * count // total > i * count // total)
  for _, batch in chosen.batch(256):
    yield batch['example'].numpy()


def describe(source):
  """The data that `source` identifies, in words: 'cifar10 3.0.2, split train'."""
  name = ' '.join(str(source[key]) for key in ('name', 'version') if source.get(key))
  return f'{name or source["loader"]}, split {source["split"]}'


def first_line(error):
  """The one line of an exception's text that says what is wrong, without TensorFlow's decoration."""
  text = ' '.join(str(getattr(error, 'message', error)).split())
  if text.startswith('{{'):
    text = text.split('}} ', 1)[-1]
  return text.split(' [[{{', 1)[0].split(' [Op:', 1)[0][:300]
