"""Eigenvalues of a game: the Dirac-GAN's by theory, those of a matrix, and of a run by the command line's mode."""

import json
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import layers, losses
from tfgan_landscape.errors import InputError
from tfgan_landscape.training.game_spectrum import GameJacobian, Side, eigenvalues


def dirac_sides(loss, gamma):
  """The data is 0, the generated point theta, the critic psi x, with R1 of weight gamma."""
  theta, psi = tf.Variable(0.0, dtype=tf.float64), tf.Variable(0.0, dtype=tf.float64)
  zero = tf.zeros([1], tf.float64)
  return [
    Side(lambda: loss(zero, (psi * theta)[None]).generator[0], [theta]),
    Side(lambda: loss(zero, (psi * theta)[None]).discriminator[0] + gamma / 2 * psi**2, [psi]),
  ]


def bilinear(matrix, damping, dtype=tf.float64):
  """x' = -A y, y' = A^T x - damping y, of x and y in two pieces each."""
  half, size = len(matrix) // 2, len(matrix)
  pieces = [tf.Variable(np.zeros(count), dtype=dtype) for count in (half, size - half) * 2]

  def payoff():
    return tf.tensordot(tf.linalg.matvec(matrix.T, tf.concat(pieces[:2], 0)), tf.concat(pieces[2:], 0), 1)

  critic = Side(lambda: damping / 2 * sum(tf.reduce_sum(each**2) for each in pieces[2:]) - payoff(), pieces[2:])
  return [Side(payoff, pieces[:2]), critic]


@pytest.mark.parametrize('gamma', [0.0, 0.3, 2.5])
@pytest.mark.parametrize(('loss', 'slope'), [(losses.nonsaturating, 0.5), (losses.wasserstein, 1.0)])
def test_the_dirac_gan_turns_and_contracts_as_theory_says(loss, slope, gamma):
  """J = [[0, -a], [a, gamma]]: eigenvalues gamma / 2 +- sqrt(gamma^2 / 4 - a^2), on the imaginary axis without R1."""
  found = eigenvalues(GameJacobian(dirac_sides(loss, gamma)), 2)
  root = np.sqrt(complex(gamma**2 / 4 - slope**2))
  np.testing.assert_allclose(np.sort_complex(found), np.sort_complex([gamma / 2 + root, gamma / 2 - root]), atol=1e-8)


@pytest.mark.parametrize('which', ['largest', 'leftmost'])
@pytest.mark.parametrize('damping', [0.0, 0.7])
def test_a_bilinear_game_of_80_weights_by_iteration(which, damping):
  """Its eigenvalues are those of singular values s: damping / 2 +- sqrt(damping^2 / 4 - s^2)."""
  matrix = np.random.default_rng(0).standard_normal([40, 40]) * np.linspace(0.1, 3, 40)
  singular = np.linalg.svd(matrix, compute_uv=False)
  roots = np.sqrt((damping**2 / 4 - singular**2).astype(complex))
  every = np.concatenate([damping / 2 + roots, damping / 2 - roots])
  found = eigenvalues(GameJacobian(bilinear(matrix, damping)), 6, which, 1e-10)
  distance = np.abs(found[:, None] - every).min(1)
  assert distance.max() < 1e-8
  if which == 'largest':
    np.testing.assert_allclose(np.abs(found), np.sort(np.abs(every))[::-1][:6], rtol=1e-8)
  else:
    assert found.real.max() <= np.sort(every.real)[5] + 1e-8


def test_conjugates_stand_side_by_side():
  found = eigenvalues(GameJacobian(bilinear(np.diag(np.arange(1.0, 31.0)), 0.2)), 6, tolerance=1e-10)
  np.testing.assert_allclose(found[::2], found[1::2].conj(), atol=1e-8)
  assert (found[::2].imag > 0).all()


def test_what_does_not_converge_is_one_line():
  matrix = np.random.default_rng(0).standard_normal([60, 60])
  with pytest.raises(InputError, match=r'of 20 eigenvalues are found to 1e-12 after 43 products .* ask for fewer'):
    eigenvalues(GameJacobian(bilinear(matrix, 0.0)), 20, tolerance=1e-12, products=43)


def test_power_iterations_move_nothing():
  """A spectrally normalised critic advances its u at each call; the operator stays one matrix, and u where it was."""
  critic = layers.SpectralNormalization(tf.keras.layers.Dense(1))
  real, fake = tf.random.normal([8, 3]), tf.Variable(tf.random.normal([8, 3]))
  critic(real)
  sides = [
    Side(lambda: -tf.reduce_mean(critic(fake, training=True)), [fake]),
    Side(
      lambda: tf.reduce_mean(tf.nn.softplus(critic(fake, training=True) - critic(real, training=True))),
      critic.trainable_variables,
    ),
  ]
  before = critic.u.numpy()
  operator = GameJacobian(sides, [critic.u])
  direction = np.random.default_rng(0).standard_normal(operator.shape[0])
  np.testing.assert_array_equal(operator.matvec(direction), operator.matvec(direction))
  np.testing.assert_array_equal(critic.u.numpy(), before)


def command(*arguments):
  return subprocess.run([sys.executable, '-m', 'tfgan_landscape.main', *arguments], capture_output=True, text=True)


@pytest.mark.slow
def test_the_mode_writes_what_it_finds(tmp_path):
  run = f'--model_dir={tmp_path}'
  experiment = ['--gin_file=rs_gaussians_mlp.gin', '--gin_param=width = 8', '--gin_param=Trainer.iterations = 3']
  none = command('--mode=spectrum', run, *experiment)
  assert none.returncode == 2
  assert 'holds no checkpoint' in none.stderr
  assert command(*experiment, '--mode=train', run).returncode == 0
  done = command('--mode=spectrum', run, '--gin_param=spectrum.count = 4', '--gin_param=spectrum.number_of_batches = 1')
  assert done.returncode == 0, done.stderr
  assert 'of these 4 have a negative real part' in done.stdout
  rows = json.loads((tmp_path / 'spectrum/results.json').read_text())
  assert len(rows) == 8
  assert (tmp_path / 'spectrum/eigenvalues.png').exists()
  bound = ('count = 30', 'which = "leftmost"', 'tolerance = 1e-15', 'products = 1')
  stopped = command('--mode=spectrum', run, *(f'--gin_param=spectrum.{each}' for each in bound))
  assert stopped.returncode == 2
  assert 'spectrum.products' in stopped.stderr
