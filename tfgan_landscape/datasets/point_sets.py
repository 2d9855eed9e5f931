"""Pairs of small point sets between which critics are trained alone (LGAN paper, its released toy code).

Each is a function `(count, random, data_dir) -> (real [n, d], fake [m, d])`, `random` a NumPy generator; the last
argument is of use where they come from a dataset.
"""

from collections.abc import Sequence
from typing import Callable

import gin
import numpy as np

from tfgan_landscape.config.arguments import NonNegative, Whole, configurable
from tfgan_landscape.errors import InputError

_given = ['count', 'random', 'data_dir']


@configurable(denylist=_given)
def crossed_points(count, random, data_dir=None):
  """Two real points and two fake ones at the corners of a rectangle, each kind on a diagonal."""
  del count, random, data_dir
  return np.array([[0.8, 0.5], [-0.8, -0.5]]), np.array([[-0.8, 0.5], [0.8, -0.5]])


@configurable(denylist=_given)
def random_points(count, random, data_dir=None):
  """U(-1, 1)^2 on either side."""
  del data_dir
  return random.uniform(-1, 1, [count, 2]), random.uniform(-1, 1, [count, 2])


@configurable(denylist=_given)
def two_gaussians(count, random, data_dir=None, std: NonNegative = 0.15):
  """N((1, 0), std^2 I) and N((-1, 0), std^2 I)."""
  del data_dir
  return tuple(np.array([x, 0.0]) + std * random.standard_normal([count, 2]) for x in (1.0, -1.0))


@configurable(denylist=_given)
def one_of_two_gaussians(count, random, data_dir=None, std: NonNegative = 0.15):
  """Real: N((1, 0), std^2 I) or N((-1.25, 0), std^2 I); fake: N((-0.75, 0), std^2 I), beside one of them (Figure 2)."""
  del data_dir
  centres = np.array([[1.0, 0.0], [-1.25, 0.0]])[np.arange(count) % 2]
  fake = np.array([-0.75, 0.0]) + std * random.standard_normal([count, 2])
  return centres + std * random.standard_normal([count, 2]), fake


@configurable(denylist=_given)
def squares(count, random, data_dir=None):
  """Two squares of side 1 around (-1, 0) and (1, 0): a fifth of the real points in the first, four of the fake ones."""
  del data_dir
  sides = np.arange(count) % 5 > 0
  return _squares(sides, random), _squares(~sides, random)


def _squares(second, random):
  centres = np.where(second[:, None], [1.0, 0.0], [-1.0, 0.0])
  return centres + random.uniform(-0.5, 0.5, [len(second), 2])


@configurable(denylist=_given)
def rolls(count, random, data_dir=None, noise: NonNegative = 1.0):
  """A swiss roll and one with noise, scikit-learn's without depth, over 14.137."""
  del data_dir

  def roll(spread):
    angle = 1.5 * np.pi * (1 + 2 * random.uniform(size=count))
    points = np.stack([angle * np.cos(angle), angle * np.sin(angle)], 1)
    return (points + spread * random.standard_normal(points.shape)) / 14.137

  return roll(0.0), roll(noise)


@configurable(denylist=_given)
def ring_of_eight(count, random, data_dir=None, std: NonNegative = 0.02):
  """Eight Gaussians on a circle of radius 1, and fake points N(0, 0.2^2 I) in its middle."""
  del data_dir
  angles = 2 * np.pi * (np.arange(count) % 8) / 8
  real = np.stack([np.cos(angles), np.sin(angles)], 1) + std * random.standard_normal([count, 2])
  return real, 0.2 * random.standard_normal([count, 2])


@configurable(denylist=_given)
def images_and_noise(
  count,
  random,
  data_dir=None,
  dataset: Callable = gin.REQUIRED,
  places: Sequence[Whole] = (1400, 1621, 808, 809, 3687, 6815, 2100, 4037, 9154, 8532),
):
  """Images of a dataset as points in [-1, 1], and as many of uniform noise (Figures 4, 17 and 18).

  Args:
    count: images, and points of noise.
    random: NumPy generator.
    data_dir: of the dataset.
    dataset: loader of images.
    places: of the images in its training split; the first `count` are taken. CIFAR-10's are those of the paper's code.

  Raises:
    InputError: fewer places than images asked for, or a place beyond the data.
  """
  examples = dataset('train', data_dir=data_dir)
  if count > len(places) or max(places[:count]) >= examples.count:
    raise InputError(
      f'images_and_noise.places has not {count} places below {examples.count}; give more, or lower count'
    )
  images = {
    place: next(iter(examples.records.skip(place).take(1)))['example'].numpy().ravel() for place in places[:count]
  }
  real = np.stack(list(images.values())) / 127.5 - 1
  return real, random.uniform(-1, 1, real.shape)
