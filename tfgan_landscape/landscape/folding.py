"""A mixture of ReLU networks folded into one, a layer deeper (MIX+GAN paper, Theorem 4.3 with Lemmas 1 and 2).

A network is a list of layers (W [out, in], b [out]) with ReLU between them; the last layer has none. The folded network
takes one more input h ~ N(0, 1), which selects the component. In float64.
"""

import numpy as np
import scipy.linalg
import scipy.stats

from tfgan_landscape.errors import InputError


def apply(network, inputs):
  """Returns the outputs [n, out] of a network for inputs [n, in]."""
  for index, (kernel, bias) in enumerate(network):
    inputs = (np.maximum(inputs, 0) if index else inputs) @ np.asarray(kernel).T + bias
  return inputs


def selector(thresholds, width):
  """Returns the two-layer network of Lemma 1, from h [n, 1] to x [n, k + 1], with h between thresholds z_1 < ... < z_k.

  x_i is 1 where z_{i-1} + width / 2 <= h <= z_i - width / 2 and 0 between other thresholds, linear in the windows of
  `width` around each; the x_i add up to 1 everywhere.

  Raises:
    InputError: thresholds that are not in rising order, more than `width` apart.
  """
  thresholds = np.asarray(thresholds, np.float64)
  if width <= 0 or (np.diff(thresholds) <= width).any():
    raise InputError(
      f'thresholds {thresholds.tolist()} are not more than the width {width:g} apart; give a smaller one'
    )
  count = len(thresholds)
  edges = np.concatenate([thresholds - width / 2, thresholds + width / 2])
  first = np.full([2 * count, 1], 1 / width), -edges / width
  steps = np.hstack([np.eye(count), -np.eye(count)])  # from 0 to 1 around each threshold
  kernel = np.vstack([np.zeros([1, 2 * count]), steps]) - np.vstack([steps, np.zeros([1, 2 * count])])
  return [first, (kernel, np.append(1.0, np.zeros(count)))]


def fold(networks, shares, width, bound):
  """Returns one network, a layer deeper, whose outputs are those of the component that h selects (Lemma 2).

  The last layer of component i gets -M (1 - x_i) before a ReLU, x of `selector`, which leaves nothing of it where
  x_i = 0; a last layer sums the components. The paper's networks end in a ReLU; a linear output y is had here as
  relu(y) - relu(-y), so that any network can be folded. Its inputs are [z, h].

  Args:
    networks: T networks of the same inputs and as many layers, at least two.
    shares: [T], above 0, their sum is 1: the probabilities of the components.
    width: of the windows of h in which two components add up; a probability of at most (T - 1) width / sqrt(2 pi).
    bound: M, above every |y| that the components put out.

  Raises:
    InputError: networks that cannot be folded; a width that leaves a component no room.
  """
  depth = {len(network) for network in networks}
  if len(depth) > 1 or min(depth) < 2:
    raise InputError('networks of one depth, at least two layers, can be folded; give such')
  (first, second) = selector(scipy.stats.norm.ppf(np.cumsum(shares)[:-1]), width)
  units = len(first[1])
  layers = []
  for index in range(min(depth) - 1):
    own, bias = _beside(networks, index)
    switch = first[0] if index == 0 else np.eye(units)
    layers.append(
      (scipy.linalg.block_diag(own, switch), np.concatenate([bias, first[1] if index == 0 else np.zeros(units)]))
    )
  return [*layers, *_selected([network[-1] for network in networks], second, bound)]


def averaged(networks):
  """Returns one network, of as many layers, whose outputs are the mean of the networks' outputs (Theorem 4.3's critic).

  Args:
    networks: T networks of the same inputs and outputs and as many layers.

  Raises:
    InputError: networks of several depths.
  """
  if len({len(network) for network in networks}) > 1:
    raise InputError('networks of one depth can be averaged; give such')
  layers = [_beside(networks, index) for index in range(len(networks[0]))]
  kernel, bias = layers.pop()
  mean = np.tile(np.eye(len(bias) // len(networks)), len(networks)) / len(networks)
  return [*layers, (mean @ kernel, mean @ bias)]


def _beside(networks, index):
  """A layer of all networks beside each other, whose first layers have the same inputs: (W, b)."""
  kernels, biases = zip(*(network[index] for network in networks))
  return np.vstack(kernels) if index == 0 else scipy.linalg.block_diag(*kernels), np.concatenate(biases)


def _selected(last, selecting, bound):
  """The last two layers: y_i - M (1 - x_i) and -y_i - M (1 - x_i) of every component, then their difference."""
  kernels, biases = zip(*last)
  own, outputs = scipy.linalg.block_diag(*kernels), len(biases[0])
  gate = np.repeat(selecting[0], outputs, 0) * bound, np.repeat(selecting[1] - 1, outputs) * bound
  kernel = np.vstack([np.hstack([sign * own, gate[0]]) for sign in (1, -1)])
  bias = np.concatenate([sign * np.concatenate(biases) + gate[1] for sign in (1, -1)])
  add = np.tile(np.eye(outputs), len(last))
  return [(kernel, bias), (np.hstack([add, -add]), np.zeros(outputs))]
