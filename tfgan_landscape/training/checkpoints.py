"""Checkpoints of a run: written whole or not at all, read back from the newest one that is whole.

What a folder holds is what lies on its disk: `ckpt-STEP.index` beside `ckpt-STEP.data-*`. A save goes to `partial-STEP`
first and is renamed, its index last, so that a kill at any moment leaves the older checkpoints as they were; what it
leaves besides is swept at the next save.
"""

import contextlib
import functools
import logging
import os
import pathlib
import re
import tempfile

import tensorflow as tf

from tfgan_landscape.errors import InputError
from tfgan_landscape.io import files

# What plain TensorFlow raises on a checkpoint whose files are cut, missing or garbled.
_DAMAGED = (tf.errors.OpError, IndexError, UnicodeDecodeError)
_RUBBISH = re.compile(r'(partial-\d+\..*|.*_temp|checkpoint\.tmp.*|checkpoint)')


def _steps(directory, kind):
  """Steps of which `directory` holds a file of a kind, 'index' or 'data'."""
  names = os.listdir(directory) if os.path.isdir(directory) else ()  # no glob: a folder's name may hold brackets
  found = (re.fullmatch(rf'ckpt-(\d+)\.{kind}(-.*)?', name) for name in names)
  return {int(match[1]) for match in found if match}


def paths(directory):
  """Returns the checkpoints' path prefixes in `directory`, newest first, as the files on disk tell them."""
  return [str(pathlib.Path(directory) / f'ckpt-{step}') for step in sorted(_steps(directory, 'index'), reverse=True)]


class Checkpoints:
  """Saves and restores a trainer, or the parts of one.

  Args:
    directory: of the checkpoints; made at the first save.
    trainer: trackable root; its int64 variable `step` names a checkpoint.
    keep: how many of the newest to keep.
  """

  def __init__(self, directory, trainer, keep=3):
    self.directory = pathlib.Path(directory)
    self._trainer, self._keep = trainer, keep
    self._checkpoint = tf.train.Checkpoint(trainer=trainer)
    self._finite = tf.function(lambda: tf.stack([tf.reduce_all(tf.math.is_finite(each)) for each in self._floating]))

  @functools.cached_property
  def best(self):
    """The `Checkpoints` of the one checkpoint that a run's best score is kept by, beside the newest."""
    return Checkpoints(self.directory / 'best', self._trainer, keep=1)

  def save(self):
    """Writes a checkpoint named by the step and sweeps the folder; returns the checkpoint's path.

    Raises:
      InputError: a weight is not finite, or the disk takes no more; the older checkpoints stay then.
    """
    step = int(self._trainer.step.numpy())
    self._check_finite(step)
    self._write(f'partial-{step}', f'ckpt-{step}')
    self._sweep(paths(self.directory)[: self._keep])
    return str(self.directory / f'ckpt-{step}')

  @property
  def _floating(self):
    return [variable for variable in self._trainer.variables if variable.dtype.is_floating]

  def _check_finite(self, step):
    for variable, finite in zip(self._floating, self._finite().numpy()):
      if not finite:
        raise InputError(
          f'{variable.name} is not finite after iteration {step}; nothing was saved since the last checkpoint, which is'
          ' good: lower a learning rate or raise the penalty, in another --model_dir'
        )

  def _write(self, partial, name):
    try:
      files.folder(self.directory)
      self._checkpoint.write(str(self.directory / partial))
    except (tf.errors.OpError, OSError) as error:
      if self.directory.is_dir():
        self._sweep(paths(self.directory))
      reason = str(getattr(error, 'message', error)).splitlines()[0]
      raise InputError(f'{self.directory} cannot take a checkpoint ({reason}); make room, and go on') from error
    for file in sorted(self.directory.iterdir()):  # data before index
      if file.name.startswith(f'{partial}.'):
        os.replace(file, self.directory / (name + file.name[len(partial) :]))

  def _sweep(self, checkpoints):
    """Removes all but these checkpoints, and what saves that failed or were killed have left."""
    kept = {pathlib.Path(path).name for path in checkpoints}
    for file in self.directory.iterdir():
      checkpoint = re.fullmatch(r'(ckpt-\d+)\..*', file.name)
      if (checkpoint and checkpoint[1] not in kept) or _RUBBISH.fullmatch(file.name):
        tf.io.gfile.rmtree(str(file)) if file.is_dir() else file.unlink()

  def restore(self):
    """Restores the newest whole checkpoint; returns its path, or None where there are none.

    Raises:
      InputError: no checkpoint is whole, or one holds another trainer than this.
    """
    self._check_indices()
    candidates = paths(self.directory)
    for path in candidates:
      try:
        self._read(path)
      except _DAMAGED as error:
        logging.warning('checkpoint %s is damaged (%s): trying an older one', path, type(error).__name__)
      else:
        return path
    if candidates:
      raise InputError(f'every checkpoint in {self.directory} is damaged; restore one, or take another --model_dir')
    return None

  def _check_indices(self):
    """A save writes the index last, but under its first name: data alone have lost theirs."""
    indices = _steps(self.directory, 'index')
    lost = sorted(step for step in _steps(self.directory, 'data') - indices if not self._unfinished(step))
    if lost and not indices:
      raise InputError(
        f'{self.directory} holds the data of checkpoint {lost[-1]} without its .index file; restore that, or take'
        ' another --model_dir'
      )
    if lost and lost[-1] > max(indices):
      logging.warning('checkpoint %s has lost its .index file: taking ckpt-%s', lost[-1], max(indices))

  def _unfinished(self, step):
    return (self.directory / f'partial-{step}.index').exists()

  def _read(self, path):
    self._check_regular(path)
    try:
      with _plain(path) as plain:
        self._checkpoint.read(plain).assert_existing_objects_matched().expect_partial()
    except (AssertionError, ValueError) as error:
      reason = str(error).strip().splitlines()[0]
      raise InputError(
        f'checkpoint {path} holds other networks than these bindings build, or is of an older version; take another'
        f' --model_dir ({reason})'
      ) from error

  def _check_regular(self, path):
    """A pipe in a file's place would be waited for."""
    for file in self.directory.iterdir():
      if file.name.startswith(f'{os.path.basename(path)}.') and not file.is_file():
        raise tf.errors.DataLossError(None, None, f'{file} is no regular file')


@contextlib.contextmanager
def _plain(path):
  """The path by another name: TensorFlow takes the one that it reads for a pattern, in which brackets mean more."""
  folder, name = os.path.split(os.path.abspath(path))
  with tempfile.TemporaryDirectory() as links:
    os.symlink(folder, os.path.join(links, 'checkpoints'))
    yield os.path.join(links, 'checkpoints', name)
