"""The scores of samples through one network, from its logits and features, by TF-GAN's functions in float64."""

from typing import NamedTuple, Optional

import numpy as np
import tensorflow as tf
import tensorflow_gan as tfgan

from tfgan_landscape.evaluation import neighbours as neighbours_lib


class Score(NamedTuple):
  """A number whose name says its protocol, as in `fid_10k_test`; `std` is None where there is none."""

  name: str
  value: float
  std: Optional[float] = None


class Counts(NamedTuple):
  """Images and parts of the scores; `test` ends the names of the distances, as '10k_test'."""

  inception: int
  splits: int
  distance: int
  kid_block_size: Optional[int]
  test: str


class NetworkScores:
  """The scores of samples through one network.

  Args:
    features: `Features`.
    real: pool features of the real images [fid_count, d].
    train: of the training images, or None.
    counts: `Counts`.
    neighbours: whether what neighbours say is computed.
  """

  def __init__(self, features, real, train, counts, neighbours):
    self.features, self._real, self._train, self._counts = features, real, train, counts
    self._neighbours = neighbours
    self._words = dict(zip(('inception_score', 'fid', 'kid'), features.words))
    name = features.protocol['name']
    self._prefix = '' if name == 'inception' else f'{name}_'

  @property
  def dimensions(self):
    """Of its features."""
    return self._real.shape[1]

  def described(self, distances):
    """Names of its scores and itself, in words."""
    named = {'inception_score': short(self._counts.inception), **dict.fromkeys(distances, self._counts.test)}
    names = [f'{self._words.get(score, score)}_{count}' for score, count in named.items()]
    accuracy = self.features.protocol.get('test_accuracy')
    return f'{", ".join(names)} by {self.features.protocol["name"]}' + (f' ({accuracy:.1%} right)' if accuracy else '')

  def _named(self, score, count):
    return f'{self._prefix}{self._words.get(score, score)}_{count}'

  def scores(self, logits, pool):
    """Returns the list of `Score` of logits [n, k] and pool features [fid_count, d]."""
    found = [self._inception_score(logits), self._fid(pool)]
    if self._counts.kid_block_size:
      found.append(self._kid(pool))
    if self._neighbours:
      found += self._of_neighbours(pool)
    if self._train is not None:
      share = neighbours_lib.memorised(self._train, self._real, pool)
      found.append(Score(self._named('memorised', self._counts.test), share))
    return found + self._shares(logits)

  def _inception_score(self, logits):
    parts = np.split(logits, self._counts.splits)
    values = [float(tfgan.eval.classifier_score_from_logits(part)) for part in parts]
    name = self._named('inception_score', short(self._counts.inception))
    return Score(name, float(np.mean(values)), float(np.std(values)))

  def _fid(self, pool):
    distance = float(tfgan.eval.frechet_classifier_distance_from_activations(self._real, pool))
    # Of two sets that are alike rounding may leave a little below 0.
    return Score(self._named('fid', self._counts.test), max(distance, 0.0) if distance > -1e-3 else distance)

  def _kid(self, pool):
    distance, error = tfgan.eval.kernel_classifier_distance_and_std_from_activations(
      tf.constant(self._real), tf.constant(pool), max_block_size=self._counts.kid_block_size
    )
    # One block has no spread: TF-GAN says NaN.
    std = None if np.isnan(error) else float(error)
    return Score(self._named('kid', self._counts.test), float(distance), std)

  def _of_neighbours(self, pool):
    precision, recall = neighbours_lib.precision_recall(self._real, pool)
    density, coverage = neighbours_lib.density_coverage(self._real, pool)
    infinite = neighbours_lib.frechet_infinity(self._real, pool)
    values = {'precision': precision, 'recall': recall, 'density': density, 'coverage': coverage}
    found = [Score(self._named(name, self._counts.test), float(value)) for name, value in values.items()]
    return [*found, Score(self._named('fid', f'infinity_{self._counts.test.partition("_")[2]}'), infinite)]

  def _shares(self, logits):
    labels = self.features.protocol.get('labels', [])
    counts = np.bincount(np.argmax(logits, axis=1), minlength=len(labels))
    name = f'{self._prefix}share_{short(self._counts.inception)}'
    return [Score(f'{name}/{label}', float(count / len(logits))) for label, count in zip(labels, counts)]


def short(count):
  """Returns a count as metric names say it: 10000 -> '10k', 2500 -> '2500'."""
  return f'{count // 1000}k' if count % 1000 == 0 else str(count)
