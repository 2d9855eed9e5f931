"""From points to the parameters of networks (RS-GAN paper, Section 4.2 and Appendix K).

A perceptron is linear in its last layer: G_w(z) = W_H T_H(z), T_H the features of the last hidden layer. Where the
features of n latents have rank n, every way of the n generated points is a way of W_H alone (Claim K.2), so that
Claim J.1's path out of a bad state is one in the parameters; and a critic whose features of the 2n points have rank 2n
takes any values there (Claim K.3), so that it is worth as much as the best of all functions.
"""

from typing import Callable, NamedTuple

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import numeric, points
from tfgan_landscape.landscape.assumptions import Check
from tfgan_landscape.landscape.loss import check

_ORDERS = 20  # of the series at 0 that Assumption K.5 is checked on
_REACHED = 1e-9  # of the size of the outputs: a farther one is not reached by the last layer


class Perceptron(NamedTuple):
  """W_H s(... W_2 s(W_1 z + b_1) + b_2 ...) + b_H, in float64.

  Attributes:
    kernels: W_1 to W_H, [units, inputs] each.
    activation: s, a function of arrays.
    biases: b_1 to b_H, [units] each; None for none at all, as in the paper.
  """

  kernels: tuple
  activation: Callable
  biases: tuple = None

  def features(self, inputs):
    """The last hidden layer T_H of inputs [m, d] or [m], and a column of ones if there are biases: [m, d_H (+ 1)]."""
    outputs = _inputs(inputs)
    for index, kernel in enumerate(self.kernels[:-1]):
      outputs = self.activation(outputs @ kernel.T + (self.biases[index] if self.biases else 0))
    outputs = np.asarray(outputs, np.float64)
    return np.hstack([outputs, np.ones([len(outputs), 1])]) if self.biases else outputs

  def __call__(self, inputs):
    """Maps inputs [m, d] or [m] to outputs [m, units of the last layer]."""
    return self.features(inputs) @ self.last.T

  @property
  def last(self):
    """The last layer's kernel, its bias as a last column: [units, d_H (+ 1)]."""
    return np.column_stack([self.kernels[-1], self.biases[-1]]) if self.biases else self.kernels[-1]

  def with_last(self, last):
    """The same network with another last layer, as `last` is."""
    if not self.biases:
      return self._replace(kernels=(*self.kernels[:-1], last))
    return self._replace(kernels=(*self.kernels[:-1], last[:, :-1]), biases=(*self.biases[:-1], last[:, -1]))


class Lift(NamedTuple):
  """A path in the parameters of a generator: `points` are its waypoints', `last` the last layers', joined by lines.

  Attributes:
    last: [steps, d, d_H (+ 1)], see `Perceptron.last`; the other layers stay.
    points: [steps, n, d], what the generator makes of the latents there.
    values: [steps], the relativistic value of each.
    error: the largest distance of a generated point from the path's.
  """

  last: np.ndarray
  points: np.ndarray
  values: np.ndarray
  error: float


def perceptron(model):
  """Reads a Keras model that is a stack of Dense layers with one activation between them; returns a `Perceptron`.

  Raises:
    InputError: it is something else; build a Perceptron of its arrays.
  """
  dense = [layer for layer in getattr(model, 'layers', ()) if hasattr(layer, 'kernel')]
  if not dense or any(layer.kernel.shape.rank != 2 for layer in dense) or len(_others(model)) > 0:
    raise InputError(
      f'{model!r} is no stack of Dense layers: give Perceptron(kernels, activation, biases) of its arrays'
    )
  kinds = {layer.activation for layer in dense[:-1]}
  if len(kinds) > 1 or getattr(dense[-1].activation, '__name__', '') != 'linear':
    raise InputError('the layers have several activations, or the last one has one: K.4 and K.5 are about one')
  kernels = tuple(np.asarray(layer.kernel, np.float64).T for layer in dense)
  biases = tuple(np.asarray(layer.bias, np.float64) if layer.use_bias else np.zeros(layer.units) for layer in dense)
  activation = kinds.pop() if kinds else None
  return Perceptron(
    kernels, lambda t: np.asarray(activation(t)), biases if any(layer.use_bias for layer in dense) else None
  )


def _others(model):
  """Layers that do more than hand on: neither Dense nor the input."""
  return [each for each in model.layers if not hasattr(each, 'kernel') and type(each).__name__ != 'InputLayer']


def random_perceptron(sizes, activation, random, biases=False):
  """Draws a `Perceptron` with kernels N(0, 1 / inputs) and biases N(0, 1); sizes are units, the inputs' first."""
  kernels = tuple(random.standard_normal([o, i]) / np.sqrt(i) for i, o in zip(sizes, sizes[1:]))
  return Perceptron(kernels, activation, tuple(map(random.standard_normal, sizes[1:])) if biases else None)


def network_assumptions(network, inputs):
  """Checks Assumptions 4.6 and K.1 to K.6 on a network and its inputs: n latents, or a critic's 2n points.

  K.4: as many units in the last hidden layer as inputs. K.5: the activation is analytic at 0 with no vanishing
  derivative, here up to order 20 or the number of inputs. K.6: distinct inputs. 4.6 (K.3), of a generator, and K.1
  and K.2, that any outputs are reached, hold where the features have full rank; where they have not, nothing is shown.

  Args:
    network: `Perceptron`.
    inputs: [m, d] or [m].

  Returns:
    A dict: name ('4.6', 'K.1', ...) -> Check(holds, why); 'K.3' is '4.6'.
  """
  inputs = _inputs(inputs)
  count, units = len(inputs), network.kernels[-1].shape[1]
  rank = np.linalg.matrix_rank(network.features(inputs))
  full = Check(bool(rank == count), f'the features of the {count} inputs have rank {rank}')
  return {
    '4.6': full,
    'K.1': full,
    'K.2': full,
    'K.4': Check(units >= count, f'{units} units in the last hidden layer, {count} inputs'),
    'K.5': analytic(network.activation, min(count, _ORDERS)),
    'K.6': _distinct(inputs),
  }


