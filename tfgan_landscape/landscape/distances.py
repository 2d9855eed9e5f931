"""Distances of two samples by an ideal critic, which do not generalise (MIX+GAN paper, Theorems 3.1 and 3.2)."""

import numpy as np
from scipy import special
from scipy.spatial import distance

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import points

_SAMPLES = 'the first sample', 'the second sample'
_BLOCK = 1000  # rows of a matrix of distances


def jensen_shannon(first, second):
  """Returns the Jensen-Shannon divergence of two samples as they are, in nats: each point has the weight 1 / m.

  1/2 KL(p || (p + q) / 2) + 1/2 KL(q || (p + q) / 2); log 2 where they share no point, whatever they were drawn from.

  Args:
    first: [m, d].
    second: [k, d].
  """
  first, second = points.of_one_space(first, second, _SAMPLES)
  _, where = np.unique(np.concatenate([first, second]), axis=0, return_inverse=True)
  where = where.reshape(-1)
  p, q = (
    np.bincount(part, minlength=where.max() + 1) / len(part) for part in (where[: len(first)], where[len(first) :])
  )
  middle = (p + q) / 2
  return float(special.rel_entr(p, middle).sum() / 2 + special.rel_entr(q, middle).sum() / 2)


def smoothed_jensen_shannon(first, second, spread, random, draws=2000):
  """Returns (estimate, standard error) of the divergence after both samples are blurred with N(0, spread^2 I).

  The densities of the two mixtures are exact, the expectation is over draws from each (Theorem 3.2's last part, whose
  noise is N(0, sigma^2 / d I): spread = sigma / sqrt d).

  Args:
    first: [m, d].
    second: [k, d].
    spread: standard deviation of each coordinate, above 0.
    random: NumPy generator.
    draws: from each mixture.
  """
  first, second = points.of_one_space(first, second, _SAMPLES)
  if not spread > 0:
    raise InputError(f'spread is {spread}; give a number above 0, or use jensen_shannon')
  parts = []
  for own, other in ((first, second), (second, first)):
    drawn = own[random.integers(len(own), size=draws)] + spread * random.standard_normal([draws, own.shape[1]])
    log_ratio = _log_density(drawn, other, spread) - _log_density(drawn, own, spread)
    parts.append(np.log(2) - np.logaddexp(0, log_ratio))  # log p - log (p + q) / 2
  means, variances = zip(*((part.mean(), part.var(ddof=1) / draws) for part in parts))
  return float(np.mean(means)), float(np.sqrt(sum(variances)) / 2)


def _log_density(places, sample, spread):
  """log of the mixture's density at places [n, d], up to the constant that all mixtures of a spread share."""
  blocks = (places[start : start + _BLOCK] for start in range(0, len(places), _BLOCK))
  exponents = (-distance.cdist(block, sample, 'sqeuclidean') / (2 * spread**2) for block in blocks)
  return np.concatenate([special.logsumexp(each, axis=1) for each in exponents]) - np.log(len(sample))


def wasserstein_from_sample(sample, draws, block=_BLOCK):
  """A lower bound of the Wasserstein distance between a distribution and a sample of it (Theorem 3.1).

  Whatever plan moves the distribution to the sample's points moves each of its points at least to the nearest one, so
  that W >= E_x min_j |x - y_j|. The bound is the mean over draws of the distribution.

  Args:
    sample: points of the empirical distribution [m, d] or [m].
    draws: other points of the distribution [n, d] or [n].
    block: draws that are looked at together, for the memory's sake.

  Returns:
    A float, at least 0.

  Raises:
    InputError: sets that are empty, not finite or of different dimension.
  """
  sample, draws = points.of_one_space(sample, draws, ('sample', 'draws'))
  parts = np.array_split(draws, -(-len(draws) // block))
  nearest = [distance.cdist(part, sample).min(1) for part in parts]
  return float(np.concatenate(nearest).mean())
