"""What a run writes down: TensorBoard summaries, and the same scalars as lines of `scores.jsonl`."""

import functools
import json
import pathlib

import tensorflow as tf


class Records:
  """Writes to `model_dir`, after dropping what an interrupted run recorded beyond the step that it resumes from.

  Args:
    model_dir: the run's folder.
    step: iterations done when the run starts or resumes.
  """

  def __init__(self, model_dir, step):
    self.path = pathlib.Path(model_dir) / 'scores.jsonl'
    self._drop_after(step)

  @functools.cached_property
  def _writer(self):
    return tf.summary.create_file_writer(str(self.path.parent / 'tensorboard'))

  def _drop_after(self, step):
    lines = self.path.read_text().splitlines(keepends=True) if self.path.exists() else []
    # A line without its end was being written when the run was killed.
    kept = [line for line in lines if line.endswith('\n') and json.loads(line)['step'] <= step]
    if len(kept) < len(lines):
      self.path.write_text(''.join(kept))

  def scalars(self, step, values, **details):
    """Records {name: float} at a step; `details` go to the line in `scores.jsonl` alone."""
    with self._writer.as_default(step):
      for name, value in values.items():
        tf.summary.scalar(name, value)
    with self.path.open('a') as file:
      file.write(json.dumps({'step': step, **values, **details}) + '\n')

  def histograms(self, step, values):
    """Records {name: tensor} at a step."""
    with self._writer.as_default(step):
      for name, value in values.items():
        tf.summary.histogram(name, value)

  def image(self, step, name, image):
    """Records a picture, uint8 [h, w, 1 or 3]."""
    with self._writer.as_default(step):
      tf.summary.image(name, image[None])

  def text(self, step, name, text):
    """Records a text, shown as it is."""
    with self._writer.as_default(step):
      tf.summary.text(name, '\n'.join('    ' + line for line in text.splitlines()))
    self._writer.flush()
