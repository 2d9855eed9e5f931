"""Inception Score, Frechet and kernel distance of a generator, by TF-GAN, each stamped with its protocol.

RS-GAN's protocol (Tables 2, 4, 5, 6): Inception Score of 50,000 images in 10 splits; FID of 10,000 images
against 10,000 real ones, CIFAR-10's from the test split. Images are uint8 on both sides. One pass of the
generator's images through the network serves all scores: the Inception Score takes the first
`inception_score_count` of them, the distances the first `fid_count`. The formulas are TF-GAN's own
functions, in float64.

Deviation: the authors' real images carried the training noise U(0, 1/128); truncated to uint8 they are
the same.
"""

import inspect
import re
from collections.abc import Sequence
from typing import Annotated, Callable, Optional, Union

import gin
import numpy as np

from tfgan_landscape.config.arguments import Count, Range, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import features as features_lib
from tfgan_landscape.evaluation import real_features
from tfgan_landscape.evaluation.network_scores import Counts, NetworkScores, short

_MOST = 10_000  # images of a distance that takes all there are


def alone(function):
  """Returns the function as it is: one process does all of its work."""
  return function


@configurable(denylist=['load', 'labelled', 'cache_dir', 'recorded'])
class Evaluation:
  """Everything that scoring needs, checked and computed when it is built, before a training starts.

  Args:
    load: callable, split -> Examples, of the images that are compared with.
    labelled: callable, split -> Examples with labels, for features that learn from them.
    cache_dir: folder for the features of real images and for a trained classifier.
    features: callable, (labelled, cache_dir) -> Features: `@inception_or_lite0`, `@inception`, `@efficientnet_lite0` or
      `@classifier`; a list of them scores one pass of the samples through each.
    test_split: split of the real images.
    inception_score_count: images for the Inception Score.
    inception_score_splits: parts that its mean and standard deviation are taken over.
    fid_count: images on each side of the distances; None for all that the split has, 10,000 at most. The real ones are
      spread evenly over the split's fixed order, so that a sorted folder gives all of its classes.
    kid: whether the kernel distance is computed.
    kid_block_size: images of a block of the kernel distance at most.
    neighbours: whether precision, recall, density, coverage and the Frechet distance at infinity are computed too, of
      the distances' images; see `neighbours.py`.
    memorised_split: split of the training images, for how often samples are nearer to one than test images are; None
      for not at all.
    batch_statistics: whether the generator's batch norm takes the statistics of batches of 500 samples, as the authors
      score, in place of its moving averages.
    recorded: name of the network that the run was first scored by, for features that choose one.

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
    features: Union[Callable, Sequence[Callable]] = gin.REQUIRED,
    test_split: str = 'test',
    inception_score_count: Annotated[int, Range(2)] = 50_000,
    inception_score_splits: Count = 10,
    fid_count: Optional[Annotated[int, Range(2)]] = 10_000,
    kid: bool = True,
    kid_block_size: Count = 1024,
    neighbours: bool = False,
    memorised_split: Optional[str] = None,
    batch_statistics: bool = False,
    recorded=None,
  ):
    _check_splits(inception_score_count, inception_score_splits)
    real = load(test_split)
    fid_count = min(real.count, _MOST) if fid_count is None else fid_count
    _check_real(real, test_split, fid_count)
    self._shape, self.label_names = real.records.element_spec['example'].shape, getattr(real, 'names', ())
    self.batch_statistics = batch_statistics
    self._inception_count, self._fid_count = inception_score_count, fid_count
    self._distances = ('fid', 'kid') if kid else ('fid',)
    test = f'{short(fid_count)}_{_word(test_split)}'
    made = [_made(each, labelled, cache_dir, recorded) for each in ([features] if callable(features) else features)]
    train = load(memorised_split) if memorised_split else None
    self._networks = [
      NetworkScores(
        each,
        real_features.pool(each, real, fid_count, cache_dir),
        None if train is None else real_features.pool(each, train, train.count, cache_dir),
        Counts(inception_score_count, inception_score_splits, fid_count, kid_block_size if kid else None, test),
        neighbours,
      )
      for each in made
    ]
    protocols = [each.protocol for each in made]
    self.protocol = {
      'features': protocols[0] if len(protocols) == 1 else protocols,
      'real': real.source,
      'test_split': test_split,
      'images': 'uint8',
      'batch_norm': 'statistics of batches of 500' if batch_statistics else 'moving averages',
      'arithmetic': 'float64',
      'inception_score': {'count': inception_score_count, 'splits': inception_score_splits},
      'fid': {'count': fid_count, 'rank_deficient': any(each.dimensions >= fid_count for each in self._networks)},
      'kid': {'count': fid_count, 'block_size': kid_block_size} if kid else None,
    }
    if neighbours:
      self.protocol['neighbours'] = {'precision and recall': 3, 'density and coverage': 5, 'count': fid_count}
    if memorised_split:
      self.protocol['memorised'] = {'split': memorised_split, 'count': train.count}

  @property
  def features(self):
    """List of `Features`, one a network."""
    return [each.features for each in self._networks]

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
    found = []
    extracted = self._extract(sample, [share(each.features.extract) for each in self._networks])
    for network, (logits, pool) in zip(self._networks, extracted):
      found += network.scores(logits, pool)
    for score in found:
      if not np.isfinite(score.value):
        raise InputError(f'{score.name} is {score.value}: the logits or features overflow; look at the images')
    return found

  def __str__(self):
    by_batch = ', batch norm by batches of 500' if self.batch_statistics else ''
    return ' and '.join(each.described(self._distances) for each in self._networks) + by_batch

  def _extract(self, sample, extracts):
    """Returns, for each network, logits [inception_score_count, k] and pool [fid_count, d]; no more is kept."""
    kept, taken = [([], []) for _ in extracts], 0
    for batch in sample(self.count):
      batch = batch[: self.count - taken]
      _check_batch(batch, self._shape)
      for (all_logits, all_pool), extract in zip(kept, extracts):
        logits, pool = features_lib.finite(extract(batch), 'generated')
        all_logits.append(logits[: max(self._inception_count - taken, 0)])
        all_pool.append(pool[: max(self._fid_count - taken, 0)])
      taken += len(batch)
      if taken == self.count:
        break
    if taken < self.count:
      raise InputError(f'the scores need {self.count} generated images and got {taken}; bind smaller counts')
    return [tuple(np.concatenate(part).astype(np.float64) for part in parts) for parts in kept]


def _made(features, labelled, cache_dir, recorded):
  """Calls a features callable; one that chooses a network is told the one that the run was first scored by."""
  more = {'recorded': recorded} if 'recorded' in inspect.signature(features).parameters else {}
  return features(labelled, cache_dir, **more)


def classifier_share(scores):
  """Returns the classes' shares that are in a list of Score: dict, label (text) -> share, maybe empty."""
  shares = {score.name: score.value for score in scores if '_share_' in score.name}
  return {name.rsplit('/', 1)[1]: share for name, share in shares.items()}


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
