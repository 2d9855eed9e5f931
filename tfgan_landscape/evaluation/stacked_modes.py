"""Which of the thousand modes of Stacked MNIST a generator hits, counted by a classifier of single digits.

The protocol of Metz et al. 2017, VEEGAN and PacGAN: each channel of a generated image is classified, a mode is a triple
of classes; modes that at least one of 26,000 samples hits, and KL(generated || uniform) over all modes, in nats.
"""

from typing import Callable

import gin
import numpy as np

from tfgan_landscape.config.arguments import Count, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation.network_scores import Score, short
from tfgan_landscape.evaluation.scores import alone


@configurable(denylist=['load', 'labelled', 'cache_dir'])
class StackedModes:
  """Scores a generator of stacked digits; bound as `train_gan.evaluate`, in place of `Evaluation`.

  Args:
    load: not used; callable, split -> Examples of the stacked images.
    labelled: callable, split -> Examples of single digits, for features that learn from them.
    cache_dir: folder for a trained classifier.
    features: callable, (labelled, cache_dir) -> Features with `labels`: `@classifier`.
    count: samples, 26,000 in the literature.
    batch_statistics: whether the generator's batch norm takes the statistics of batches of 500 samples.

  Attributes:
    batch_statistics: as given, for whoever makes the samples.
    protocol: JSON-able dict.

  Raises:
    InputError: features that are no classifier's; whatever `features` raises.
  """

  def __init__(
    self,
    load,
    labelled,
    cache_dir,
    features: Callable = gin.REQUIRED,
    count: Count = 26_000,
    batch_statistics: bool = False,
  ):
    del load
    self._features, self.count, self.batch_statistics = features(labelled, cache_dir), count, batch_statistics
    self._labels = self._features.protocol.get('labels')
    if not self._labels:
      raise InputError('StackedModes.features has no labels to count modes by; bind @classifier')
    self.protocol = {
      'features': self._features.protocol,
      'images': 'uint8',
      'batch_norm': 'statistics of batches of 500' if batch_statistics else 'moving averages',
      'modes': {'count': count, 'of': len(self._labels) ** 3},
      'kl': {'count': count, 'unit': 'nats'},
    }

  def score(self, sample, share=alone):
    """Returns [modes hit, reverse KL] as `Score`s.

    Args:
      sample: callable, count -> iterable of uint8 batches [b, height, width, 3], `count` in all.
      share: function of rows -> the same function, whose work several processes share, each scoring the same samples.
    """
    extract = share(self._features.extract)
    triples = np.concatenate([_triples(extract, batch) for batch in sample(self.count)])[: self.count]
    hit, divergence = modes_and_divergence(triples, len(self._labels))
    return [Score(f'modes_{short(self.count)}', hit), Score(f'kl_{short(self.count)}', divergence)]

  def __str__(self):
    accuracy = self._features.protocol.get('test_accuracy')
    right = f' ({accuracy:.1%} right)' if accuracy else ''
    return f'modes_{short(self.count)}, kl_{short(self.count)} by {self._features.protocol["name"]}{right}'


def _triples(extract, batch):
  """The class of every channel, int [b, 3]."""
  channels = [np.asarray(extract(batch[..., each : each + 1])[0]) for each in range(3)]
  return np.stack([np.argmax(logits, 1) for logits in channels], 1)


def modes_and_divergence(triples, classes):
  """Returns (modes hit, KL(share of each mode || uniform) in nats) of classes [n, 3]; an empty mode adds 0."""
  counts = np.bincount(triples @ classes ** np.arange(2, -1, -1), minlength=classes**3)
  shares = counts[counts > 0] / len(triples)
  return float((counts > 0).sum()), float((shares * np.log(shares * classes**3)).sum())
