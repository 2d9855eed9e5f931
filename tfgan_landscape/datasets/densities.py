"""Distributions of points whose density is known, so that the optimal critic between two of them is."""

from collections.abc import Sequence
from typing import NamedTuple

import gin
import numpy as np

from tfgan_landscape.config.arguments import configurable
from tfgan_landscape.errors import InputError


class Density(NamedTuple):
  """A distribution of points.

  `sample(count, random)` draws points [count, d] by a `numpy.random.Generator`; `log_density(points [n, d])` is [n].
  """

  sample: object
  log_density: object


@configurable
def normal(mean: Sequence[float] = gin.REQUIRED, covariance: Sequence[Sequence[float]] = gin.REQUIRED):
  """Returns the `Density` N(mean, covariance).

  Args:
    mean: [d].
    covariance: [d, d], symmetric and positive definite.

  Raises:
    InputError: the sizes differ, or it is no covariance.
  """
  mean, covariance = np.array(mean, float), np.array(covariance, float)
  if covariance.shape != (len(mean), len(mean)) or not np.allclose(covariance, covariance.T):
    raise InputError(f'normal.covariance is no symmetric matrix of {len(mean)} rows, as normal.mean has numbers')
  try:
    root = np.linalg.cholesky(covariance)
  except np.linalg.LinAlgError as error:
    raise InputError('normal.covariance is not positive definite; give a covariance') from error
  constant = len(mean) / 2 * np.log(2 * np.pi) + np.log(np.diag(root)).sum()

  def sample(count, random):
    return mean + random.standard_normal([count, len(mean)]) @ root.T

  def log_density(points):
    whitened = np.linalg.solve(root, (np.asarray(points) - mean).T)
    return -0.5 * (whitened**2).sum(0) - constant

  return Density(sample, log_density)


def optimal_logit(real, fake, points):
  """Returns log p_r - log p_g [n], the logit of D* = p_r / (p_r + p_g) (0-GP paper, Eq. 2), at points [n, d]."""
  return real.log_density(points) - fake.log_density(points)
