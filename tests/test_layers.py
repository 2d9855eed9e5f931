"""Spectral normalisation against PyTorch's arrays and its own laws; the residual blocks by their parts."""

import gin
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_addons as tfa

from tfgan_landscape import layers
from tfgan_landscape.layers import SpectralNormalization

keras = tf.keras.layers


def _spectral(layer, inputs, **kwargs):
  """Builds the wrapped layer on `inputs`, without a training call."""
  wrapped = SpectralNormalization(layer, **kwargs)
  wrapped(inputs, training=False)
  return wrapped


def _dense(**kwargs):
  inputs = tf.random.normal([4, 5])
  return _spectral(keras.Dense(3, use_bias=False), inputs, **kwargs), inputs


def _sigma(kernel):
  return np.linalg.svd(np.reshape(kernel, [-1, kernel.shape[-1]]), compute_uv=False)[0]


LAYERS = {
  'conv': (lambda: keras.Conv2D(7, 3), lambda: tf.random.normal([2, 6, 6, 4])),
  'transposed': (lambda: keras.Conv2DTranspose(7, 4, strides=2), lambda: tf.random.normal([2, 3, 3, 4])),
  'dense': (lambda: keras.Dense(7), lambda: tf.random.normal([3, 4])),
  'embedding': (lambda: keras.Embedding(9, 5), lambda: tf.constant([[1, 2], [8, 0]])),
}


@pytest.fixture(params=LAYERS)
def wrapped(request):
  """(wrapped layer, its inputs, its raw kernel)."""
  layer, inputs = (make() for make in LAYERS[request.param])
  spectral = _spectral(layer, inputs)
  return spectral, inputs, spectral.w


MODES = {
  'eager': lambda function: function,
  'function': tf.function,
  'xla': lambda function: tf.function(function, jit_compile=True),
}


@pytest.mark.parametrize('mode', MODES)
@pytest.mark.parametrize('name', ['sn_conv', 'sn_dense'])
def test_spectral_normalization_reproduces_pytorch(shared, name, mode):
  reference = np.load(shared / 'reference' / f'{name}.npz', allow_pickle=False)
  filters = reference['kernel'].shape[-1]
  layer = keras.Conv2D(filters, 3, padding='same') if name == 'sn_conv' else keras.Dense(filters)
  spectral = SpectralNormalization(layer)
  spectral.build(reference['x'].shape)
  layer.kernel.assign(reference['kernel'])
  layer.bias.assign(reference['bias'])
  spectral.u.assign(reference['u'].reshape(1, -1))

  @MODES[mode]
  def step(x, cotangent):
    with tf.GradientTape() as tape:
      output = spectral(x, training=True)
      objective = tf.reduce_sum(output * cotangent)
    return output, tape.gradient(objective, layer.kernel)

  output, gradient = step(reference['x'], reference['cotangent'])
  np.testing.assert_allclose(output, reference['output'], rtol=0, atol=1e-5)
  scale = np.abs(reference['kernel_grad']).max()
  np.testing.assert_allclose(gradient / scale, reference['kernel_grad'] / scale, rtol=0, atol=1e-5)
  np.testing.assert_allclose(spectral.u[0], reference['u_after'], rtol=0, atol=1e-5)
  np.testing.assert_array_equal(layer.kernel, reference['kernel'])
  again, _ = step(reference['x'], reference['cotangent'])
  np.testing.assert_allclose(again, reference['output_second_call'], rtol=0, atol=1e-5)


def test_one_power_iteration_by_hand():
  """W = [[3, 0], [0, 4]], u = (1, 0): v = (1, 0), sigma 3. u = (3/5, 4/5): v ~ (9, 16), u ~ (27, 64)."""
  spectral = _spectral(keras.Dense(2, use_bias=False), tf.ones([1, 2]))
  spectral.layer.kernel.assign([[3.0, 0.0], [0.0, 4.0]])
  spectral.u.assign([[1.0, 0.0]])
  np.testing.assert_allclose(spectral(tf.ones([1, 2]), training=True), [[1.0, 4 / 3]], rtol=1e-6)
  spectral.u.assign([[0.6, 0.8]])
  sigma = np.hypot(27, 64) / np.hypot(9, 16)
  output = spectral(tf.ones([1, 2]), training=True)
  np.testing.assert_allclose(output, [[3 / sigma, 4 / sigma]], rtol=1e-6)
  np.testing.assert_allclose(spectral.u, [[27 / np.hypot(27, 64), 64 / np.hypot(27, 64)]], rtol=1e-6)


