"""One call of a loss or a penalty before anything is trained with it: a user's mistake in it becomes one line."""

import logging

import numpy as np
import tensorflow as tf

from tfgan_landscape import landscape
from tfgan_landscape.dynamics.direct_losses import needs_no_critic
from tfgan_landscape.dynamics.whole_runs import Generators, StepRandom
from tfgan_landscape.errors import InputError, said, users_frame
from tfgan_landscape.losses import GanLoss
from tfgan_landscape.penalties import Batch
from tfgan_landscape.training import labels

_PENALTY = 'a penalty is a function (critic, batch, generators) -> {name: values [n]}'


def check(losses, penalties=None, dimensions=2):
  """Calls every loss of {name: loss}, and every penalty of {name: penalty, or None} on points; refuses what is none."""
  for name, each in losses.items():
    if needs_no_critic(each):
      _check_loss_of_points(f'the loss {name}', each, dimensions, penalties)
    else:
      check_loss(f'the loss {name}', each)
  for name, each in (penalties or {}).items():
    if each is not None:
      check_penalty(f'the penalty {name}', each, dimensions)


def _check_loss_of_points(label, loss, dimensions, penalties):
  """Calls a loss of `direct_losses.py` on three points of each kind; refuses one that meets penalties on its critic."""
  if any((penalties or {}).values()):
    raise InputError(f'{label} needs no critic, and no penalty fits it; leave it or the penalties out')
  real, fake = (shift + tf.linspace([0.0] * dimensions, [1.0] * dimensions, 3) for shift in (0.0, 0.5))
  _values(label, loss(real, fake, tf.constant([0, 0])), 3)


def check_loss(label, loss):
  """Calls a loss once on two small vectors and refuses what a training could not use; warns where it looks swapped.

  Args:
    label: what the loss is called in a message, e.g. 'Trainer.loss'.
    loss: `(real_logits [n], fake_logits [n]) -> GanLoss`.

  Raises:
    InputError: it is no function of two vectors, fails, or returns anything but two finite values per pair.
  """
  _losses_of(label, loss, [0.5, -0.5, 1.5], [0.25, 0.75, -1.0])
  lower, higher = (_losses_of(label, loss, [real] * 3, [0.0] * 3)[0].mean() for real in (-0.1, 0.1))
  if higher > lower:
    logging.warning('%s: the loss of its discriminator falls when real logits fall; are its two losses swapped?', label)
  for failure in _outside_of_the_family(loss.phi) if hasattr(loss, 'phi') else ():
    logging.warning('%s: %s, and the theorems on Lipschitz GANs ask for it (their Eq. 12)', label, failure)


def _outside_of_the_family(phi):
  points = tf.linspace(-10.0, 10.0, 2001)
  with tf.GradientTape() as tape:
    tape.watch(points)
    values = phi(points)
  return landscape.violations(points, tape.gradient(values, points, unconnected_gradients='zero'))


def _losses_of(label, loss, real, fake):
  """Returns both losses of a few pairs as arrays [n]."""
  needed = 'a loss is a function (real_logits [n], fake_logits [n]) -> GanLoss(discriminator [n], generator [n])'
  if not callable(loss):
    raise InputError(f'{label} is {loss!r}; {needed}')
  try:
    found = loss(tf.constant(real), tf.constant(fake))
  except Exception as error:  # whatever the user's function does
    raise InputError(
      f'{label} fails on {len(real)} pairs of logits: {said(error)}; {needed}',
      users_frame(error),
    ) from error
  if not (hasattr(found, 'discriminator') and hasattr(found, 'generator')):
    shown = 'None' if found is None else f'a {type(found).__name__}'
    raise InputError(f'{label} returns {shown}, and not a tfgan_landscape.losses.GanLoss; {needed}')
  return [_values(f"{label}: {side}'s loss", getattr(found, side), len(real)) for side in GanLoss._fields]


def _values(label, values, count):
  try:
    values = np.asarray(values)
  except Exception as error:  # ragged lists and other things that are no numbers
    raise InputError(f'{label} is {type(values).__name__}; return float32 [n], one value per pair') from error
  if values.shape != (count,) or values.dtype != np.float32:
    raise InputError(
      f'{label} is {values.dtype.name} {list(values.shape)} for {count} pairs; return float32 [{count}], one value per'
      ' pair: the mean is taken later'
    )
  if not np.isfinite(values).all():
    raise InputError(f'{label} is {values.tolist()} for logits between -1 and 1.5; it must be finite there')
  return values


def check_penalty(label, penalty, dimensions=2):
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


def check_penalty_in_training(label, penalty, networks):
  """Calls a trainer's penalty once on a few examples with its networks, whose state it leaves as it was.

  Args:
    label: what the penalty is called in a message.
    penalty: `penalties.Penalty`.
    networks: `Networks`.

  Raises:
    InputError: as `check_penalty`.
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
  return Batch(real, fake, latents, StepRandom(tf.constant([0, 0])), tf.constant(0.0), tf.constant(0))


def _refuse_unless_finite(label, penalty, given):
  if not callable(penalty):
    raise InputError(f'{label} is {penalty!r}; {_PENALTY}')
  try:
    values = {name: np.asarray(term) for name, term in penalty(*given).items()}
  except InputError as error:
    raise InputError(f'{label} fails: {error}', users_frame(error)) from error
  except Exception as error:  # whatever the user's function does
    if 'Required bindings' in str(error):
      raise
    raise InputError(f'{label} fails on some examples: {said(error)}; {_PENALTY}', users_frame(error)) from error
  for name, term in values.items():
    if term.ndim != 1 or not np.isfinite(term).all():
      raise InputError(f'{label}: its term {name} is {term.tolist()} on some examples; {_PENALTY}, all finite')
