"""The parts of the papers' networks: spectral normalisation, residual blocks, initialisers.

Spectral normalisation is Miyato et al. 2018, "Spectral Normalization for Generative Adversarial Networks",
Algorithm 1; the residual blocks are those of its Appendix B.4 as the RS-GAN code builds them (Tables 9 to 12
of "Towards a Better Global Loss Landscape of GANs"). Deviation: a block's 1x1 shortcut runs at the lower of
its two resolutions. The map is the same, because a 1x1 convolution commutes with averaging and with bilinear
interpolation, and costs a quarter.
"""

import functools
from typing import Optional

import tensorflow as tf
import tensorflow_addons as tfa

from tfgan_landscape.config.arguments import Count, Positive, Share, configurable


@configurable
def batch_norm(momentum: Share = 0.9, epsilon: Positive = 1e-5, synchronized: Optional[bool] = None):
  """Returns a layer of batch normalisation with PyTorch's numbers; build it inside the strategy's scope.

  Args:
    momentum: what the moving averages keep at a training call.
    epsilon: added to the variance.
    synchronized: whether the statistics are the global batch's, over all replicas; None for wherever there are several,
      so that any number of them trains alike. False is each replica's own.
  """
  if synchronized is None:
    synchronized = tf.distribute.get_strategy().num_replicas_in_sync > 1
  layer = SynchronizedBatchNormalization if synchronized else tf.keras.layers.BatchNormalization
  return layer(momentum=momentum, epsilon=epsilon)


@tf.keras.utils.register_keras_serializable(package='tfgan_landscape')
class SynchronizedBatchNormalization(tf.keras.layers.BatchNormalization):
  """Batch normalisation over the last axis by the statistics of all replicas' batches.

  Training: y = gamma (x - mean) / sqrt(variance + epsilon) + beta in float32, by two passes over the global batch; the
  moving variance takes the unbiased estimate, as Keras' fused layer does. (Keras' own synchronised layer computes
  E x^2 - (E x)^2 in the precision of x, and keeps the biased one.) Inference is Keras'.
  """

  def call(self, inputs, training=None):
    if training is None:
      training = tf.keras.backend.learning_phase()
    if not training:
      return super().call(inputs, training=False)
    x = tf.cast(inputs, tf.float32)
    count, mean, variance = _global_moments(x)
    _move(self.moving_mean, mean, self.momentum)
    _move(self.moving_variance, variance * count / tf.maximum(count - 1.0, 1.0), self.momentum)
    outputs = tf.nn.batch_normalization(x, mean, variance, self.beta, self.gamma, self.epsilon)
    return tf.cast(outputs, inputs.dtype)


