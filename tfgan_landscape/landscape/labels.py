"""The landscape of a conditional GAN: points have labels, a critic sees them, and points meet within a label alone."""

import math

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import points
from tfgan_landscape.landscape.basins import count_bad_basins
from tfgan_landscape.landscape.loss import check


def value_with_labels(real, generated, real_labels, generated_labels, loss):
  """The value where a critic sees labels: the mean over points of each label's own, as every label has its own critic.

  Args:
    real: X [n, d] or [n].
    generated: Y, of the same shape.
    real_labels: of X, [n], anything that NumPy sorts.
    generated_labels: of Y, [n], as many of each label; pairs of a `KeptPairs` are those of a label in their order.
    loss: `Separable`, `KeptPairs` or `AllPairs`.

  Returns:
    A float.

  Raises:
    InputError: a label that one side lacks or has more often; as `loss.value`.
  """
  check(loss)
  real, generated = points.pair(real, generated)
  sides = [_labels(name, each, len(real)) for name, each in (('X', real_labels), ('Y', generated_labels))]
  values = []
  for label in np.unique(np.concatenate(sides)):
    first, second = (side == label for side in sides)
    if first.sum() != second.sum():
      raise InputError(
        f'label {label} has {first.sum()} real and {second.sum()} generated points; give as many of both'
      )
    values.append(first.sum() * loss.value(real[first], generated[second]))
  return float(np.sum(values)) / len(real)


def _labels(name, labels, count):
  labels = np.asarray(labels)
  if labels.shape != (count,):
    raise InputError(f'the labels of {name} have shape {labels.shape} for {count} points; give one for each')
  return labels


def count_bad_basins_with_labels(points, loss):
  """Counts them for a conditional GAN: real and generated points have labels, and meet within a label alone.

  The critic sees the label, so that the value is a mean over labels; a state is a strict local minimum if it is one in
  each of them, and sub-optimal if it is so in any. With s(n) strict minima among the n^n states of one label, n! of
  them the permutations, there are prod s(n) - prod n! bad ones: for separable losses and all pairs prod n^n - prod n!,
  none where every label has one point.

  Args:
    points: of every label, n each 1 to 8.
    loss: `Separable`, `KeptPairs` or `AllPairs`.

  Returns:
    An int.

  Raises:
    InputError: as `count_bad_basins`; no label.
  """
  if not len(points):
    raise InputError('there is no label; give the number of points of each')
  bad = [count_bad_basins(n, loss) for n in points]
  good = [math.factorial(n) for n in points]
  return math.prod(map(sum, zip(bad, good))) - math.prod(good)
