"""What the critic maximises: the scalar functions of a GAN loss, their suprema, and the paper's assumptions.

"Towards a Better Global Loss Landscape of GANs" (RS-GAN paper) writes the empirical loss of real points x_1..x_n and
generated points y_1..y_n as a supremum over all continuous critics f:

* separable (Eq. 5): (1/2n) sum_i h1(f(x_i)) + h2(-f(y_i));
* relativistic pairing (Eq. 6): (1/n) sum_i h(f(x_i) - f(y_i)).

A `Loss` holds h1, h2 and h. Everything is float64.
"""

import dataclasses
import functools
from typing import Callable, NamedTuple, Optional

import numpy as np

from tfgan_landscape.errors import InputError

# Where suprema are sought: 0, and both signs up to 1e12 in steps of 1.4 %; beyond, a function counts as constant.
REACH = 1e12
_GRID = np.sinh(np.linspace(-np.arcsinh(REACH), np.arcsinh(REACH), 4001))
TOLERANCE = 1e-9


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


@dataclasses.dataclass(frozen=True)
class Loss:
  """The scalar functions of a loss; a user's own is `Loss(h1=..., h2=...)` or `Loss(h=...)`.

  Attributes:
    h1, h2: of the separable loss; map a float64 array to an array value by value, -inf allowed, NaN not.
    h: of the relativistic loss, likewise.
    closed_form: optional, (k, m) arrays -> xi(k, m); without it xi is computed numerically.
    name: for messages.
    lipschitz: the loss is defined for 1-Lipschitz critics only (Wasserstein).
  """

  h1: Optional[Callable] = None
  h2: Optional[Callable] = None
  h: Optional[Callable] = None
  closed_form: Optional[Callable] = None
  name: str = 'custom'
  lipschitz: bool = False

  def __post_init__(self):
    functions = {'h1': self.h1, 'h2': self.h2, 'h': self.h}
    for name, function in functions.items():
      if function is not None and not callable(function):
        raise InputError(f'landscape.Loss: {name} is {function!r}; give a function from arrays to arrays')
    if not self.lipschitz and not any(functions.values()):
      raise InputError('landscape.Loss has no function; give h1 and h2 of a separable loss, or h of a relativistic one')
    if self.closed_form is not None and self.h1 is not None and self.h2 is not None:
      self._check_closed_form()

  def _check_closed_form(self):
    """Refuses a closed form of other functions, as it comes about where h1 or h2 is replaced and the form is kept."""
    for k, m in ((1.0, 0.0), (0.0, 1.0), (1.0, 2.0)):
      given, found = float(self.closed_form(np.array(k), np.array(m))), _xi(self.h1, self.h2, k, m)
      if not abs(given - found) <= 1e-6 * (1 + abs(found)):
        raise InputError(
          f'landscape.Loss: closed_form({k:g}, {m:g}) is {given:.6g}, and sup {k:g} h1(t) + {m:g} h2(-t) is {found:.6g}'
          '; give closed_form=None with other h1 and h2'
        )

  def require(self, relativistic=False):
    """Raises InputError unless the loss has what its family needs."""
    if self.lipschitz:
      raise InputError(
        f'{self.name}: its supremum over all critics is infinite (Assumptions 4.1 and 4.4 fail), '
        'it needs the Lipschitz bound: use wasserstein_value'
      )
    if relativistic and self.h is None:
      raise InputError(f'loss {self.name} has no h: give landscape.Loss(h=...)')
    if not relativistic and (self.h1 is None or self.h2 is None):
      raise InputError(f'loss {self.name} lacks h1 or h2: give landscape.Loss(h1=..., h2=...)')

  def xi(self, k, m):
    """sup_t k h1(t) + m h2(-t), elementwise; xi(1, m) is the paper's xi(m) (Appendix I, Eq. 18).

    What k equal real points and m generated points on them contribute to the separable loss, times 2n.

    Args:
      k, m: arrays that broadcast, >= 0, whole or not.

    Raises:
      InputError: no h1 and h2, a negative count, no finite supremum.
    """
    self.require()
    k, m = np.broadcast_arrays(np.asarray(k, np.float64), np.asarray(m, np.float64))
    if not (np.isfinite(k) & np.isfinite(m) & (k >= 0) & (m >= 0)).all():
      raise InputError('xi(k, m) counts points: give finite k and m >= 0')
    if self.closed_form is not None:
      return self.closed_form(k, m)
    pairs, which = np.unique(np.stack([k.ravel(), m.ravel()]), axis=1, return_inverse=True)
    return np.array([_xi(self.h1, self.h2, *pair) for pair in pairs.T])[which.ravel()].reshape(k.shape)


