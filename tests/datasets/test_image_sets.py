"""Finished samples as a folder, an .npz or a zip: the same images, and what holds none."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from tfgan_landscape.datasets.examples import evenly
from tfgan_landscape.datasets.image_folder import image_folder
from tfgan_landscape.errors import InputError

IMAGES = np.random.default_rng(0).integers(0, 256, [5, 8, 8, 3], np.uint8)


def png(image):
  file = io.BytesIO()
  Image.fromarray(image).save(file, 'png')
  return file.getvalue()


def folder(path):
  (path / 'set').mkdir()
  for index, image in enumerate(IMAGES):
    (path / f'set/{index}.png').write_bytes(png(image))
  return path / 'set'


def zipped(path):
  with zipfile.ZipFile(path / 'set.zip', 'w') as archive:
    archive.writestr('dataset.json', '{"labels": null}')
    for index, image in enumerate(IMAGES):
      archive.writestr(f'0000{index}/img0000{index}.png', png(image))
  return path / 'set.zip'


def of_bytes(path):
  np.savez(path / 'set.npz', images=IMAGES)
  return path / 'set.npz'


def of_floats(path):
  np.savez(path / 'set.npz', (IMAGES.astype(np.float32) + 0.5) / 127.5 - 1)
  return path / 'set.npz'


def image_set(path, size, channels):
  return image_folder('all', path=str(path), image_size=size, channels=channels)


@pytest.mark.parametrize('write', [folder, zipped, of_bytes, of_floats])
def test_every_kind_gives_the_same_images(tmp_path, write):
  found = image_set(write(tmp_path), 8, 3)
  assert found.count == 5
  np.testing.assert_array_equal(np.concatenate(list(evenly(found, 5))), IMAGES)
  assert np.concatenate(list(evenly(found, 2))).shape == (2, 8, 8, 3)


def test_grey_and_resized(tmp_path):
  np.savez(tmp_path / 'a.npz', IMAGES[..., :1])
  (image,) = evenly(image_set(tmp_path / 'a.npz', 4, 1), 1)
  assert image.shape == (1, 4, 4, 1)


@pytest.mark.parametrize(
  ('name', 'write', 'words'),
  [
    ('a.zip', lambda path: zipfile.ZipFile(path, 'w').close(), 'has no image'),
    ('a.zip', lambda path: path.write_bytes(b'PK'), 'cannot be read .BadZipFile.'),
    ('a.npz', lambda path: np.savez(path, np.zeros([3, 4])), r'holds no images .n, height, width, 1 or 3.'),
    ('a.npz', lambda path: np.savez(path, np.full([3, 4, 4, 3], 7.0)), 'give uint8, or floats in .-1, 1.'),
    ('a.npz', lambda path: np.savez(path, np.zeros([0, 4, 4, 3], np.uint8)), 'has no image'),
    ('a.txt', lambda path: path.write_text('x'), 'is not a folder of images, no .zip and no .npz'),
    ('none.zip', lambda path: None, 'is not a folder of images'),
  ],
)
def test_what_holds_no_images_is_one_line(tmp_path, name, write, words):
  write(tmp_path / name)
  with pytest.raises(InputError, match=words):
    image_set(tmp_path / name, 8, 3)


def test_a_damaged_image_in_a_zip_is_named(tmp_path):
  with zipfile.ZipFile(tmp_path / 'a.zip', 'w') as archive:
    archive.writestr('b/c.png', png(IMAGES[0])[:40])
  with pytest.raises(InputError, match='b/c.png in .*a.zip cannot be decoded'):
    image_set(tmp_path / 'a.zip', 8, 3)
