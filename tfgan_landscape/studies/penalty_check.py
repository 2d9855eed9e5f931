"""One call of a penalty before anything is trained with it: a user's mistake in it becomes one line."""

import numpy as np
import tensorflow as tf

from tfgan_landscape.dynamics.whole_runs import Draws, Generators
from tfgan_landscape.errors import InputError
from tfgan_landscape.penalties import Batch

_NEEDED = 'a penalty is a function (critic, batch, generators) -> {name: values [n]}'


def check(label, penalty, dimensions=2):
  """Calls a penalty once on three pairs of points with a smooth critic, and refuses what a training could not use.

  Args:
    label: what the penalty is called in a message.
    penalty: `penalties.Penalty`.
    dimensions: of the points.

  Raises:
    InputError: it is no penalty, fails, or returns anything but finite values for every pair.
  """
  if not callable(penalty):
    raise InputError(f'{label} is {penalty!r}; {_NEEDED}')
  real, fake = (shift + tf.linspace([0.0] * dimensions, [1.0] * dimensions, 3) for shift in (0.0, 0.5))
  batch = Batch(real, [fake], fake, Draws(tf.constant([0, 0])), tf.constant(0.0), tf.constant(0))
  try:
    found = penalty(lambda points: tf.reduce_sum(tf.sin(points), 1), batch, Generators([tf.identity]))
    values = {name: np.asarray(term) for name, term in found.items()}
  except InputError as error:
    raise InputError(f'{label} fails: {error}') from error
  except Exception as error:  # whatever the user's function does
    what = str(error).splitlines()[0] if str(error) else ''
    raise InputError(f'{label} fails on three pairs of points: {type(error).__name__}: {what}; {_NEEDED}') from error
  for name, term in values.items():
    if term.shape != (3,) or not np.isfinite(term).all():
      raise InputError(f'{label}: its term {name} is {term.tolist()} on three pairs; {_NEEDED}, all finite')