def test_normalized_kernel_has_spectral_norm_1_after_many_power_iterations(wrapped):
  spectral, inputs, kernel = wrapped
  spectral.power_iterations = 300
  spectral(inputs, training=True)
  normalized = spectral.normalize_weights(training=False)
  np.testing.assert_allclose(_sigma(normalized), 1.0, rtol=1e-5)
  np.testing.assert_allclose(normalized, kernel / _sigma(kernel.numpy()), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize('training', [True, False])
def test_gradient_is_orthogonal_to_the_kernel(wrapped, training):
  spectral, inputs, kernel = wrapped
  with tf.GradientTape() as tape:
    output = spectral(inputs, training=training)
    objective = tf.reduce_sum(output * tf.random.normal(tf.shape(output)))
  gradient = tf.convert_to_tensor(tape.gradient(objective, kernel))
  cosine = tf.reduce_sum(gradient * kernel) / (tf.norm(gradient) * tf.norm(kernel))
  assert tf.norm(gradient) > 1e-2
  np.testing.assert_allclose(cosine, 0.0, atol=1e-5)


def test_inference_before_any_training_call_takes_u_for_a_direction(wrapped):
  """sigma = |W u^T| for the unit vector along u, whose start is about 30 times shorter."""
  spectral, _, kernel = wrapped
  matrix = tf.reshape(kernel, [-1, kernel.shape[-1]])
  direction = spectral.u / tf.norm(spectral.u)
  expected = kernel / tf.norm(tf.matmul(matrix, direction, transpose_b=True))
  normalized = spectral.normalize_weights(training=False)
  np.testing.assert_allclose(normalized, expected, rtol=1e-4, atol=1e-6)
  spectral.u.assign(100.0 * spectral.u)
  np.testing.assert_allclose(spectral.normalize_weights(training=False), expected, rtol=1e-4, atol=1e-6)


def test_output_is_that_of_the_layer_with_the_normalized_kernel(wrapped):
  spectral, inputs, kernel = wrapped
  output, raw = spectral(inputs, training=False), kernel.numpy()
  kernel.assign(spectral.normalize_weights(training=False))
  np.testing.assert_allclose(output, spectral.layer(inputs), rtol=1e-5, atol=1e-6)
  assert np.abs(kernel - raw).max() > 1e-2


def test_calls_leave_the_raw_kernel_and_the_list_of_weights_as_they_were(wrapped):
  spectral, inputs, kernel = wrapped
  raw = kernel.numpy()
  identities = [[id(v) for v in part.trainable_weights] for part in (spectral, spectral.layer)]
  for training in (True, False, None):
    spectral(inputs, training=training)
  tf.function(spectral)(inputs, training=True)
  np.testing.assert_array_equal(kernel, raw)
  assert identities == [[id(v) for v in part.trainable_weights] for part in (spectral, spectral.layer)]
  assert getattr(spectral.layer, 'kernel', None) is kernel or spectral.layer.embeddings is kernel
  assert [id(v) for v in spectral.non_trainable_weights] == [id(spectral.u)]


def test_a_layer_that_raises_gets_its_kernel_back():
  class Broken(keras.Dense):
    def call(self, inputs):
      raise ArithmeticError('broken')

  spectral = SpectralNormalization(Broken(3))
  spectral.build([None, 4])
  kernel, weights = spectral.layer.kernel, [id(v) for v in spectral.trainable_weights]
  for call in (spectral, tf.function(spectral, autograph=False)):
    with pytest.raises(ArithmeticError, match='broken'):
      call(tf.ones([2, 4]), training=True)
    assert spectral.layer.kernel is kernel
    assert [id(v) for v in spectral.trainable_weights] == weights


def test_training_advances_u_and_inference_leaves_it_and_repeats_itself(wrapped):
  spectral, inputs, _ = wrapped
  start = spectral.u.numpy()
  first, second = spectral(inputs, training=False), spectral(inputs, training=False)
  np.testing.assert_array_equal(first, second)
  np.testing.assert_array_equal(spectral.u, start)
  spectral(inputs)
  np.testing.assert_array_equal(spectral.u, start)
  spectral(inputs, training=True)
  assert np.abs(spectral.u - start).max() > 1e-2
  np.testing.assert_allclose(tf.norm(spectral.u), 1.0, rtol=1e-6)


def test_training_may_be_a_tensor():
  spectral, inputs = _dense()
  start = spectral.u.numpy()
  step = tf.function(lambda flag: spectral(inputs, training=flag))
  step(tf.constant(False))
  np.testing.assert_array_equal(spectral.u, start)
  step(tf.constant(True))
  assert np.abs(spectral.u - start).max() > 1e-2


def test_three_power_iterations_are_three_single_ones():
  one, inputs = _dense()
  three = _spectral(keras.Dense(3, use_bias=False), inputs, power_iterations=3)
  three.layer.kernel.assign(one.layer.kernel)
  three.u.assign(one.u)
  single = [one(inputs, training=True) for _ in range(3)]
  output = three(inputs, training=True)
  np.testing.assert_allclose(output, single[2], rtol=1e-5)
  np.testing.assert_allclose(three.u, one.u, rtol=1e-5)
  assert np.abs(output - single[0]).max() > 1e-3


def test_two_calls_in_a_step_share_the_raw_kernel_and_add_their_gradients():
  spectral, inputs = _dense()
  other = tf.random.normal([4, 5])
  kernel, start = spectral.layer.kernel, spectral.u.numpy()

  def objective(batch):
    return tf.reduce_sum(spectral(batch, training=True) ** 3)

  @tf.function
  def step():
    with tf.GradientTape() as tape:
      total = objective(inputs) + objective(other)
    return tape.gradient(total, kernel)

  together = step()
  spectral.u.assign(start)
  apart = 0.0
  for batch in (inputs, other):
    with tf.GradientTape() as tape:
      value = objective(batch)
    apart += tape.gradient(value, kernel)
  np.testing.assert_allclose(together, apart, rtol=1e-4, atol=1e-5)


def test_gradient_is_that_of_differences():
  """With u and v near the singular vectors, where sigma v W u is the singular value itself."""
  spectral, inputs = _dense(power_iterations=300)
  kernel = spectral.layer.kernel

  def objective():
    return tf.reduce_sum(spectral(inputs, training=True) ** 2)

  with tf.GradientTape() as tape:
    value = objective()
  gradient = tape.gradient(value, kernel)
  shift = 1e-2 * gradient / tf.norm(gradient)
  kernel.assign_add(shift)
  above = objective()
  kernel.assign_sub(2 * shift)
  below = objective()
  np.testing.assert_allclose(above - below, 2e-2 * tf.norm(gradient), rtol=1e-2)


@pytest.mark.parametrize('scale', [1e-15, 1e-9, 1e9])
def test_kernels_of_any_scale_are_normalised(scale):
  spectral, inputs = _dense(power_iterations=100)
  spectral.layer.kernel.assign(spectral.layer.kernel * scale)
  spectral(inputs, training=True)
  np.testing.assert_allclose(_sigma(spectral.normalize_weights(training=False)), 1.0, rtol=1e-5)


def test_a_zero_kernel_gives_zeros_and_finite_gradients():
  spectral, inputs = _dense()
  spectral.layer.kernel.assign(tf.zeros([5, 3]))
  for _ in range(2):
    with tf.GradientTape() as tape:
      output = spectral(inputs, training=True)
    np.testing.assert_array_equal(output, np.zeros([4, 3]))
    assert np.all(np.isfinite(tape.gradient(output, spectral.layer.kernel)))
  assert np.all(np.isfinite(spectral.u))


def test_a_kernel_set_after_a_zero_start_is_normalised():
  spectral, inputs = _dense(power_iterations=100)
  kernel = spectral.layer.kernel.numpy()
  spectral.layer.kernel.assign(tf.zeros([5, 3]))
  spectral(inputs, training=True)
  spectral.layer.kernel.assign(kernel)
  spectral(inputs, training=True)
  np.testing.assert_allclose(_sigma(spectral.normalize_weights(training=False)), 1.0, rtol=1e-5)


def test_a_layer_without_a_kernel_is_an_attribute_error():
  with pytest.raises(AttributeError, match="ReLU.*'kernel' nor 'embeddings'"):
    SpectralNormalization(keras.ReLU())(tf.ones([2, 2]))


@pytest.mark.parametrize('power_iterations', [0, -1])
def test_power_iterations_below_1_are_a_value_error(power_iterations):
  with pytest.raises(ValueError, match='power_iterations'):
    SpectralNormalization(keras.Dense(2), power_iterations=power_iterations)


def test_it_is_the_addons_layer_to_isinstance_and_in_its_config():
  spectral = SpectralNormalization(keras.Dense(2, name='inner'), power_iterations=2, name='outer')
  assert isinstance(spectral, tfa.layers.SpectralNormalization)
  config = spectral.get_config()
  addons = tfa.layers.SpectralNormalization(keras.Dense(2, name='inner'), power_iterations=2, name='outer')
  assert config == addons.get_config()
  copy = SpectralNormalization.from_config(config)
  assert copy.get_config() == config
  assert (type(copy.layer), copy.power_iterations, copy.name) == (keras.Dense, 2, 'outer')


def test_gin_binds_the_power_iterations():
  gin.parse_config('layers.SpectralNormalization.power_iterations = 4')
  assert SpectralNormalization(keras.Dense(2)).power_iterations == 4


@pytest.fixture
def global_policy():
  yield tf.keras.mixed_precision.set_global_policy
  tf.keras.mixed_precision.set_global_policy('float32')


@pytest.mark.parametrize('everywhere', [True, False])
@pytest.mark.parametrize('policy', ['mixed_float16', 'mixed_bfloat16'])
def test_mixed_precision_computes_in_half_and_keeps_kernel_u_and_sigma_in_float32(policy, everywhere, global_policy):
  inputs = tf.random.normal([2, 6, 6, 4])
  full = _spectral(keras.Conv2D(7, 3), inputs)
  if everywhere:
    global_policy(policy)
  mixed = _spectral(keras.Conv2D(7, 3, dtype=policy), inputs)
  for target, value in ((mixed.layer.kernel, full.layer.kernel), (mixed.u, full.u)):
    target.assign(value)

  @tf.function
  def step():
    with tf.GradientTape() as tape:
      output = mixed(inputs, training=True)
      objective = tf.reduce_sum(tf.cast(output, tf.float32) ** 2)
    return output, tape.gradient(objective, mixed.trainable_weights)

  output, gradients = step()
  expected = full(inputs, training=True)
  assert output.dtype == tf.as_dtype(policy[len('mixed_') :])
  assert {v.dtype for v in mixed.weights + gradients} == {tf.float32}
  # Equal to float32's rounding, far below that of half precision: nothing was rounded on the way.
  np.testing.assert_allclose(mixed.u, full.u, rtol=0, atol=1e-6)
  normalized = mixed.normalize_weights(training=False)
  assert normalized.dtype == tf.float32
  np.testing.assert_allclose(normalized, full.normalize_weights(training=False), rtol=0, atol=1e-6)
  np.testing.assert_allclose(tf.cast(output, tf.float32), expected, rtol=0, atol=5e-2)


def _critic():
  return tf.keras.Sequential(
    [tf.keras.Input([5]), SpectralNormalization(keras.Dense(3)), SpectralNormalization(keras.Dense(1))]
  )


@pytest.mark.parametrize('suffix', ['folder', 'keras', 'h5'])
@pytest.mark.filterwarnings('ignore:You are saving your model as an HDF5 file')
def test_a_keras_model_comes_back_from_disk_as_it_was(tmp_path, suffix):
  model, inputs = _critic(), tf.random.normal([4, 5])
  model(inputs, training=True)
  path = tmp_path / 'model' if suffix == 'folder' else tmp_path / f'model.{suffix}'
  model.save(path)
  loaded = tf.keras.models.load_model(path)
  assert isinstance(loaded.layers[0], SpectralNormalization)
  np.testing.assert_array_equal(loaded.layers[0].u, model.layers[0].u)
  np.testing.assert_allclose(loaded(inputs, training=False), model(inputs, training=False), rtol=1e-6)
  np.testing.assert_allclose(loaded(inputs, training=True), model(inputs, training=True), rtol=1e-5)
  np.testing.assert_allclose(loaded.layers[0].u, model.layers[0].u, rtol=1e-5)
  np.testing.assert_array_equal(loaded.layers[0].layer.kernel, model.layers[0].layer.kernel)


def test_a_saved_model_serves_inference_and_training(tmp_path):
  model, inputs = _critic(), tf.random.normal([4, 5])
  model(inputs, training=True)
  tf.saved_model.save(model, str(tmp_path))
  loaded = tf.saved_model.load(str(tmp_path))
  kernel, start = model.layers[0].layer.kernel.numpy(), model.layers[0].u.numpy()
  np.testing.assert_allclose(loaded(inputs, training=False), model(inputs, training=False), rtol=1e-6)
  np.testing.assert_allclose(loaded(inputs, training=True), model(inputs, training=True), rtol=1e-5)
  values = [v.numpy() for v in loaded.variables]
  assert any(v.shape == kernel.shape and np.array_equal(v, kernel) for v in values)
  moved = model.layers[0].u.numpy()
  assert np.abs(moved - start).max() > 1e-4
  assert any(v.shape == moved.shape and np.allclose(v, moved, rtol=1e-5) for v in values)


def test_a_checkpoint_restores_the_raw_kernel_and_u(tmp_path):
  model, inputs = _critic(), tf.random.normal([4, 5])
  model(inputs, training=True)
  path = tf.train.Checkpoint(model=model).save(str(tmp_path / 'ckpt'))
  other = _critic()
  tf.train.Checkpoint(model=other).restore(path).assert_consumed()
  for left, right in zip(model.variables, other.variables):
    np.testing.assert_array_equal(left, right)
  np.testing.assert_array_equal(model(inputs, training=True), other(inputs, training=True))


@pytest.fixture
def mirrored(two_replicas):
  """(strategy, wrapped layer under it, the same on one device, inputs [4, 5])."""
  one, inputs = _dense()
  with two_replicas.scope():
    many = SpectralNormalization(keras.Dense(3, use_bias=False))
    many.build([None, 5])
    many.layer.kernel.assign(one.layer.kernel)
    many.u.assign(one.u)
  return two_replicas, many, one, inputs


def test_replicas_keep_the_u_and_the_gradient_of_one_device(mirrored):
  strategy, many, one, inputs = mirrored

  def objective(layer, rows):
    return tf.reduce_sum(layer(rows, training=True) ** 2)

  def replica_step(rows):
    with tf.GradientTape() as tape:
      value = objective(many, rows)
    gradient = tape.gradient(value, many.layer.kernel)
    return tf.distribute.get_replica_context().all_reduce('SUM', gradient)

  @tf.function
  def step(rows):
    return strategy.run(replica_step, [rows])

  halves = strategy.experimental_distribute_values_from_function(
    lambda context: inputs[2 * context.replica_id_in_sync_group :][:2]
  )
  for _ in range(3):
    with tf.GradientTape() as tape:
      value = objective(one, inputs)
    expected = tape.gradient(value, one.layer.kernel)
    for gradient in strategy.experimental_local_results(step(halves)):
      np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-5 * np.abs(expected).max())
    for u in strategy.experimental_local_results(many.u):
      np.testing.assert_allclose(u, one.u, rtol=0, atol=1e-6)
  assert len(strategy.experimental_local_results(many.u)) == 2