def _xi(h1, h2, k, m):
  """xi(k, m) of one pair, numerically; a term that nothing weighs is left out: it may be -inf."""

  def objective(t):
    real = k * evaluate(h1, t) if k else np.zeros_like(t)
    return real + m * evaluate(h2, -t) if m else real

  return supremum(objective)


def _log_sigmoid(t):
  return -np.logaddexp(0.0, -t)


def _hinge(t):
  return np.minimum(0.0, t - 1.0)


def _square(t):
  return -np.square(1.0 - t)


def _identity(t):
  return t


def _logistic_xi(k, m):
  """k log(k/(k+m)) + m log(m/(k+m)), and 0 where k or m is 0."""
  with np.errstate(all='ignore'):
    value = -k * np.log1p(m / k) - m * np.log1p(k / m)
  return np.where((k > 0) & (m > 0), value, 0.0)


def _square_xi(k, m):
  return -k * m / np.maximum(k + m, np.finfo(np.float64).tiny)


logistic = Loss(_log_sigmoid, _log_sigmoid, _log_sigmoid, _logistic_xi, 'logistic')
"""JS-GAN and RS-GAN: h1 = h2 = h = -log(1 + exp(-t)); xi(k, m) = k log(k/(k+m)) + m log(m/(k+m))."""

hinge = Loss(_hinge, _hinge, _hinge, lambda k, m: -2 * np.minimum(k, m), 'hinge')
"""h1 = h2 = h = -max(0, 1 - t); xi(k, m) = -2 min(k, m), flat for m >= k."""

least_squares = Loss(_square, lambda t: -np.square(t), _square, _square_xi, 'least_squares')
"""h1 = h = -(1 - t)^2, h2 = -t^2; xi(k, m) = -k m / (k + m)."""

