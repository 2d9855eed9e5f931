"""Generated points as particles that descend the landscape under a Lipschitz critic, to where it falls no more."""

from typing import NamedTuple

import numpy as np
from scipy.spatial import distance

from tfgan_landscape.landscape import points
from tfgan_landscape.landscape.lipschitz import lipschitz_value
from tfgan_landscape.landscape.lipschitz_basins import LipschitzCertificate, lipschitz_certificate

_SHORTEST = 1e-5  # step over the diameter of the points, below which a certificate is asked
_TOUCHING = 1e-7  # of the diameter: a point this near to a real one is on it
_SNAP = 0.5  # of a step: a point that comes nearer to a real one is tried on it
FLAT = 1e-6  # a slope over k that counts as none


class Descent(NamedTuple):
  """path [steps, n, d] and values [steps] of V on it; the end's certificate; whether V falls in no direction there.

  `stationary` says that V's one-sided slope is at least -1e-6 k in every direction, which is more than that 0 is a
  subgradient: at a saddle 0 is one too.
  """

  path: np.ndarray
  values: np.ndarray
  certificate: LipschitzCertificate
  stationary: bool

  @property
  def points(self):
    """The end [n, d]."""
    return self.path[-1]


def descend(real, fake, loss, weight, most=300, longest=0.25):
  """Returns the `Descent` of V from Y: all points at once, each against its subgradient, along a line search.

  Where that leads no further the steepest direction of a single point decides, which is as good as all directions
  (`lipschitz_basins`). Points that come close to a real one are tried on it: minima lie there.

  Args:
    real: X [n, d] or [n].
    fake: Y, the start, of the same shape.
    loss: as of `lipschitz_value`.
    weight: lambda, above 0.
    most: steps.
    longest: step of a point over the diameter of all; a small one shows the way.

  Raises:
    InputError: as `lipschitz_certificate`.
  """
  real, places = points.pair(real, fake)
  size = np.linalg.norm(np.ptp(np.concatenate([real, places]), 0)) or 1.0
  reach, now = longest * size, lipschitz_value(real, places, loss, weight)
  values, path = [now.value], [places]
  for _ in range(most):
    pull = -now.subgradient
    length = np.linalg.norm(pull, axis=1).max()
    moved = _best(real, places, pull / length * reach, loss, weight) if length > 0 else None
    if moved and moved[1].value < now.value - 1e-12:
      (places, now), reach = moved, min(2 * reach, longest * size)
      values.append(now.value)
      path.append(places)
      continue
    reach /= 4
    if reach > _SHORTEST * size:
      continue
    certificate = lipschitz_certificate(real, places, loss, weight)
    steepest = certificate.slopes.argmin()
    if certificate.slopes[steepest] >= -FLAT * certificate.k:
      return Descent(np.stack(path), np.array(values), certificate, True)
    escaped = _along(real, places, steepest, certificate, now, size, loss, weight)
    if escaped is None:
      break
    (places, now), reach = escaped, longest * size / 4
    values.append(now.value)
    path.append(places)
  certificate = lipschitz_certificate(real, places, loss, weight)
  return Descent(np.stack(path), np.array(values), certificate, bool(certificate.slopes.min() >= -FLAT * certificate.k))


def _along(real, places, i, certificate, now, size, loss, weight):
  """The first step of point i along its steepest direction, halved, that lowers V; None for none."""
  for step in size * 0.5 ** np.arange(2, 24):
    move = np.zeros_like(places)
    move[i] = step * certificate.directions[i]
    moved = _best(real, places, move, loss, weight)
    if moved[1].value < now.value - 1e-13:
      return moved
  return None


def _best(real, places, move, loss, weight):
  """(places, LipschitzValue) after a move, or after one that puts points near a real one on it, the lower of both."""
  target = places + move
  apart = distance.cdist(target, real)
  nearest, reached = real[apart.argmin(1)], apart.min(1)[:, None]
  target = np.where(reached <= _TOUCHING * apart.max(), nearest, target)
  tried = [(target, lipschitz_value(real, target, loss, weight))]
  near = reached <= _SNAP * np.linalg.norm(move, axis=1, keepdims=True)
  if near.any():
    snapped = np.where(near, nearest, target)
    tried.append((snapped, lipschitz_value(real, snapped, loss, weight)))
  return min(tried, key=lambda each: each[1].value)
