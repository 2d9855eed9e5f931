"""Suprema of scalar functions, concave or not, and what the exact landscape has to know of an h."""

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape.scalars import evaluate

# Where suprema are sought: 0, and both signs up to 1e12 in steps of 1.4 %; beyond, a function counts as constant.
REACH = 1e12
_GRID = np.sinh(np.linspace(-np.arcsinh(REACH), np.arcsinh(REACH), 4001))
TOLERANCE = 1e-9


def supremum(g):
  """sup over t of g(t), for any g, concave or not, reached or only approached.

  The best 16 local maxima of a grid up to |t| = 1e12 (steps of 0.014 around 0, of 1.4 % far out) are zoomed in upon;
  exact to rounding for peaks and plateaus wider than a step of the grid.

  Raises:
    InputError: g still grows at 1e12 (no finite supremum, or one approached too slowly), gives NaN or is -inf.
  """
  value = evaluate(g, _GRID)
  best, decade = value.max() + 0.0, np.searchsorted(_GRID, REACH / 10)
  # A maximum at the very end of the grid that is far above a tenth of the way to it.
  ends = ((value[-1], value[decade]), (value[0], value[-1 - decade]))
  if not np.isfinite(best) or any(last == best and best - early > 1e-6 * (1 + abs(best)) for last, early in ends):
    raise InputError('the loss has no finite supremum (Assumption 4.1 or 4.4 fails): bound it from above')
  padded = np.concatenate([[-np.inf], value, [-np.inf]])
  peaks = np.flatnonzero((value >= padded[:-2]) & (value >= padded[2:]))
  peaks = peaks[np.argsort(value[peaks], kind='stable')[-16:]]
  return float(max(best, _zoom(g, _GRID[np.maximum(peaks - 1, 0)], _GRID[np.minimum(peaks + 1, len(_GRID) - 1)])))


def _zoom(g, low, high):
  """The largest g found in brackets [low, high], each narrowed 16-fold fifteen times."""
  best, steps = -np.inf, np.linspace(0, 1, 33)[:, None]
  for _ in range(15):
    t = low + (high - low) * steps
    value = evaluate(g, t)
    best, top = max(best, value.max()), value.argmax(0)
    columns = np.arange(len(low))
    low, high = t[np.maximum(top - 1, 0), columns], t[np.minimum(top + 1, 32), columns]
  return best


def saturates(h):
  """Whether h(t) goes to 0 as t grows: with Assumptions 4.4 and 4.5 h is then non-decreasing."""
  return float(evaluate(h, np.array([REACH]))[0]) >= -TOLERANCE


def at_zero(h):
  """h(0)."""
  return float(evaluate(h, np.zeros(1))[0])
