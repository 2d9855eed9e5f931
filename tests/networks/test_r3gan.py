"""R3GAN's networks: sizes by hand, starts, resampling, gradients of both kinds, what they refuse."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import losses, penalties
from tfgan_landscape.errors import InputError
from tfgan_landscape.networks import r3gan

SMALL = {'widths': (12, 8, 8, 4), 'blocks': 1, 'cardinality': 4}


def parameters(model):
  return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


def test_parameters_of_cifar_10s_networks_by_hand():
  """A block: two 1x1 convolutions 768 <-> 1536, 3x3 of 16 channels to a group, two biases; eight blocks."""
  block = 2 * 768 * 1536 + 9 * 16 * 1536 + 2 * 1536
  assert parameters(r3gan.Generator()) == 64 * 768 + 16 * 768 + 8 * block + 768 * 3
  assert parameters(r3gan.Discriminator()) == 3 * 768 + 8 * block + 16 * 768 + 768


def test_shapes_and_starts():
  tf.keras.utils.set_random_seed(3)
  generator, critic = r3gan.Generator(**SMALL, latent_dim=16), r3gan.Discriminator(**SMALL)
  images = generator(tf.random.normal([500, 16]))
  assert images.shape == (500, 32, 32, 3)
  assert critic(images).shape == (500, 1)
  block = next(layer for layer in critic.layers if isinstance(layer, r3gan.Block))
  examples = tf.random.normal([2, 8, 8, 4])
  np.testing.assert_array_equal(block(examples), examples)  # the last convolution starts at 0
  wide = r3gan.Block(filters=256, cardinality=16, expansion=2, depth=16)
  wide(tf.zeros([1, 2, 2, 256]))
  grouped = wide.trainable_variables[2]
  assert grouped.shape == (3, 3, 32, 512)
  # gain sqrt(2 / 1.04), halved by 16 blocks; a fan-in of 9 * 32
  np.testing.assert_allclose(np.std(grouped), np.sqrt(2 / 1.04) / 2 / np.sqrt(288), rtol=0.02)


def test_groups_do_not_mix():
  block = r3gan.Block(filters=4, cardinality=2, expansion=1, depth=1)
  conv = block._layers[2]
  with tf.GradientTape() as tape:
    examples = tf.random.normal([1, 5, 5, 4])
    tape.watch(examples)
    first = tf.reduce_sum(conv(examples)[..., :2])
  gradient = np.abs(tape.gradient(first, examples)).sum((0, 1, 2))
  assert (gradient[:2] > 0).all()
  assert (gradient[2:] == 0).all()


@pytest.mark.parametrize('at_once', [True, False])
def test_a_grouped_convolution_is_that_of_its_groups_and_has_gradients_of_gradients(monkeypatch, at_once):
  if at_once and not r3gan._has_grouped_gradients():
    pytest.skip('this machine has no gradient of a grouped convolution')
  monkeypatch.setattr(r3gan, '_has_grouped_gradients', lambda: at_once)
  examples, kernel = tf.random.normal([2, 5, 4, 6], seed=1), tf.Variable(tf.random.normal([3, 3, 2, 9], seed=2))

  @tf.function
  def second():
    with tf.GradientTape() as outer:
      with tf.GradientTape() as tape:
        tape.watch(examples)
        found = r3gan.grouped_convolution(examples, kernel, 3)
        value = tf.reduce_sum(found**3)
      squares = tf.reduce_sum(tape.gradient(value, examples) ** 2)
    return found, outer.gradient(squares, kernel)

  found, gradient = second()
  for group in range(3):
    alone = tf.nn.conv2d(examples[..., 2 * group : 2 * group + 2], kernel[..., 3 * group : 3 * group + 3], 1, 'SAME')
    np.testing.assert_allclose(found[..., 3 * group : 3 * group + 3], alone, rtol=1e-4, atol=1e-5)
  assert gradient.shape == kernel.shape
  assert float(tf.reduce_max(abs(gradient))) > 0


def test_upsampling_by_hand():
  found = r3gan.Upsample()(tf.constant([[1.0, 2.0], [3.0, 4.0]])[None, :, :, None])[0, :, :, 0]
  line = np.array([[0.5, 0.0], [1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])  # zeros between, [1, 2, 1] / 2
  np.testing.assert_allclose(found, line @ np.array([[1.0, 2.0], [3.0, 4.0]]) @ line.T)


def test_downsampling_by_hand():
  image = np.arange(16.0).reshape(4, 4)
  found = r3gan.Downsample()(tf.constant(image, tf.float32)[None, :, :, None])[0, :, :, 0]
  line = np.array([[0.5, 0.25, 0, 0], [0, 0.25, 0.5, 0.25]])
  np.testing.assert_allclose(found, line @ image @ line.T)


def test_channels_are_resampled_each_by_itself():
  images = tf.random.normal([2, 4, 4, 3])
  for layer in (r3gan.Upsample(), r3gan.Downsample()):
    together = layer(images)
    for channel in range(3):
      alone = layer(images[..., channel : channel + 1])
      np.testing.assert_allclose(together[..., channel], alone[..., 0], rtol=1e-6)


def test_a_step_with_r1_and_r2_reaches_every_variable():
  """Once the blocks' last convolutions have left 0."""
  generator, critic = r3gan.Generator(**SMALL, latent_dim=5), r3gan.Discriminator(**SMALL)
  for variable in generator.trainable_variables + critic.trainable_variables:
    variable.assign_add(0.05 * tf.random.normal(variable.shape))
  latents, real = tf.random.normal([3, 5]), tf.random.uniform([3, 32, 32, 3], -1, 1)

  @tf.function
  def gradients():
    with tf.GradientTape(persistent=True) as tape:
      fake = generator(latents)
      found = losses.relativistic_logistic(critic(real)[:, 0], critic(fake)[:, 0])
      batch = penalties.Batch(real, fake, latents, None, 0.0, 0)
      terms = penalties.r1_r2(lambda images: critic(images)[:, 0], batch, None)
      objective = found.discriminator + terms['r1'] + terms['r2']
    return (
      tape.gradient(found.generator, generator.trainable_variables),
      tape.gradient(objective, critic.trainable_variables),
    )

  for gradient in tf.nest.flatten(gradients()):
    assert np.isfinite(gradient).all()
    assert np.abs(gradient).max() > 0


@pytest.mark.parametrize(
  ('settings', 'words'),
  [
    ({'widths': ()}, 'widths = \\(\\) does not fit'),
    ({'widths': (10,), 'cardinality': 3}, '3 groups do not divide 20 channels'),
  ],
)
@pytest.mark.parametrize('network', [r3gan.Generator, r3gan.Discriminator])
def test_what_makes_no_network_is_refused(network, settings, words):
  with pytest.raises(InputError, match=words):
    network(**settings)
