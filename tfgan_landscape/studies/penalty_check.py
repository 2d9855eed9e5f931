"""One call of a penalty before anything is trained with it: a user's mistake in it becomes one line."""

import numpy as np
import tensorflow as tf

from tfgan_landscape.dynamics.whole_runs import Draws, Generators
from tfgan_landscape.errors import InputError, said, users_frame
from tfgan_landscape.penalties import Batch
from tfgan_landscape.training import labels

_NEEDED = 'a penalty is a function (critic, batch, generators) -> {name: values [n]}'


def check_all(penalties, dimensions):
  """Calls `check` on every penalty of {name: penalty, or None} of a study."""
  for name, penalty in penalties.items():
    if penalty is not None:
      check(f'the penalty {name}', penalty, dimensions)


def check(label, penalty, dimensions=2):
  """Calls a penalty once on three pairs of points with a smooth critic, and refuses what a training could not use.

  Args:
    label: what the penalty is called in a message.
    penalty: `penalties.Penalty`.
    dimensions: of the points.

  Raises:
    InputError: it is no penalty, fails, or returns anything but finite values for every pair.
  """
  real, fake = (shift + tf.linspace([0.0] * dimensions, [1.0] * dimensions, 3) for shift in (0.0, 0.5))
  batch = _batch(real, fake, fake)
  _refuse_unless_finite(
    label, penalty, (lambda points: tf.reduce_sum(tf.sin(points), 1), batch, Generators([tf.identity]))
  )


def check_in_training(label, penalty, networks):
  """Calls a trainer's penalty once on a few examples with its networks, whose state it leaves as it was.

  Args:
    label: what the penalty is called in a message.
    penalty: `penalties.Penalty`.
    networks: `Networks`.

  Raises:
    InputError: as `check`.
  """
  count = 2 * getattr(networks.discriminator, 'packing', 1)
  latents = tf.random.stateless_normal([count, networks.generator.input_shape[1]], [0, 0])
  fake = networks.generator(latents, training=False)
  code = labels.code_of(networks.discriminator)
  batch = labels.split(_batch(_beside(fake, code), fake, latents), code)
  variables = getattr(penalty, 'variables', ())
  before = [variable.numpy() for variable in variables]
  critic = labels.critic_of(lambda examples: tf.squeeze(networks.discriminator(examples, training=False), 1), code)
  _refuse_unless_finite(label, penalty, (critic, batch, labels.Generators([networks.generator], code)))
  for variable, value in zip(variables, before):
    variable.assign(value)


def _beside(fake, code):
  """Examples near generated ones, with their labels."""
  images, *found = (fake,) if code is None else code.split(fake)
  images += tf.random.stateless_normal(images.shape, [0, 1])
  return code.join(images, *found) if found else images


def _batch(real, fake, latents):
  return Batch(real, fake, latents, Draws(tf.constant([0, 0])), tf.constant(0.0), tf.constant(0))


def _refuse_unless_finite(label, penalty, given):
  if not callable(penalty):
    raise InputError(f'{label} is {penalty!r}; {_NEEDED}')
  try:
    values = {name: np.asarray(term) for name, term in penalty(*given).items()}
  except InputError as error:
    raise InputError(f'{label} fails: {error}', users_frame(error)) from error
  except Exception as error:  # whatever the user's function does
    if 'Required bindings' in str(error):
      raise
    raise InputError(f'{label} fails on some examples: {said(error)}; {_NEEDED}', users_frame(error)) from error
  for name, term in values.items():
    if term.ndim != 1 or not np.isfinite(term).all():
      raise InputError(f'{label}: its term {name} is {term.tolist()} on some examples; {_NEEDED}, all finite')
