"""Every network: the released code's parameter counts, shapes and ranges, no dead variables, mixed precision, gin."""

import importlib
import pathlib
import pkgutil

import gin
import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import layers, losses, networks
from tfgan_landscape.errors import InputError
from tfgan_landscape.networks import cnn, dcgan, lsun, mlp, residual, resnet, wgan_resnet

# (module, settings of both networks, trainable parameters of the generator, of the discriminator)
PARAMETERS = [
  (cnn, {'image_size': 32, 'width': 64}, 3_812_355, 2_935_872),
  (cnn, {'image_size': 32, 'width': 32}, 1_218_051, 736_800),
  (cnn, {'image_size': 32, 'width': 16}, 436_995, 185_616),
  (cnn, {'image_size': 48, 'width': 64}, 5_133_315, 2_946_112),
  (cnn, {'image_size': 48, 'width': 32}, 1_878_531, 741_920),
  (cnn, {'image_size': 48, 'width': 16}, 767_235, 188_176),
  (resnet, {'image_size': 32, 'width': 256}, 4_270_595, 1_086_848),
  (resnet, {'image_size': 32, 'width': 128}, 1_201_411, 273_088),
  (resnet, {'image_size': 32, 'width': 64}, 367_235, 68_960),
  (resnet, {'image_size': 32, 'width': 128, 'bottleneck': True}, 758_467, 143_072),
  (resnet, {'image_size': 48, 'width': 64}, 4_876_547, 10_141_440),
  (resnet, {'image_size': 48, 'width': 32}, 1_814_659, 2_537_344),
  (resnet, {'image_size': 48, 'width': 16}, 751_427, 635_328),
  (resnet, {'image_size': 48, 'width': 32, 'bottleneck': True}, 1_524_019, 1_357_008),
  (lsun, {}, 13_276_608, 11_191_808),
  # WGAN-GP's ResNet; a 3x3 convolution of 128 channels has 147,584.
  (wgan_resnet, {}, 1_204_483, 1_053_825),
  # 2-128-128-2: 384 + 16512 + 258; 2-128-128-1 without the last bias: 384 + 16512 + 128.
  (mlp, {}, 17_154, 17_024),
  # 100 x 16384 and batch norm's 2048; 25 (1024 x 512 + 512 x 256 + 256 x 128) and batch norm's 1792; 25 x 128 x 3 + 3.
  (dcgan, {'image_size': 64, 'width': 128}, 18_855_043, 17_232_897),
  # Five blocks of 32 to 512 channels.
  (residual, {}, 9_350_947, 2_553_184),
  # 784-512-512-512-1 without the last bias, and back from two latents.
  (mlp, {'shape': (28, 28, 1), 'width': 512, 'depth': 3}, 929_040, 927_744),
]

# Sizes that Table 2 prints, % of the full width, and those of the networks here: the index of the network and of the
# full one in PARAMETERS.
SIZES = [
  (1, 0, 29.0, 28.97),
  (2, 0, 9.2, 9.23),
  (4, 3, 32.9, 32.43),
  (5, 3, 11.9, 11.83),
  (7, 6, 27.5, 27.52),
  (8, 6, 10.4, 8.14),
  (9, 6, 16.8, 16.83),
  (11, 10, 29.0, 28.98),
  (12, 10, 9.2, 9.23),
  (13, 10, 19.2, 19.18),
]

# The paper's 3x3 output convolution: parameters of the generator.
OUTPUT_3X3 = [
  ({'image_size': 32, 'width': 256}, 4_276_739),
  ({'image_size': 32, 'width': 128}, 1_204_483),
  ({'image_size': 32, 'width': 64}, 368_771),
  ({'image_size': 32, 'width': 128, 'bottleneck': True}, 761_539),
  ({'image_size': 48, 'width': 64}, 4_878_083),
  ({'image_size': 48, 'width': 32}, 1_815_427),
  ({'image_size': 48, 'width': 16}, 751_811),
  ({'image_size': 48, 'width': 32, 'bottleneck': True}, 1_524_787),
]