def _distinct(inputs):
  values, first = np.unique(inputs, axis=0, return_inverse=True)
  if len(values) == len(inputs):
    return Check(True, 'the inputs are distinct')
  twice = np.flatnonzero(np.bincount(first.ravel()) > 1)[0]
  return Check(False, f'inputs {np.flatnonzero(first.ravel() == twice)[:2].tolist()} are equal')


def analytic(activation, orders=_ORDERS):
  """Assumption K.5: whether the derivatives of order 0 to `orders` at 0 are not 0, by Cauchy's integral.

  Says no of all four examples that the paper names: the series of tanh and of swish at 0 have no constant, that of
  sigmoid no square, that of SoftPlus no cube.

  Args:
    activation: a function of complex arrays.
    orders: 1 to 20.

  Returns:
    Check(holds, why).
  """
  circle = 0.9 * np.exp(2j * np.pi * np.arange(512) / 512)
  with np.errstate(all='ignore'):
    series = np.fft.fft(np.asarray(activation(circle))) / 512 / 0.9 ** np.arange(512)
    ahead = np.array([-0.4, -0.1, 0.1, 0.4])
    apart = np.abs(np.polynomial.polynomial.polyval(ahead, series[:100]) - activation(ahead)).max()
  if not apart < 1e-8:
    return Check(False, 'not analytic at 0: its Taylor series is another function')
  vanishing = np.flatnonzero(np.abs(series[: orders + 1]) < 1e-11 * np.abs(series[:100]).max())
  if len(vanishing):
    return Check(False, f'the derivative of order {vanishing[0]} at 0 is 0')
  return Check(True, f'no derivative up to order {orders} at 0 is 0')


def lift(path, generator, latents):
  """Realises a path of generated points in a generator's parameters (RS-GAN paper, Claim K.2, Propositions 1 and 2).

  Only the last layer moves, W_H(t) = W_H(0) + the least-squares solution of W T_H(Z) = Y(t) - Y(0): lines between
  waypoints stay lines, and where the features have rank n the generator makes the path exactly.

  Args:
    path: `EscapePath` that starts where the generator is, `escape_path(X, generator(latents))`.
    generator: `Perceptron`.
    latents: Z [n, l] or [n].

  Returns:
    Lift.

  Raises:
    InputError: the path starts elsewhere or has another n or d; it cannot be realised, with the assumption that fails.
  """
  start = generator(latents)
  if start.shape != path.points.shape[1:]:
    raise InputError(f'the path is of points {path.points.shape[1:]}, the generator makes {start.shape}; give its own')
  size = 1 + np.abs(path.points).max()
  if np.abs(start - path.points[0]).max() > _REACHED * size:
    raise InputError('the path does not start where the generator is: give escape_path(X, generator(latents))')
  features = generator.features(latents)
  steps = np.linalg.pinv(features) @ (path.points - start)  # [steps, d_H, d]
  made = start + features @ steps
  error = np.linalg.norm(made - path.points, axis=2).max()
  if error > _REACHED * size:
    raise InputError(f'the path cannot be lifted, a point is off by {error:.2g}: {_failing(generator, latents)}')
  return Lift(generator.last + np.swapaxes(steps, 1, 2), made, path.values, error)


def _failing(network, inputs):
  """Which assumption fails, in a clause."""
  found = network_assumptions(network, inputs)
  names = [name for name in ('K.6', 'K.4', 'K.5') if not found[name]]
  reason = f'Assumption {names[0]} fails ({found[names[0]].why})' if names else 'the weights are not generic (Lemma 2)'
  return f'{reason}, and {found["4.6"].why}'


def critic_value(real, generated, loss, critic, bound=30.0):
  """The payoff of a network whose last layer is fitted to the best critic (RS-GAN paper, Assumption K.1, Claim K.3).

  A lower bound of the value over all functions; within exp(-bound) or so of it for logistic losses where the features
  of the points have full rank.

  Args:
    real: X [n, d] or [n], n up to about 20.
    generated: Y, of the same shape.
    loss: `Separable`, `KeptPairs` or `AllPairs`.
    critic: `Perceptron` with one output.
    bound: the largest |f| at the points.

  Returns:
    The payoff, a float.

  Raises:
    InputError: the critic has several outputs, or cannot take the values at the points, with the assumption that fails;
      as `numeric_bounds`.
  """
  check(loss)
  if len(critic.last) != 1:
    raise InputError(f'the critic has {len(critic.last)} outputs, a logit is one')
  groups = points.group(real, generated)
  size = len(groups.values)
  terms, scale = loss.terms(groups.real, groups.generated, size), loss.scale(len(groups.real))
  wanted = numeric.maximise(terms, size, bound, 1e-9 * scale).critic
  features = critic.features(groups.values)
  found = critic.with_last((np.linalg.pinv(features) @ wanted)[None])(groups.values)[:, 0]
  if np.abs(found - wanted).max() > 1e-6 * bound:
    raise InputError(f'the critic cannot take the best values: {_failing(critic, groups.values)}')
  return float(sum(term.weight @ term.h(term.matrix @ found) for term in terms)) / scale


def _inputs(inputs):
  inputs = points.numbers('inputs', inputs)
  return inputs[:, None] if inputs.ndim == 1 else inputs
