"""What a loss and a penalty do, before a GAN is trained with them: `--mode=check`.

Every line is computed from the functions as a training would call them: the directions that their gradients point to,
what the theorems on landscapes say of the loss, and whether the smallest GAN, the Dirac-GAN, converges with both.
"""

from typing import NamedTuple, Optional

import numpy as np
import tensorflow as tf

from tfgan_landscape import landscape
from tfgan_landscape.dynamics.dirac_gan import DiracGan
from tfgan_landscape.dynamics.whole_runs import Generators, StepRandom
from tfgan_landscape.errors import InputError, said
from tfgan_landscape.penalties import Batch

_LOGITS = np.linspace(-6, 6, 49)
_SLOPES = np.linspace(0, 3, 61)
_RATES = (0.1, 0.1)
_POINTS = 3  # of the states that are counted


class Line(NamedTuple):
  """One thing that was looked at; `holds` is None where it is a fact and no test."""

  what: str
  holds: Optional[bool]
  found: str

  def __str__(self):
    return f'{"      " if self.holds is None else "ok    " if self.holds else "WRONG "}{self.what}: {self.found}'


def of_loss(loss):
  """Returns the `Line`s of a loss `(real_logits [n], fake_logits [n]) -> GanLoss`."""
  values, slopes = _on_grid(loss)
  return [*_signs(slopes), *_landscape(loss, values)]


def _on_grid(loss):
  """(critic's losses [49, 49], {(side, logits): derivatives [49, 49]}) of all pairs of a real and a fake logit.

  All pairs are one batch; where that differs from one pair at a time the loss couples the examples of a batch.
  """
  real, fake = (tf.constant(each.ravel(), tf.float32) for each in np.meshgrid(_LOGITS, _LOGITS, indexing='ij'))
  with tf.GradientTape(persistent=True) as tape:
    tape.watch([real, fake])
    found = loss(real, fake)
    sides = {side: tf.reduce_sum(getattr(found, side)) for side in ('discriminator', 'generator')}
  slopes = {
    (side, name): np.reshape(tape.gradient(total, logits, unconnected_gradients='zero'), [len(_LOGITS)] * 2)
    for side, total in sides.items()
    for name, logits in (('real', real), ('fake', fake))
  }
  return np.reshape(found.discriminator, [len(_LOGITS)] * 2).astype(np.float64), slopes


def _signs(slopes):
  """Whether both players move logits where they should, at pairs where each has a reason to.

  A least-squares critic pulls logits to targets, so that it may lower a real one: what counts is the margin
  f(x) - f(y) where it is not above 0, and fake logits up to 0.
  """
  real, fake = np.meshgrid(_LOGITS, _LOGITS, indexing='ij')
  raises = {name: -slope for name, slope in slopes.items()}
  margin = raises['discriminator', 'real'] - raises['discriminator', 'fake']
  wanted = (
    ("the critic's step raises f(x) - f(y)", margin[fake >= real], 'where f(x) is not above f(y)'),
    ("the generator's step raises f(y)", raises['generator', 'fake'][fake <= 0], 'where f(y) is not above 0'),
  )
  for what, push, where in wanted:
    forwards, backwards = ((way * push > 1e-6 * np.abs(push).max()).mean() for way in (1, -1))
    told = f'in {forwards:.0%} of logits from -6 to 6 {where}, lowers it in {backwards:.0%}'
    yield Line(what, bool(forwards > 0.5 > backwards), told)
  sure, middle = (float(np.abs(slopes['generator', 'fake'][24, at])) for at in (0, 24))
  if middle:
    verdict = 'it saturates' if sure < 0.1 * middle else 'it does not saturate'
    yield Line(
      "the generator's gradient at a fake logit of -6", None, f'{sure / middle:.2g} times that at 0: {verdict}'
    )


def _landscape(loss, losses):
  """Lines of what the theorems say of the payoff -L_D, where it is a function of each logit or of their difference."""
  try:
    exact, kind = exact_loss(loss, losses)
  except Exception as error:  # a user's function that takes float32 alone
    yield Line('landscape', None, f'not computed, the loss fails on float64 logits: {said(error)}')
    return
  yield Line('kind', None, kind)
  if exact is None:
    return
  for name, found in exact.assumptions().items():
    yield Line(f'Assumption {name}', None, f'{"holds" if found else "fails"}: {found.why}')
  states = f'of the {_POINTS**_POINTS} states of {_POINTS} points'
  try:
    bad = landscape.count_bad_basins(_POINTS, exact)
    yield Line('bad minima', None, f'{bad} {states}, for critics without a limit')
  except InputError as error:
    yield Line('bad minima', None, f'not known: {error}')


def levels(loss):
  """Returns {state: the critic's loss there}: where it cannot tell, and where it tells all.

  Of a loss that the theorems are about also the best critic's where the generator covers one of two modes (Claims 3.1
  and 3.2, over all pairs).
  """

  def at(real, fake):
    return float(tf.reduce_mean(loss(tf.constant([real]), tf.constant([fake])).discriminator))

  found = {'cannot tell': at(0.0, 0.0), 'tells all': at(100.0, -100.0)}
  try:
    exact, _ = exact_loss(loss, _on_grid(loss)[0])
    if isinstance(exact, landscape.KeptPairs):
      exact = landscape.AllPairs(*exact.functions)
    values = [exact.value([0.0, 1.0], fake) for fake in ([0.0, 1.0], [0.0, 0.0])] if exact else []
  except Exception:  # a user's function that takes float32 alone, or one without a supremum: no level is told
    values = []
  size = 2 if values and isinstance(exact, landscape.Separable) else 1
  return found | ({'one of two modes': found['cannot tell'] - size * (values[1] - values[0])} if values else {})


