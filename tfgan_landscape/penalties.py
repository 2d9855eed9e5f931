"""Gradient penalties on the critic: terms of its loss by name, one value per pair.

A penalty is a function or a `tf.Module` as the protocol `Penalty` says. Its terms are added to the critic's loss before
the one mean over the batch, and reported under their names. A module's trainable variables learn with the critic, and
its whole state is part of a checkpoint.

Every penalty is of slopes ||grad f||, f being the critic's logit and the norm running over all axes of an example. What
they differ in are arguments:

* the *place* where the slope is taken, `batch -> points [n, ...]`: `between_pairs`, `at_real`, `at_fake`;
* the *squares*, how ||grad f||^2 is had, `(critic, points, random) -> [n]`: `exact_squares` or `difference_squares`;
* the *weight*, a number or a function of the run's progress, of `ramps.py`.

Labels are no part of an example. Where a batch has some, the critic is a function of (examples, labels), a place
returns (points, labels), and squares take the labels as one more argument.

`on_probability` and `lazily` turn a penalty into another one, `together` makes one of several.
"""

from typing import Any, Callable, NamedTuple, Protocol, Union

import tensorflow as tf

from tfgan_landscape.config.arguments import NonNegative, configurable
from tfgan_landscape.penalty_modules import LatentPath, MaxGradient, Together, lazily, on_probability, on_scaled_logits
from tfgan_landscape.slopes import (
  around_real,
  at_fake,
  at_real,
  between_pairs,
  difference_squares,
  exact_squares,
  placed,
  slope,
  weight_at,
)

__all__ = [
  'Batch',
  'Penalty',
  'none',
  'gradient_penalty',
  'dragan',
  'lipschitz',
  'zero_centered',
  'r1',
  'r2',
  'r1_r2',
  'centered_logits',
  'equal_logits',
  'LatentPath',
  'MaxGradient',
  'Together',
  'lazily',
  'on_probability',
  'on_scaled_logits',
  'around_real',
  'at_fake',
  'at_real',
  'between_pairs',
  'difference_squares',
  'exact_squares',
  'slope',
]

_given = ['critic', 'batch', 'generators']
_Weight = Union[NonNegative, Callable]


class Batch(NamedTuple):
  """What one step sees, of a trainer on one replica.

  Attributes:
    real: examples [n, ...].
    fake: the generator's examples [n, ...]; of a mixture, each by the component that its latents draw.
    latents: [n, latent_dim], those of the fake ones.
    random: its `uniform(shape)` and `normal(shape)` are functions of the run's seed and the step, so that a resumed
      run repeats them.
    progress: share of the iterations that are done, in [0, 1), a scalar tensor.
    step: the critic steps done, an integer scalar tensor.
    real_labels: of the real examples, int [n]; None for a GAN that is not conditional.
    fake_labels: of the fake ones, likewise.
  """

  real: Any
  fake: Any
  latents: Any
  random: Any
  progress: Any
  step: Any
  real_labels: Any = None
  fake_labels: Any = None


class Penalty(Protocol):
  """What a critic step calls."""

  def __call__(self, critic, batch, generators):
    """Returns {name: values [n]}, the terms that are added to the critic's loss; {} for none.

    Args:
      critic: maps examples [n, ...], and labels [n] where the batch has some, to logits [n].
      batch: `Batch`.
      generators: has `networks`, a list of functions from latents [n, latent_dim] to examples, or to
        (examples, labels) where the batch has labels.
    """


@configurable(denylist=_given)
def none(critic, batch, generators):
  """No penalty: no terms."""
  del critic, batch, generators
  return {}


def _of_slopes(name, critic, batch, place, weight, center, one_sided=False):
  """{name: weight (||grad f|| - center)^2}, where it is one-sided of slopes above `center` only."""
  points, labels = placed(place, batch)
  excess = slope(critic, points, *labels) - center
  return {name: weight_at(weight, batch) * tf.square(tf.nn.relu(excess) if one_sided else excess)}


def _of_squares(name, critic, batch, place, weight, squares):
  """{name: weight ||grad f||^2}."""
  points, labels = placed(place, batch)
  return {name: weight * squares(critic, points, batch.random, *labels)}


