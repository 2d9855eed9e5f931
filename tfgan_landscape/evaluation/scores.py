"""Inception Score, Frechet and kernel distance of a generator, by TF-GAN, each stamped with its protocol.

RS-GAN's protocol (Tables 2, 4, 5, 6): Inception Score of 50,000 images in 10 splits; FID of 10,000 images
against 10,000 real ones, CIFAR-10's from the test split. Images are uint8 on both sides. One pass of the
generator's images through the network serves all scores: the Inception Score takes the first
`inception_score_count` of them, the distances the first `fid_count`. The formulas are TF-GAN's own
functions, in float64.

Deviation: the authors' real images carried the training noise U(0, 1/128); truncated to uint8 they are
the same.
"""

from __future__ import annotations

import re
from typing import Annotated, Callable, NamedTuple, Optional

import gin
import numpy as np
import tensorflow as tf
import tensorflow_gan as tfgan

from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import features as features_lib
from tfgan_landscape.evaluation import real_features
from tfgan_landscape.ranges import Count, Range, configurable


class Score(NamedTuple):
  """A number whose name says its protocol, as in `fid_10k_test`; `std` is None where there is none."""

  name: str
  value: float
  std: float | None = None


_MOST = 10_000  # images of a distance that takes all there are


def alone(function):
  """Returns the function as it is: one process does all of its work."""
  return function


@configurable(denylist=['load', 'labelled', 'cache_dir'])
class Evaluation:
  """Everything that scoring needs, checked and computed when it is built, before a training starts.

  Args:
    load: callable, split -> Examples, of the images that are compared with.
    labelled: callable, split -> Examples with labels, for features that learn from them.
    cache_dir: folder for the features of real images and for a trained classifier.
    features: callable, (labelled, cache_dir) -> Features: `@inception` or `@classifier`.
    test_split: split of the real images.
    inception_score_count: images for the Inception Score.
    inception_score_splits: parts that its mean and standard deviation are taken over.
    fid_count: images on each side of the distances; None for all that the split has, 10,000 at most. The real ones are
      spread evenly over the split's fixed order, so that a sorted folder gives all of its classes.
    kid: whether the kernel distance is computed.
    kid_block_size: images of a block of the kernel distance at most.
    batch_statistics: whether the generator's batch norm takes the statistics of batches of 500 samples, as the authors
      score, in place of its moving averages.

  Attributes:
    batch_statistics: as given, for whoever makes the samples.
    label_names: of the data's labels, where they have some.
    protocol: JSON-able dict: features, real data, counts, splits, dtypes.

  Raises:
    InputError: fewer test images than `fid_count`; a count below 2; a count that its splits do not divide;
      data that are not images; NaN or infinity in the features of real images; whatever `features` raises.
  """

  def __init__(
    self,
    load,
    labelled,
    cache_dir,
    features: Callable = gin.REQUIRED,
    test_split: str = 'test',
    inception_score_count: Annotated[int, Range(2)] = 50_000,
    inception_score_splits: Count = 10,
    fid_count: Optional[Annotated[int, Range(2)]] = 10_000,  # noqa: UP045  read by Python 3.9
    kid: bool = True,
    kid_block_size: Count = 1024,
    batch_statistics: bool = False,
  ):
    _check_splits(inception_score_count, inception_score_splits)
    real = load(test_split)
    fid_count = min(real.count, _MOST) if fid_count is None else fid_count
    _check_real(real, test_split, fid_count)
    self._shape, self.label_names = real.records.element_spec['example'].shape, real.names
    self.batch_statistics = batch_statistics
    self._inception_count, self._splits = inception_score_count, inception_score_splits
    self._fid_count = fid_count
    self._kid_block_size = kid_block_size if kid else None
    self._features = features(labelled, cache_dir)
    self._real_pool = real_features.pool(self._features, real, fid_count, cache_dir)
    self.protocol = {
      'features': self._features.protocol,
      'real': real.source,
      'test_split': test_split,
      'images': 'uint8',
      'batch_norm': 'statistics of batches of 500' if batch_statistics else 'moving averages',
      'arithmetic': 'float64',
      'inception_score': {'count': inception_score_count, 'splits': inception_score_splits},
      'fid': {'count': fid_count, 'rank_deficient': self._real_pool.shape[1] >= fid_count},
      'kid': {'count': fid_count, 'block_size': kid_block_size} if kid else None,
    }
    name = self._features.protocol['name']
    self._prefix = '' if name == 'inception' else f'{name}_'
    self._distance = f'{short(fid_count)}_{_word(test_split)}'

  @property
  def count(self):
    """Images that one call of `score` takes."""
    return max(self._inception_count, self._fid_count)

  def score(self, sample, share=alone):
    """Scores a generator.

    Args:
      sample: callable, count -> iterable of uint8 batches [b, height, width, channels], `count` in all.
      share: function of rows -> the same function, whose work several processes share, each scoring the same samples.

    Returns:
      List of Score: `inception_score_50k` (std over the splits), `fid_10k_test`, `kid_10k_test` (std:
      standard error over the blocks); with the classifier's features `classifier_inception_score_50k` and
      so on, and `classifier_share_50k/5`, the share of the images that the classifier takes for fives, for
      every label.

    Raises:
      InputError: too few images, images of another shape than the real ones, NaN or infinity in their
        features or in a score.
    """
    logits, pool = self._extract(sample, share(self._features.extract))
    scores = [self._inception_score(logits), self._fid(pool)]
    if self._kid_block_size:
      scores.append(self._kid(pool))
    for score in scores:
      if not np.isfinite(score.value):
        raise InputError(f'{score.name} is {score.value}: the logits or features overflow; look at the images')
    return scores + self._shares(logits)

  def __str__(self):
    distances = ('fid', 'kid') if self._kid_block_size else ('fid',)
    names = [
      f'inception_score_{short(self._inception_count)}',
      *(f'{name}_{self._distance}' for name in distances),
    ]
    accuracy = self._features.protocol.get('test_accuracy')
    by = self._features.protocol['name'] + (f' ({accuracy:.1%} right)' if accuracy else '')
    by_batch = ', batch norm by batches of 500' if self.batch_statistics else ''
    return f'{", ".join(names)} by {by}{by_batch}'

  def _extract(self, sample, extract):
    """Returns logits [inception_score_count, k] and pool [fid_count, d]; the pool of the rest is not kept."""
    all_logits, all_pool, taken = [], [], 0
    for batch in sample(self.count):
      batch = batch[: self.count - taken]
      _check_batch(batch, self._shape)
      logits, pool = features_lib.finite(extract(batch), 'generated')
      all_logits.append(logits[: max(self._inception_count - taken, 0)])
      all_pool.append(pool[: max(self._fid_count - taken, 0)])
      taken += len(batch)
      if taken == self.count:
        break
    if taken < self.count:
      raise InputError(f'the scores need {self.count} generated images and got {taken}; bind smaller counts')
    return np.concatenate(all_logits).astype(np.float64), np.concatenate(all_pool).astype(np.float64)

  def _inception_score(self, logits):
    parts = np.split(logits, self._splits)
    values = [float(tfgan.eval.classifier_score_from_logits(part)) for part in parts]
    name = f'{self._prefix}inception_score_{short(self._inception_count)}'
    return Score(name, float(np.mean(values)), float(np.std(values)))

  def _fid(self, pool):
    distance = float(tfgan.eval.frechet_classifier_distance_from_activations(self._real_pool, pool))
    # Of two sets that are alike rounding may leave a little below 0.
    return Score(f'{self._prefix}fid_{self._distance}', max(distance, 0.0) if distance > -1e-3 else distance)

  def _kid(self, pool):
    distance, error = tfgan.eval.kernel_classifier_distance_and_std_from_activations(
      tf.constant(self._real_pool), tf.constant(pool), max_block_size=self._kid_block_size
    )
    # One block has no spread: TF-GAN says NaN.
    std = None if np.isnan(error) else float(error)
    return Score(f'{self._prefix}kid_{self._distance}', float(distance), std)

  def _shares(self, logits):
    labels = self._features.protocol.get('labels', [])
    counts = np.bincount(np.argmax(logits, axis=1), minlength=len(labels))
    name = f'{self._prefix}share_{short(self._inception_count)}'
    return [Score(f'{name}/{label}', float(count / len(logits))) for label, count in zip(labels, counts)]


