"""The theorems of "Towards a Better Global Loss Landscape of GANs" as exact float64 code: values, basins, ways out.

`from tfgan_landscape import landscape; landscape.separable_value(X, Y, landscape.logistic)`. docs/landscape.md shows
what comes out.
"""

from tfgan_landscape.landscape.all_pairs import all_pairs_value
from tfgan_landscape.landscape.basins import (
  Certificate,
  Depth,
  bad_basins,
  basin_depth,
  count_bad_basins,
  is_strict_local_minimum,
  values_by_state,
)
from tfgan_landscape.landscape.dirac import dirac_eigenvalues
from tfgan_landscape.landscape.distances import jensen_shannon, smoothed_jensen_shannon, wasserstein_from_sample
from tfgan_landscape.landscape.folding import fold
from tfgan_landscape.landscape.games import Equilibrium, approximation, enough, equilibrium, sampled
from tfgan_landscape.landscape.generalization import (
  AlternatingRun,
  SoftmaxCritic,
  alternating_run,
  epsilon_optimal_critic,
)
from tfgan_landscape.landscape.lipschitz_family import FAMILY, Phi, differentiated, violations
from tfgan_landscape.landscape.local_critics import compact_wasserstein_critic, local_critic
from tfgan_landscape.landscape.numeric import Bounds, numeric_bounds, numeric_value
from tfgan_landscape.landscape.objectives import Check, Loss, assumptions, hinge, least_squares, logistic, wasserstein
from tfgan_landscape.landscape.optimal_critic import LIMIT, OptimalCritic, optimal_critic
from tfgan_landscape.landscape.paths import EscapePath, escape_path, sample
from tfgan_landscape.landscape.points import State, state
from tfgan_landscape.landscape.relativistic import in_cycle, relativistic_value
from tfgan_landscape.landscape.separable import separable_value, two_cluster_value
from tfgan_landscape.landscape.transport import Critic, wasserstein_critic, wasserstein_value

__all__ = [
  'AlternatingRun',
  'SoftmaxCritic',
  'alternating_run',
  'epsilon_optimal_critic',
  'all_pairs_value',
  'Bounds',
  'Certificate',
  'Check',
  'Critic',
  'Depth',
  'Equilibrium',
  'EscapePath',
  'Loss',
  'State',
  'approximation',
  'assumptions',
  'bad_basins',
  'basin_depth',
  'count_bad_basins',
  'dirac_eigenvalues',
  'enough',
  'equilibrium',
  'escape_path',
  'fold',
  'hinge',
  'in_cycle',
  'jensen_shannon',
  'is_strict_local_minimum',
  'least_squares',
  'logistic',
  'numeric_bounds',
  'numeric_value',
  'relativistic_value',
  'sample',
  'sampled',
  'separable_value',
  'smoothed_jensen_shannon',
  'state',
  'two_cluster_value',
  'values_by_state',
  'wasserstein',
  'wasserstein_critic',
  'wasserstein_from_sample',
  'wasserstein_value',
  'FAMILY',
  'Phi',
  'differentiated',
  'violations',
  'compact_wasserstein_critic',
  'local_critic',
  'OptimalCritic',
  'optimal_critic',
  'LIMIT',
]
