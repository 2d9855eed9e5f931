"""What the loop has not passed on yet, part of a checkpoint: an interrupted run tells what a whole one does."""

import json

import tensorflow as tf


class Window(tf.train.experimental.PythonState):
  """Sums of scalars since the last report, one after the other in float64: no matter how calls divide the iterations.

  `events_due` tells whether the run was stopped before the events of its last iteration had all happened.
  """

  def __init__(self):
    super().__init__()
    self._count, self._totals, self.events_due = 0, {}, False

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
    """Returns all of it as text, for a checkpoint."""
    return json.dumps([self._count, self._totals, self.events_due])

  def deserialize(self, text):
    """Takes what a checkpoint has."""
    self._count, self._totals, self.events_due = json.loads(text)