def test_replicas_advance_u_without_talking_to_each_other(mirrored):
  _, many, _, _ = mirrored
  assert many.u.synchronization == tf.VariableSynchronization.ON_READ
  assert many.u.aggregation == tf.VariableAggregation.ONLY_FIRST_REPLICA


def test_a_checkpoint_goes_from_two_replicas_to_one_and_back(mirrored, tmp_path):
  strategy, many, one, inputs = mirrored
  tf.function(lambda: strategy.run(many, [inputs], {'training': True}))()
  one(inputs, training=True)
  expected = one.u.numpy()
  path = tf.train.Checkpoint(layer=many).save(str(tmp_path / 'two'))
  one.u.assign(tf.zeros_like(one.u))
  tf.train.Checkpoint(layer=one).restore(path).assert_consumed()
  np.testing.assert_allclose(one.u, expected, rtol=1e-6)
  path = tf.train.Checkpoint(layer=one).save(str(tmp_path / 'one'))
  tf.function(lambda: strategy.run(many, [inputs], {'training': True}))()
  tf.train.Checkpoint(layer=many).restore(path).assert_consumed()
  for u in strategy.experimental_local_results(many.u):
    np.testing.assert_allclose(u, expected, rtol=1e-6)


def _shortcut_alone(block, inputs):
  """The block's output with its residual silenced."""
  block(inputs, training=False)
  last = getattr(block.convs[1], 'layer', block.convs[1])
  for weights in last.weights:
    weights.assign(tf.zeros_like(weights))
  return block(inputs, training=False)


