"""What images look like to a network: the features that the scores are computed from.

`Features` is what every features callable returns; `inception` is TF-GAN's Inception network, the one whose
scores the papers print (RS-GAN Tables 2, 4, 5, 6); `classifier`, in the file beside, needs no download.

Deviation from the authors' evaluation, which used the same network through TF-GAN: the bilinear resize is
TensorFlow 2's `tf.image.resize` (half-pixel centres, as in TF-GAN's CIFAR example), where theirs was TensorFlow 1's.
FID depends on the resizer: compare numbers with the same one only.
"""

import glob
import os
from collections.abc import Callable
from typing import NamedTuple, Optional

import numpy as np
import tensorflow as tf
import tensorflow_gan as tfgan

from tfgan_landscape.config.arguments import Count, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import cache

_OUTPUTS = (tfgan.eval.INCEPTION_OUTPUT, tfgan.eval.INCEPTION_FINAL_POOL)
_SIZE = tfgan.eval.INCEPTION_DEFAULT_IMAGE_SIZE
# What TF-Hub and SavedModels raise: no network, no such folder, no SavedModel in it, other outputs or inputs.
_NOT_LOADABLE = (OSError, ValueError, TypeError, KeyError, tf.errors.OpError)


class Features(NamedTuple):
  """A network that scores look through.

  Attributes:
    extract: callable, uint8 images [n, size, size, channels] -> (logits [n, k] float32, pool [n, d] float32).
    protocol: JSON-able dict that identifies the network: its `name`, and what else its numbers depend on.
      `labels`, where it is present, names the k logits by the labels of the data that is scored.
    words: what Inception Score, Frechet and kernel distance through it are called.
  """

  extract: Callable
  protocol: dict
  words: tuple = ('inception_score', 'fid', 'kid')


@configurable(denylist=['labelled', 'cache_dir'])
def inception(
  labelled,
  cache_dir,
  path: str = tfgan.eval.INCEPTION_TFHUB,
  batch_size: Count = 64,
  kept_logits: Optional[Count] = 1000,
):
  """Loads TF-GAN's Inception network, giving logits and the 2048 features of its last pooling in one pass.

  Images are repeated to three channels where they have one, scaled to [-1, 1] by x / 127.5 - 1, and resized
  to 299 x 299 bilinearly (half-pixel centres, no antialiasing), all in float32.

  Args:
    labelled: not used; every features callable takes it.
    cache_dir: not used; TF-Hub keeps its downloads in `TFHUB_CACHE_DIR`.
    path: address of the TF-Hub module, or the folder of its unpacked SavedModel.
    batch_size: images a pass; no result depends on it.
    kept_logits: the first ones enter the Inception Score: 1000, as in the authors' code; None takes all 1008, as
      `tfgan.eval.inception_score` does.

  Returns:
    Features; the protocol of a local folder holds the SHA-256 of its files.

  Raises:
    InputError: the network cannot be loaded from `path`, or is not one with `logits` and `pool_3`.

  Source: Salimans et al. 2016 (Inception Score) and Heusel et al. 2017 (FID), through `tfgan.eval`.
  """
  del labelled, cache_dir
  run = _on_299_pixels(tfgan.eval.classifier_fn_from_tfhub(path, list(_OUTPUTS)), kept_logits)
  try:
    run(tf.zeros([1, 8, 8, 3], tf.uint8))
  except _NOT_LOADABLE as error:
    raise InputError(_not_loadable(path, error)) from error
  protocol = {
    'name': 'inception',
    'path': path,
    'files_sha256': _fingerprint(path),
    'resize': f'bilinear {_SIZE}, half-pixel centres, after scaling to [-1, 1]',
    'logits': 'all' if kept_logits is None else f'first {kept_logits}',
    'dtype': 'float32',
  }
  return Features(lambda images: in_batches(run, images, batch_size), protocol)


def in_batches(run, images, batch_size):
  """Runs `run` on images [n, ...] a batch at a time and joins each of its outputs along the first axis."""
  outputs = [run(images[start : start + batch_size]) for start in range(0, len(images), batch_size)]
  return tuple(tf.concat(output, axis=0) for output in zip(*outputs))


def _on_299_pixels(classifier_fn, kept_logits):
  # One trace: TF-GAN's function loads the module each time that Python runs it. Without AutoGraph, which
  # wraps what is raised when loading in exceptions of its own.
  @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.uint8)], autograph=False)
  def colour(images):
    scaled = tf.cast(images, tf.float32) / 127.5 - 1
    resized = tf.image.resize(scaled, [_SIZE, _SIZE], method=tf.image.ResizeMethod.BILINEAR)
    logits, pool = (tf.cast(output, tf.float32) for output in map(classifier_fn(resized).get, _OUTPUTS))
    return logits[:, :kept_logits], pool

  def run(images):
    images = tf.convert_to_tensor(images)
    return colour(tf.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images)

  return run


def _fingerprint(path):
  files = sorted(name for name in glob.glob(os.path.join(path, '**'), recursive=True) if os.path.isfile(name))
  contents = []
  for name in files:
    with open(name, 'rb') as file:
      contents.append(file.read())
  return cache.sha256(*contents) if files else None


def _not_loadable(path, error):
  cause = f'{type(error).__name__}: {" ".join(str(error).split())[:200]}'
  return (
    f'the Inception network cannot be loaded from {path} ({cause}); pass the folder of the unpacked TF-Hub '
    'module (--gin_param=\'inception.path="DIR"\'), or use features that need no download '
    "(--gin_param='Evaluation.features=@efficientnet_lite0', or @classifier where the data have labels)"
  )


def check_images(examples, split):
  """Raises InputError unless the examples of `split` are uint8 images [height, width, channels]."""
  spec = examples.records.element_spec['example']
  if spec.dtype != tf.uint8 or spec.shape.rank != 3:
    raise InputError(
      f"scores are of uint8 images, and split '{split}' has {spec.dtype.name} of shape {spec.shape}; "
      'bind a loader of images, or no evaluation'
    )


def finite(outputs, whose):
  """Returns the outputs as arrays; raises InputError where one holds a NaN or infinity."""
  arrays = tuple(np.asarray(output) for output in outputs)
  if not all(np.isfinite(array).all() for array in arrays):
    raise InputError(f'the features of {whose} images have a NaN or infinity; no score is computed from them')
  return arrays