# name: (module, settings of both networks, settings of the generator alone, shape of an example)
SMALL = {
  'cnn': (cnn, {'image_size': 16, 'width': 2}, {'latent_dim': 7}, (16, 16, 3)),
  'cnn_grey': (cnn, {'image_size': 8, 'width': 3, 'channels': 1}, {}, (8, 8, 1)),
  'resnet_32': (resnet, {'image_size': 32, 'width': 4}, {'latent_dim': 7}, (32, 32, 3)),
  'resnet_48': (resnet, {'image_size': 48, 'width': 3, 'channels': 1}, {}, (48, 48, 1)),
  'resnet_bottleneck': (resnet, {'image_size': 32, 'width': 8, 'bottleneck': True}, {}, (32, 32, 3)),
  'resnet_3x3': (resnet, {'image_size': 32, 'width': 4}, {'output_kernel': 3}, (32, 32, 3)),
  'lsun': (lsun, {'image_size': 256, 'width': 1}, {'latent_dim': 7}, (256, 256, 3)),
  'residual': (residual, {'image_size': 16, 'width': 2, 'most': 4}, {'latent_dim': 7}, (16, 16, 3)),
  'dcgan': (dcgan, {'image_size': 16, 'width': 2}, {'latent_dim': 7}, (16, 16, 3)),
  'wgan_resnet': (wgan_resnet, {'image_size': 16, 'width': 4}, {'latent_dim': 7}, (16, 16, 3)),
  'mlp_images': (mlp, {'shape': (4, 4, 1), 'width': 8}, {}, (4, 4, 1)),
  'mlp': (mlp, {'dimensions': 3, 'width': 8}, {'latent_dim': 5}, (3,)),
}
NORMALIZATIONS = [layers.SpectralNormalization, layers.unnormalized, layers.batch_normalized]


def _id(value):
  if isinstance(value, dict):
    return '-'.join(f'{key}={setting}' for key, setting in value.items())
  return getattr(value, '__name__', str(value)).rpartition('.')[2]


def _parameters(model):
  return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


def _pair(name, **discriminator):
  module, both, generator, _ = SMALL[name]
  return module.Generator(**both, **generator), module.Discriminator(**both, **discriminator)


def _latents(generator, count=3):
  return tf.random.normal([count, generator.input_shape[-1]])


@pytest.fixture
def quick_start(monkeypatch):
  """Orthogonal starts without the QR decompositions, which take seconds on the paper's widths."""
  monkeypatch.setattr(
    tf.keras.initializers.Orthogonal, '__call__', lambda self, shape, dtype=None, **_: tf.zeros(shape, dtype)
  )


@pytest.fixture
def mixed_precision():
  tf.keras.mixed_precision.set_global_policy('mixed_bfloat16')
  yield
  tf.keras.mixed_precision.set_global_policy('float32')


def test_seven_of_the_ten_sizes_of_table_2_are_the_networks_own():
  agree = 0
  for narrow, full, printed, built in SIZES:
    share = 100 * sum(PARAMETERS[narrow][2:]) / sum(PARAMETERS[full][2:])
    assert round(share, 2) == built
    agree += round(share, 1) == printed
  assert agree == 7


def test_every_architecture_has_a_row_or_tests_of_its_own():
  names = {module.name for module in pkgutil.iter_modules(networks.__path__)}
  built = {
    name
    for name in names
    if hasattr(importlib.import_module(f'{networks.__name__}.{name}'), 'Generator')
    or hasattr(importlib.import_module(f'{networks.__name__}.{name}'), 'Discriminator')
  }
  assert built
  built -= {path.stem.removeprefix('test_') for path in pathlib.Path(__file__).parent.glob('test_*.py')}
  for rows in ([row[0] for row in PARAMETERS], [row[0] for row in SMALL.values()]):
    assert {module.__name__.rpartition('.')[2] for module in rows} == built


@pytest.mark.usefixtures('quick_start')
@pytest.mark.parametrize(('module', 'settings', 'generator', 'discriminator'), PARAMETERS, ids=_id)
def test_networks_have_the_parameters_of_the_released_code(module, settings, generator, discriminator):
  built = module.Generator(**settings), module.Discriminator(**settings)
  assert tuple(_parameters(model) for model in built) == (generator, discriminator)


