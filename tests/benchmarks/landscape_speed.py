"""Speed of the exact landscape: medians in seconds of five runs each.

python tests/benchmarks/landscape_speed.py
"""

import statistics
import time

import numpy as np

from tfgan_landscape import landscape

LOSSES = landscape.js, landscape.rs, landscape.rs_all


def median(use, *arguments, runs=5):
  """Median seconds of use(*arguments), after one run that is not counted."""
  seconds = []
  for _ in range(runs + 1):
    start = time.perf_counter()
    use(*arguments)
    seconds.append(time.perf_counter() - start)
  return statistics.median(seconds[1:])


def values(n, d):
  """Prints the times of the exact values for n distinct real points and generated ones drawn from them."""
  random = np.random.RandomState(0)
  real = random.standard_normal([n, d])
  generated = real[random.randint(0, n, n)]
  for loss in LOSSES:
    print(f'{loss.name}, value, n = {n:,}, d = {d}: {median(loss.value, real, generated):.3f} s')
  print(f'state, n = {n:,}, d = {d}: {median(landscape.state, real, generated):.3f} s')


def certificates(n):
  """Prints the times of the numeric values and of Wasserstein's linear programme for n points in the plane."""
  random = np.random.RandomState(0)
  real = random.standard_normal([n, 2])
  generated = real[random.randint(0, n, n)]
  for loss in LOSSES:
    print(f'{loss.name}, numeric_value, n = {n}: {median(landscape.numeric_value, real, generated, loss):.3f} s')
  for use, sizes in ((landscape.wasserstein_critic, (n, 5 * n)), (landscape.wasserstein_value, (5 * n, 3000))):
    for size in sizes:
      pair = random.standard_normal([2, size, 2])
      print(f'{use.__name__}, n = {size}: {median(use, *pair):.3f} s')


def critics(n):
  """Prints the times of the exact critic of n + n points in the plane."""
  random = np.random.RandomState(0)
  pair = random.standard_normal([n, 2]) + 1, random.standard_normal([n, 2])
  for name, phi in landscape.FAMILY.items():
    seconds = median(landscape.optimal_critic, *pair, landscape.lipschitz_gan(phi), 0.1)
    print(f'optimal_critic, {name}, n = {n} + {n}: {seconds:.3f} s')
  few = [points[:100] for points in pair]
  for loss in (*LOSSES, landscape.least_squares, landscape.hinge, landscape.rp_hinge):
    print(f'{loss.name}, lipschitz_value, n = 100: {median(landscape.lipschitz_value, *few, loss, 0.1):.3f} s')


def main():
  """Prints a line for each measurement."""
  for d in (1, 2):
    values(100_000, d)
  certificates(20)
  critics(200)
  for loss in LOSSES:
    print(f'{loss.name}, count_bad_basins(7): {median(landscape.count_bad_basins, 7, loss):.3f} s')


if __name__ == '__main__':
  main()
