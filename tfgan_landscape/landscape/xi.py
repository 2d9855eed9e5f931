"""xi, what the points on one place contribute to a separable loss (RS-GAN paper, Appendix I, Eq. 18)."""

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import scalars
from tfgan_landscape.landscape.suprema import TOLERANCE, supremum


def _logistic(k, m):
  """k log(k/(k+m)) + m log(m/(k+m)), and 0 where k or m is 0."""
  with np.errstate(all='ignore'):
    value = -k * np.log1p(m / k) - m * np.log1p(k / m)
  return np.where((k > 0) & (m > 0), value, 0.0)


def _hinge(k, m):
  """-2 min(k, m), flat for m >= k."""
  return -2 * np.minimum(k, m)


def _least_squares(k, m):
  """-k m / (k + m)."""
  return -k * m / np.maximum(k + m, np.finfo(np.float64).tiny)


_CLOSED = {
  (scalars.log_sigmoid, scalars.log_sigmoid): _logistic,
  (scalars.negative_hinge, scalars.negative_hinge): _hinge,
  (scalars.negative_square, scalars.negative_square_at_0): _least_squares,
}


def closed_form(h1, h2):
  """Returns the function (k, m) -> xi where it is known in closed form, else None."""
  found = [form for (a, b), form in _CLOSED.items() if scalars.same(a, h1) and scalars.same(b, h2)]
  return found[0] if found else None


def slack(h1, h2, value):
  """Returns below which size a difference of values is rounding: a numeric xi is less exact than a closed form."""
  return (1e-13 if closed_form(h1, h2) else TOLERANCE) * (1 + np.abs(value))


def xi(h1, h2, k, m):
  """Returns sup_t k h1(t) + m h2(-t), elementwise; xi(1, m) is the paper's xi(m) (Appendix I, Eq. 18).

  What k equal real points and m generated points on them contribute to the separable loss, times 2n.

  Args:
    h1, h2: of the loss.
    k, m: arrays that broadcast, >= 0, whole or not.

  Raises:
    InputError: a negative count, no finite supremum.
  """
  k, m = np.broadcast_arrays(np.asarray(k, np.float64), np.asarray(m, np.float64))
  if not (np.isfinite(k) & np.isfinite(m) & (k >= 0) & (m >= 0)).all():
    raise InputError('xi(k, m) counts points: give finite k and m >= 0')
  if (known := closed_form(h1, h2)) is not None:
    return known(k, m)
  pairs, which = np.unique(np.stack([k.ravel(), m.ravel()]), axis=1, return_inverse=True)
  return np.array([_numeric(h1, h2, *pair) for pair in pairs.T])[which.ravel()].reshape(k.shape)


def _numeric(h1, h2, k, m):
  """xi(k, m) of one pair; a term that nothing weighs is left out: it may be -inf."""

  def objective(t):
    real = k * scalars.evaluate(h1, t) if k else np.zeros_like(t)
    return real + m * scalars.evaluate(h2, -t) if m else real

  return supremum(objective)
