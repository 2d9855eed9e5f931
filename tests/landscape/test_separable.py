"""The separable value: the paper's numbers, independence of the order, the two clusters, size."""

import math

import numpy as np
import pytest

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError

LOSSES = {'logistic': landscape.js, 'hinge': landscape.hinge, 'least_squares': landscape.least_squares}


def test_claim_3_1_values_of_the_four_states():
  found = landscape.values_by_state(landscape.js)
  expected = {
    'no recovery': 0.0,
    'mode dropping': -math.log(2) / 2,
    'mode collapse': math.log(1 / 3) / 4 + math.log(2 / 3) / 2,
    'perfect': -math.log(2),
  }
  assert found == pytest.approx(expected, abs=1e-14)
  assert [round(value, 4) for value in found.values()] == [0, -0.3466, -0.4774, -0.6931]


def test_other_losses_of_two_points_by_hand():
  """Hinge: -2 min(1, m) each; least squares: -m / (1 + m); over 2n = 4."""
  assert list(landscape.values_by_state(landscape.hinge).values()) == [0, -0.5, -0.5, -1]
  assert list(landscape.values_by_state(landscape.least_squares).values()) == [0, -1 / 8, -1 / 6, -1 / 4]


@pytest.mark.parametrize('name', LOSSES)
def test_theorem_1_value_is_least_at_the_real_points_alone(name):
  """Every Y in {x1, x2, x3, elsewhere}^3: 1/2 xi(1) is reached by permutations, and by nothing else."""
  real = [0.0, 1.0, 2.0]
  least = float(LOSSES[name].xi(1, 1)) / 2
  for generated in np.stack(np.meshgrid(*[[0.0, 1.0, 2.0, 3.5]] * 3), -1).reshape(-1, 3):
    value = landscape.separable_value(real, generated, LOSSES[name])
    if sorted(generated) == real:
      assert value == pytest.approx(least, abs=1e-14)
    else:
      assert least + 1e-3 < value <= 0


@pytest.mark.parametrize('name', LOSSES)
def test_value_does_not_depend_on_the_order_of_either_side(name):
  random = np.random.RandomState(0)
  real, generated = random.randint(0, 4, [2, 12, 2]).astype(float)
  value = landscape.separable_value(real, generated, LOSSES[name])
  for _ in range(5):
    shuffled = random.permutation(real), random.permutation(generated)
    assert landscape.separable_value(*shuffled, LOSSES[name]) == pytest.approx(value, abs=1e-14)


def test_value_does_not_depend_on_where_the_points_are():
  real, generated = np.array([0.0, 1.0, 1.0]), np.array([1.0, 1.0, 7.0])
  value = landscape.separable_value(real, generated, landscape.js)
  moved = landscape.separable_value(3 - 2 * real, 3 - 2 * generated, landscape.js)
  assert moved == value == pytest.approx(4 * math.log(1 / 2) / 6, abs=1e-14)


def _q(alpha, m, n):
  """Eq. 12 as printed."""
  logs = m / (2 * n) * np.log(m) if m else 0.0
  return alpha / 2 * np.log(alpha * n) + logs - (alpha * n + m) / (2 * n) * np.log(alpha * n + m)


def test_claim_c_1_comes_out_for_every_pair_of_counts():
  n, alpha = 6, 2 / 3
  real = [0.0] * 4 + [1.0] * 2
  for m1 in range(n + 1):
    for m2 in range(n + 1 - m1):
      generated = [0.0] * m1 + [1.0] * m2 + list(range(5, 5 + n - m1 - m2))
      expected = _q(alpha, m1, n) + _q(1 - alpha, m2, n)
      assert landscape.separable_value(real, generated, landscape.js) == pytest.approx(expected, abs=1e-13)
      found = landscape.two_cluster_value(m1, m2, n, alpha, landscape.js)
      assert float(found) == pytest.approx(expected, abs=1e-13)


def test_two_clusters_have_the_values_of_figure_10():
  for alpha, collapsed, dropping in ((1 / 2, -0.4774, -0.3466), (2 / 3, -0.5608, -0.4621)):
    values = landscape.two_cluster_value([300, 300 * alpha], [0, 0], 300, alpha, landscape.js)
    np.testing.assert_allclose(values, [collapsed, dropping], atol=5e-5)
    whole = landscape.two_cluster_value(300 * alpha, 300 * (1 - alpha), 300, alpha, landscape.js)
    assert float(whole) == pytest.approx(-math.log(2), abs=1e-13)


def test_two_cluster_value_takes_whole_arrays_and_any_loss():
  m1, m2 = np.arange(12).reshape(3, 4), np.array([0, 1, 2, 0])
  n, real = 14, [0.0] * 7 + [1.0] * 7
  own = landscape.Separable(lambda t: -((1 - t) ** 2), lambda t: -(t**2))
  for loss in (landscape.least_squares, own):
    found = landscape.two_cluster_value(m1, m2, n, 0.5, loss)
    assert found.shape == (3, 4)
    generated = [0.0] * 10 + [1.0] * 2 + [5.0, 6.0]
    assert found[2, 2] == pytest.approx(landscape.separable_value(real, generated, loss), abs=1e-12)


@pytest.mark.parametrize(
  'arguments', [(3, 3, 5, 0.5), (-1, 3, 5, 0.5), (1, 1, 5, 1.0), (1, 1, 0, 0.5), (np.nan, 1, 5, 0.5)]
)
def test_two_cluster_value_refuses_what_are_no_counts(arguments):
  with pytest.raises(InputError):
    landscape.two_cluster_value(*arguments, landscape.js)


def test_a_shifted_loss_shifts_the_value():
  """Remark 2 of Appendix I: suprema other than 0, which points outside contribute."""
  shifted = landscape.Separable(lambda t: landscape.js.h1(t) + 2, lambda t: landscape.js.h2(t) - 5)
  for generated in ([0, 1], [0, 0], [0, 7], [7, 8]):
    value = landscape.separable_value([0, 1], generated, landscape.js)
    assert landscape.separable_value([0, 1], generated, shifted) == pytest.approx(value - 3 / 2, abs=1e-10)
  value = float(landscape.two_cluster_value(1, 0, 4, 0.5, landscape.js))
  assert float(landscape.two_cluster_value(1, 0, 4, 0.5, shifted)) == pytest.approx(value - 3 / 2, abs=1e-10)


@pytest.mark.parametrize('d', [1, 2, 8])
def test_a_hundred_thousand_points_by_hand(d):
  """n distinct x's, half of them hit twice: n/2 xi(2) over 2n."""
  n = 100_000
  real = np.random.RandomState(d).standard_normal([n, d])
  generated = np.random.RandomState(1).permutation(np.tile(real[: n // 2], [2, 1]))
  for loss in LOSSES.values():
    value = landscape.separable_value(real, generated, loss)
    assert value == pytest.approx(float(loss.xi(1, 2)) / 4, rel=1e-12)


def test_wasserstein_is_sent_elsewhere():
  with pytest.raises(InputError, match='wasserstein_value'):
    landscape.separable_value([0], [1], landscape.wasserstein)
  with pytest.raises(InputError, match='no Separable loss; give landscape.js'):
    landscape.separable_value([0], [1], landscape.rs)
