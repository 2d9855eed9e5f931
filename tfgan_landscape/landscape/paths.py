"""The way out: Claim J.1's path to a global minimum of the relativistic loss, never rising (RS-GAN paper, App. J.2.2).

An x_i whose edge x_i -> y_i lies in no cycle contributes 0, and goes on doing so while its y_i moves through free
space. In two dimensions and more y_i goes to its own x_i around all the others, and closes a cycle of one edge. On a
line it meets others: it passes those that do not lead back to x_i, which changes nothing, and stops at the first that
does, where a cycle closes. Every move lowers the value by -h(0)/n at least, so that at most n moves are made.
"""

from typing import NamedTuple

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import points, relativistic
from tfgan_landscape.landscape.assumptions import centred, require_theorem_2
from tfgan_landscape.landscape.loss import check
from tfgan_landscape.landscape.named_losses import rs
from tfgan_landscape.landscape.suprema import at_zero

MOST_POINTS = 200
_CLEARANCE = 1e-9  # of the length of the way: nearer to an x than this, y goes around


class EscapePath(NamedTuple):
  """Waypoints [steps, n, d], the first is Y, joined by straight lines, and the relativistic value at each [steps]."""

  points: np.ndarray
  values: np.ndarray


def escape_path(real, generated, loss=rs):
  """A path from Y to a global minimum along which the relativistic value never rises (RS-GAN paper, Claim J.1).

  One y moves at a time. Between waypoints the value is that of the earlier one.

  Args:
    real: X [n, d] or [n], distinct points, n up to 200.
    generated: Y, of the same shape.
    loss: a `KeptPairs` whose h satisfies Assumptions 4.4 and 4.5.

  Returns:
    EscapePath(points [steps, n, d], values [steps]); d = 1 for points given as [n].

  Raises:
    InputError: another loss, for which every pattern with all y on X is a strict local minimum, so that every way out
      of a bad one rises (`basin_depth` gives by how much); repeated x's (the claim fails there: strict local minima
      exist), n above 200, points too close for a way between them; as `relativistic_value`.
  """
  check(loss)
  if not isinstance(loss, relativistic.KeptPairs):
    raise InputError(
      f'{loss.name} is no KeptPairs loss, the only one with a way out that never rises; where all y lie on X the others'
      ' have a strict local minimum, and basin_depth gives the climb out of it'
    )
  loss, top = centred(loss)
  require_theorem_2(loss)
  real, generated = points.pair(real, generated)
  head = _heads(real, generated)
  place, waypoints, cyclic = generated.copy(), [generated], [_in_cycle(head).sum()]
  while (free := ~_in_cycle(head)).any():
    v = int(np.flatnonzero(free)[0])
    for target in (_along_the_line if real.shape[1] == 1 else _around)(v, real, place, head):
      place = place.copy()
      place[v] = target
      waypoints.append(place)
      cyclic.append(cyclic[-1])
    head[v] = np.flatnonzero((real == place[v]).all(1))[0]
    cyclic[-1] = _in_cycle(head).sum()
  return EscapePath(np.stack(waypoints), np.array(cyclic) * at_zero(loss.h) / len(real) + top)


def sample(path, per_segment=8):
  """Points on an EscapePath: every waypoint exactly, and per_segment - 1 evenly spaced between two. [samples, n, d]."""
  share = np.arange(per_segment).reshape(-1, 1, 1) / per_segment
  start, step = path.points[:-1, None], np.diff(path.points, axis=0)[:, None]
  inner = (start + share * step).reshape(-1, *path.points.shape[1:])
  return np.concatenate([inner, path.points[-1:]])


def _heads(real, generated):
  """For every i the index of the x that y_i lies on, -1 for none; InputError for repeated x's or too many."""
  groups = points.group(real, generated)
  n = len(groups.real)
  if len(np.unique(groups.real)) < n:
    raise InputError('an x_i occurs twice: Claim J.1 needs distinct x_i (with repeats a basin may be closed)')
  if n > MOST_POINTS:
    raise InputError(f'n = {n}: the path has up to n^2 waypoints of n points, give n up to {MOST_POINTS}')
  index = np.full(len(groups.values), -1)
  index[groups.real] = np.arange(n)
  return index[groups.generated]


def _in_cycle(head):
  """For every i whether x_i -> y_i lies in a cycle; points outside end every walk, one vertex does for all."""
  n = len(head)
  return relativistic.parts(np.arange(n), np.where(head < 0, n, head), True).part >= 0


def _leads_to(v, head):
  """Which x's lead to x_v along the edges, itself included; [n] booleans."""
  leads = np.arange(len(head)) == v
  for _ in head:
    more = leads | ((head >= 0) & leads[head])
    if (more == leads).all():
      break
    leads = more
  return leads


def _along_the_line(v, real, place, head):
  """Waypoints of y_v on a line: the x's it passes, up to the first that leads to x_v, inclusive."""
  start, way = place[v, 0], real[v, 0] - place[v, 0]
  ahead = (real[:, 0] - start) * np.sign(way)
  met = np.flatnonzero((ahead > 0) & (ahead <= abs(way)))
  met = met[np.argsort(ahead[met])]
  stop = np.flatnonzero(_leads_to(v, head)[met])[0]
  return [real[i] for i in met[: stop + 1]]


def _around(v, real, place, head):
  """Waypoints of y_v in the plane or in space: x_v itself, or first a point beside the straight line to it."""
  del head
  start, goal = place[v], real[v]
  rounding = 64 * np.finfo(np.float64).eps * np.abs([start, goal]).max()
  others = real[(real != start).any(1) & (real != goal).any(1)]
  if _clearance(others, start, goal) > max(rounding, _CLEARANCE * np.linalg.norm(goal - start)):
    return [goal]
  ways = [(_via_clearance(via, start, goal, others), tuple(via)) for via in _beside(start, goal, len(real))]
  clearance, via = max(ways)
  if not clearance > rounding:
    raise InputError(f'no way for y[{v}] between the x_i in float64: they lie too close, scale the points or move Y')
  return [np.array(via), goal]


def _via_clearance(via, start, goal, others):
  """How near start - via - goal comes to another x."""
  first, second = _clearance(others, start, via), _clearance(others, via, goal)
  return min(first, second)


def _clearance(others, start, goal):
  """The distance of a segment from the nearest of the points [., d]; infinite without any."""
  if not len(others):
    return np.inf
  way = goal - start
  share = np.clip((others - start) @ way / (way @ way), 0, 1)
  return np.linalg.norm(others - start - share[:, None] * way, axis=1).min()


def _beside(start, goal, n):
  """2n + 2 points beside the middle of a segment, in one plane: every x blocks the way over one of them at most."""
  way = goal - start
  across = np.zeros(len(way))
  across[np.abs(way).argmin()] = 1
  across -= way * (across @ way) / (way @ way)
  across *= np.linalg.norm(way) / np.linalg.norm(across)
  offsets = np.arange(1, n + 2) / (n + 1)
  return (start + goal) / 2 + np.concatenate([offsets, -offsets])[:, None] * across