def exact_loss(loss, losses):
  """Returns (the payoff as a loss of `landscape`, or None; what it is, in words).

  Args:
    loss: `(real_logits [n], fake_logits [n]) -> GanLoss`.
    losses: the critic's, on the grid of logits [49, 49].
  """

  def critics(real, fake):
    shape = np.shape(real)
    pair = (tf.constant(np.ravel(np.broadcast_to(each, shape)), tf.float64) for each in (real, fake))
    return np.reshape(loss(*pair).discriminator, shape)

  middle = len(_LOGITS) // 2
  one = critics(np.array([_LOGITS[5]]), np.array([_LOGITS[40]]))
  size = 1e-5 * (1 + np.abs(losses).max())
  if abs(one[0] - losses[5, 40]) > size:
    return None, 'it couples the examples of a batch: the theorems say nothing'
  if np.abs(losses - losses[:, [middle]] - losses[[middle]] + losses[middle, middle]).max() < size:
    half = losses[middle, middle] / 2
    h1, h2 = (lambda t: half - critics(t, 0.0)), (lambda t: half - critics(0.0 * t, -t))
    return landscape.Separable(_from_the_top(h1), _from_the_top(h2)), 'separable, h1(f(x)) + h2(-f(y))'
  if np.abs(losses[1:, 1:] - losses[:-1, :-1]).max() < size:
    return landscape.KeptPairs(
      _from_the_top(lambda t: -critics(t, 0.0))
    ), 'of the difference, h(f(x) - f(y)) for each pair'
  return None, 'neither separable nor of the difference alone: the theorems say nothing'


def _from_the_top(h):
  """h less its supremum, which the theorems take to be 0; h itself where it has none."""
  try:
    top = landscape.supremum(h)
  except InputError:
    return h
  return lambda t: h(t) - top


def of_penalty(penalty, dimensions=2):
  """Returns the `Line`s of a `penalties.Penalty` on a linear critic f(x) = w . x."""
  try:
    values = [_on_a_linear_critic(penalty, slope, dimensions) for slope in _SLOPES]
  except Exception as error:  # one that reads a network's layers, or latents of another size
    return [Line('penalty', None, f'not computed on a linear critic: {said(error)}')]
  value, gradient = (np.array(each) for each in zip(*values))
  least = _SLOPES[value.argmin()]
  differences = (value[2:] - value[:-2]) / (_SLOPES[2:] - _SLOPES[:-2])
  apart = np.abs(differences - gradient[1:-1])
  close = float(np.median(apart) / (1e-12 + np.abs(differences).max()))
  if not value.any():
    return [Line('penalty', None, 'none')]
  shown = ', '.join(f'{value[np.searchsorted(_SLOPES, slope)]:.3g}' for slope in (0, 0.5, 1, 2))
  return [
    Line(
      'its gradient is that of its value', close < 0.02, f'apart from finite differences by {close:.1e} of the largest'
    ),
    Line('a linear critic of slope 0, 0.5, 1, 2', None, f'{shown}; least at {least:.2g}'),
  ]


def _on_a_linear_critic(penalty, slope, dimensions):
  """(the penalty's mean, its derivative by the slope) for f(x) = slope x_1 at points around 0."""
  real, fake = (tf.random.stateless_normal([16, dimensions], [0, seed]) + shift for seed, shift in ((1, 0.0), (2, 1.0)))
  batch = Batch(real, fake, fake, StepRandom(tf.constant([0, 3])), tf.constant(0.0), tf.constant(0))
  slope = tf.constant(slope, tf.float32)
  with tf.GradientTape() as tape:
    tape.watch(slope)
    terms = penalty(lambda points: slope * points[:, 0], batch, Generators([tf.identity]))
    value = tf.add_n([tf.reduce_mean(term) for term in terms.values()]) if terms else 0.0 * slope
  return float(value), float(tape.gradient(value, slope, unconnected_gradients='zero'))


def of_the_dirac_gan(loss, penalty):
  """Returns the `Line`s of the Dirac-GAN under both: eigenvalues of an alternating update at its stationary point."""
  try:
    values = np.linalg.eigvals(DiracGan(loss, penalty, _RATES).jacobian([0.0, 0.0]))
  except Exception as error:  # a penalty with variables, or a function that takes float32 alone
    return [Line('Dirac-GAN', None, f'not computed: {said(error)}')]
  largest = float(np.abs(values).max())
  verdict = (
    'converges' if largest < 1 - 1e-9 else 'turns around the optimum for ever' if largest < 1 + 1e-9 else 'runs away'
  )
  shown = ', '.join(f'{value:.4f}' for value in values)
  return [Line('Dirac-GAN', None, f'{verdict}: eigenvalues {shown} at learning rates of {_RATES[0]:g}')]


def report(loss, penalty):
  """Prints everything; returns whether nothing is wrong."""
  found = {
    'the loss': of_loss(loss),
    'the penalty': of_penalty(penalty),
    'loss and penalty': of_the_dirac_gan(loss, penalty),
  }
  for title, lines in found.items():
    print(title)
    for line in lines:
      print(f'  {line}')
  return all(line.holds is not False for lines in found.values() for line in lines)
