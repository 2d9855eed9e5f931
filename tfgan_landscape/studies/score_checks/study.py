"""What a distance of features sees: real images made worse step by step, and generators in the order of their FID.

Before a network's Frechet distance ranks generators it has to rise with noise, blur, JPEG, missing classes and foreign
images, to have its floor between two halves of one set, and to put generators whose FID is published in their order.
"""

import functools
import io
from collections.abc import Sequence
from typing import Annotated, Callable, NamedTuple, Optional

import gin
import numpy as np
import scipy.ndimage
from PIL import Image

from tfgan_landscape.config.arguments import Count, NonNegative, Range, Share, configurable
from tfgan_landscape.datasets.examples import evenly
from tfgan_landscape.datasets.image_folder import image_folder
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation.neighbours import Frechet
from tfgan_landscape.reporting import results
from tfgan_landscape.studies import lifecycle
from tfgan_landscape.studies.score_checks import figures


class Case(NamedTuple):
  """Images [count, h, w, c] whose distance to the real ones is taken: a family, its level, and how they are made."""

  family: str
  level: float
  images: Callable


@configurable('score_checks', denylist=['execution'])
class ScoreChecks(lifecycle.RunsStudy):
  """Distances through one network.

  Args:
    execution: `Execution`, what the flags say.
    features: `(labelled, cache_dir) -> Features`, such as `@efficientnet_lite0`.
    dataset: loader of the real images.
    other: loader of foreign images, of the same size.
    count: images of every set; the real ones are one half of the test split, what is made worse the other.
    noise: standard deviations of Gaussian noise, of 255 levels.
    blur: standard deviations of a Gaussian blur, pixels.
    jpeg: qualities, falling.
    missing: shares of the classes that are left out.
    foreign: shares of images that come from `other`.
    samples: {name: images of a generator, as `--images` takes them}.
    paper: {name of a generator: its published FID}.
    resamples: bootstrap samples of a generator's images.

  Raises:
    InputError: a value makes no sense.
  """

  title = 'checks of a distance'
  free = ('score_checks.samples', 'score_checks.paper')  # their runs have names of their own

  def __init__(
    self,
    execution,
    features: Callable = gin.REQUIRED,
    dataset: Callable = gin.REQUIRED,
    other: Callable = gin.REQUIRED,
    count: Annotated[int, Range(20)] = 2000,
    noise: Sequence[NonNegative] = (4.0, 8.0, 16.0, 32.0),
    blur: Sequence[NonNegative] = (0.4, 0.6, 0.8, 1.2),
    jpeg: Sequence[Count] = (60, 30, 15, 8),
    missing: Sequence[Share] = (0.1, 0.3, 0.6, 0.9),
    foreign: Sequence[Share] = (0.05, 0.1, 0.2, 0.5),
    samples: Optional[dict[str, str]] = None,
    paper: Optional[dict[str, float]] = None,
    resamples: Count = 50,
  ):
    super().__init__(execution, seeds=1)
    self.count, self.resamples = count, resamples
    self._load = functools.partial(dataset, data_dir=execution.data_dir)
    self._other = functools.partial(other, data_dir=execution.data_dir)
    self._make_features, self.samples, self.paper = features, samples or {}, paper or {}
    lifecycle.check_names('score_checks', samples=self.samples)
    self._levels = {'noise': noise, 'blur': blur, 'jpeg': jpeg, 'missing': missing, 'foreign': foreign}

  @functools.cached_property
  def features(self):
    """The `Features`."""
    return self._make_features(self._load, self.execution.cache_dir)

  @functools.cached_property
  def halves(self):
    """Images [2, count, h, w, c] and labels [2, count] of two halves of the test split that share none."""
    examples = self._load('test')
    if examples.count < 2 * self.count:
      raise InputError(
        f'score_checks.count = {self.count} takes {2 * self.count} test images, there are {examples.count}; lower it'
      )
    chosen = next(iter(examples.records.batch(examples.count)))
    order = np.random.default_rng(self.execution.seed).permutation(examples.count)[: 2 * self.count].reshape(2, -1)
    return chosen['example'].numpy()[order], chosen['label'].numpy()[order]

  @functools.cached_property
  def foreign_images(self):
    """Images of the other data [count, h, w, c]."""
    return np.concatenate(list(evenly(self._other('test'), self.count)))

  @functools.cached_property
  def frechet(self):
    """The distance to the first half."""
    return Frechet(self._pool(self.halves[0][0]))

  def _pool(self, images):
    parts = [self.features.extract(images[first : first + 256])[1] for first in range(0, len(images), 256)]
    return np.concatenate([np.asarray(part, np.float64) for part in parts])

  @functools.cached_property
  def cases(self):
    """{name: `Case`}; the other half as it is, and training images, first."""
    found = {
      'floor': Case('floor', 0.0, lambda: self.halves[0][1]),
      'train': Case('real data', 0.0, self._train_images),
    }
    for family, levels in self._levels.items():
      for level in levels:
        worse = functools.partial(getattr(self, f'_{family}'), level)
        found[f'{family}-{level:g}'] = Case(family, level, worse)
    for name, path in self.samples.items():
      found[f'generator-{name}'] = Case('generator', 0.0, functools.partial(self._samples, path))
    return found

  def _train_images(self):
    return np.concatenate(list(evenly(self._load('train'), self.count)))

  def _noise(self, level):
    images = self.halves[0][1].astype(np.float64)
    noise = np.random.default_rng(self.execution.seed).normal(scale=level, size=images.shape)
    return np.clip(np.round(images + noise), 0, 255).astype(np.uint8)

  def _blur(self, level):
    images = self.halves[0][1].astype(np.float64)
    return np.clip(np.round(scipy.ndimage.gaussian_filter(images, [0, level, level, 0])), 0, 255).astype(np.uint8)

  def _jpeg(self, quality):
    return np.stack([_compressed(image, quality) for image in self.halves[0][1]])

  def _missing(self, share):
    images, labels = (half[1] for half in self.halves)
    names = np.unique(labels)
    kept = images[labels < names[round((1 - share) * len(names)) - 1] + 1]
    return kept[np.arange(self.count) % len(kept)]

  def _foreign(self, share):
    images, count = self.halves[0][1].copy(), round(share * self.count)
    images[:count] = self.foreign_images[:count]
    return images

  def _samples(self, path):
    size, _, channels = self.halves[0].shape[2:]
    images = image_folder('all', path=str(path), image_size=size, channels=channels)
    if images.count < self.count:
      raise InputError(f'{path} has {images.count} images; give {self.count}, or lower score_checks.count')
    return np.concatenate(list(evenly(images, self.count)))

  @property
  def sizes(self):
    """Numbers of sets and of images."""
    return {'sets': len(self.cases), 'images': len(self.cases) * self.count}

  def prepare(self):
    """Reads network and data, and the images of every generator."""
    self.frechet, self.foreign_images  # noqa: B018
    for path in self.samples.values():
      self._samples(path)

  def run(self, name, seed):
    """Returns the distance of a set; of a generator resampled, and of the other half for some counts too."""
    del seed
    case = self.cases[name]
    pool = self._pool(case.images())
    found = {'distance': np.array(self.frechet(pool))}
    if case.family == 'generator':
      random = np.random.default_rng(self.execution.seed)
      picks = random.integers(len(pool), size=(self.resamples, len(pool)))
      found['bootstrap'] = np.array([self.frechet(pool[pick]) for pick in picks])
    if name == 'floor':
      counts = [self.count // part for part in (8, 4, 2, 1)]
      found['counts'], found['by_count'] = np.array(counts), np.array([self.frechet(pool[:each]) for each in counts])
    return found

  @property
  def protocol(self):
    """The setting in a line."""
    return f'{self.count} images of each set against {self.count} test images; Frechet distance of pooled features'

  def findings(self, runs):
    """Returns the `Findings` of {case: [its record]}."""
    found = {name: each[0] for name, each in runs.items()}
    curves = {family: self._curve(found, family) for family in self._levels}
    drawing = functools.partial(figures.curves, families=curves, floor=float(found['floor']['distance']))
    verdicts = tuple(self._verdicts(found))
    return lifecycle.Findings({'': self._rows(found)}, {'checks': drawing}, corner='images', remarks=verdicts)

  def _rows(self, found):
    rows = []
    for name, case in self.cases.items():
      value, low, high = float(found[name]['distance']), None, None
      if 'bootstrap' in found[name]:
        low, high = self._interval(found[name])
      words = f'{_WORDS[case.family]} {case.level:g}' if case.family in self._levels else _WORDS.get(name, name[10:])
      paper = f'FID {self.paper[name[10:]]:g}' if name[10:] in self.paper else ''
      rows.append(results.Row(words, 'Frechet distance', value, low, high, paper=paper, protocol=self.protocol))
    for count, value in zip(found['floor']['counts'], found['floor']['by_count']):
      rows.append(results.Row(f'{count} of the other half', 'Frechet distance', float(value), protocol=self.protocol))
    return rows

  @staticmethod
  def _interval(run):
    """The percentiles of the bootstrap, moved so that they lie around the distance: drawing twice adds a bias."""
    shift = float(run['distance']) - run['bootstrap'].mean()
    return tuple(float(each) for each in np.quantile(run['bootstrap'] + shift, [0.025, 0.975]))

  def _curve(self, found, family):
    """(levels, distances) of a family."""
    levels = self._levels[family]
    return levels, [float(found[f'{family}-{level:g}']['distance']) for level in levels]

  def _verdicts(self, found):
    """A line for each family, whether it rises at every step, and one for the order of the generators."""
    floor = float(found['floor']['distance'])
    for family in self._levels:
      values = [floor, *self._curve(found, family)[1]]
      rises = all(first < second for first, second in zip(values, values[1:]))
      yield f'{_WORDS[family]}: {"rises at every step" if rises else "does not rise at every step"}'
    known = [name for name in self.samples if name in self.paper]
    if len(known) > 1:
      by_paper = sorted(known, key=self.paper.get)
      by_distance = sorted(known, key=lambda name: float(found[f'generator-{name}']['distance']))
      same = 'the order of their FID'
      if by_paper != by_distance:
        same = f'another order than that of their FID: {", ".join(by_distance)}'
      yield f'generators: {same}'


_WORDS = {
  'noise': 'noise, standard deviation',
  'blur': 'blur, pixels',
  'jpeg': 'JPEG of quality',
  'missing': 'classes missing, share',
  'foreign': 'foreign images, share',
  'floor': 'the other half',
  'train': 'training images (real data)',
}


def _compressed(image, quality):
  buffer = io.BytesIO()
  Image.fromarray(np.squeeze(image)).save(buffer, 'jpeg', quality=int(quality))
  decoded = np.asarray(Image.open(buffer))
  return decoded.reshape(image.shape)
