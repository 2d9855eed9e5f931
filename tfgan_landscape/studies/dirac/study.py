"""The Dirac-GAN: which penalties make training converge, by eigenvalues and by its way in the plane.

Mescheder et al. 2018, Section 2, and "Improving Generalization and Stability of GANs" (the 0-GP paper), Section 5.4,
whose 0-GP converges as R1 and R2 do: a critic with one weight has one slope everywhere.
"""

import functools
import itertools
from collections.abc import Sequence
from typing import Callable, Optional

import gin
import numpy as np

from tfgan_landscape.config.arguments import Count, Positive, configurable
from tfgan_landscape.dynamics.dirac_gan import DiracGan
from tfgan_landscape.landscape import dirac_eigenvalues
from tfgan_landscape.reporting.results import Row
from tfgan_landscape.studies import lifecycle
from tfgan_landscape.studies.dirac import figures


@configurable('dirac', denylist=['execution'])
class Dirac(lifecycle.Study):
  """Tables and a figure of the Dirac-GAN under losses and penalties.

  Args:
    execution: `Execution`, what the flags say.
    losses: {name: loss}, of `losses.py`.
    penalties: {name: penalty of `penalties.py`, or None}; every loss meets each.
    critic_rate: learning rate of the critic.
    generator_rate: of the generator.
    critic_steps: after each step of the generator.
    start: (generated point, critic's weight).
    steps: of the generator, drawn.
  """

  def __init__(
    self,
    execution,
    losses: dict[str, Callable] = gin.REQUIRED,
    penalties: dict[str, Optional[Callable]] = gin.REQUIRED,
    critic_rate: Positive = 0.2,
    generator_rate: Positive = 0.2,
    critic_steps: Count = 1,
    start: Sequence[float] = (1.0, 1.0),
    steps: Count = 500,
  ):
    super().__init__(execution)
    self.losses, self.penalties = losses, penalties
    self.rates, self.critic_steps = (critic_rate, generator_rate), critic_steps
    self.start, self.steps = start, steps

  @property
  def protocol(self):
    """The setting in a line."""
    return (
      f'learning rates {self.rates[0]:g} (critic) and {self.rates[1]:g} (generator), {self.critic_steps} critic steps '
      f'after each of the generator, from ({self.start[0]:g}, {self.start[1]:g})'
    )

  @property
  def sizes(self):
    """Numbers of runs and steps."""
    return {'runs': len(self.losses) * len(self.penalties), 'steps_per_run': self.steps}

  def prepare(self):
    """Calls the losses and the penalties."""
    self.call_once(self.losses, self.penalties, 1)

  def findings(self):
    """Returns the `Findings`: eigenvalues, and the ways in the plane."""
    gans = {
      (loss, penalty): DiracGan(self.losses[loss], self.penalties[penalty], self.rates, self.critic_steps)
      for penalty, loss in itertools.product(self.penalties, self.losses)
    }
    ways = {names: gan.trajectory(self.start, self.steps) for names, gan in gans.items()}
    rows = [row for names, gan in gans.items() for row in self._rows(names, gan, ways[names])]
    sides = list(self.losses), list(self.penalties)
    drawing = functools.partial(figures.ways, found=ways, losses=sides[0], penalties=sides[1])
    return lifecycle.Findings({'': rows}, {'ways': drawing}, corner='loss, penalty')

  def _rows(self, names, gan, way):
    """Measured and theoretical eigenvalues, and where the way ends."""
    *slopes, gamma = gan.slopes()
    theory = dirac_eigenvalues(*slopes, gamma, self.rates, self.critic_steps)
    found = np.linalg.eigvals(gan.jacobian([0.0, 0.0]))
    largest = np.abs(found).max()
    difference = np.abs(np.sort_complex(found) - np.sort_complex(theory)).max()
    columns = {
      'second derivative of the penalty': gamma,
      'largest eigenvalue, absolute': largest,
      'difference from theory': difference,
      f'distance after {self.steps} steps': np.linalg.norm(way[-1]),
      'mean distance of the last tenth': np.linalg.norm(way[-max(1, self.steps // 10) :], axis=1).mean(),
    }
    label = ', '.join(names)
    return [Row(label, column, float(value), protocol=self.protocol) for column, value in columns.items()]
