"""The functional optimisers against Keras' and by hand."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.dynamics.descent import Momentum, SmallAdam


def test_momentum_by_hand():
  descent = Momentum(learning_rate=0.1, momentum=0.5)
  weights = [tf.constant([1.0])]
  slots = descent.init(weights)
  weights, slots = descent.update(weights, slots, [tf.constant([2.0])])
  np.testing.assert_allclose(weights[0], [0.8], rtol=1e-6)  # s = 2
  weights, slots = descent.update(weights, slots, [tf.constant([-1.0])])
  np.testing.assert_allclose(weights[0], [0.8], rtol=1e-6)  # s = 0.5 2 - 1 = 0
  weights, slots = descent.update(weights, slots, [tf.constant([4.0])])
  np.testing.assert_allclose(weights[0], [0.4], rtol=1e-6)


@pytest.mark.parametrize(
  ('ours', 'keras'),
  [
    (Momentum(0.1, 0.9), tf.keras.optimizers.SGD(0.1, 0.9)),
    (SmallAdam(0.1, 0.5, 0.9), tf.keras.optimizers.Adam(0.1, 0.5, 0.9, 1e-8)),
    (SmallAdam(0.1, 0.0, 0.9), tf.keras.optimizers.Adam(0.1, 0.0, 0.9, 1e-8)),
  ],
)
def test_ten_steps_are_kerass(ours, keras):
  start = np.array([1.0, -2.0, 3.0], np.float32)
  variable, weights = tf.Variable(start), [tf.constant(start)]
  slots = ours.init(weights)
  for step in range(10):
    gradient = tf.constant(np.cos(start + step))
    keras.apply_gradients([(gradient, variable)])
    weights, slots = ours.update(weights, slots, [gradient])
  np.testing.assert_allclose(weights[0], variable, rtol=1e-4, atol=1e-5)
