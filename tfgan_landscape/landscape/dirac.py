"""Convergence of the Dirac-GAN in closed form (Mescheder et al. 2018; "Improving generalization ...", Section 5.4)."""

import numpy as np


def dirac_eigenvalues(generator_slope, critic_slope, gamma, rates, critic_steps=1):
  """Returns the eigenvalues of one alternating update at the stationary point (0, 0), complex [2].

  The generated point theta steps by -a psi and the critic's weight psi by -(b theta + gamma psi), times their rates; a
  and b are the derivatives of the generator's and the critic's loss by the fake logit at 0, gamma the second derivative
  of the penalty by psi. With one critic step the product of the two matrices has trace 2 - h gamma + h k a b and
  determinant 1 - h gamma, h and k being the critic's and the generator's rate. Training converges near the point
  where both eigenvalues are inside the unit circle: without a penalty their product is 1, and it never does.

  Args:
    generator_slope: a; -1/2 for the non-saturating logistic losses.
    critic_slope: b; 1/2 for them at scale 1.
    gamma: of R1 or R2 as they are written; twice the weight of a zero-centred penalty, wherever it is taken.
    rates: learning rates (critic's, generator's).
    critic_steps: after each step of the generator.
  """
  h, k = rates
  generator = np.array([[1.0, -k * generator_slope], [0.0, 1.0]])
  critic = np.array([[1.0, 0.0], [-h * critic_slope, 1.0 - h * gamma]])
  return np.linalg.eigvals(np.linalg.matrix_power(critic, critic_steps) @ generator).astype(complex)
