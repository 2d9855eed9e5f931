"""The relativistic value: the paper's numbers, Theorem 2's graph, repeated x's, invariance, size."""

import itertools
import math

import numpy as np
import pytest

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError

LOSSES = {'logistic': landscape.rs, 'hinge': landscape.rp_hinge, 'least_squares': landscape.rp_least_squares}
ZERO = {'logistic': -math.log(2), 'hinge': -1.0, 'least_squares': -1.0}  # h(0)


def test_claim_3_2_values_of_the_states():
  found = landscape.values_by_state(landscape.rs)
  expected = [0.0, -math.log(2) / 2, -math.log(2) / 2, -math.log(2)]
  np.testing.assert_allclose(list(found.values()), expected, atol=1e-15)


@pytest.mark.parametrize(
  ('generated', 'hits'),
  [([1, 0], 2), ([0, 1], 2), ([0, 0], 1), ([1, 1], 1), ([0, 7], 1), ([7, 1], 1), ([7, 0], 0), ([7, 8], 0), ([7, 7], 0)],
)
def test_claim_3_2_depends_on_the_pairs(generated, hits):
  """Swapped points are a cycle of two and optimal; x1's point on x2 alone is no cycle."""
  value = landscape.relativistic_value([0, 1], generated, landscape.rs)
  assert value == pytest.approx(-hits * math.log(2) / 2, abs=1e-15)


def test_figure_25_graph_with_one_cycle_and_two_subtrees():
  """Its first example: cycle 1 -> 2 -> 3 -> 4 -> 1, and the trees 10 -> 4 and 8, 9 -> 7 -> 5, 6 -> 5, 5 -> 1."""
  real = np.arange(1, 11)
  generated = [2, 3, 4, 1, 1, 5, 5, 7, 7, 4]
  value = landscape.relativistic_value(real, generated, landscape.rs)
  assert value == pytest.approx(-4 / 10 * math.log(2), abs=1e-15)
  np.testing.assert_array_equal(landscape.in_cycle(real, generated), [True] * 4 + [False] * 6)


def _cyclic(generated):
  """How many i of the map i -> generated[i] come back to themselves, by walking."""
  count = 0
  for start in range(len(generated)):
    at = start
    for _ in generated:
      at = generated[at] if 0 <= at < len(generated) else -1
      count += at == start
      if at == start:
        break
  return count


@pytest.mark.parametrize('name', LOSSES)
def test_theorem_2_value_counts_the_vertices_in_cycles(name):
  for generated in itertools.product(range(5), repeat=4):  # 4 lies on no x
    value = landscape.relativistic_value(range(4), generated, LOSSES[name])
    assert value == pytest.approx(_cyclic(generated) * ZERO[name] / 4, abs=1e-14)


@pytest.mark.parametrize('name', LOSSES)
def test_theorem_2_least_value_is_that_of_permutations_alone(name):
  for generated in itertools.product(range(4), repeat=4):
    value = landscape.relativistic_value(range(4), generated, LOSSES[name])
    assert (abs(value - ZERO[name]) < 1e-12) == (sorted(generated) == [0, 1, 2, 3])


def test_claim_j_2_cycle_of_any_length_contributes_h_0_for_each_edge():
  for m in range(1, 6):
    cycle = np.roll(np.arange(m), -1)
    for name, loss in LOSSES.items():
      assert landscape.numeric_value(np.arange(m), cycle, loss) == pytest.approx(ZERO[name], abs=1e-6)


@pytest.mark.parametrize('name', LOSSES)
def test_value_depends_on_the_pairs_not_on_their_order(name):
  random = np.random.RandomState(3)
  for repeats in (False, True):
    real = random.permutation(9) if not repeats else random.randint(0, 4, 9)
    generated = random.randint(0, 10, 9)
    value = landscape.relativistic_value(real, generated, LOSSES[name])
    order = random.permutation(9)
    shuffled = landscape.relativistic_value(real[order], generated[order], LOSSES[name])
    assert shuffled == pytest.approx(value, abs=2e-8)


