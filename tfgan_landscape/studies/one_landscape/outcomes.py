"""From descents and states to rows: shares of bad ends, counts of bad minima, critical weights."""

import collections
import itertools

import numpy as np

from tfgan_landscape import landscape
from tfgan_landscape.evaluation import survival
from tfgan_landscape.reporting.results import Row, row


def bad_shares(real, runs):
  """Returns [(share, low, high)] of ends that are no permutation of X, for every weight, with 95 % intervals.

  Args:
    real: X [n].
    runs: records of every start, see `OneLandscape.run`.
  """
  ends = np.stack([run['ends'] for run in runs])  # [starts, weights, n]
  bad = [[landscape.state(real, end).name != 'perfect' for end in each] for each in ends]
  return [survival.share(each) for each in np.array(bad).T]


def states(n):
  """Yields one state of every kind that is no permutation: indices [n] of the x's on which the y's lie."""
  return (pattern for pattern in itertools.product(range(n), repeat=n) if len(set(pattern)) < n)


def kinds(n, loss):
  """Returns {state: how many of the n^n states are like it}: all of them where pairs are kept, else up to the order."""
  if isinstance(loss, landscape.KeptPairs):
    return dict.fromkeys(states(n), 1)
  return collections.Counter(tuple(sorted(pattern)) for pattern in states(n))


def bad_minima(real, loss, weight):
  """Returns how many of the n^n states with all y on X are sub-optimal strict local minima at a weight."""
  found = 0
  for pattern, count in kinds(len(real), loss).items():
    certificate = landscape.lipschitz_certificate(real, real[list(pattern)], loss, weight)
    found += count * bool(certificate.strict and certificate.suboptimal)
  return found


def critical_weights(real, loss):
  """Returns {state: its critical weight}, the largest first, of states that are a minimum at some weight."""
  patterns = sorted(kinds(len(real), loss))
  found = {pattern: landscape.critical_weight(real, real[list(pattern)], loss) for pattern in patterns}
  return dict(sorted(((each, weight) for each, weight in found.items() if weight > 0), key=lambda item: -item[1]))


def share_rows(shares, names, weights, protocol):
  """Returns a `Row` for every weight, loss and n."""
  return [
    row(f'{weight:g}', f'{names[loss]}, n = {n}', estimate, protocol=protocol)
    for (loss, n), estimates in shares.items()
    for weight, estimate in zip(weights, estimates)
  ]


def count_rows(counts, names, weights):
  """Returns a `Row` for every weight, loss and n."""
  return [
    Row(f'{weight:g}', f'{names[loss]}, n = {n} of {n**n}', float(count))
    for (loss, n), each in counts.items()
    for weight, count in zip(weights, each)
  ]


def critical_rows(critical, names):
  """Returns a `Row` for the state that holds out longest, of every loss and n, and for the number of such states."""
  rows = []
  for (loss, n), found in critical.items():
    state, weight = next(iter(found.items()), ((), 0.0))
    where = f'Y = {tuple(each / (n - 1) for each in state)}' if state else 'none is a minimum at any weight'
    rows.append(Row(f'n = {n}', names[loss], float(weight), note=where))
  return rows
