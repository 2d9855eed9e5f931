"""Points drawn from mixtures of Gaussians, rings and grids, and from a swiss roll.

RS-GAN's five Gaussians (as its released 5gaussian.py draws them): `ring(5, 1)`, variance 0.002, 2000 points a
mode. PacGAN's and VEEGAN's ring: `ring(8, 1)`, std 0.01. PacGAN's grid: `grid(5, 2)`, std 0.05. Zero-GP's
ring at scale 10: `ring(8, 7.07)`, std 0.01414; its grid: `grid(5, 7.07)`, std 0.177; its roll: `swiss_roll`.
"""

import math

import numpy as np
import tensorflow as tf

from tfgan_landscape.config.arguments import Count, NonNegative, Positive, Seed, configurable
from tfgan_landscape.datasets.examples import Examples
from tfgan_landscape.errors import InputError

SPLITS = ('train', 'test')


@configurable
def ring(modes: Count = 5, radius: NonNegative = 1.0):
  """Centres on a circle: radius (cos 2 pi k / modes, sin 2 pi k / modes), k = 0, 1, ...; a list of pairs."""
  angles = [2 * math.pi * k / modes for k in range(modes)]
  return [(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles]


@configurable
def grid(side: Count = 5, spacing: NonNegative = 1.0):
  """Centres on a square lattice around the origin: side x side of them; a list of pairs."""
  places = [spacing * (k - (side - 1) / 2) for k in range(side)]
  return [(x, y) for x in places for y in places]


@configurable(denylist=['split', 'data_dir'])
def gaussians(
  split, data_dir=None, centres=None, std: NonNegative = 0.0447213595, per_mode: Count = 2000, seed: Seed = 0
):
  """Draws per_mode points N(centre, std^2 I) around every centre; the defaults are RS-GAN's five Gaussians.

  Args:
    split: 'train' or 'test': as many points, drawn independently.
    data_dir: not used; every loader takes it.
    centres: [modes, d], in a gin file `@ring()` or `@grid()`; None for `ring(5, 1)`.
    std: standard deviation of each coordinate; its square is 0.002 by default.
    per_mode: points for each centre.
    seed: equal seeds give equal points.

  Returns:
    Examples: 'example' float32 [d], the label is the index of the centre; the modes take turns.

  Raises:
    InputError: unknown split; centres that are no [modes, d] array; a negative std; no points.
  """
  del data_dir
  random = _random('gaussians', split, seed)
  centres = _array(ring() if centres is None else centres)
  labels = np.tile(np.arange(len(centres)), per_mode)
  points = centres[labels] + std * random.standard_normal([len(labels), centres.shape[1]])
  source = {'name': 'gaussians', 'split': split, 'centres': centres.tolist()}
  return _examples(points, labels, source | {'std': float(std), 'per_mode': per_mode, 'seed': seed})


@configurable(denylist=['split', 'data_dir'])
def swiss_roll(
  split,
  data_dir=None,
  scale: Positive = 10.0,
  std: NonNegative = 1 / 3,
  arcs: Count = 40,
  per_arc: Count = 250,
  seed: Seed = 0,
):
  """Draws points along a spiral: scale / 7.5 (t cos t, t sin t), t ~ U(3 pi / 2, 9 pi / 2), and noise N(0, std^2 I).

  That of the 0-GP paper (Figure 6), scikit-learn's roll without its depth; there the noise is 0.25 scale / 7.5.

  Args:
    split: 'train' or 'test': as many points, drawn independently.
    data_dir: not used; every loader takes it.
    scale: 7.5 leaves the spiral as it is.
    std: of the noise of each coordinate.
    arcs: parts of the spiral of equal weight, its "modes": they are as long in t, and have their middles for centres.
    per_arc: points of each.
    seed: equal seeds give equal points.

  Returns:
    Examples: 'example' float32 [2], the label is the index of the arc; the arcs take turns.

  Raises:
    InputError: unknown split.
  """
  del data_dir
  random = _random('swiss_roll', split, seed)
  labels = np.tile(np.arange(arcs), per_arc)
  noise = std * random.standard_normal([len(labels), 2])
  points = _spiral((labels + random.random_sample(len(labels))) / arcs, scale) + noise
  centres = _spiral((np.arange(arcs) + 0.5) / arcs, scale)
  source = {'name': 'swiss_roll', 'split': split, 'centres': centres.tolist(), 'scale': float(scale)}
  return _examples(points, labels, source | {'std': float(std), 'per_arc': per_arc, 'seed': seed})


def _spiral(share, scale):
  """Points [n, 2] at shares [n] of the roll's range of angles."""
  angle = 1.5 * math.pi * (1 + 2 * share)
  return scale / 7.5 * np.stack([angle * np.cos(angle), angle * np.sin(angle)], 1)


def _random(loader, split, seed):
  if split not in SPLITS:
    raise InputError(f'{loader} has no split {split!r}: it has {", ".join(SPLITS)}')
  # RandomState's stream is frozen by NumPy; default_rng's may change between releases.
  return np.random.RandomState([seed, SPLITS.index(split)])


def _examples(points, labels, source):
  records = tf.data.Dataset.from_tensor_slices({'example': points.astype(np.float32), 'label': labels})
  return Examples(records, len(labels), len(source['centres']), {'loader': source['name'], **source})


def mixture(examples, user, samples):
  """Returns (points [n, d], centres [modes, d], std) of `Examples` that `gaussians` or `swiss_roll` made.

  Args:
    examples: `Examples`.
    user: the configurable that asks, for messages: `bad_start`, whose `dataset` it is.
    samples: generated points that a run is judged by.

  Raises:
    InputError: data without known centres, or with more modes than samples.
  """
  if not {'centres', 'std'} <= set(examples.source):
    raise InputError(f'{user}.dataset is no mixture with known centres; bind @gaussians or @swiss_roll')
  centres = np.array(examples.source['centres'])
  if samples < len(centres):
    raise InputError(f'{user}.samples = {samples} cannot cover {len(centres)} modes; give more')
  real = next(iter(examples.records.batch(examples.count)))['example'].numpy()
  return real, centres, examples.source['std']


def _array(centres):
  try:
    array = np.array(centres, np.float64)
  except ValueError:
    array = np.empty(0)
  if array.ndim != 2 or not array.size or not np.isfinite(array).all():
    raise InputError('gaussians: centres are not [modes, d] finite numbers: give pairs, @ring() or @grid()')
  return array
