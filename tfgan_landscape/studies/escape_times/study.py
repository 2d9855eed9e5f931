"""What sets the time that a run stays in the basin of mode collapse: the map of an epoch there, or the basin's depth?

Runs of the two-cluster experiment (RS-GAN paper, Section 5) over losses, penalties and learning rates. Where a run has
sat on one cluster for a while, the Jacobian of one epoch is taken, of both players' weights and momenta. Its largest
eigenvalue, and the depth of the basin in the paper's landscape (Appendix C), are put beside the epochs that the run
still stays.
"""

import functools
from typing import Callable, Literal, Optional

import gin
import numpy as np
import tensorflow as tf

from tfgan_landscape import landscape
from tfgan_landscape.config.arguments import Count, Positive, configurable
from tfgan_landscape.dynamics.cluster_runs import ClusterRuns
from tfgan_landscape.dynamics.descent import Momentum
from tfgan_landscape.evaluation import two_clusters
from tfgan_landscape.studies import comparisons, lifecycle
from tfgan_landscape.studies.escape_times import figures, outcomes

_WIDTHS = (10, 5)
Exact = Literal['js', 'rs_all', 'hinge', 'rp_hinge_all', 'least_squares', 'rp_least_squares_all']


@configurable('escape_times', denylist=['execution'])
class EscapeTimes(lifecycle.RunsStudy):
  """Eigenvalues of an epoch in the basin beside the time that runs still stay there.

  Args:
    execution: `Execution`, what the flags say.
    losses: {name: loss}, of `losses.py`, with pairs that are kept.
    exact: {name of a loss: the name of the same loss in `landscape`}, for its basin's depth; 0 for the others.
    penalties: {name: penalty of `penalties.py` at real or generated points, or None}; every loss meets each.
    rates: {name: learning rate of both players}; every loss meets each.
    seeds: runs of each case.
    points: real and generated ones, half of the real ones in each cluster.
    epochs: of a run, each 10 steps of the critic and 10 of the generator.
    settled: epochs in the basin after which the Jacobian is taken.
    record_every: epochs between looks at the points; a divisor of `settled` and `epochs`.
  """

  title = 'times in the basin'
  free = ('escape_times.seeds', 'escape_times.exact')

  def __init__(
    self,
    execution,
    losses: dict[str, Callable] = gin.REQUIRED,
    exact: Optional[dict[str, Exact]] = None,
    penalties: Optional[dict[str, Optional[Callable]]] = None,
    rates: Optional[dict[str, Positive]] = None,
    seeds: Count = 20,
    points: Count = 100,
    epochs: Count = 3000,
    settled: Count = 20,
    record_every: Count = 10,
  ):
    super().__init__(execution, seeds)
    self.losses, self.penalties, self.exact = losses, penalties or {'none': None}, exact or {}
    self.rates, self.epochs, self.settled, self.record_every = rates or {'0.01': 0.01}, epochs, settled, record_every
    self.points = points
    lifecycle.check_names('escape_times', losses=losses, penalties=self.penalties, rates=self.rates)
    for name in ('epochs', 'settled'):
      lifecycle.check_records('escape_times', record_every, name, getattr(self, name))
    self.cases = comparisons.crossed(losses, self.penalties, self.rates)
    self.paired = comparisons.paired('escape_times', losses, {})

  @property
  def protocol(self):
    """The setting in a line."""
    return (
      f'{self.seeds} runs of each case, {self.epochs:,} epochs, n = {self.points}; the Jacobian after {self.settled} '
      'epochs in the basin'
    )

  @property
  def sizes(self):
    """Number of runs."""
    return {'runs': self.seeds * len(self.cases)}

  def prepare(self):
    """Calls every loss and penalty."""
    self.call_once(self.losses, self.penalties, 1)
    self.runs_of  # noqa: B018

  @functools.cached_property
  def runs_of(self):
    """{case: (its `ClusterRuns`, its `EpochMap`)}."""
    due = np.array([self.points - self.points // 2, self.points // 2])
    found = {}
    for name, (loss, penalty, rate) in self.cases.items():
      descents = (functools.partial(Momentum, learning_rate=self.rates[rate]),) * 2
      runs = ClusterRuns(
        two_clusters.CENTERS,
        two_clusters.SPREAD,
        due,
        self.execution.seed,
        _WIDTHS,
        descents,
        (10, 10),
        self.epochs,
        self.record_every,
        None,
        [0],
      )
      found[name] = runs, runs.epoch_map(self.paired[loss], self.penalties[penalty], self.epochs)
    return found

  def run(self, name, seed):
    """Returns {'stay': epochs, 'left': whether it left before the end, 'eigenvalues': [z]}; empty without a visit."""
    runs, epoch_map = self.runs_of[name]
    *states, (real, latents, keys), _ = runs.start(seed)
    data = tf.cast(real, tf.float64), tf.cast(latents, tf.float64), keys
    vector, inside, found = epoch_map.start(*states), 0, {}
    for first in range(0, self.epochs, self.record_every):
      vector = epoch_map.advance(vector, data, tf.constant(first), tf.constant(self.record_every))
      here = self._collapsed(runs, epoch_map, vector, data)
      inside = inside + self.record_every if here else 0
      if found and not here:
        return found | {'stay': np.array(first + self.record_every - found['epoch']), 'left': np.array(True)}
      if not found and inside >= self.settled:
        values = np.linalg.eigvals(epoch_map.jacobian(vector, data, tf.constant(first)))
        found = {'epoch': np.array(first + self.record_every), 'eigenvalues': values}
    stay = {'stay': np.array(self.epochs - found['epoch']), 'left': np.array(False)} if found else {}
    return found | stay or {'stay': np.array(np.nan)}

  def _collapsed(self, runs, epoch_map, vector, data):
    weights = epoch_map.states(vector)[1][0]
    fake = runs.players[1].network(weights, data[1])[0]
    return bool(
      two_clusters.collapsed(two_clusters.mode_counts(fake, two_clusters.CENTERS, two_clusters.RADIUS), self.points)
    )

  def findings(self, runs):
    """Returns the `Findings`: rank correlations of both predictors with the stay, overall and within each loss."""
    depths = {name: self._depth(loss) for name, (loss, *_) in self.cases.items()}
    stays = outcomes.stays(runs, depths)
    labels = {name: loss for name, (loss, *_) in self.cases.items()}
    rows = outcomes.rows(stays, labels, self.protocol)
    drawn = {'stays': functools.partial(figures.stays, found=stays, labels=labels, end=self.epochs)}
    return lifecycle.Findings({'': rows}, drawn, corner='runs')

  def _depth(self, loss):
    if loss not in self.exact:
      return 0.0
    half = self.points // 2
    return landscape.basin_depth(
      np.repeat([0, 1], [self.points - half, half]), np.zeros(self.points), getattr(landscape, self.exact[loss])
    ).gap