wasserstein = Loss(_identity, _identity, _identity, None, 'wasserstein', True)
"""h1 = h2 = h = t, over 1-Lipschitz critics: only `wasserstein_value` and `numeric_value` take it."""


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
    h1: h1, or h when it comes alone, or a `Loss`, whose both families are checked as far as it has them.
    h2: the other function of a separable loss.
    n: 4.2 and 4.3 are checked up to this m.

  Returns:
    A dict: name ('4.1', ...) -> Check(holds, why).
  """
  if not isinstance(h1, Loss):
    h1 = Loss(h=h1) if h2 is None else Loss(h1=h1, h2=h2)
  found = {}
  if h1.h1 is not None and h1.h2 is not None:
    found |= _separable(h1.h1, h1.h2, n)
  return found | (_relativistic(h1.h) if h1.h is not None else {})


def _separable(h1, h2, n):
  try:
    tops = supremum(h1), supremum(h2)
  except InputError as error:
    unbounded = Check(False, str(error))
    return {'4.1': unbounded, '4.2': unbounded, '4.3': unbounded}
  one = Check(max(map(abs, tops)) <= TOLERANCE, f'sup h1 = {tops[0]:.6g}, sup h2 = {tops[1]:.6g}')
  # The last step, short, sees a xi that is flat only towards n; xi is convex.
  m = np.concatenate([np.arange(n), [n - 1e-2, n]])
  xi = Loss(h1=h1, h2=h2).xi(1, m)
  return {'4.1': one, '4.2': _strictly_above_the_chord(xi, m, n), '4.3': _strictly_decreasing(xi, m)}


def _strictly_above_the_chord(xi, m, n):
  whole = np.append(xi[:n], xi[-1])
  for count in range(2, n + 1):
    excess = whole[count] + (count - 1) * whole[0] - count * whole[1]
    if excess <= TOLERANCE:
      return Check(False, f'xi({count}) + {count - 1} xi(0) - {count} xi(1) = {excess:.6g}, not positive')
  return Check(True, f'xi(m) + (m - 1) xi(0) > m xi(1) for m = 2..{n}')


def _strictly_decreasing(xi, m):
  flat = np.flatnonzero(-np.diff(xi) <= TOLERANCE)
  if not len(flat):
    return Check(True, f'xi falls strictly from m = 0 to {m[-1]:g}')
  at = flat[0]
  return Check(False, f'xi({m[at]:g}) = {xi[at]:.6g}, xi({m[at + 1]:g}) = {xi[at + 1]:.6g}: no strict decrease')


@functools.lru_cache(maxsize=64)
def _relativistic(h):
  zero = float(evaluate(h, np.zeros(1))[0])
  try:
    top = supremum(h)
    four = Check(abs(top) <= TOLERANCE and zero < -TOLERANCE, f'sup h = {top:.6g}, h(0) = {zero:.6g}')
  except InputError as error:
    four = Check(False, str(error))
  return {'4.4': four, '4.5': _concave(h)}


def _concave(h):
  t = np.sinh(np.linspace(-np.arcsinh(1e3), np.arcsinh(1e3), 4001))
  value = evaluate(h, t)
  if not np.isfinite(value).all():
    return Check(False, f'h is not finite at t = {t[~np.isfinite(value)][0]:.6g}')
  step = np.diff(t)
  slope = np.diff(value) / step
  rounding = 1e-14 * np.abs(value[1:-1]) / np.minimum(step[1:], step[:-1])
  slack = TOLERANCE * (1 + np.abs(slope[1:])) + rounding
  bends = np.flatnonzero(np.diff(slope) > slack)
  return Check(False, f'h bends upwards at t = {t[bends[0] + 1]:.6g}') if len(bends) else Check(True, 'h is concave')


def check_loss(loss):
  """Refuses what is no `Loss`."""
  if not isinstance(loss, Loss):
    known = [name for name, each in globals().items() if isinstance(each, Loss)]
    names = ', '.join(f'landscape.{name}' for name in known)
    raise InputError(f'{loss!r} is no loss; give {names} or a landscape.Loss of your own')


def check_pairs(pairs, known=(None, 'kept', 'all')):
  """Refuses what names no way of pairing."""
  if pairs not in known:
    raise InputError(f'pairs is {pairs!r}; give {" or ".join(map(repr, known))}')


@functools.lru_cache(maxsize=64)
def centred(loss):
  """Returns (the loss with h - sup h in the place of h, sup h): a constant added to h adds to every value, no more.

  The loss as it is, and 0, where sup h is 0 already or not finite (`require_theorem_2` then refuses it).
  """
  loss.require(relativistic=True)
  try:
    top = supremum(loss.h)
  except InputError:
    return loss, 0.0
  if abs(top) <= TOLERANCE:
    return loss, 0.0
  return dataclasses.replace(loss, h=lambda t: evaluate(loss.h, t) - top), top


def require_theorem_2(loss):
  """Raises InputError unless h satisfies Assumptions 4.4 and 4.5, which Theorem 2's closed form needs."""
  loss.require(relativistic=True)
  for name, check in _relativistic(loss.h).items():
    if not check:
      remedy = 'use numeric_value' if name == '4.4' else 'no closed form is known for it'
      raise InputError(f'loss {loss.name} fails Assumption {name} ({check.why}): {remedy}')


def saturates(h):
  """Whether h(t) goes to 0 as t grows: with Assumptions 4.4 and 4.5 h is then non-decreasing."""
  return float(evaluate(h, np.array([REACH]))[0]) >= -TOLERANCE