def classifier_share(scores):
  """Returns the classes' shares that are in a list of Score: dict, label (text) -> share, maybe empty."""
  shares = {score.name: score.value for score in scores if '_share_' in score.name}
  return {name.rsplit('/', 1)[1]: share for name, share in shares.items()}


def short(count):
  """Returns a count as metric names say it: 10000 -> '10k', 2500 -> '2500'."""
  return f'{count // 1000}k' if count % 1000 == 0 else str(count)


def _word(split):
  return '_'.join(re.findall(r'\w+', split))


def _check_splits(inception_score_count, splits):
  if inception_score_count % splits:
    raise InputError(
      f'Evaluation.inception_score_count={inception_score_count} cannot be divided into '
      f'Evaluation.inception_score_splits={splits} equal parts; change one of them'
    )


def _check_real(real, split, fid_count):
  features_lib.check_images(real, split)
  if real.count < fid_count:
    raise InputError(
      f"split '{split}' has {real.count} images, fewer than the {fid_count} that FID needs; bind "
      f'Evaluation.fid_count={real.count} or less (another count is another score), or Evaluation.test_split'
    )


def _check_batch(batch, shape):
  if batch.dtype != np.uint8:
    raise TypeError(f'sample must give uint8 images, not {batch.dtype}')
  if tuple(batch.shape[1:]) != tuple(shape):
    raise InputError(
      f'generated images are {tuple(batch.shape[1:])} and real ones {tuple(shape)}; '
      'bind the same image_size and channels'
    )
