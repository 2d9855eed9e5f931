"""What a run writes down while it runs: TensorBoard summaries, and the same scalars as lines of `scores.jsonl`."""

import contextlib
import fcntl
import functools
import json
import os
import pathlib

import numpy as np
import tensorflow as tf
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.histogram.summary_v2 import histogram_pb
from tensorboard.plugins.hparams import api as hparams
from tensorboard.plugins.scalar.summary_v2 import scalar_pb

from tfgan_landscape.io import files
from tfgan_landscape.reporting import descriptions, results


class Records:
  """Writes to `model_dir`; several processes may, beside each other.

  Args:
    model_dir: the run's folder.
  """

  def __init__(self, model_dir):
    self.path = pathlib.Path(model_dir) / 'scores.jsonl'

  @functools.cached_property
  def _writer(self):
    return tf.summary.create_file_writer(str(files.folder(self.path.parent / 'tensorboard')))

  def rewind(self, step):
    """Drops the lines beyond `step`, which a run that resumes there writes again, and sets a damaged file aside."""
    with self._alone():
      self._rewrite(lambda line: line['step'] <= step)

  def scalars(self, step, values, shown=None, **details):
    """Records {name: float} at a step, null where one is not finite.

    Args:
      step: iterations done.
      values: go to TensorBoard and to a line of `scores.jsonl`; none, no line.
      shown: {name: float} for TensorBoard and `speed.json` alone: speeds, which no two runs share.
      **details: for the line alone. A line with the same step and details is replaced.
    """
    every = {**values, **(shown or {})}
    self._write(step, [scalar_pb(name, value, descriptions.of(name)) for name, value in every.items()])
    if shown:
      files.write_text(self.path.with_name(results.SPEED), files.to_json({'step': step, **shown}) + '\n')
    if not values:
      return
    with self._alone():
      files.is_regular(self.path)
      if details:
        self._rewrite(lambda line: line['step'] != step or any(line.get(key) != details[key] for key in details))
      with self.path.open('a', encoding='utf-8') as file:
        file.write(files.to_json({'step': step, **values, **details}) + '\n')

  @contextlib.contextmanager
  def _alone(self):
    """Holds the run's folder while the file is read and written."""
    files.folder(self.path.parent)
    folder = os.open(self.path.parent, os.O_RDONLY)
    try:
      fcntl.flock(folder, fcntl.LOCK_EX)
      yield
    finally:
      os.close(folder)

  def _rewrite(self, keep):
    """Keeps the lines whose dict `keep` accepts; where a line is none, the file as it was is set aside."""
    if not files.is_regular(self.path):
      return
    lines = self.path.read_bytes().splitlines(keepends=True)
    parsed = [_parse(line) for line in lines]
    kept = b''.join(line for line, values in zip(lines, parsed) if values and keep(values))
    if not lines or None in parsed:
      files.set_aside(self.path)
    if not kept:
      self.path.unlink(missing_ok=True)  # an empty file is a damaged one
    elif kept != b''.join(lines):
      files.write_text(self.path, kept.decode())

  def histograms(self, step, values):
    """Records {name: tensor} at a step."""
    self._write(
      step, [histogram_pb(name, np.asarray(value), description=descriptions.of(name)) for name, value in values.items()]
    )

  def _write(self, step, summaries):
    """Writes summaries as they are: `tf.summary.scalar` and its like would never free the Python numbers of a call."""
    merged = Summary(value=[value for summary in summaries for value in summary.value])
    with self._writer.as_default(step):
      tf.summary.experimental.write_raw_pb(merged.SerializeToString())

  def image(self, step, name, image):
    """Records a picture, uint8 [h, w, 1 or 3]."""
    with self._writer.as_default(step):
      tf.summary.image(name, image[None])

  def hyper_parameters(self, values):
    """Records {name: number or text} for TensorBoard's table of runs."""
    with self._writer.as_default(0):
      hparams.hparams(values)

  def text(self, step, name, text):
    """Records a text, shown as it is."""
    with self._writer.as_default(step):
      tf.summary.text(name, '\n'.join('    ' + line for line in text.splitlines()))
    self._writer.flush()


def _parse(line):
  """Returns the dict of a whole line, None for any other."""
  try:
    values = json.loads(line.decode('utf-8')) if line.endswith(b'\n') else None
  except ValueError:
    return None
  whole = isinstance(values, dict) and isinstance(values.get('step'), int)
  return values if whole else None
