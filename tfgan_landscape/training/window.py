"""The means since the last report, part of a checkpoint: an interrupted run reports what an uninterrupted one does."""

import json

import tensorflow as tf


class Window(tf.train.experimental.PythonState):
  """Sums of scalars over iterations, one after the other in float64: no matter how calls divide them."""

  def __init__(self):
    super().__init__()
    self._count, self._totals = 0, {}

  def add(self, scalars):
    """Takes {name: [count]}, a value for each of `count` iterations."""
    for name, values in scalars.items():
      total = self._totals.get(name, 0.0)
      for value in values.tolist():
        total += value
      self._totals[name] = total
    self._count += len(values)

  def take(self):
    """Returns the means since the last call, {name: float}, and starts anew."""
    means = {name: total / self._count for name, total in self._totals.items()}
    self._count, self._totals = 0, {}
    return means

  def serialize(self):
    """Returns the sums as text, for a checkpoint."""
    return json.dumps([self._count, self._totals])

  def deserialize(self, text):
    """Takes the sums of a checkpoint."""
    self._count, self._totals = json.loads(text)