@pytest.mark.parametrize('name', LOSSES)
def test_repeated_x_with_the_same_points_again_is_optimal(name):
  random = np.random.RandomState(4)
  real = random.randint(0, 5, 30)
  value = landscape.relativistic_value(real, random.permutation(real), LOSSES[name])
  assert value == pytest.approx(ZERO[name], abs=1e-14)


def test_repeated_x_unbalanced_by_hand():
  """X = (a, a, b), Y = (b, b, a): sup_t 2 h(t) + h(-t) = xi(2, 1), and for least squares 2 (1 - t)^2 + (1 + t)^2."""
  value = landscape.relativistic_value([0, 0, 1], [1, 1, 0], landscape.rs)
  assert value == pytest.approx((2 * math.log(2 / 3) + math.log(1 / 3)) / 3, abs=1e-7)
  assert landscape.relativistic_value([0, 0, 1], [1, 1, 0], landscape.rp_hinge) == pytest.approx(-2 / 3, abs=1e-7)
  value = landscape.relativistic_value([0, 0, 1], [1, 1, 0], landscape.rp_least_squares)
  assert value == pytest.approx(-8 / 9, abs=1e-7)


def test_least_squares_cannot_give_every_edge_its_supremum():
  """a -> b, b -> c, a -> c has no cycle, but f(a) - f(c) is 1 and 2 at once: best is 5/3 in all, the loss 3 (1/3)^2."""
  real, generated = [0, 1, 0], [1, 2, 2]
  value = landscape.relativistic_value(real, generated, landscape.rp_least_squares)
  assert value == pytest.approx(-1 / 9, abs=1e-7)
  assert landscape.relativistic_value(real, generated, landscape.rs) == 0


@pytest.mark.parametrize('d', [1, 2, 8])
def test_a_hundred_thousand_points_by_hand(d):
  """Half of the points in cycles of two, the rest in one path that leads into a cycle."""
  n = 100_000
  real = np.random.RandomState(d).standard_normal([n, d])
  head = np.arange(n) ^ 1
  head[n // 2 :] = np.arange(n // 2 - 1, n - 1)
  order = np.random.RandomState(0).permutation(n)
  for name, loss in LOSSES.items():
    value = landscape.relativistic_value(real[order], real[head][order], loss)
    assert value == pytest.approx(ZERO[name] / 2, rel=1e-12)


@pytest.mark.parametrize(
  ('loss', 'words'),
  [
    (landscape.KeptPairs(landscape.wasserstein.h1), 'lipschitz_value'),
    (landscape.js, 'no KeptPairs loss'),
    (landscape.KeptPairs(lambda t: np.minimum(t, 0)), r'Assumption 4.4 .sup h = 0, h.0. = 0'),
    (landscape.KeptPairs(lambda t: 1 - np.exp(-t)), 'Assumption 4.5 .h is not finite'),
    (landscape.KeptPairs(lambda t: -1 / (1 + np.exp(t))), 'Assumption 4.5'),
  ],
)
def test_a_loss_that_fails_an_assumption_is_refused(loss, words):
  for use in (landscape.relativistic_value, landscape.escape_path):
    with pytest.raises(InputError, match=words):
      use([0, 1], [1, 1], loss)


def test_numeric_value_serves_where_the_closed_form_does_not():
  shifted = landscape.KeptPairs(lambda t: landscape.rs.h(t) + 1)
  value = landscape.numeric_value([0, 1], [1, 1], shifted)
  assert value == pytest.approx(1 - math.log(2) / 2, abs=1e-6)


def test_too_large_an_unbalanced_component_is_refused():
  random = np.random.RandomState(0)
  with pytest.raises(InputError, match='unbalanced component of'):
    landscape.relativistic_value(random.randint(0, 100, 2000), random.randint(0, 100, 2000), landscape.rs)