@pytest.mark.parametrize(('settings', 'parameters'), OUTPUT_3X3, ids=_id)
def test_output_kernel_3_has_the_parameters_of_the_papers_tables(settings, parameters):
  assert _parameters(resnet.Generator(**settings, output_kernel=3)) == parameters


@pytest.mark.parametrize(
  ('name', 'paper'),
  [('half', 28.97), ('quarter', 9.23), ('bottleneck', 19.18)],
)
def test_shares_of_stl_resnet_are_those_of_table_2(name, paper):
  rows = [row for row in PARAMETERS if row[0] is resnet and row[1]['image_size'] == 48]
  totals = dict(zip(['full', 'half', 'quarter', 'bottleneck'], (row[2] + row[3] for row in rows)))
  np.testing.assert_allclose(100 * totals[name] / totals['full'], paper, atol=0.01)


@pytest.mark.parametrize('name', SMALL)
def test_generator_makes_examples_and_discriminator_one_logit_for_each(name):
  generator, discriminator = _pair(name)
  fake = generator(_latents(generator), training=True)
  assert fake.shape == (3, *SMALL[name][3])
  assert generator.output_shape == discriminator.input_shape == (None, *SMALL[name][3])
  logits = discriminator(fake, training=True)
  assert logits.shape == [3, 1]
  assert fake.dtype == logits.dtype == tf.float32
  assert np.ptp(fake, axis=0).max() > 0  # latents reach the output
  assert np.ptp(logits) > 0


@pytest.mark.parametrize('name', ['cnn', 'resnet_32', 'lsun'])
def test_images_lie_between_minus_1_and_1_whatever_the_latents(name):
  module, both, settings, _ = SMALL[name]
  generator = module.Generator(**both, **settings)
  images = generator(1e4 * _latents(generator), training=False)
  assert np.all(np.abs(images) <= 1)
  assert np.ptp(images) > 0.5


def test_points_of_the_mlp_have_no_bounds():
  generator, _ = _pair('mlp')
  assert np.abs(generator(1000.0 * _latents(generator))).max() > 1


@pytest.mark.parametrize('image_size', [16, 40, 72, 128])
def test_the_resnet_takes_every_multiple_of_8_from_16_on(image_size):
  """Below 48 pixels Table 9's blocks of one width, from there on Table 10's that double."""
  generator, critic = resnet.Generator(image_size, 4), resnet.Discriminator(image_size, 4)
  assert generator.output_shape == critic.input_shape == (None, image_size, image_size, 3)
  weights = critic.layers[-1].layer.kernel.shape[0]
  assert weights == (2 if image_size < 48 else 64)


WRONG_SIZES = [(cnn, 0), (cnn, -8), (cnn, 30), (cnn, 4), (resnet, 8), (resnet, 60), (resnet, 0), (lsun, 128)]


@pytest.mark.parametrize('network', ['Generator', 'Discriminator'])
@pytest.mark.parametrize(('module', 'image_size'), WRONG_SIZES, ids=_id)
def test_a_size_that_a_network_cannot_take_is_an_input_error_of_one_line(module, image_size, network):
  with pytest.raises(InputError, match=f'image_size (= )?{image_size} .*; ') as raised:
    getattr(module, network)(image_size=image_size)
  assert '\n' not in str(raised.value).split('In call to configurable')[0].rstrip('\n ')


STEPS = [(name, layers.SpectralNormalization) for name in SMALL if name != 'resnet_3x3']
STEPS += [(name, other) for name in ('cnn', 'resnet_32', 'mlp') for other in NORMALIZATIONS[1:]]


