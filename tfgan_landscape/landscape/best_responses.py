"""A game on the circle whose best responses never settle (MIX+GAN paper, Appendix B, Examples 1 and 2).

The true distribution is uniform over some angles; the generator's is uniform over theta [t]; the critic is
D_phi(tau) = mean_j exp(-concentration d(tau, phi_j)^2), phi [t], d the angle between two points, in [0, pi]. Example 1
has t = 1, Example 2 has t = 3. Both players' objectives are sums over their own coordinates, so that a best response is
a global maximum of one function on the circle, taken t times.
"""

from typing import NamedTuple

import numpy as np

from tfgan_landscape.errors import InputError

TRUE_ANGLES = 2 * np.pi * np.arange(3) / 3
CONCENTRATION = 10.0
_GRID = np.linspace(0, 2 * np.pi, 4096, endpoint=False)
_TIE = 1e-9  # values nearer to each other are equally good


class Rounds(NamedTuple):
  """theta [rounds + 1, t] with the start, phi [rounds, t]: phi[i] answers theta[i], theta[i + 1] answers phi[i]."""

  theta: np.ndarray
  phi: np.ndarray


def angle_between(a, b):
  """Returns the angle between two points of the circle, in [0, pi]; arrays that broadcast."""
  turn = np.abs(np.asarray(a, float) - b) % (2 * np.pi)
  return np.minimum(turn, 2 * np.pi - turn)


def critic(phi, tau, concentration=CONCENTRATION):
  """Returns D_phi(tau) in [0, 1] (Definitions 3 and 4); phi is [t], tau of any shape."""
  return np.exp(-concentration * angle_between(np.asarray(tau)[..., None], phi) ** 2).mean(-1)


def critic_objective(phi, theta, true_angles=TRUE_ANGLES, concentration=CONCENTRATION):
  """Returns E_true[D] - E_generated[D] (Algorithm 1) for critics of one bump each, at phi, of any shape."""
  return critic(true_angles, phi, concentration) - critic(theta, phi, concentration)


def maximisers(function):
  """Returns the angles in [0, 2 pi) at which a smooth function on the circle is largest, ascending; ties to 1e-9.

  Peaks of a grid of 4096 angles are narrowed to 1e-9; peaks nearer to each other than the grid count as one.
  """
  values = function(_GRID)
  peaks = _GRID[(values >= np.roll(values, 1)) & (values >= np.roll(values, -1))]
  half, steps = 2 * np.pi / len(_GRID), np.linspace(-1, 1, 33)[:, None]
  while half > 1e-9:
    around = peaks + half * steps
    peaks, half = around[function(around).argmax(0), np.arange(len(peaks))], half / 8
  heights = function(peaks)
  best = peaks[heights >= heights.max() - _TIE] % (2 * np.pi)
  best = np.sort(np.where(best > 2 * np.pi - 1e-8, 0.0, best))
  apart = angle_between(best, np.roll(best, 1)) > 2 * np.pi / len(_GRID)
  return best[apart] if apart.any() else best[:1]


def take_the_first(angles, count, random):
  """A rule for ties: every coordinate takes the smallest angle."""
  del random
  return np.full(count, angles[0])


def take_in_turn(angles, count, random):
  """A rule for ties: the coordinates take the angles in turn."""
  del random
  return np.resize(angles, count)


def take_at_random(angles, count, random):
  """A rule for ties: every coordinate draws an angle for itself from `random`, a numpy Generator."""
  return random.choice(angles, count)


def play(theta, rounds, rule=take_at_random, true_angles=TRUE_ANGLES, concentration=CONCENTRATION, seed=0):
  """Plays Algorithm 1: phi answers theta, theta answers phi, each with an exact best response.

  Args:
    theta: the generator's start, [t] angles; the critic has as many bumps.
    rounds: how many.
    rule: `(angles, count, random) -> [count]`, which of several equally good angles the coordinates take.
    true_angles: [k], the true distribution is uniform over them.
    concentration: of the critic's bumps, 10 in the paper.
    seed: of `random`.

  Returns:
    `Rounds`.

  Raises:
    InputError: no angles, angles that are not finite, rounds < 1, a concentration that is not above 0.
  """
  theta, true_angles = _angles('theta', theta), _angles('true_angles', true_angles)
  if isinstance(rounds, bool) or not isinstance(rounds, (int, np.integer)) or rounds < 1:
    raise InputError(f'rounds = {rounds!r}: give a whole number above 0')
  if not (np.isfinite(concentration) and concentration > 0):
    raise InputError(f'concentration = {concentration!r}: give a number above 0')
  random, thetas, phis = np.random.default_rng(seed), [theta], []
  for _ in range(rounds):
    found = maximisers(lambda phi: critic_objective(phi, thetas[-1], true_angles, concentration))
    phis.append(rule(found, len(theta), random))
    found = maximisers(lambda tau: critic(phis[-1], tau, concentration))
    thetas.append(rule(found, len(theta), random))
  return Rounds(np.stack(thetas), np.stack(phis))


def _angles(name, angles):
  angles = np.atleast_1d(np.asarray(angles, float))
  if angles.ndim != 1 or not angles.size or not np.isfinite(angles).all():
    raise InputError(f'{name} is no list of finite angles: give radians, at least one')
  return angles


class Bounds(NamedTuple):
  """What Theorems B.1 and B.2 and Claim 1 bound, at its worst over the rounds of a game.

  Attributes:
    deceived: min_i D_{phi^i}(theta^i), the critic's value at the generator's answer.
    caught: max_i D_{phi^{i+1}}(theta^i), its value after the critic's next answer.
    true_mean: min_i E_true[D_{phi^i}].
    change: min_i |D_{phi^i}(theta^i) - D_{phi^{i+1}}(theta^i)|.
    spread: max_i of the largest angle between two of the theta^i.
    from_true: max_i of the largest angle from a theta^i to its nearest true point.
    critic_from_others: max_i of the largest angle from a phi^i to the nearest true point other than theta^{i-1}_1's.
    moved: share of the rounds in which the true point next to theta_1 changes.
  """

  deceived: float
  caught: float
  true_mean: float
  change: float
  spread: float
  from_true: float
  critic_from_others: float
  moved: float


def bounds(rounds, true_angles=TRUE_ANGLES, concentration=CONCENTRATION):
  """Returns the `Bounds` of a game of at least two rounds; true_angles [k >= 2]."""
  theta, phi = rounds
  after = np.array([critic(p, t, concentration).mean() for p, t in zip(phi, theta[1:])])
  before = np.array([critic(p, t, concentration).mean() for p, t in zip(phi, theta)])
  to_true = angle_between(theta[..., None], true_angles)
  nearest = to_true[:, 0].argmin(-1)
  others = angle_between(phi[..., None], true_angles)
  others[np.arange(len(phi)), :, nearest[:-1]] = np.inf
  return Bounds(
    deceived=after.min(),
    caught=before[1:].max(),
    true_mean=min(critic(p, true_angles, concentration).mean() for p in phi),
    change=np.abs(after[:-1] - before[1:]).min(),
    spread=angle_between(theta[:, :, None], theta[:, None]).max(),
    from_true=to_true[1:].min(-1).max(),
    critic_from_others=others.min(-1).max(),
    moved=float((np.diff(nearest) != 0).mean()),
  )