@configurable(denylist=_given)
def gradient_penalty(
  critic,
  batch,
  generators,
  weight: _Weight = 10.0,
  center: NonNegative = 1.0,
  one_sided: bool = False,
  place: Callable = between_pairs,
):
  """WGAN-GP's penalty (Gulrajani et al. 2017, Eq. 3), weight (||grad f|| - center)^2.

  Args:
    critic: maps [n, ...] to logits [n].
    batch: `Batch`.
    generators: see `Penalty`.
    weight: lambda, 10 in the paper.
    center: the slope that is not penalised.
    one_sided: whether slopes below `center` are left alone.
    place: where the slope is taken; on one random point of the line between each pair in the paper.

  Returns:
    {'gradient_penalty': [n]}, at least 0.
  """
  del generators
  return _of_slopes('gradient_penalty', critic, batch, place, weight, center, one_sided)


@configurable(denylist=_given)
def dragan(critic, batch, generators, weight: _Weight = 10.0, place: Callable = around_real):
  """DRAGAN's penalty (Kodali et al. 2017): `gradient_penalty` around the real examples."""
  del generators
  return _of_slopes('dragan', critic, batch, place, weight, 1.0)


@configurable(denylist=_given)
def lipschitz(critic, batch, generators, weight: _Weight = 10.0, place: Callable = between_pairs):
  """WGAN-LP's penalty (Petzka et al. 2018): the one-sided `gradient_penalty`, of slopes above 1 only."""
  del generators
  return _of_slopes('lipschitz', critic, batch, place, weight, 1.0, one_sided=True)


@configurable(denylist=_given)
def zero_centered(
  critic,
  batch,
  generators,
  weight: _Weight = 10.0,
  place: Callable = between_pairs,
  squares: Callable = exact_squares,
):
  """0-GP (Thanh-Tung et al. 2019, Eq. 6), weight ||grad f||^2 on the line between each pair.

  With `place` `at_real` or `at_fake` it is the paper's 0-GP-sample. The paper's toy code takes the slope of the
  probability, `on_probability`, its ImageNet code that of the logit.
  """
  del generators
  return _of_squares('zero_centered', critic, batch, place, weight_at(weight, batch), squares)


@configurable(denylist=_given)
def r1(critic, batch, generators, gamma: _Weight = 1.0, squares: Callable = exact_squares):
  """R1 (Mescheder et al. 2018, Eq. 9): `zero_centered` at real examples, gamma / 2 ||grad f||^2."""
  del generators
  return _of_squares('r1', critic, batch, at_real, 0.5 * weight_at(gamma, batch), squares)


@configurable(denylist=_given)
def r2(critic, batch, generators, gamma: _Weight = 1.0, squares: Callable = exact_squares):
  """R2 (Mescheder et al. 2018, Eq. 10): `zero_centered` at generated examples, gamma / 2 ||grad f||^2."""
  del generators
  return _of_squares('r2', critic, batch, at_fake, 0.5 * weight_at(gamma, batch), squares)


@configurable(denylist=_given)
def r1_r2(critic, batch, generators, gamma: _Weight = 1.0, squares: Callable = exact_squares):
  """R1 + R2 of one gamma, as R3GAN has them (Huang et al. 2024)."""
  return {**r1(critic, batch, generators, gamma, squares), **r2(critic, batch, generators, gamma, squares)}


@configurable(denylist=_given)
def centered_logits(critic, batch, generators, weight: _Weight = 0.01):
  """weight (f(x) + f(y))^2 of each pair: the critic of a pairing loss, which may add any constant, stays around 0.

  Adversarial Flow Models (2026) train with it.
  """
  del generators
  real, fake = _logits(critic, batch)
  return {'centered_logits': weight_at(weight, batch) * tf.square(real + fake)}


@configurable(denylist=_given)
def equal_logits(critic, batch, generators, weight: _Weight = 1.0):
  """weight (f(x) - f(y))^2 of each pair: the second of the two terms that 0-GP stands for (0-GP paper, Section 5.2)."""
  del generators
  real, fake = _logits(critic, batch)
  return {'equal_logits': weight_at(weight, batch) * tf.square(real - fake)}


def _logits(critic, batch):
  """f(x) and f(y), each [n]."""
  real_labels, fake_labels = (() if batch.real_labels is None else (labels,) for labels in batch[-2:])
  return tf.reshape(critic(batch.real, *real_labels), [-1]), tf.reshape(critic(batch.fake, *fake_labels), [-1])
