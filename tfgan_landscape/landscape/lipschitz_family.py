"""Objectives that a Lipschitz condition makes informative ("Understanding the Effectiveness of Lipschitz-Continuity in
Generative Adversarial Nets", the LGAN paper, Section 3 and Appendix B).

A critic minimises J_D = E_fake phi(f(x)) + E_real phi(-f(x)). Eq. 12 asks for phi' > 0 and phi'' >= 0; its third
condition, an a with phi'(a) = phi'(-a), holds at a = 0 for any phi.
"""

from typing import Callable, NamedTuple

import numpy as np

from tfgan_landscape.errors import InputError


class Phi(NamedTuple):
  """A phi with its derivatives, each a function of an array, value by value."""

  value: Callable
  slope: Callable
  curvature: Callable


def _sigmoid(t):
  return 0.5 * (1.0 + np.tanh(0.5 * t))


def _logistic(weight=0.0):
  return Phi(
    lambda t: np.logaddexp(0, t) + weight * t,
    lambda t: _sigmoid(t) + weight,
    lambda t: _sigmoid(t) * _sigmoid(-t),
  )


# The objectives of Table 2 that satisfy Eq. 12, by the names of `losses.py`.
FAMILY = {
  'linear': Phi(lambda t: 1.0 * t, np.ones_like, np.zeros_like),
  'softplus': _logistic(),
  'hyperbolic': Phi(lambda t: t + np.hypot(t, 1), lambda t: 1 + t / np.hypot(t, 1), lambda t: np.hypot(t, 1) ** -3.0),
  'exponential': Phi(np.exp, np.exp, np.exp),
  'softplus_and_linear': _logistic(0.01),
}


def differentiated(value, step=1e-4):
  """Returns the `Phi` of a function of an array, its derivatives by central differences.

  Args:
    value: phi, value by value; finite.
    step: of the differences.
  """
  return Phi(
    value,
    lambda t: (value(t + step) - value(t - step)) / (2 * step),
    lambda t: (value(t + step) - 2 * value(t) + value(t - step)) / step**2,
  )


def violations(points, slopes):
  """Returns what of Eq. 12 a phi violates on a grid, each as a sentence; [] for a member of the family.

  Args:
    points: t, rising [g].
    slopes: phi'(t) [g].

  Raises:
    InputError: a slope is not finite.
  """
  points, slopes = np.asarray(points, np.float64), np.asarray(slopes, np.float64)
  if not np.isfinite(slopes).all():
    raise InputError(f"phi'(t) is not finite at t = {points[np.argmin(np.isfinite(slopes))]:.4g}")
  rounding = 1e-5 * np.abs(slopes[1:])
  failures = {"phi'(t) > 0": slopes <= 0, "phi''(t) >= 0": np.diff(slopes) < -rounding}
  return [f'{words} fails at t = {points[np.argmax(fails)]:.4g}' for words, fails in failures.items() if fails.any()]
