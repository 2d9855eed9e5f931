"""What happened in a run on two clusters: who is where, visits to the basin of mode collapse, escape from it.

The words are those of the RS-GAN paper, Section 5 and Appendix B. A fake point within `radius` of a centre counts as
that mode, as in the paper's code.
"""

from typing import NamedTuple, Optional

import numpy as np

# As the paper's code has them: lower ends of the clusters, their length, and how near to an end a point counts.
CENTERS, SPREAD = np.array([0.0, 4.0]), 0.3
RADIUS = 1.2 * SPREAD


class Visit(NamedTuple):
  """One stay in the basin of mode collapse: records [entered, left), `left` None if the run ends inside.

  `lowest_loss` and `lowest_value` are the smallest critic's loss and exact value of the landscape met inside;
  `critic_here` and `critic_there` the critic's mean D = sigmoid(f) at the record of that smallest loss, on the fake
  points and on the real points of the other cluster.
  """

  entered: int
  left: Optional[int]
  lowest_loss: float
  lowest_value: float
  critic_here: float
  critic_there: float


def mode_counts(fake, centers, radius):
  """Returns the fake points of each mode, int [..., modes].

  Args:
    fake: [..., n], points on the line.
    centers: of the modes.
    radius: a point at most so far from a centre belongs to it.
  """
  return (np.abs(np.asarray(fake)[..., None] - np.asarray(centers)) <= radius).sum(-2)


def recovered(counts, due):
  """Whether every mode holds at least half of the points it is due; bool [...].

  Args:
    counts: [..., modes], fake points in each mode.
    due: [modes], real points in each mode.
  """
  return (2 * np.asarray(counts) >= np.asarray(due)).all(-1)


def collapsed(counts, total, share=0.9):
  """Whether one mode holds at least `share` of all `total` fake points and every other mode none; bool [...]."""
  counts = np.asarray(counts)
  most = counts.max(-1)
  return (most >= share * total) & (counts.sum(-1) == most)


def first_record(is_recovered):
  """Returns the first record at which a run is recovered, None if there is none; is_recovered is bool [records]."""
  found = np.flatnonzero(is_recovered)
  return int(found[0]) if len(found) else None


def lasting_record(is_recovered):
  """Returns the first record from which on a run stays recovered until its end, None if it is not at its end."""
  not_yet = np.flatnonzero(~np.asarray(is_recovered))
  first = not_yet[-1] + 1 if len(not_yet) else 0
  return int(first) if first < len(is_recovered) else None


def visits(is_collapsed, losses, values, critic):
  """Returns the `Visit`s of one run, in order.

  Args:
    is_collapsed: bool [records].
    losses: critic's loss [records].
    values: exact values of the landscape [records].
    critic: `record -> (D here, D there)`, see `Visit`.
  """
  edges = np.flatnonzero(np.diff(np.concatenate([[False], is_collapsed, [False]]).astype(int)))
  found = []
  for start, stop in edges.reshape(-1, 2).tolist():
    lowest = start + int(np.argmin(losses[start:stop]))
    left = stop if stop < len(is_collapsed) else None
    found.append(Visit(start, left, float(losses[lowest]), float(np.min(values[start:stop])), *critic(lowest)))
  return found
