"""The Dirac-GAN (Mescheder et al. 2018, Section 2): the smallest GAN, with the losses and penalties of the large ones.

The data is the point 0, the generator makes the point theta, the critic is f(x) = psi x. Everything is in float64, so
that the eigenvalues of the update, which decide convergence, are had to about 1e-12.
"""

import tensorflow as tf

from tfgan_landscape.distribution import determinism
from tfgan_landscape.penalties import Batch


class DiracGan:
  """Alternating gradient descent of one generated point and a critic of one weight; the generator goes first.

  Args:
    loss: `(real_logits [n], fake_logits [n]) -> GanLoss`.
    penalty: `penalties.Penalty` without variables; None for none.
    rates: learning rates (critic's, generator's).
    critic_steps: after each step of the generator.
  """

  def __init__(self, loss, penalty=None, rates=(0.2, 0.2), critic_steps=1):
    self._loss, self._penalty, self._rates, self._critic_steps = loss, penalty, rates, critic_steps

  @tf.function
  def update(self, state):
    """Returns (theta, psi) [2] after a step of the generator and those of the critic."""
    theta, psi = tf.unstack(state)
    theta -= self._rates[1] * _slope(lambda each: self._logit_losses(each, psi).generator, theta)
    for _ in range(self._critic_steps):
      psi -= self._rates[0] * _slope(lambda each, at=theta: self._critic_objective(at, each), psi)
    return tf.stack([theta, psi])

  def jacobian(self, state):
    """Returns the derivative [2, 2] of `update` at a state [2], as NumPy array."""
    state = tf.constant(state, tf.float64)
    with tf.GradientTape(persistent=True) as tape:
      tape.watch(state)
      after = self.update(state)
    return tape.jacobian(after, state, experimental_use_pfor=False).numpy()  # two rows are not worth a program

  def trajectory(self, start, steps):
    """Returns the states [steps + 1, 2] from `start` on, as NumPy array."""
    states = [tf.constant(start, tf.float64)]
    for _ in range(steps):
      states.append(self.update(states[-1]))
    return tf.stack(states).numpy()

  def slopes(self):
    """Returns what decides about the stationary point: derivatives there of both losses and of the penalty.

    (generator's loss by the fake logit, critic's loss by the fake logit, second derivative of the penalty by psi).
    """
    zero, real = tf.constant(0.0, tf.float64), tf.zeros([1], tf.float64)  # two tensors: only one is differentiated by
    generator, critic = (
      float(_slope(lambda logit, side=side: getattr(self._loss(real, logit[None]), side)[0], zero))
      for side in ('generator', 'discriminator')
    )
    with tf.GradientTape() as tape:
      tape.watch(zero)
      slope = _slope(lambda psi: self._penalty_at(real[0], psi), zero)
    return generator, critic, float(tape.gradient(slope, zero, unconnected_gradients=tf.UnconnectedGradients.ZERO))

  def _logit_losses(self, theta, psi):
    found = self._loss(tf.zeros([1], tf.float64), (psi * theta)[None])
    return type(found)(*(tf.reduce_sum(values) for values in found))

  def _critic_objective(self, theta, psi):
    return self._logit_losses(theta, psi).discriminator + self._penalty_at(theta, psi)

  def _penalty_at(self, theta, psi):
    if self._penalty is None:
      return 0.0 * psi
    zero = tf.constant(0.0, tf.float64)
    batch = Batch(zero[None, None], theta[None, None], zero[None, None], _Halves(), zero, tf.constant(0))
    terms = self._penalty(lambda points: psi * points[:, 0], batch, None)
    return determinism.sum_in_order([tf.reduce_sum(values) for values in terms.values()]) if terms else 0.0 * psi


class _Halves:
  """Stands in for random numbers: the critic's slope is the same everywhere, so that any will do."""

  def uniform(self, shape):
    return tf.fill(shape, tf.constant(0.5, tf.float64))

  normal = uniform


def _slope(function, place):
  with tf.GradientTape() as tape:
    tape.watch(place)
    value = function(place)
  return tape.gradient(value, place, unconnected_gradients=tf.UnconnectedGradients.ZERO)
