"""Which distances generalise: two samples of one Gaussian, by ideal critics and by trained ones.

"Generalization and Equilibrium in Generative Adversarial Nets" (the MIX+GAN paper), Section 3. The distribution is
N(0, I / d), so that every distance of it to itself is 0. Two samples of m points: an ideal critic tells them apart
whatever m is (Theorem 3.2), a network of bounded capacity cannot from some m on (Theorem 3.3). A sample and the
distribution that it is from: the network cannot tell m points from infinitely many (Corollary 3.2), so that a generator
with a small support looks right to it.
"""

import functools
import itertools
from collections.abc import Sequence
from typing import Annotated, Callable

import numpy as np
import tensorflow as tf

from tfgan_landscape import landscape
from tfgan_landscape.config.arguments import Count, Positive, Range, Size, configurable
from tfgan_landscape.dynamics.critic_runs import CriticRuns
from tfgan_landscape.dynamics.descent import SmallAdam
from tfgan_landscape.errors import InputError
from tfgan_landscape.losses import kept, nonsaturating
from tfgan_landscape.reporting.results import row
from tfgan_landscape.studies import lifecycle
from tfgan_landscape.studies.sample_distances import figures, outcomes

_FRESH = 20_000  # points that stand for the distribution itself
_IDEAL = 'ideal'
_RECORDS = 10  # how often a critic's divergence is taken on its way


@configurable('sample_distances', denylist=['execution'])
class SampleDistances(lifecycle.RunsStudy):
  """Distances of samples of one distribution, over sizes of the sample and of the critic.

  Args:
    execution: `Execution`, what the flags say.
    dimensions: d.
    counts: m, points of a sample.
    noise: sigma; both samples are blurred with N(0, sigma^2 I / d) for one of the divergences.
    widths: units of the critics' hidden layers (tanh), a critic each.
    layers: hidden layers.
    descent: makes the critics' optimiser.
    batch_size: points of each sample in a step.
    iterations: steps that a critic is trained for; a multiple of 10. The report says which critics still went on.
    seeds: pairs of samples of each size.

  Raises:
    InputError: `iterations` is no multiple of 10.
  """

  title = 'distances of samples'
  free = ('sample_distances.seeds', 'sample_distances.counts', 'sample_distances.widths')  # their runs have other names

  def __init__(
    self,
    execution,
    dimensions: Size = 100,
    counts: Sequence[Annotated[int, Range(2, at_most=5000)]] = (10, 30, 100, 300, 1000, 3000),
    noise: Positive = 0.3,
    widths: Sequence[Size] = (4, 64),
    layers: Count = 1,
    descent: Callable = SmallAdam,
    batch_size: Count = 64,
    iterations: Count = 12_000,
    seeds: Count = 10,
  ):
    if iterations % _RECORDS:
      raise InputError(f'sample_distances.iterations = {iterations} is no multiple of {_RECORDS}; give one')
    super().__init__(execution, seeds)
    self.dimensions, self.noise, self.iterations, self.descent = dimensions, noise, iterations, descent
    sizes = layers, batch_size, iterations, descent
    course = {'records': _RECORDS, 'measure': _divergence}
    self.critics = {width: CriticRuns(width, *sizes, **course) for width in widths}
    self.loss = kept(nonsaturating)
    sides = itertools.product((None, *widths), counts)  # no width: ideal critics
    self.cases = {f'{_IDEAL if width is None else width}-{count}': (width, count) for width, count in sides}

  @property
  def protocol(self):
    """The setting in a line."""
    return (
      f'{self.seeds} pairs of samples of N(0, I / {self.dimensions}); critics of {self.iterations:,} steps; '
      'divergences in nats, at most log 2 = 0.693; 95 % intervals in brackets'
    )

  @property
  def sizes(self):
    """Numbers of runs and steps."""
    return {'runs': self.seeds * len(self.cases), 'steps_per_run': self.iterations}

  def prepare(self):
    """Calls the loss and the optimiser."""
    self.call_once({'loss': nonsaturating})
    self.descent()

  def run(self, name, seed):
    """Returns the distances of two samples, by ideal critics or by a trained one."""
    width, count = self.cases[name]
    random = np.random.default_rng([self.execution.seed, seed, count])
    first, second, *fresh = (self._sample(size, random) for size in (count, count, _FRESH, _FRESH))
    if width is None:
      return self._ideal(first, second, random)
    return self._trained(width, seed, first, second, fresh)

  def _sample(self, count, random):
    return random.standard_normal([count, self.dimensions]) / np.sqrt(self.dimensions)

  def _ideal(self, first, second, random):
    spread = self.noise / np.sqrt(self.dimensions)
    found = {
      'jensen_shannon': landscape.jensen_shannon(first, second),
      'blurred': landscape.smoothed_jensen_shannon(first, second, spread, random, draws=500)[0],
      'wasserstein': landscape.wasserstein_value(first, second),
      'from_distribution': landscape.wasserstein_from_sample(first, self._sample(_FRESH, random)),
    }
    return {name: np.array(value) for name, value in found.items()}

  def _trained(self, width, seed, first, second, fresh):
    """Divergences by critics: of two samples on themselves and on fresh points, of a sample and its distribution."""
    key = [self.execution.seed, seed, len(first)]
    critics = self.critics[width]

    def divergence(weights, *sides):
      return _divergence(*(critics.logits(weights, points) for points in sides)).numpy()

    pairs, pairs_course = critics.run(self.loss, None, first, second, key)
    support, support_course = critics.run(self.loss, None, fresh[0], second, key)
    found = {
      'two_samples': divergence(pairs, first, second),
      'two_samples_fresh': divergence(pairs, *fresh),
      'support': divergence(support, fresh[1], second),
      'two_samples_course': pairs_course,
      'support_course': support_course,
    }
    return {name: np.array(value) for name, value in found.items()}

  def findings(self, runs):
    """Returns the `Findings` of {case: list of {record: array}}."""
    found = outcomes.distances(runs, self.cases)
    rows = [
      row(words, f'm = {count:,}', each, protocol=self.protocol)
      for words, by_count in found.items()
      for count, each in by_count.items()
    ]
    drawing = functools.partial(figures.curves, found=found, dimensions=self.dimensions)
    still_rising = tuple(outcomes.still_rising(runs, self.cases, self.iterations))
    return lifecycle.Findings({'': rows}, {'distances': drawing}, corner='distance', remarks=still_rising)


def _divergence(real, fake):
  """log 2 + 1/2 E log D(x) + 1/2 E log(1 - D(y)): the neural net divergence with phi = log (Definition 1), in nats."""
  return np.log(2) - (tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))) / 2
