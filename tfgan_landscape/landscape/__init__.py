"""The theorems of "Towards a Better Global Loss Landscape of GANs" as exact float64 code: values, basins, ways out.

`from tfgan_landscape import landscape; landscape.separable_value(X, Y, landscape.js)`. docs/landscape.md shows
what comes out.
"""

from tfgan_landscape.landscape.all_pairs import AllPairs, all_pairs_value
from tfgan_landscape.landscape.assumptions import Check, assumptions
from tfgan_landscape.landscape.basins import (
  bad_basins,
  basin_depth,
  count_bad_basins,
  is_strict_local_minimum,
  values_by_state,
)
from tfgan_landscape.landscape.dirac import dirac_eigenvalues
from tfgan_landscape.landscape.distances import jensen_shannon, smoothed_jensen_shannon, wasserstein_from_sample
from tfgan_landscape.landscape.folding import averaged, fold
from tfgan_landscape.landscape.games import Equilibrium, approximation, enough, equilibrium, sampled
from tfgan_landscape.landscape.generalization import (
  AlternatingRun,
  SoftmaxCritic,
  alternating_run,
  epsilon_optimal_critic,
)
from tfgan_landscape.landscape.labels import count_bad_basins_with_labels, value_with_labels
from tfgan_landscape.landscape.lipschitz import LipschitzValue, lipschitz_value
from tfgan_landscape.landscape.lipschitz_basins import LipschitzCertificate, critical_weight, lipschitz_certificate
from tfgan_landscape.landscape.lipschitz_descent import Descent, descend
from tfgan_landscape.landscape.local_critics import compact_wasserstein_critic, local_critic
from tfgan_landscape.landscape.loss import Certificate, Depth, GanLoss, Loss
from tfgan_landscape.landscape.named_losses import (
  hinge,
  js,
  least_squares,
  lipschitz_gan,
  rp_hinge,
  rp_hinge_all,
  rp_least_squares,
  rp_least_squares_all,
  rs,
  rs_all,
  wasserstein,
)
from tfgan_landscape.landscape.numeric import Bounds, numeric_bounds, numeric_value
from tfgan_landscape.landscape.optimal_critic import LIMIT, OptimalCritic, optimal_critic
from tfgan_landscape.landscape.parameter_space import (
  Lift,
  Perceptron,
  critic_value,
  lift,
  network_assumptions,
  perceptron,
  random_perceptron,
)
from tfgan_landscape.landscape.paths import EscapePath, escape_path, sample
from tfgan_landscape.landscape.points import State, state
from tfgan_landscape.landscape.relativistic import KeptPairs, in_cycle, relativistic_value
from tfgan_landscape.landscape.sample_bounds import (
  folded_parameters,
  neural_net_divergence,
  samples_enough,
  strategies_enough,
)
from tfgan_landscape.landscape.scalars import FAMILY, violations
from tfgan_landscape.landscape.separable import Separable, separable_value, two_cluster_value
from tfgan_landscape.landscape.suprema import supremum
from tfgan_landscape.landscape.transport import Critic, wasserstein_critic, wasserstein_value

__all__ = [
  'AllPairs',
  'AlternatingRun',
  'Bounds',
  'Certificate',
  'Check',
  'Critic',
  'Depth',
  'Equilibrium',
  'EscapePath',
  'FAMILY',
  'GanLoss',
  'KeptPairs',
  'LIMIT',
  'Lift',
  'LipschitzValue',
  'lipschitz_value',
  'LipschitzCertificate',
  'critical_weight',
  'Descent',
  'descend',
  'lipschitz_certificate',
  'Loss',
  'OptimalCritic',
  'Perceptron',
  'Separable',
  'SoftmaxCritic',
  'State',
  'all_pairs_value',
  'alternating_run',
  'approximation',
  'assumptions',
  'averaged',
  'bad_basins',
  'basin_depth',
  'compact_wasserstein_critic',
  'count_bad_basins',
  'critic_value',
  'count_bad_basins_with_labels',
  'dirac_eigenvalues',
  'enough',
  'epsilon_optimal_critic',
  'equilibrium',
  'escape_path',
  'fold',
  'folded_parameters',
  'hinge',
  'in_cycle',
  'is_strict_local_minimum',
  'jensen_shannon',
  'js',
  'least_squares',
  'lift',
  'lipschitz_gan',
  'local_critic',
  'network_assumptions',
  'neural_net_divergence',
  'numeric_bounds',
  'numeric_value',
  'optimal_critic',
  'perceptron',
  'random_perceptron',
  'relativistic_value',
  'rp_hinge',
  'rp_hinge_all',
  'rp_least_squares',
  'rp_least_squares_all',
  'rs',
  'rs_all',
  'sample',
  'sampled',
  'samples_enough',
  'separable_value',
  'smoothed_jensen_shannon',
  'state',
  'strategies_enough',
  'supremum',
  'two_cluster_value',
  'value_with_labels',
  'values_by_state',
  'violations',
  'wasserstein',
  'wasserstein_critic',
  'wasserstein_from_sample',
  'wasserstein_value',
]

_MOVED = {
  'logistic': 'js (separable), rs (kept pairs) or rs_all (all pairs)',
  'Phi': 'a function; its attributes `slope` and `curvature` are its derivatives where it has them',
  'differentiated': 'not needed: derivatives of a function that carries none are central differences',
}


def __getattr__(name):
  if name in _MOVED:
    raise AttributeError(f'landscape.{name} is now {_MOVED[name]}')
  raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
