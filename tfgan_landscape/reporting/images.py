"""Pictures of samples."""

import math
import pathlib
from typing import Optional

import matplotlib.backends.backend_agg
import matplotlib.figure
import numpy as np
import tensorflow as tf

from tfgan_landscape.config.arguments import Positive, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import files

GRID = 64  # samples of a picture


def to_uint8(images):
  """Returns the uint8 images of a generator's output: (x + 1) 127.5, truncated and held within 0 to 255.

  Args:
    images: float [n, height, width, channels] in [-1, 1].

  Raises:
    InputError: an image has a NaN or infinity; as uint8 it would look like a plain image and get a score.
  """
  images = np.asarray(images, np.float32)
  if not np.isfinite(images).all():
    raise InputError('the generated images have a NaN or infinity: training has diverged; use an earlier checkpoint')
  return np.clip((images + 1) * 127.5, 0, 255).astype(np.uint8)


@configurable(denylist=['samples'])
def image_grid(samples):
  """Draws images in [-1, 1], float [n, h, w, c], as a grid of at least 512 pixels, uint8 [H, W, c]."""
  return enlarge(grid(to_uint8(samples)))


def grid(images, border=2):
  """Arranges images, uint8 [n, h, w, c], in a near-square grid with white borders; returns uint8 [H, W, c]."""
  return in_rows(images, math.ceil(math.sqrt(len(images))), border)


def in_rows(images, columns, border=2):
  """Arranges images, uint8 [n, h, w, c], in rows of so many columns with white borders; returns uint8 [H, W, c]."""
  images = np.pad(images, [(0, 0), (border, 0), (border, 0), (0, 0)], constant_values=255)
  count, height, width, channels = images.shape
  rows = math.ceil(count / columns)
  tiles = np.full((rows * columns, height, width, channels), 255, np.uint8)
  tiles[:count] = images
  tiles = tiles.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
  picture = tiles.reshape(rows * height, columns * width, channels)
  return np.pad(picture, [(0, border), (0, border), (0, 0)], constant_values=255)


@configurable(denylist=['points'])
def scatter(points, limit: Optional[Positive] = None):
  """Draws points, float [n, 2], as uint8 [h, w, 3]; axes to `limit`, or else the largest of 1.5 and |x|."""
  limit = limit or max(1.5, float(np.abs(points).max()))
  figure = matplotlib.figure.Figure(figsize=(4, 4), dpi=100)
  axes = figure.add_subplot(xlim=(-limit, limit), ylim=(-limit, limit), aspect='equal')
  axes.plot(points[:, 0], points[:, 1], '.', markersize=2)
  canvas = matplotlib.backends.backend_agg.FigureCanvasAgg(figure)
  canvas.draw()
  return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def enlarge(image, smallest=512):
  """Repeats the pixels of an image, uint8 [h, w, c], until its longer side has at least `smallest` of them."""
  factor = math.ceil(smallest / max(image.shape[:2]))
  return image.repeat(factor, 0).repeat(factor, 1)


def save_png(path, image):
  """Writes an image, uint8 [h, w, 1 or 3]; makes the folder."""
  with files.replacing(path) as partial:
    partial.write_bytes(tf.io.encode_png(image).numpy())


def strip(pictures):
  """Stacks the uppermost rows of grids of the same samples, so that a column is one sample over time.

  Args:
    pictures: uint8 [H, W, c] of the same size, as `image_grid` draws them, the oldest first.
  """
  height = pictures[0].shape[0] // math.isqrt(GRID)
  return np.concatenate([picture[:height] for picture in pictures])


def evenly(values, most=16):
  """Returns at most so many of a list, evenly spread, the first and the last among them."""
  chosen = np.unique(np.linspace(0, len(values) - 1, most).round().astype(int))
  return [values[index] for index in chosen]


def read_png(path):
  """Returns a PNG of ours as uint8 [h, w, c], None where it is missing or damaged."""
  try:
    return tf.io.decode_png(pathlib.Path(path).read_bytes()).numpy()
  except (OSError, tf.errors.OpError):
    return None
