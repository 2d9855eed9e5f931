"""The checks of a distance: a tiny run whole with features that are pixels, its families, and what it refuses."""

import functools
import types

import gin
import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import main
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.datasets.examples import Examples
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation.features import Features
from tfgan_landscape.reporting import results
from tfgan_landscape.studies.score_checks import study as score_checks


def loader(split, data_dir=None, dark=0):
  """Images of four pixels a side whose brightness is their label's, 200 a split."""
  random = np.random.default_rng(len(split) + dark)
  labels = np.arange(200) % 10
  images = random.integers(0, 40, [200, 4, 4, 3]) + 20 * labels[:, None, None, None]
  images = (images // (1 + 3 * dark)).astype(np.uint8)
  records = tf.data.Dataset.from_tensor_slices({'example': images, 'label': labels.astype(np.int64)})
  return Examples(records, 200, 10, {'loader': 'test', 'split': split})


def pixels(labelled, cache_dir):
  """Mean, spread and roughness of an image."""

  def extract(images):
    images = np.asarray(images, np.float64)
    rough = np.abs(np.diff(images, axis=1)).mean((1, 2, 3))
    return None, np.stack([images.mean((1, 2, 3)), images.std((1, 2, 3)), rough], 1)

  return Features(extract, {'name': 'pixels'})


SMALL = {
  'count': 100,
  'noise': (8.0, 32.0),
  'blur': (0.5, 1.5),
  'jpeg': (30, 2),
  'missing': (0.3, 0.7),
  'foreign': (0.2, 0.5),
}


def study(folder, mode='train_and_eval', **more):
  gin.clear_config()
  made = functools.partial(
    score_checks.ScoreChecks,
    features=pixels,
    dataset=loader,
    other=functools.partial(loader, dark=1),
    **{**SMALL, **more},
  )
  with gin.unlock_config():
    gin.bind_parameter('run.study', made)
  return main.run(Execution(mode, folder, own=frozenset()))


def test_it_rises_with_what_the_features_see_and_orders_generators(tmp_path, capsys):
  random = np.random.default_rng(0)
  real = np.concatenate([each['example'].numpy()[None] for each in loader('test').records])
  for name, spread in (('good', 3), ('bad', 60)):
    noisy = np.clip(real + random.normal(scale=spread, size=real.shape), 0, 255).astype(np.uint8)
    np.savez(tmp_path / f'{name}.npz', images=noisy)
  samples = {name: str(tmp_path / f'{name}.npz') for name in ('bad', 'good')}
  assert study(tmp_path / 'run', samples=samples, paper={'good': 25.4, 'bad': 45.4}, resamples=20) == 0
  rows = {row.quantity: row for row in results.read(tmp_path / 'run')}
  floor = rows['the other half'].value
  for family in ('noise, standard deviation 8', 'classes missing, share 0.3', 'foreign images, share 0.2'):
    assert rows[family].value > floor
  assert rows['noise, standard deviation 32'].value > rows['noise, standard deviation 8'].value
  assert rows['100 of the other half'].value == pytest.approx(floor)
  good, bad = rows['good'], rows['bad']
  assert good.low < good.value < good.high < bad.low < bad.value < bad.high
  assert (good.paper, bad.paper) == ('FID 25.4', 'FID 45.4')
  said = capsys.readouterr().out
  assert 'classes missing, share: rises at every step' in said
  assert 'generators: the order of their FID' in said
  assert (tmp_path / 'run/figures/checks.png').stat().st_size > 0


def test_missing_classes_are_missing(tmp_path):
  execution = types.SimpleNamespace(seed=0, data_dir=None, cache_dir=None, model_dir=tmp_path)
  made = score_checks.ScoreChecks(execution, pixels, loader, loader, **SMALL)
  kept = made._missing(0.7)
  assert len(kept) == 100
  assert kept.mean((1, 2, 3)).max() < 20 * 3 + 20  # labels 0, 1 and 2
  half = made._foreign(0.5)
  np.testing.assert_array_equal(half[50:], made.halves[0][1][50:])


def test_too_many_images_and_a_generator_with_too_few_are_refused(tmp_path):
  with pytest.raises(InputError, match='count = 101 takes 202 test images, there are 200; lower it'):
    study(tmp_path / 'run', count=101)
  np.savez(tmp_path / 'few.npz', images=np.zeros([5, 4, 4, 3], np.uint8))
  with pytest.raises(InputError, match='few.npz has 5 images; give 100, or lower score_checks.count'):
    study(tmp_path / 'run', samples={'few': str(tmp_path / 'few.npz')})
  assert not (tmp_path / 'run').exists()


def test_describe_counts(tmp_path, capsys):
  assert study(tmp_path / 'run', mode='describe') == 0
  assert '"sets": 12' in capsys.readouterr().out
