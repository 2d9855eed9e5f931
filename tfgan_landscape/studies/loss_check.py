"""One call of a loss before anything is trained with it: a user's mistake in it becomes one line."""

import logging

import numpy as np
import tensorflow as tf

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError, said, users_frame
from tfgan_landscape.losses import GanLoss


def check(label, loss):
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