@pytest.mark.parametrize(('name', 'normalization'), STEPS, ids=_id)
def test_one_step_changes_every_trainable_variable(name, normalization):
  """In inference mode: a bias that batch norm's mean takes away has no gradient in training mode."""
  generator, discriminator = _pair(name, normalization=normalization)
  real = tf.random.uniform([3, *SMALL[name][3]], -1, 1)
  with tf.GradientTape(persistent=True) as tape:
    fake = generator(_latents(generator), training=False)
    logits = [discriminator(examples, training=False)[:, 0] for examples in (real, fake)]
    loss = losses.nonsaturating(*logits)  # a pairing would not see the bias of a last layer
  for model, objective in (generator, loss.generator), (discriminator, loss.discriminator):
    gradients = tape.gradient(objective, model.trainable_variables)
    for variable, gradient in zip(model.trainable_variables, gradients):
      before = variable.numpy()
      variable.assign_sub(gradient / tf.reduce_max(tf.abs(gradient)))
      assert np.all(np.isfinite(variable)), variable.name
      assert np.abs(variable - before).max() > 0.1, variable.name


def _normalized(discriminator, kind):
  return [part for part in discriminator.submodules if isinstance(part, kind)]


@pytest.mark.parametrize('name', ['cnn', 'resnet_32', 'lsun', 'mlp'])
def test_normalization_wraps_every_layer_with_weights_of_a_critic(name):
  module, both, _, _ = SMALL[name]
  spectral, bare, batch = (module.Discriminator(**both, normalization=kind) for kind in NORMALIZATIONS)
  kernels = sum('kernel' in v.name for v in bare.trainable_variables)
  assert len(_normalized(spectral, layers.SpectralNormalization)) == kernels
  assert len(_normalized(batch, tf.keras.layers.BatchNormalization)) == kernels - 1  # but for the last
  for kind in layers.SpectralNormalization, tf.keras.layers.BatchNormalization:
    assert not _normalized(bare, kind)
  assert _parameters(spectral) == _parameters(bare)


@pytest.mark.parametrize('module', [cnn, resnet, lsun], ids=_id)
def test_critics_of_images_are_spectrally_normalised_by_default(module):
  width = {cnn: 2, resnet: 4, lsun: 1}[module]
  assert _normalized(module.Discriminator(width=width), layers.SpectralNormalization)


@pytest.mark.parametrize('name', ['cnn', 'resnet_32', 'mlp'])
def test_a_critic_under_spectral_norm_advances_its_u_only_in_training(name):
  module, both, _, _ = SMALL[name]
  discriminator = module.Discriminator(**both, normalization=layers.SpectralNormalization)
  vectors = [part.u for part in _normalized(discriminator, layers.SpectralNormalization)]
  start = [u.numpy() for u in vectors]
  examples = tf.random.uniform([2, *SMALL[name][3]])
  discriminator(examples, training=False)
  for old, u in zip(start, vectors):
    np.testing.assert_array_equal(u, old)
  discriminator(examples, training=True)
  for old, u in zip(start, vectors):
    assert np.abs(u - old).max() > 1e-3


MIXED = ('cnn', 'resnet_32', 'lsun', 'mlp')


@pytest.mark.usefixtures('mixed_precision')
@pytest.mark.parametrize(('name', 'normalization'), [s for s in STEPS if s[0] in MIXED], ids=_id)
def test_mixed_precision_gives_float32_outputs_and_keeps_float32_variables(name, normalization):
  generator, discriminator = _pair(name, normalization=normalization)
  fake = generator(_latents(generator), training=True)
  logits = discriminator(fake, training=True)
  assert fake.dtype == logits.dtype == tf.float32
  assert np.all(np.isfinite(logits))
  assert {v.dtype for v in generator.variables + discriminator.variables} == {tf.float32}


def test_gin_binds_the_papers_output_convolution():
  gin.parse_config("""
    resnet.Generator.output_kernel = 3
    resnet.Generator.width = 64
  """)
  assert _parameters(resnet.Generator()) == 368_771


def test_gin_binds_the_normalization_of_a_critic():
  gin.parse_config("""
    cnn.Discriminator.normalization = @layers.SpectralNormalization
    layers.SpectralNormalization.power_iterations = 2
  """)
  critic = cnn.Discriminator(width=2)
  assert {p.power_iterations for p in _normalized(critic, layers.SpectralNormalization)} == {2}


def test_the_last_block_of_a_48_pixel_critic_pools_3_pixels_to_1():
  critic = resnet.Discriminator(image_size=48, width=2)
  shapes = [layer.output_shape[1:] for layer in critic.layers if isinstance(layer, layers.DownBlock)]
  assert shapes == [(24, 24, 2), (12, 12, 4), (6, 6, 8), (3, 3, 16), (1, 1, 32)]


