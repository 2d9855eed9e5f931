"""What is seen of particles: densities on three points, modes and their insides, what a generator makes between."""

import numpy as np

from tfgan_landscape import landscape


def densities(total):
  """Returns counts [densities, 3] of so many generated points on three places, all of them."""
  first, second = np.meshgrid(np.arange(total + 1), np.arange(total + 1))
  first, second = (each[first + second <= total] for each in (first, second))
  return np.stack([first, second, total - first - second], 1)


def value_of(loss, counts):
  """Returns the value of generated points on three places, `counts` [3] on each; as many real ones, even shares."""
  total = int(np.sum(counts))
  return loss.value(np.repeat([0, 1, 2], total // 3), np.repeat([0, 1, 2], counts))


def lattice(loss):
  """Returns [(counts [3], value, whether a sub-optimal strict local minimum)] of three particles on three points."""
  found = []
  for counts in densities(3):
    certificate = loss.certificate([0, 1, 2], np.repeat([0, 1, 2], counts))
    found.append((counts, certificate.value, certificate.strict and certificate.suboptimal))
  return found


def macro(real, path, modes):
  """Returns the root mean square distance of the modes' means from the real ones' on a path [steps, n, d], [steps].

  Points of one mode stand together, the n points are split evenly over the modes.
  """
  centres = np.stack([part.mean(0) for part in np.split(real, modes)])
  means = np.stack([part.mean(1) for part in np.split(path, modes, 1)], 1)
  return np.sqrt(((means - centres) ** 2).sum(2).mean(1))


def micro(real, path, modes):
  """Returns the Wasserstein distance within modes, each moved onto its mean, on a path [steps, n, d], [steps]."""
  parts = [part - part.mean(0) for part in np.split(real, modes)]
  return np.array(
    [
      np.mean([landscape.wasserstein_value(a, b - b.mean(0)) for a, b in zip(parts, np.split(places, modes))])
      for places in path
    ]
  )


def within(points, real, radius):
  """Returns the share of points [m, d] that have a real one [n, d] within a radius."""
  return float((np.linalg.norm(points[:, None] - real, axis=2).min(1) <= radius).mean())
