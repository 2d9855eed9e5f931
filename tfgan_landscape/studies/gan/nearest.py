"""Samples beside the training images that are nearest to them: does a generator copy?"""

import pathlib

import numpy as np
from sklearn.neighbors import NearestNeighbors

from tfgan_landscape.datasets.examples import evenly
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import real_features
from tfgan_landscape.reporting import images
from tfgan_landscape.training.sampling import SAMPLES, latent_blocks

_SAMPLES, _NEIGHBOURS, _MOST = 8, 7, 10_000


def nearest(gan, evaluation, examples):
  """Writes nearest.png, a row a sample, which stands first: the training images by their distance in features.

  Args:
    gan: `Gan`, restored.
    evaluation: `Evaluation`, whose first network says what is near, or None.
    examples: `Examples` to train on; 10,000 at most are looked at, evenly spread.

  Raises:
    InputError: the experiment has no scores, and so no features.
  """
  if not evaluation:
    raise InputError('train_gan.evaluate is None: there are no features to compare by; bind @Evaluation')
  wanted, features = gan.execution.generate, evaluation.features[0]
  count = min(examples.count, _MOST)
  pool = real_features.pool(features, examples, count, gan.execution.cache_dir)
  real = np.concatenate(list(evenly(examples, count)))[real_features.order(count)]
  network = gan.networks.average if wanted.average else gan.networks.generator
  (latents,) = latent_blocks(network, 0, 1, gan.execution.seed, SAMPLES)
  (samples,) = gan.samplers()['ema' if wanted.average else 'raw']([latents[:_SAMPLES]])
  samples = images.to_uint8(samples)
  _, found = features.extract(samples)
  places = NearestNeighbors(n_neighbors=min(_NEIGHBOURS, count)).fit(pool).kneighbors(found, return_distance=False)
  rows = [np.concatenate([sample[None], real[near]]) for sample, near in zip(samples, places)]
  path = pathlib.Path(wanted.output or gan.execution.model_dir / 'samples' / 'nearest.png')
  if path.suffix != '.png':
    raise InputError(f'--output={path} is no picture; give a name that ends in .png')
  images.save_png(path, images.enlarge(images.in_rows(np.concatenate(rows), 1 + places.shape[1])))
  print(f'{len(samples)} samples, and the nearest of {count:,} training images by {features.protocol["name"]}: {path}')
  return 0