def test_a_32_pixel_critic_pools_four_times_and_sums_over_pixels():
  critic = resnet.Discriminator(image_size=32, width=8)
  shapes = [layer.output_shape[1:] for layer in critic.layers if isinstance(layer, layers.DownBlock)]
  assert shapes == [(16, 16, 4), (8, 8, 4), (4, 4, 4), (2, 2, 4)]
  pool = critic.get_layer('sum_pool')
  np.testing.assert_allclose(pool(tf.ones([1, 2, 2, 4])), [[4.0] * 4])


def test_cnn_critic_raises_its_channels_in_the_3x3_convolutions():
  critic = cnn.Discriminator(width=2, normalization=layers.unnormalized)
  convs = [layer for layer in critic.layers if isinstance(layer, tf.keras.layers.Conv2D)]
  assert [conv.filters for conv in convs] == [2, 2, 4, 4, 8, 8, 16]
  assert [conv.kernel_size[0] for conv in convs] == [3, 4, 3, 4, 3, 4, 3]
  assert [conv.strides[0] for conv in convs] == [1, 2, 1, 2, 1, 2, 1]


def test_cnn_generator_starts_as_the_released_code():
  """Xavier-uniform kernels, but PyTorch's default for transposed convolutions and for every bias."""
  generator = cnn.Generator(image_size=32, width=8)
  kernels = {v.name.partition('/')[0]: v for v in generator.trainable_variables if 'kernel' in v.name}
  biases = {v.name.partition('/')[0]: v for v in generator.trainable_variables if 'bias' in v.name}
  dense, *ups, conv = kernels
  bounds = {dense: (6 / (128 + 4 * 4 * 64)) ** 0.5, conv: (6 / (9 * 8 + 9 * 3)) ** 0.5}
  bounds.update({up: (kernels[up].shape[2] * 16) ** -0.5 for up in ups})
  for name, bound in bounds.items():
    assert 0.8 * bound < np.abs(kernels[name]).max() <= bound, name
  bounds.update({dense: 128**-0.5, conv: (9 * 8) ** -0.5})
  for name, bound in bounds.items():
    assert 0.1 * bound < np.abs(biases[name]).max() <= bound, name


def test_resnet_generator_starts_as_pytorch():
  generator = resnet.Generator(image_size=32, width=8)
  kernels = [v for v in generator.trainable_variables if 'kernel' in v.name]
  assert len(kernels) == 11
  for kernel in kernels:
    bound = np.prod(kernel.shape[:-1]) ** -0.5
    assert 0.7 * bound < np.abs(kernel).max() <= bound, kernel.name


def test_resnet_critic_starts_orthogonal():
  critic = resnet.Discriminator(image_size=48, width=2, normalization=layers.unnormalized)
  for kernel in (v for v in critic.trainable_variables if 'kernel' in v.name):
    matrix = np.reshape(kernel, [-1, kernel.shape[-1]])
    gram = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-5, err_msg=kernel.name)


def test_the_critic_of_points_takes_its_slope_below_zero():
  """One unit a layer, weights 1, biases 0: f(-1) = -slope^2."""
  critic = mlp.Discriminator(dimensions=1, width=1, slope=0.5)
  for v in critic.trainable_variables:
    v.assign(tf.ones_like(v) if 'kernel' in v.name else tf.zeros_like(v))
  np.testing.assert_allclose(critic(tf.constant([[-1.0], [3.0]])), [[-0.25], [3.0]], rtol=1e-6)


def test_networks_can_be_saved_as_saved_models(tmp_path):
  generator, discriminator = _pair('mlp', normalization=layers.SpectralNormalization)
  latents = _latents(generator)
  for model, inputs in ((generator, latents), (discriminator, generator(latents))):
    model.save(tmp_path / model.name)
    loaded = tf.saved_model.load(str(tmp_path / model.name))
    np.testing.assert_allclose(loaded(inputs, training=False), model(inputs, training=False), atol=1e-6)
