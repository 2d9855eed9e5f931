"""Spectral norms of kernels."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.training.spectra import spectral_norms


def test_the_norm_of_a_kernel_is_its_largest_singular_value():
  network = tf.keras.Sequential(
    [tf.keras.Input((4, 4, 2)), tf.keras.layers.Conv2D(5, 3, name='wide'), tf.keras.layers.Dense(2, name='thin')]
  )
  network.layers[1].kernel.assign([[3.0, 0.0], [0.0, -4.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
  norms = spectral_norms(network)
  assert norms['thin/kernel'] == pytest.approx(4.0)
  singular = np.linalg.svd(network.layers[0].kernel.numpy().reshape(-1, 5), compute_uv=False)
  assert norms['wide/kernel'] == pytest.approx(singular[0], rel=1e-6)
  assert len(norms) == 2  # no biases
