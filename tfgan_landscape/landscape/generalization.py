"""Critics that are right on their sample and nowhere else, and what gradient descent can keep of them.

"Improving Generalization and Stability of Generative Adversarial Networks" (the 0-GP paper): Proposition 2 as a
construction (Appendix B), Proposition 3 as an exact run (Appendix C).
"""

from typing import NamedTuple

import numpy as np

from tfgan_landscape.errors import InputError


class SoftmaxCritic(NamedTuple):
  """D(v) = W2 . softmax(k V v), a perceptron with one hidden layer and N (d + 1) weights (Appendix B).

  Attributes:
    inner: k V, [N, d].
    outer: W2, [N].
  """

  inner: np.ndarray
  outer: np.ndarray

  def __call__(self, points):
    """Returns D [n] at points [n, d]."""
    scores = np.asarray(points, float) @ self.inner.T
    shares = np.exp(scores - scores.max(1, keepdims=True))
    return shares @ self.outer / shares.sum(1)

  @property
  def parameters(self):
    """The number of its weights."""
    return self.inner.size + self.outer.size


def epsilon_optimal_critic(real, fake, epsilon):
  """Returns an epsilon-optimal critic of two samples (Definition 1, Proposition 2), as `SoftmaxCritic`.

  D is at least 1/2 + epsilon/2 on the real and at most 1/2 - epsilon/2 on the fake points. With delta the smallest of
  1 - v_i . v_j, all other points together have at most (N - 1) exp(-k delta) of the softmax at a point, which k is
  chosen by; the paper lets k go to infinity.

  Args:
    real: [n, d], of norm 1.
    fake: [m, d], of norm 1, none of them real.
    epsilon: in (0, 1).

  Raises:
    InputError: points that are not on the unit sphere, or that are in both samples; epsilon out of its range.
  """
  if not 0 < epsilon < 1:
    raise InputError(f'epsilon = {epsilon} is not between 0 and 1')
  points = np.concatenate([np.asarray(real, float), np.asarray(fake, float)])
  if not np.allclose(np.linalg.norm(points, axis=1), 1, atol=1e-6):
    raise InputError('the points are not all of norm 1; divide each by its norm')
  is_real = np.arange(len(points)) < len(real)
  products = points @ points.T
  if products[is_real][:, ~is_real].max() > 1 - 1e-12:
    raise InputError('a point is real and fake: no critic tells it from itself')
  margin = min(epsilon, 1 - epsilon) / 2  # alpha
  other = is_real[:, None] != is_real[None, :]
  delta = 1 - products[other].max()
  k = np.log((len(points) - 1) * (epsilon + 2 * margin) / margin) / delta
  outer = np.where(is_real, 0.5 + epsilon / 2 + margin, 0.5 - epsilon / 2 - margin)
  return SoftmaxCritic(k * points, outer)


class AlternatingRun(NamedTuple):
  """What became of a linear critic and generator at every step, [steps + 1] each.

  Attributes:
    distance: ||x - y||.
    gap: D(x) - D(y), at least epsilon for an epsilon-optimal critic.
    ratio: of the norms of the critic's and the generator's gradient (Eq. 13).
    needed: critic steps that would make the critic epsilon-optimal again, the generator standing still; 0 where it is.
  """

  distance: np.ndarray
  gap: np.ndarray
  ratio: np.ndarray
  needed: np.ndarray


def alternating_run(real, latent, critic, generator, epsilon, learning_rate, steps):
  """Returns the `AlternatingRun` of Fixed-Alt-GD with one point each (Appendix C), exact in float64.

  D(v) = critic . v, G(z) = generator z, Wasserstein's objective, one step of the critic and then one of the generator.

  Args:
    real: x [d].
    latent: z [l].
    critic: [d], at the start.
    generator: [d, l], at the start.
    epsilon: of the optimality that is asked for.
    learning_rate: of both.
    steps: of each.
  """
  x, z, critic, generator = (np.array(each, float) for each in (real, latent, critic, generator))
  rounds = []
  for step in range(steps + 1):
    away = x - generator @ z
    gap, distance = critic @ away, np.linalg.norm(away)
    lacking = max(0.0, epsilon - gap)
    with np.errstate(divide='ignore', invalid='ignore'):
      needed = np.ceil(lacking / (learning_rate * distance**2)) if lacking else 0.0
      rounds.append((distance, gap, distance / (np.linalg.norm(critic) * np.linalg.norm(z)), needed))
    if step < steps:
      critic = critic + learning_rate * away
      generator = generator + learning_rate * np.outer(critic, z)
  return AlternatingRun(*np.array(rounds).T)
