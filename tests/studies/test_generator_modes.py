"""What is had of a trained generator: ways between samples, a SavedModel, samples beside their nearest real images."""

import subprocess
import sys

import gin
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from sklearn.neighbors import NearestNeighbors

import tfgan_landscape
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution, Generate
from tfgan_landscape.datasets.digits import digits
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation.features import Features
from tfgan_landscape.studies import run
from tfgan_landscape.studies.gan import nearest
from tfgan_landscape.studies.gan.interpolate import between

BINDINGS = [
  *('width = 2', 'Trainer.iterations = 1', 'Trainer.batch_size = 4', 'train_gan.evaluate_every = 9'),
  *('classifier.width = 2', 'classifier.epochs = 1', 'classifier.minimum_updates = 1'),
  *('Evaluation.inception_score_count = 100', 'Evaluation.fid_count = 100'),
]


@pytest.fixture(scope='module')
def trained(tmp_path_factory):
  """Folder of a run of one iteration on the digits."""
  folder = tmp_path_factory.mktemp('trained')
  call(folder, 'train')
  return folder


def call(folder, mode, **settings):
  gin.clear_config()
  own = gin_files.read([gin_files.find('rs_digits_cnn.gin')], BINDINGS, False)
  generate = Generate(output=str(settings.pop('output', '')), **settings)
  assert run(Execution(mode, folder / 'run', cache_dir=folder / 'cache', own=own, generate=generate)) == 0


def test_on_the_way_length_and_direction_change_evenly():
  start, end = np.float32([2, 0, 0]), np.float32([0, 0, 4])
  way = between(start, end, 4)
  np.testing.assert_allclose(np.linalg.norm(way, axis=1), [2, 2.5, 3, 3.5], rtol=1e-6)
  angles = np.degrees(np.arccos(way[:, 0] / np.linalg.norm(way, axis=1)))
  np.testing.assert_allclose(angles, [0, 22.5, 45, 67.5], atol=1e-4)
  np.testing.assert_array_equal(between(start, 3 * start, 2), [[2, 0, 0], [4, 0, 0]])


def test_ways_are_a_grid_a_film_and_the_truncated(trained, tmp_path):
  call(trained, 'interpolate', seeds='3,5,8', frames=4, output=tmp_path / 'ways')
  film = Image.open(tmp_path / 'ways/ways.gif')
  assert film.n_frames == 12
  call(trained, 'generate', seeds='3,5,8', output=tmp_path / 'samples')
  first = np.asarray(Image.open(tmp_path / 'samples/00003.png'))
  factor = film.size[0] // first.shape[0]
  np.testing.assert_allclose(np.asarray(film.convert('L'))[::factor, ::factor], first, atol=1)
  assert (tmp_path / 'ways/ways.png').stat().st_size > 0
  assert (tmp_path / 'ways/truncation.png').stat().st_size > 0
  with pytest.raises(InputError, match='holds samples already'):
    call(trained, 'interpolate', output=tmp_path / 'ways')
  with pytest.raises(InputError, match='between two samples or more'):
    call(trained, 'interpolate', seeds='3', output=tmp_path / 'one')


USE = """
import sys
import numpy as np
import tensorflow as tf
found = tf.saved_model.load(sys.argv[1]).signatures['serving_default'](latents=tf.constant(np.load(sys.argv[2])))
assert 'tfgan_landscape' not in sys.modules
np.savez(sys.argv[3], **{name: value.numpy() for name, value in found.items()})
"""


def test_what_is_exported_makes_the_same_images_without_this_package(trained, tmp_path):
  call(trained, 'export', output=tmp_path / 'saved')
  latents = np.random.default_rng(0).normal(size=(5, 128)).astype(np.float32)
  np.save(tmp_path / 'latents.npy', latents)
  paths = [tmp_path / name for name in ('saved', 'latents.npy', 'found.npz')]
  subprocess.run([sys.executable, '-c', USE, *paths], check=True, cwd=tmp_path)
  found = np.load(tmp_path / 'found.npz')
  expected = tfgan_landscape.load_generator(trained / 'run')(latents).numpy()
  np.testing.assert_allclose(found['examples'], expected, atol=1e-4)
  np.testing.assert_array_equal(found['images'], ((found['examples'] + 1) * 127.5).astype(np.uint8))
  with pytest.raises(InputError, match='is there already'):
    call(trained, 'export', output=tmp_path / 'saved')


def raw_pixels(labelled, cache_dir):
  """Features that are the pixels themselves."""

  def extract(batch):
    pixels = tf.reshape(tf.cast(batch, tf.float32), [len(batch), -1])
    return pixels[:, :5], pixels

  return Features(extract, {'name': 'raw pixels'})


def test_beside_each_sample_stand_its_nearest_training_images(trained, tmp_path, monkeypatch):
  pictures = []
  monkeypatch.setattr(nearest.images, 'save_png', lambda path, image: pictures.append(image))
  gin.clear_config()
  gin.external_configurable(raw_pixels, 'raw_pixels', module='tests')
  gin_files.read([gin_files.find('rs_digits_cnn.gin')], [*BINDINGS, 'Evaluation.features = @raw_pixels'], False)
  generate = Generate(output=str(tmp_path / 'near.png'))
  assert run(Execution('nearest', trained / 'run', cache_dir=trained / 'cache', generate=generate)) == 0
  ((picture,),) = [pictures]
  real = np.stack([record['example'].numpy() for record in digits('train').records]).reshape(-1, 32 * 32).astype(float)
  search = NearestNeighbors(n_neighbors=7).fit(real)
  factor, border, tile = picture.shape[0] // (8 * 34 + 2), 2, 34
  small = picture[::factor, ::factor, 0].astype(float)
  for row in range(8):
    top = border + tile * row
    sample, *others = (small[top : top + 32, border + tile * column :][:, :32].ravel() for column in range(8))
    distances = [np.linalg.norm(sample - other) for other in others]
    np.testing.assert_allclose(distances, search.kneighbors(sample[None])[0][0])