def test_upsampling_before_the_1x1_shortcut_is_the_same_map():
  inputs = tf.random.normal([2, 3, 4, 5])
  block = layers.UpBlock(5, 6, hidden=2)
  output = _shortcut_alone(block, inputs)
  assert output.shape == [2, 6, 8, 6]
  expected = block.shortcut(tf.image.resize(inputs, [6, 8], 'bilinear'))
  assert np.abs(block.shortcut.bias).max() > 1e-3
  np.testing.assert_allclose(output, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize('first', [True, False])
@pytest.mark.parametrize('normalization', [SpectralNormalization, layers.unnormalized])
def test_pooling_after_the_1x1_shortcut_is_the_same_map(normalization, first):
  inputs = tf.random.normal([2, 7, 6, 5])  # 7 rounds down
  block = layers.DownBlock(6, 2, normalization, first=first)
  block(inputs, training=False)
  getattr(block.shortcut, 'layer', block.shortcut).bias.assign(tf.random.normal([6]))
  output = _shortcut_alone(block, inputs)
  assert output.shape == [2, 3, 3, 6]
  shortcut = getattr(block.shortcut, 'layer', block.shortcut)
  if normalization is SpectralNormalization:
    shortcut.kernel.assign(block.shortcut.normalize_weights(training=False))
  expected = tf.nn.avg_pool2d(shortcut(inputs), 2, 2, 'VALID')
  np.testing.assert_allclose(output, expected, rtol=0, atol=1e-5)


def test_upsampling_is_bilinear_with_half_pixel_centres():
  block = layers.UpBlock(1, 1, hidden=1)
  rows = block.upsample(tf.reshape([0.0, 4.0], [1, 1, 2, 1]))
  np.testing.assert_allclose(rows[0, 0, :, 0], [0.0, 1.0, 3.0, 4.0], atol=1e-6)


def test_residual_of_an_up_block_is_norm_relu_up_conv_norm_relu_conv():
  inputs = tf.random.normal([2, 3, 3, 4])
  block = layers.UpBlock(4, 5, hidden=3)
  output = block(inputs, training=False)
  unit = 1 / np.sqrt(1 + 1e-5)  # fresh statistics: mean 0, variance 1, epsilon
  x = tf.image.resize(tf.nn.relu(inputs * unit), [6, 6], 'bilinear')
  x = block.convs[1](tf.nn.relu(block.convs[0](x) * unit))
  shortcut = block.shortcut(tf.image.resize(inputs, [6, 6], 'bilinear'))
  np.testing.assert_allclose(output, shortcut + x, rtol=0, atol=1e-5)
  assert block.convs[0].filters == 3


@pytest.mark.parametrize('first', [True, False])
def test_residual_of_a_down_block_activates_its_input_unless_it_is_the_first(first):
  inputs = tf.random.normal([2, 4, 4, 3])
  block = layers.DownBlock(5, 2, layers.unnormalized, first=first)
  output = block(inputs)
  start = inputs if first else tf.maximum(inputs, 0.1 * inputs)
  middle = block.convs[0](start)
  x = block.convs[1](tf.maximum(middle, 0.1 * middle))
  expected = tf.nn.avg_pool2d(x + block.shortcut(inputs), 2, 2, 'VALID')
  np.testing.assert_allclose(output, expected, rtol=0, atol=1e-5)
  assert block.convs[0].filters == 2


def test_batch_norm_is_pytorchs_momentum_and_epsilon():
  """Moving mean of 10 examples of 1 and of 3: 0.1 of 2; deviation 1 over sqrt(1 + 1e-5)."""
  norm = layers.batch_norm()
  output = norm(tf.constant([[1.0], [3.0]]), training=True)
  np.testing.assert_allclose(norm.moving_mean, [0.2], rtol=1e-6)
  np.testing.assert_allclose(norm.epsilon, 1e-5)
  np.testing.assert_allclose(output, [[-1.0], [1.0]], rtol=1e-4)


def test_batch_norm_is_synchronised_where_there_are_replicas_and_by_binding(two_replicas):
  assert type(layers.batch_norm()) is keras.BatchNormalization
  with two_replicas.scope():
    assert isinstance(layers.batch_norm(), layers.SynchronizedBatchNormalization)
    gin.parse_config('batch_norm.synchronized = False')
    assert type(layers.batch_norm()) is keras.BatchNormalization


def test_synchronised_batch_norm_is_kerass_on_the_global_batch(two_replicas):
  """Outputs, gradients and moving statistics, the unbiased variance among them, of 6 images on 2 replicas."""
  images = tf.random.stateless_normal([6, 2, 2, 3], [0, 1], 5.0, 2.0)

  def step(layer, x):
    with tf.GradientTape() as tape:
      tape.watch(x)
      output = layer(x, training=True)
      value = tf.reduce_sum(tf.tanh(output[..., 0]))
    return output, tape.gradient(value, x)

  plain = layers.batch_norm()
  expected = step(plain, images)
  with two_replicas.scope():
    layer = layers.batch_norm()
    layer.build([None, 2, 2, 3])
  halves = iter(tf.split(images, 2))
  given = two_replicas.experimental_distribute_values_from_function(lambda _: next(halves))
  found = two_replicas.run(tf.function(lambda x: step(layer, x)), (given,))
  for part, whole in zip(found, expected):
    gathered = tf.concat(two_replicas.experimental_local_results(part), 0)
    np.testing.assert_allclose(gathered, whole, atol=1e-5)
  for part, whole in zip(layer.variables, plain.variables):
    np.testing.assert_allclose(part.numpy(), whole.numpy(), atol=1e-5)
  np.testing.assert_allclose(layer(images, training=False), plain(images, training=False), atol=1e-5)


def test_synchronised_batch_norm_sums_in_float32():
  """65,536 values of 1 and 3 in bfloat16: sums in bfloat16 would stop at a few hundred."""
  layer = layers.SynchronizedBatchNormalization(dtype='mixed_bfloat16')
  x = tf.cast(tf.tile([[1.0], [3.0]], [32768, 1]), tf.bfloat16)
  output = layer(x, training=True)
  assert output.dtype == tf.bfloat16
  np.testing.assert_allclose(tf.cast(output[:2], tf.float32), [[-1.0], [1.0]], atol=1e-2)


def test_torch_uniform_fills_its_range_and_no_more():
  values = layers.torch_uniform(16)([4000]).numpy()
  assert -0.25 <= values.min() < -0.24
  assert 0.24 < values.max() <= 0.25
  np.testing.assert_allclose([values.mean(), values.std()], [0, 0.5 / 12**0.5], atol=0.01)


def test_clipped_weights_stay_within_the_limit_after_an_update():
  """One step of gradient descent from 0 along the gradient (1, -1) by 3, held at -2 and 2; the bias by 0.5."""
  layer = layers.clipped(keras.Dense(1, kernel_initializer='zeros'), limit=2.0)
  layer.build([None, 2])
  optimizer = tf.keras.optimizers.SGD(1.0)
  gradients = [tf.constant([[3.0], [-3.0]]), tf.constant([0.5])]
  optimizer.apply_gradients(zip(gradients, layer.trainable_variables))
  np.testing.assert_allclose(layer.kernel[:, 0], [-2.0, 2.0])
  np.testing.assert_allclose(layer.bias, [-0.5])


def test_batch_normalized_leaves_the_last_layer_alone():
  last = keras.Dense(1)
  assert layers.batch_normalized(last) is last
  model = layers.batch_normalized(keras.Dense(3))
  output = model(tf.random.normal([50, 4], 5.0, 3.0), training=True)
  np.testing.assert_allclose(tf.reduce_mean(output, 0), [0, 0, 0], atol=1e-4)
  np.testing.assert_allclose(tf.math.reduce_std(output, 0), [1, 1, 1], atol=1e-3)


def test_critic_convolution_starts_orthogonal_with_zero_biases():
  conv = layers.critic_conv(6, 3, strides=2)
  conv.build([None, 8, 8, 4])
  matrix = tf.reshape(conv.kernel, [-1, 6])
  np.testing.assert_allclose(tf.matmul(matrix, matrix, transpose_a=True), np.eye(6), atol=1e-5)
  np.testing.assert_array_equal(conv.bias, np.zeros(6))


def test_critic_output_is_float32_without_bias():
  output = layers.critic_output(SpectralNormalization)
  logits = output(tf.ones([3, 4], tf.bfloat16))
  assert (logits.dtype, logits.shape) == (tf.float32, [3, 1])
  assert len(output.trainable_weights) == 1


def test_spectral_norm_of_the_last_layer_is_its_euclidean_norm_at_once():
  output = layers.critic_output(SpectralNormalization)
  output.build([None, 9])
  output.layer.kernel.assign(tf.random.normal([9, 1]))
  np.testing.assert_allclose(tf.norm(output.normalize_weights(training=True)), 1.0, rtol=1e-6)


def test_leaky_relu_has_slope_one_tenth_and_so_has_its_copy_by_config():
  activation = layers.LeakyReLU()
  for layer in (activation, layers.LeakyReLU.from_config(activation.get_config())):
    np.testing.assert_allclose(layer(tf.constant([-2.0, 3.0])), [-0.2, 3.0], rtol=1e-6)


def test_leaky_relus_gradient_in_bfloat16_is_that_of_float32():
  x = tf.random.stateless_normal([64], [0, 0])
  found = []
  for dtype in (tf.bfloat16, tf.float32):
    values = tf.cast(tf.cast(x, tf.bfloat16), dtype)
    with tf.GradientTape() as tape:
      tape.watch(values)
      y = tf.reduce_sum(layers.LeakyReLU(0.25)(values) * 3.0)
    found.append(tape.gradient(y, values))
  assert found[0].dtype == tf.bfloat16
  np.testing.assert_array_equal(tf.cast(found[0], tf.float32), found[1])


@pytest.mark.parametrize('alpha', [0.0, 0.1, 0.2])
def test_first_and_second_gradient_of_leaky_relu_are_kerass(alpha):
  x = tf.constant([-2.0, -0.5, 0.0, 0.5, 3.0])
  results = []
  for layer in (layers.LeakyReLU(alpha), tf.keras.layers.LeakyReLU(alpha)):
    with tf.GradientTape() as outer:
      outer.watch(x)
      with tf.GradientTape() as inner:
        inner.watch(x)
        y = tf.reduce_sum(layer(x) ** 2)
      first = inner.gradient(y, x)
    results.append([first, outer.gradient(first, x)])
  np.testing.assert_allclose(*results, rtol=1e-6)
  np.testing.assert_allclose(results[0][0], [-4 * alpha**2, -(alpha**2), 0.0, 1.0, 6.0], rtol=1e-6)


def test_repeated_pixels_are_kerass_nearest_upsampling():
  x = tf.random.stateless_normal([2, 3, 4, 5], [0, 0])
  found = []
  for layer in (layers.RepeatPixels(), keras.UpSampling2D()):
    with tf.GradientTape() as tape:
      tape.watch(x)
      outputs = layer(x)
      value = tf.reduce_sum(outputs**3)
    found.append((outputs, tape.gradient(value, x)))
  for ours, theirs in zip(*found):
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)
