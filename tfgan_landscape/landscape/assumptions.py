"""The paper's assumptions on h1, h2 and h, checked numerically (RS-GAN paper, Section 4.1)."""

import dataclasses
import functools
from typing import NamedTuple

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape.loss import Loss
from tfgan_landscape.landscape.scalars import evaluate
from tfgan_landscape.landscape.suprema import TOLERANCE, at_zero, supremum
from tfgan_landscape.landscape.xi import xi


class Check(NamedTuple):
  """Whether an assumption holds, and why; truthy when it holds."""

  holds: bool
  why: str

  def __bool__(self):
    return self.holds


def assumptions(h1, h2=None, n=10):
  """Checks the paper's assumptions numerically: `assumptions(h1, h2)`, `assumptions(h)` or `assumptions(loss)`.

  4.1: sup h1 = sup h2 = 0. 4.2: xi(m) + (m - 1) xi(0) > m xi(1) for m = 2..n. 4.3: xi strictly decreasing on [0, n].
  4.4: sup h = 0 and h(0) < 0. 4.5: h concave. (RS-GAN paper, Section 4.1; xi(m) = sup_t h1(t) + m h2(-t).)

  Suprema are sought for |t| <= 1e12, concavity on 4001 points of |t| <= 1e3; values closer than 1e-9 count as equal.

  Args:
    h1: h1, or h when it comes alone, or a `Loss`.
    h2: the other function of a separable loss.
    n: 4.2 and 4.3 are checked up to this m.

  Returns:
    A dict: name ('4.1', ...) -> Check(holds, why).
  """
  if isinstance(h1, Loss):
    return h1.assumptions(n)
  return of_relativistic(h1) if h2 is None else of_separable(h1, h2, n)


def of_separable(h1, h2, n=10):
  """Returns Assumptions 4.1 to 4.3, name -> Check."""
  try:
    tops = supremum(h1), supremum(h2)
  except InputError as error:
    unbounded = Check(False, str(error))
    return {'4.1': unbounded, '4.2': unbounded, '4.3': unbounded}
  one = Check(max(map(abs, tops)) <= TOLERANCE, f'sup h1 = {tops[0]:.6g}, sup h2 = {tops[1]:.6g}')
  # The last step, short, sees a xi that is flat only towards n; xi is convex.
  m = np.concatenate([np.arange(n), [n - 1e-2, n]])
  values = xi(h1, h2, 1, m)
  return {'4.1': one, '4.2': _strictly_above_the_chord(values, m, n), '4.3': _strictly_decreasing(values, m)}


def _strictly_above_the_chord(values, m, n):
  whole = np.append(values[:n], values[-1])
  for count in range(2, n + 1):
    excess = whole[count] + (count - 1) * whole[0] - count * whole[1]
    if excess <= TOLERANCE:
      return Check(False, f'xi({count}) + {count - 1} xi(0) - {count} xi(1) = {excess:.6g}, not positive')
  return Check(True, f'xi(m) + (m - 1) xi(0) > m xi(1) for m = 2..{n}')


def _strictly_decreasing(values, m):
  flat = np.flatnonzero(-np.diff(values) <= TOLERANCE)
  if not len(flat):
    return Check(True, f'xi falls strictly from m = 0 to {m[-1]:g}')
  at = flat[0]
  return Check(False, f'xi({m[at]:g}) = {values[at]:.6g}, xi({m[at + 1]:g}) = {values[at + 1]:.6g}: no strict decrease')


@functools.lru_cache(maxsize=64)
def of_relativistic(h):
  """Returns Assumptions 4.4 and 4.5, name -> Check."""
  zero = at_zero(h)
  try:
    top = supremum(h)
    four = Check(abs(top) <= TOLERANCE and zero < -TOLERANCE, f'sup h = {top:.6g}, h(0) = {zero:.6g}')
  except InputError as error:
    four = Check(False, str(error))
  return {'4.4': four, '4.5': concave(h)}


@functools.lru_cache(maxsize=64)
def concave(h, reach=1e3):
  """Returns the `Check` of whether h is concave, for |t| up to a reach."""
  t = np.sinh(np.linspace(-np.arcsinh(reach), np.arcsinh(reach), 4001))
  value = evaluate(h, t)
  if not np.isfinite(value).all():
    return Check(False, f'h is not finite at t = {t[~np.isfinite(value)][0]:.6g}')
  step = np.diff(t)
  slope = np.diff(value) / step
  rounding = 1e-14 * np.abs(value[1:-1]) / np.minimum(step[1:], step[:-1])
  slack = TOLERANCE * (1 + np.abs(slope[1:])) + rounding
  bends = np.flatnonzero(np.diff(slope) > slack)
  return Check(False, f'h bends upwards at t = {t[bends[0] + 1]:.6g}') if len(bends) else Check(True, 'h is concave')


def require_theorem_2(loss):
  """Raises InputError unless h satisfies Assumptions 4.4 and 4.5, which Theorem 2's closed form needs."""
  for name, found in of_relativistic(loss.h).items():
    if not found:
      remedy = 'use numeric_value, or lipschitz_value' if name == '4.4' else 'no closed form is known for it'
      raise InputError(f'loss {loss.name} fails Assumption {name} ({found.why}): {remedy}')


@functools.lru_cache(maxsize=64)
def centred(loss):
  """Returns (the loss with h - sup h in the place of h, sup h): a constant added to h adds to every value, no more.

  The loss as it is, and 0, where sup h is 0 already or not finite (`require_theorem_2` then refuses it).
  """
  try:
    top = supremum(loss.h)
  except InputError:
    return loss, 0.0
  if abs(top) <= TOLERANCE:
    return loss, 0.0
  return dataclasses.replace(loss, h=lambda t: evaluate(loss.h, t) - top), top
