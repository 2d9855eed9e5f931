"""The scalar functions that GAN losses are made of: h of a critic's output, and phi(t) = -h(-t), which it pays.

Each maps a NumPy array or a TensorFlow tensor to one of its kind, value by value, so that the exact landscape and a
training read the same function. A function may carry its derivatives, `slope` and `curvature`, and `kinks`, where its
slope jumps; of others `slope` and `curvature` here are central differences.
"""

import functools
import inspect

import numpy as np

from tfgan_landscape.errors import InputError

_STEP = 1e-4  # of the differences


def evaluate(h, t):
  """h at an array t of any shape, as float64; InputError where h is not vectorised or gives NaN."""
  try:
    with np.errstate(all='ignore'):
      value = np.asarray(h(t), np.float64)
  except (TypeError, ValueError) as error:
    raise InputError(f'the loss cannot be evaluated on an array ({error}): write it with NumPy functions') from None
  if value.shape != np.shape(t):
    value = np.broadcast_to(value, np.shape(t)) if value.ndim == 0 else value
  if value.shape != np.shape(t):
    raise InputError(f'the loss maps shape {np.shape(t)} to {value.shape}: it must act value by value')
  if np.isnan(value).any():
    where = np.ravel(t)[np.isnan(np.ravel(value)).argmax()]
    raise InputError(f'the loss gives NaN at t = {where:.6g}: write it so that it is finite or -inf there')
  return value


def derivatives(h):
  """Returns the functions (h', h''), those that h carries or central differences of h."""

  def value(t):
    return np.asarray(h(t), np.float64)

  slope = getattr(h, 'slope', None) or (lambda t: (value(t + _STEP) - value(t - _STEP)) / (2 * _STEP))
  return slope, getattr(h, 'curvature', None) or (
    lambda t: (value(t + _STEP) - 2 * value(t) + value(t - _STEP)) / _STEP**2
  )


def slope(h, t):
  """h'(t) as float64; at a kink the mean of both sides, or either."""
  return evaluate(derivatives(h)[0], np.asarray(t, np.float64))


def curvature(h, t):
  """h''(t) as float64."""
  return evaluate(derivatives(h)[1], np.asarray(t, np.float64))


def kinks(h):
  """Returns where the slope of h jumps, as far as h carries it."""
  return tuple(getattr(h, 'kinks', ()))


def reflected(function):
  """Returns t -> -function(-t), derivatives included: phi of h, and h of phi."""

  def other(t):
    return -function(-t)

  other.slope = functools.partial(_reflected_slope, function)
  other.curvature = functools.partial(_reflected_curvature, function)
  other.kinks = tuple(-kink for kink in kinks(function))
  other.__name__ = getattr(function, '__name__', 'custom')
  return other


def _reflected_slope(function, t):
  return slope(function, -t)


def _reflected_curvature(function, t):
  return -curvature(function, -t)


def same(first, second):
  """Whether two functions are one, gin's wrappers around them aside."""
  return inspect.unwrap(first) is inspect.unwrap(second)


def mean(values, axis):
  """The mean along an axis, of an array or a tensor."""
  return values.mean(axis) if _library(values) is np else _library(values).reduce_mean(values, axis)


def _differentiable(slope, curvature, kinks=()):
  """Gives a function its derivatives."""

  def decorate(function):
    function.slope, function.curvature, function.kinks = slope, curvature, kinks
    return function

  return decorate


def _library(t):
  """The library of t: NumPy, or TensorFlow's `math`, which is not imported before there is a tensor."""
  if type(t).__module__.partition('.')[0] in ('numpy', 'builtins'):
    return np
  import tensorflow as tf

  return tf.math


def _relu(t):
  if _library(t) is np:
    return np.maximum(0.0, t)
  import tensorflow as tf

  return tf.nn.relu(t)


def _sigmoid(t):
  return 0.5 * (1.0 + np.tanh(0.5 * t))


def _bell(t):
  return _sigmoid(t) * _sigmoid(-t)


@_differentiable(_sigmoid, _bell)
def softplus(t):
  """log(1 + exp(t)) = -log sigmoid(-t): JS-GAN's phi."""
  return np.logaddexp(0.0, t) if _library(t) is np else _library(t).softplus(t)


@_differentiable(lambda t: _sigmoid(-t), lambda t: -_bell(t))
def log_sigmoid(t):
  """The logistic loss's h(t) = log(1 / (1 + exp(-t)))."""
  return -softplus(-t)


@_differentiable(lambda t: np.where(t < 1, 1.0, 0.0), np.zeros_like, (1.0,))
def negative_hinge(t):
  """The hinge loss's h(t) = -max(0, 1 - t)."""
  return -_relu(1.0 - t)


@_differentiable(lambda t: 2.0 * (1.0 - t), lambda t: np.full_like(t, -2.0))
def negative_square(t):
  """The least-squares loss's h(t) = -(1 - t)^2."""
  return -_library(t).square(t - 1.0)


@_differentiable(lambda t: -2.0 * t, lambda t: np.full_like(t, -2.0))
def negative_square_at_0(t):
  """-t^2: h2 of least squares with the targets 1 and 0."""
  return -_library(t).square(t)


@_differentiable(np.ones_like, np.zeros_like)
def linear(t):
  """t: the Wasserstein distance's h and phi."""
  return 1.0 * t


@_differentiable(lambda t: 1 + t / np.hypot(t, 1), lambda t: np.hypot(t, 1) ** -3.0)
def hyperbolic(t):
  """phi(t) = t + sqrt(t^2 + 1)."""
  library = _library(t)
  return t + library.sqrt(library.square(t) + 1.0)


@_differentiable(np.exp, np.exp)
def exponential(t):
  """phi(t) = exp(t)."""
  return _library(t).exp(t)


@_differentiable(lambda t: _sigmoid(t) + 0.01, _bell)
def softplus_and_linear(t, slope=0.01):
  """phi(t) = log(1 + exp(t)) + slope t."""
  return softplus(t) + slope * t


@_differentiable(lambda t: np.where(t > -1, 1.0, 0.0), np.zeros_like, (-1.0,))
def unit_hinge(t):
  """phi(t) = max(0, 1 + t): the hinge loss's, outside of the LGAN paper's family, because it is flat below -1."""
  return _relu(1.0 + t)


@_differentiable(lambda t: 2.0 * (t + 1.0), lambda t: np.full_like(t, 2.0))
def shifted_square(t):
  """phi(t) = (t + 1)^2: least squares with targets 1 and -1, which falls below -1 (LGAN paper, Appendix A)."""
  return _library(t).square(t + 1.0)


# The phi of the LGAN paper's Table 2 that satisfy its Eq. 12: phi' > 0 and phi'' >= 0.
FAMILY = {each.__name__: each for each in (linear, softplus, hyperbolic, exponential, softplus_and_linear)}


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
