"""What neighbours among features say: fidelity and diversity apart, memorised training images, a distance without bias.

Every function takes features, float [n, d], of real and of generated images.
"""

import numpy as np
import scipy.linalg
from sklearn.neighbors import NearestNeighbors

from tfgan_landscape.errors import InputError


def precision_recall(real, fake, k=3):
  """Returns (precision, recall) of Kynkaanniemi et al. 2019, k = 3 as in the paper.

  Precision is the share of generated images that lie within the distance of a real one to its k-th neighbour, recall
  the share of real ones within that of a generated one.
  """
  return _covered(real, fake, k).mean(), _covered(fake, real, k).mean()


def density_coverage(real, fake, k=5):
  """Returns (density, coverage) of Naeem et al. 2020, k = 5 as in the paper.

  Density counts in how many real neighbourhoods a generated image lies, over k; its mean is 1 where both are one
  distribution, and may be above. Coverage is the share of real neighbourhoods that hold a generated image.
  """
  radii, distances = _radii(real, k), _distances(real, fake)
  inside = distances <= radii[:, None]
  return inside.sum() / (k * len(fake)), inside.any(1).mean()


def memorised(train, test, fake):
  """Returns how often a generated image is nearer to its nearest training image than a real test image to its own.

  Over all pairs of a generated and a test image; 1/2 where generated images are as near as real ones, 1 where every one
  is nearer: copies.
  """
  own, others = (np.sort(_nearest(train, each)) for each in (fake, test))
  below, upto = np.searchsorted(others, own, 'left'), np.searchsorted(others, own, 'right')
  return float(1 - ((below + upto) / 2).mean() / len(others))


class Frechet:
  """The Frechet distance to fixed real features, whose covariance's root is taken once.

  Args:
    real: features [n, d].
  """

  def __init__(self, real):
    self._mean, self._covariance = real.mean(0), np.cov(real, rowvar=False)
    values, vectors = scipy.linalg.eigh(self._covariance)
    self._root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T

  def __call__(self, fake):
    """Returns |difference of means|^2 + tr(C + C' - 2 (C C')^(1/2))."""
    mean, covariance = fake.mean(0), np.cov(fake, rowvar=False)
    values = scipy.linalg.eigvalsh(self._root @ covariance @ self._root)
    shared = np.sqrt(np.maximum(values, 0)).sum()
    return float(((self._mean - mean) ** 2).sum() + np.trace(self._covariance) + np.trace(covariance) - 2 * shared)


def frechet_infinity(real, fake, points=10, seed=0):
  """Returns the Frechet distance extrapolated to infinitely many generated images (Chong and Forsyth 2020).

  The distance's bias falls as 1 / n: a line through the distances of subsets of n images, from half of all on, against
  1 / n meets the axis there. The real images keep their number.

  Args:
    real: [m, d].
    fake: [n, d], n >= 20.
    points: subsets.
    seed: of the subsets.

  Raises:
    InputError: fewer than 20 generated images.
  """
  if len(fake) < 20:
    raise InputError(f'{len(fake)} images are too few for a distance at infinity; give 20 or more')
  distance, random = Frechet(real), np.random.default_rng(seed)
  counts = np.linspace(len(fake) // 2, len(fake), points).astype(int)
  found = [distance(fake[random.permutation(len(fake))[:count]]) for count in counts]
  return float(np.polyfit(1 / counts, found, 1)[1])


def _covered(centres, points, k):
  """Whether each point lies in the neighbourhood of a centre, its ball to its k-th neighbour [len(points)]."""
  return (_distances(centres, points) <= _radii(centres, k)[:, None]).any(0)


def _radii(points, k):
  """The distance of each point to its k-th neighbour, itself not counted."""
  if len(points) <= k:
    raise InputError(f'{len(points)} images are too few for {k} neighbours each; bind a larger Evaluation.fid_count')
  return NearestNeighbors(n_neighbors=k, algorithm='brute').fit(points).kneighbors()[0][:, -1]


def _distances(first, second):
  """Euclidean distances [n, m], float32."""
  first, second = np.asarray(first, np.float32), np.asarray(second, np.float32)
  squares = (first**2).sum(1)[:, None] + (second**2).sum(1)[None] - 2 * first @ second.T
  return np.sqrt(np.maximum(squares, 0))


def _nearest(centres, points):
  return NearestNeighbors(n_neighbors=1, algorithm='brute').fit(centres).kneighbors(points)[0][:, 0]
