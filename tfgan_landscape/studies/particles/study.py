"""Densities and particles: the loss is convex in the one and not in the other (RS-GAN paper, Section 2, Appendix G).

Everything is exact, nothing is trained: values of all densities on three points beside the states of three particles
(Figure 1), two particles that descend JS-GAN's and RS-GAN's landscape with the critics that they meet (Figures 2, 3),
modes that move and then settle (Figures 21 to 23), and what a generator makes of new latents (Figure 24).
"""

import functools
from typing import Annotated

import numpy as np
from scipy import stats

from tfgan_landscape import landscape
from tfgan_landscape.config.arguments import Count, Positive, Range, configurable
from tfgan_landscape.reporting.results import Row
from tfgan_landscape.studies import lifecycle
from tfgan_landscape.studies.particles import figures, outcomes

_START = (2.0, 2.3)  # of two particles, the real ones at 0 and 1
_MODES = {  # {case: (places of the real modes, of the generated ones at the start, their spread over the real ones')}
  'one mode': ([0.0], [0.6], 2.5),
  'two modes': ([-2.0, 2.0], [-5.0, 4.5], 2.0),
  'two modes, small penalty': ([-2.0, 2.0], [4.0, 6.0], 2.0),
}


@configurable('particles', denylist=['execution'])
class Particles(lifecycle.Study):
  """Figures and a table of densities and particles.

  Args:
    execution: `Execution`, what the flags say.
    total: generated points of the densities on three places, a multiple of 3.
    per_mode: real and generated points of a mode.
    weight: lambda of the Lipschitz penalty under which modes move.
    small_weight: lambda of two particles, and of the modes that the small one holds.
    latents: that the generator of Figure 24 has fitted, quantiles of the normal distribution, half of them on each
      cluster.
  """

  def __init__(
    self,
    execution,
    total: Annotated[int, Range(3, at_most=60)] = 24,
    per_mode: Annotated[int, Range(2, at_most=40)] = 8,
    weight: Positive = 0.3,
    small_weight: Positive = 0.003,
    latents: Count = 20,
  ):
    super().__init__(execution)
    self.total, self.per_mode, self.latents = total - total % 3, per_mode, latents
    self.weight, self.small_weight = weight, small_weight

  @property
  def protocol(self):
    """The setting in a line."""
    return f'exact critics; {self.per_mode} points of each mode, spread 0.3; lambda = {self.weight:g}'

  @property
  def sizes(self):
    """Number of descents and of densities."""
    return {'descents': len(_MODES) + 2, 'densities': (self.total + 1) * (self.total + 2) // 2}

  def findings(self):
    """Returns the `Findings`: distances of modes and within them, and the figures."""
    moves = {name: self._move(name) for name in _MODES}
    generator, latents, real = self._generator()
    drawn = {
      'densities': functools.partial(figures.densities, **self._densities()),
      'boundaries': functools.partial(figures.boundaries, real=[0.0, 1.0], rows=self._boundaries()),
      'modes': functools.partial(figures.modes, cases=moves),
      'new_points': functools.partial(figures.new_points, generator=generator, latents=latents, real=real),
    }
    tables = {
      'Modes, and the points within them': _distances(moves, self.protocol),
      'New points of a generator that has the data by heart': self._new(generator, real),
    }
    return lifecycle.Findings(tables, drawn)

  def _densities(self):
    counts = outcomes.densities(self.total)
    values = np.array([outcomes.value_of(landscape.js, each) for each in counts])
    line = np.linspace(-0.25, 2.25, 101)
    of_one = {
      loss.name: [landscape.lipschitz_value([0, 1, 2], [0, 0, y], loss, self.small_weight).value for y in line]
      for loss in (landscape.js, landscape.wasserstein)
    }
    return {'counts': counts, 'values': values, 'states': outcomes.lattice(landscape.js), 'line': line, 'ways': of_one}

  def _boundaries(self):
    """{loss: (path [steps, 2], values [steps], critic's values at real and generated points of each step)}."""
    found = {}
    for name, loss in (('JS-GAN', landscape.js), ('RS-GAN, kept pairs', landscape.rs)):
      way = landscape.descend([0, 1], list(_START), loss, self.small_weight, longest=0.05)
      critics = [landscape.lipschitz_value([0, 1], each[:, 0], loss, self.small_weight) for each in way.path]
      found[name] = way.path[:, :, 0], way.values, critics
    return found

  def _move(self, name):
    """(real [n], path [steps, n], macro [steps], micro [steps]) of a case."""
    centres, starts, spread = _MODES[name]
    random = np.random.default_rng(self.execution.seed)
    real, start = (
      np.concatenate([each + random.normal(0, sigma, self.per_mode) for each in places])[:, None]
      for places, sigma in ((centres, 0.3), (starts, 0.3 * spread))
    )
    weight = self.small_weight if 'small' in name else self.weight
    path = landscape.descend(real, start, landscape.js, weight, most=150, longest=0.02).path
    modes = len(centres)
    return real[:, 0], path[:, :, 0], outcomes.macro(real, path, modes), outcomes.micro(real, path, modes)

  def _generator(self):
    """A perceptron that makes two clusters of as many latents, the latents [n], and the clusters [n, 2]."""
    random = np.random.default_rng(self.execution.seed)
    latents = stats.norm.ppf((np.arange(self.latents) + 0.5) / self.latents)
    sides = np.where(np.arange(self.latents) < self.latents // 2, -2.0, 2.0)
    real = sides[:, None] * [1.0, 0.25] + random.normal(0, 0.3, [self.latents, 2])
    wide = landscape.random_perceptron([1, 400, 2], lambda t: np.maximum(t, 0), random, biases=True)
    return wide.with_last((np.linalg.pinv(wide.features(latents)) @ real).T), latents, real

  def _new(self, generator, real):
    new = generator(np.random.default_rng([self.execution.seed, 1]).standard_normal(10_000))
    protocol = f'{len(real)} points of two clusters fitted exactly; 10,000 new latents'
    return [
      Row(
        f'within {radius:g} of a real point',
        'share of new points',
        outcomes.within(new, real, radius),
        protocol=protocol,
      )
      for radius in (0.05, 0.1, 0.3, 1.0)
    ]


def _distances(moves, protocol):
  """Rows of how far modes are from the real ones, and points from those of their mode, at four times."""
  rows = []
  for name, (_, path, macro, micro) in moves.items():
    for share in (0, 0.25, 0.5, 1):
      at = round(share * (len(path) - 1))
      rows.append(Row(f'{name}, step {at} of {len(path) - 1}', 'between modes', float(macro[at]), protocol=protocol))
      rows.append(Row(f'{name}, step {at} of {len(path) - 1}', 'within modes', float(micro[at]), protocol=protocol))
  return rows
