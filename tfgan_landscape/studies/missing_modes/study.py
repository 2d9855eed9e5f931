"""What the critic's loss says of missing modes: its exact best value where a generator covers c of k modes, by loss.

A training prints the critic's loss and not the modes. These values say which loss a critic at its best has of a
generator that has found every mode, and of one that has not (RS-GAN paper, Claims 3.1, 3.2 and C.1).
"""

import functools
from typing import Annotated

import numpy as np

from tfgan_landscape import landscape
from tfgan_landscape.config.arguments import Count, Range, configurable
from tfgan_landscape.reporting import figures
from tfgan_landscape.reporting.results import Row
from tfgan_landscape.studies import lifecycle

# {loss: (real [n], fake [n]) -> the critic's best loss as a training prints it}: the sum of two means where a separable
# value is over 2n.
CRITIC_LOSSES = {
  'JS-GAN': lambda real, fake: -2 * landscape.separable_value(real, fake, landscape.js),
  'hinge-GAN': lambda real, fake: -2 * landscape.separable_value(real, fake, landscape.hinge),
  'LS-GAN': lambda real, fake: -2 * landscape.separable_value(real, fake, landscape.least_squares),
  'RS-GAN, all pairs': lambda real, fake: -landscape.all_pairs_value(real, fake, landscape.rs_all),
}


@configurable('missing_modes', denylist=['execution'])
class MissingModes(lifecycle.Study):
  """The critic's best loss against the modes that a generator covers, all of its points on real ones.

  Args:
    execution: `Execution`, what the flags say.
    modes: k, each a place with as many real points.
    points_per_mode: real points of each mode; a generator spreads as many points evenly over the modes that it covers.
  """

  def __init__(self, execution, modes: Annotated[int, Range(2, at_most=1000)] = 10, points_per_mode: Count = 60):
    super().__init__(execution)
    self.modes, self.points_per_mode = modes, points_per_mode

  @property
  def protocol(self):
    """The setting in a line."""
    return f'exact; {self.modes} modes of {self.points_per_mode} real points; the best critic, its slope unbounded'

  @property
  def sizes(self):
    """Number of values."""
    return {'values': len(CRITIC_LOSSES) * (self.modes + 1)}

  def findings(self):
    """Returns the `Findings`: a row for each number of modes covered."""
    real = np.repeat(np.arange(self.modes), self.points_per_mode)
    states = {covered: self._generated(covered) for covered in range(self.modes + 1)}
    values = {name: {c: best(real, fake) for c, fake in states.items()} for name, best in CRITIC_LOSSES.items()}
    rows = [
      Row(f'{covered}', name, float(value) + 0.0, protocol=self.protocol)
      for name, by_covered in values.items()
      for covered, value in by_covered.items()
    ]
    return lifecycle.Findings({'': rows}, {'losses': functools.partial(_draw, values=values)}, corner='modes covered')

  def _generated(self, covered):
    """Points spread evenly over so many modes; over none, each at a place of its own."""
    count = np.arange(self.modes * self.points_per_mode)
    return count % covered if covered else -1 - count


def _draw(path, values):
  figure = figures.new(6.0, 4.2)
  axis = figure.subplots()
  for name, by_covered in values.items():
    axis.plot(list(by_covered), list(by_covered.values()), 'o-', markersize=4, label=name)
  axis.set(xlabel='modes covered', ylabel="the best critic's loss", ylim=(0, None))
  axis.grid(linewidth=0.4)
  axis.legend(fontsize=8)
  figures.save(figure, path)