def _global_moments(x):
  """Returns how many values each channel of x [..., c] has on all replicas, their mean [c] and their variance [c]."""
  replica = tf.distribute.get_replica_context()
  axes = list(range(x.shape.rank - 1))

  def total(values):
    return replica.all_reduce(tf.distribute.ReduceOp.SUM, tf.reduce_sum(values, axes))

  count = tf.cast(tf.size(x) // x.shape[-1] * replica.num_replicas_in_sync, tf.float32)
  mean = total(x) / count
  return count, mean, total(tf.square(x - mean)) / count


def _move(average, value, momentum):
  average.assign_add((1.0 - momentum) * (tf.stop_gradient(value) - average))


def torch_uniform(fan_in):
  """PyTorch's default for weights and biases, U(-1 / sqrt(fan_in), 1 / sqrt(fan_in))."""
  return tf.keras.initializers.RandomUniform(-(fan_in**-0.5), fan_in**-0.5)


@tf.keras.utils.register_keras_serializable(package='tfgan_landscape')
class LeakyReLU(tf.keras.layers.LeakyReLU):
  """max(x, alpha x), alpha >= 0: Keras' layer with a gradient that reads the output, whose sign is the input's.

  So nobody needs the input again, and a convolution can write the activation in place of it. In bfloat16 the gradient
  goes through float32: TensorFlow's own takes a slow path on CPUs.
  """

  def __init__(self, alpha=0.1, **kwargs):
    super().__init__(alpha, **kwargs)

  def call(self, inputs):
    alpha = float(self.alpha)

    @tf.custom_gradient
    def activation(x):
      y = tf.nn.leaky_relu(x, alpha)
      return y, functools.partial(_leaky_relu_gradient, features=y, alpha=alpha)

    return activation(inputs)


def _leaky_relu_gradient(upstream, features, alpha):
  exact = tf.float32 if upstream.dtype == tf.bfloat16 else upstream.dtype
  gradients, features = tf.cast(upstream, exact), tf.cast(features, exact)
  return tf.cast(tf.raw_ops.LeakyReluGrad(gradients=gradients, features=features, alpha=alpha), upstream.dtype)


@tf.keras.utils.register_keras_serializable(package='tfgan_landscape')
class RepeatPixels(tf.keras.layers.UpSampling2D):
  """Keras's nearest upsampling of [n, height, width, channels] as copies: a resize has no gradient under XLA."""

  def call(self, inputs):
    """Returns [n, size[0] height, size[1] width, channels]."""
    (_, height, width, channels), (rows, columns) = inputs.shape, self.size
    copies = tf.tile(tf.reshape(inputs, [-1, height, 1, width, 1, channels]), [1, 1, rows, 1, columns, 1])
    return tf.reshape(copies, [-1, rows * height, columns * width, channels])


def _unit(vector):
  return tf.math.divide_no_nan(vector, tf.norm(vector))


@configurable
@tf.keras.utils.register_keras_serializable(package='tfgan_landscape')
class SpectralNormalization(tfa.layers.SpectralNormalization):
  """Computes the wrapped layer with W / sigma(W) in place of its kernel W.

  Constructor, config and the variable `u` [1, last axis of W] are the addons'. W is read as the matrix
  [product of its other axes, last axis]: for Conv2D and Dense that is the transpose of the papers' W, for
  Conv2DTranspose the last axis holds the input channels. sigma(W) = v W u^T with the u and v of the newest
  power iteration, both constants to the gradient, so that the gradient of the raw W passes through sigma and
  is orthogonal to W.

  Unlike the addons' layer, the stored kernel stays raw. `u` moves by `power_iterations` at each call with
  `training=True` and stays put in inference. sigma and u are float32 whatever the precision of the wrapped
  layer. Under a distribution strategy each replica advances its own `u`; they stay equal, as W is.

  Args:
    layer: a Keras layer with a `kernel` or `embeddings`.
    power_iterations: power iterations per training call, at least 1.

  Raises:
    ValueError: `power_iterations` is not positive.
    AttributeError: the layer has neither `kernel` nor `embeddings`.
  """

  def __init__(self, layer, power_iterations: Count = 1, **kwargs):
    # A float32 wrapper reads a mixed-precision layer's kernel unrounded, and hands its inputs on as they are.
    super().__init__(layer, power_iterations, **{**kwargs, 'dtype': 'float32', 'autocast': False})

  def add_weight(self, *args, **kwargs):
    """Adds `u`, the wrapper's only weight, as a variable that each replica updates by itself, float32 in any layer."""
    return super().add_weight(
      *args,
      synchronization=tf.VariableSynchronization.ON_READ,
      aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
      **{**kwargs, 'dtype': tf.float32},
    )

  def call(self, inputs, training=None):
    if training is None:
      training = tf.keras.backend.learning_phase()
    name = 'kernel' if hasattr(self.layer, 'kernel') else 'embeddings'
    raw = getattr(self.layer, name)
    normalized = self.normalize_weights(training)
    try:
      # Set without Keras' attribute tracking, which would drop the raw variable from the layer's weights.
      object.__setattr__(self.layer, name, tf.cast(normalized, self.layer.compute_dtype))
      return self.layer(inputs)
    finally:
      object.__setattr__(self.layer, name, raw)

  def normalize_weights(self, training=True):
    """Returns W / sigma(W), float32, shaped as W; advances `u` when training."""
    w = tf.reshape(self.w, [-1, self.w_shape[-1]])
    constant = tf.stop_gradient(w)
    v = _unit(tf.matmul(self.u, constant, transpose_b=True))
    if training:
      for _ in range(self.power_iterations - 1):
        v = _unit(tf.matmul(_unit(tf.matmul(v, constant)), constant, transpose_b=True))
      vw = tf.matmul(v, w)
      u = _unit(tf.stop_gradient(vw))
      # A zero kernel has no directions: `u` waits for the next one.
      self.u.assign(tf.where(tf.reduce_any(u != 0.0), u, self.u))
    else:
      vw = tf.matmul(v, w)
      u = _unit(self.u)  # its start is no unit vector, and inference may come first
    sigma = tf.reduce_sum(vw * u)
    return tf.reshape(w * tf.math.divide_no_nan(1.0, sigma), self.w_shape)


@configurable(denylist=['layer'])
def unnormalized(layer):
  """Returns the layer itself: a critic without normalisation."""
  return layer


@configurable(denylist=['layer'])
def clipped(layer, limit: Positive = 0.01):
  """Returns the layer, whose weights an update leaves within [-limit, limit]: WGAN's critic (Arjovsky et al. 2017)."""
  layer.kernel_constraint = layer.bias_constraint = lambda weight: tf.clip_by_value(weight, -limit, limit)
  return layer


@configurable(denylist=['layer'])
def batch_normalized(layer):
  """Returns the layer followed by batch normalisation; the critic's last layer, of one unit, as it is."""
  if getattr(layer, 'units', None) == 1:
    return layer
  return tf.keras.Sequential([layer, batch_norm()])


class UpBlock(tf.keras.layers.Layer):
  """Residual block of a generator that doubles the resolution: [n, h, w, c] -> [n, 2h, 2w, filters].

  Residual: BN, ReLU, upsample, Conv3x3(hidden), BN, ReLU, Conv3x3(filters). Shortcut: upsample of
  Conv1x1(filters). Upsampling is bilinear with half-pixel centres. Weights start as PyTorch's default.

  Args:
    in_filters: c, the channels of the input.
    filters: the channels of the output.
    hidden: the channels between the two 3x3 convolutions.
  """

  def __init__(self, in_filters, filters, hidden, **kwargs):
    super().__init__(**kwargs)
    self.norms = [batch_norm(), batch_norm()]
    self.convs = [_generator_conv(in_filters, hidden, 3), _generator_conv(hidden, filters, 3)]
    self.shortcut = _generator_conv(in_filters, filters, 1)
    self.upsample = tf.keras.layers.UpSampling2D(interpolation='bilinear')

  def call(self, inputs, training=None):
    x = self._up(tf.nn.relu(self.norms[0](inputs, training=training)))
    x = tf.nn.relu(self.norms[1](self.convs[0](x), training=training))
    return self._up(self.shortcut(inputs)) + self.convs[1](x)

  def _up(self, x):
    return tf.cast(self.upsample(x), x.dtype)  # bilinear resizing gives float32 whatever it is given


def _generator_conv(in_filters, filters, kernel_size):
  fan_in = in_filters * kernel_size**2
  return tf.keras.layers.Conv2D(
    filters,
    kernel_size,
    padding='same',
    kernel_initializer=torch_uniform(fan_in),
    bias_initializer=torch_uniform(fan_in),
  )


class DownBlock(tf.keras.layers.Layer):
  """Residual block of a critic that halves the resolution: [n, h, w, c] -> [n, h // 2, w // 2, filters].

  Residual: LReLU, Conv3x3(hidden), LReLU, Conv3x3(filters), average pool. Shortcut: average pool,
  Conv1x1(filters). The first block of a critic reads the image itself: without the first LReLU.

  Args:
    filters: the channels of the output.
    hidden: the channels between the two 3x3 convolutions.
    normalization: wraps a convolution, e.g. `SpectralNormalization`.
    first: whether the input is the image.
  """

  def __init__(self, filters, hidden, normalization, first=False, **kwargs):
    super().__init__(**kwargs)
    self.activations = [tf.identity if first else LeakyReLU(), LeakyReLU()]
    self.convs = [normalization(critic_conv(hidden, 3)), normalization(critic_conv(filters, 3))]
    self.shortcut = normalization(critic_conv(filters, 1))
    self.pool = tf.keras.layers.AveragePooling2D()

  def call(self, inputs, training=None):
    x = self.convs[0](self.activations[0](inputs), training=training)
    x = self.pool(self.convs[1](self.activations[1](x), training=training))
    return self.shortcut(self.pool(inputs), training=training) + x


def critic_conv(filters, kernel_size, strides=1, use_bias=True):
  """Returns a convolution of a critic: 'same' padding, orthogonal start, zero biases (RS-GAN: PyTorch's)."""
  return tf.keras.layers.Conv2D(
    filters, kernel_size, strides, padding='same', use_bias=use_bias, kernel_initializer='orthogonal'
  )


def critic_output(normalization):
  """Returns the last layer of a critic, [n, d] -> [n, 1] float32: linear, without bias, orthogonal start."""
  dense = tf.keras.layers.Dense(1, use_bias=False, kernel_initializer='orthogonal', dtype='float32')
  return normalization(dense)
