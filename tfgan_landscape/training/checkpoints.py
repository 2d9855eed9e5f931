"""Checkpoints of a run: written by tf.train.CheckpointManager, read back from the newest one that is whole."""

import logging
import pathlib
import re

import tensorflow as tf

from tfgan_landscape.errors import InputError

# What plain TensorFlow raises on a checkpoint whose files are cut, missing or garbled.
_DAMAGED = (tf.errors.OpError, IndexError, UnicodeDecodeError)


def paths(directory):
  """Returns the checkpoints' path prefixes in `directory`, newest first, as the files on disk tell them."""
  found = (re.fullmatch(r'ckpt-(\d+)\.index', path.name) for path in pathlib.Path(directory).glob('ckpt-*.index'))
  steps = sorted((int(match[1]) for match in found if match), reverse=True)
  return [str(pathlib.Path(directory) / f'ckpt-{step}') for step in steps]


class Checkpoints:
  """Saves and restores a trainer.

  Args:
    directory: of the checkpoints; made at the first save.
    keep: how many of the newest to keep.
    parts: trackable objects by name; `step`, an int64 variable, is one of them.
  """

  def __init__(self, directory, keep=3, **parts):
    self.directory = pathlib.Path(directory)
    self._step = parts['step']
    self._checkpoint = tf.train.Checkpoint(**parts)
    self._keep = keep
    self._manager = None

  def save(self):
    """Writes a checkpoint named by the step; returns its path."""
    if self._manager is None:
      self._manager = tf.train.CheckpointManager(self._checkpoint, str(self.directory), self._keep)
    return self._manager.save(checkpoint_number=int(self._step.numpy()))

  def restore(self):
    """Restores the newest whole checkpoint; returns its path, or None where there are none.

    Raises:
      InputError: no checkpoint is whole, or one holds other networks than these.
    """
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

  def _read(self, path):
    try:
      self._checkpoint.restore(path).assert_existing_objects_matched().expect_partial()
    except (AssertionError, ValueError) as error:
      reason = str(error).strip().splitlines()[0]
      raise InputError(f'checkpoint {path} holds other networks than these bindings build: {reason}') from error
