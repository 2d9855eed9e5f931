"""Which modes of a known mixture a sample reaches, and how near it comes to them."""

from typing import NamedTuple

import numpy as np
import scipy.spatial


class Coverage(NamedTuple):
  """counts: int [modes], points of each mode; covered: bool [modes]; high_quality: share of points in any mode."""

  counts: np.ndarray
  covered: np.ndarray
  high_quality: float


def coverage(points, centres, radius, least=0.5):
  """Counts the points of each mode; a point at most `radius` from its nearest centre belongs to that mode.

  Args:
    points: [n, d].
    centres: [modes, d].
    radius: e.g. 3 standard deviations of a mode.
    least: a mode is covered from this share of n / modes points on, the number it is due when all modes weigh the same.

  Returns:
    `Coverage`.
  """
  distances, nearest = scipy.spatial.cKDTree(np.asarray(centres)).query(np.asarray(points))
  counts = np.bincount(nearest[distances <= radius], minlength=len(centres))
  return Coverage(counts, counts >= least * len(points) / len(centres), float(counts.sum() / len(points)))


def distance_to_centres(points, centres, scale=1.0):
  """Returns sum_k min_i scale |y_i - C_k|, the metric of the RS-GAN paper, Appendix D; 0 is best.

  The paper calls the points true data, but the metric grows with worse generated ones: those are meant. It gives no
  value for the scale, its alpha.

  Args:
    points: generated, [n, d]; the paper has n = 10,000.
    centres: C, [modes, d].
    scale: alpha.
  """
  distances, _ = scipy.spatial.cKDTree(np.asarray(points)).query(np.asarray(centres))
  return float(scale * distances.sum())
