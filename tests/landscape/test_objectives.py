"""The scalar functions: suprema and xi by hand and numerically, the paper's assumptions, bad losses."""

import functools
import math

import numpy as np
import pytest
import tensorflow as tf
from scipy import optimize

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import scalars
from tfgan_landscape.landscape.suprema import supremum

CLOSED = {'logistic': landscape.js, 'hinge': landscape.hinge, 'least_squares': landscape.least_squares}
COUNTS = [(1, 0), (0, 1), (1, 1), (1, 2), (2, 1), (3, 7), (40, 3), (0, 0), (2.5, 1.5)]


_PEAK = optimize.brentq(lambda t: math.cos(t) - t / 50, 1, 2)


def _numeric(loss):
  return landscape.Separable(lambda t: loss.h1(t), lambda t: loss.h2(t))


@pytest.mark.parametrize('name', CLOSED)
def test_xi_in_closed_form_is_the_supremum(name):
  k, m = np.array(COUNTS, np.float64).T
  np.testing.assert_allclose(CLOSED[name].xi(k, m), _numeric(CLOSED[name]).xi(k, m), rtol=1e-10, atol=1e-10)


def test_xi_by_hand():
  assert landscape.js.xi(1, 2) == pytest.approx(math.log(1 / 3) + 2 * math.log(2 / 3), abs=1e-14)
  assert landscape.hinge.xi(3, 2) == -4
  assert landscape.least_squares.xi(1, 3) == -0.75
  assert landscape.js.xi(np.ones([2, 1]), np.zeros([3])).shape == (2, 3)


@pytest.mark.parametrize('name', CLOSED)
def test_xi_is_homogeneous_convex_and_falls(name):
  m = np.linspace(0, 12, 60)
  xi = CLOSED[name].xi(2.5, m)
  np.testing.assert_allclose(CLOSED[name].xi(5, 2 * m), 2 * xi, rtol=1e-13, atol=1e-13)
  assert (np.diff(xi) <= 0).all()
  assert (np.diff(xi, 2) >= -1e-12).all()


@pytest.mark.parametrize(
  ('g', 'top'),
  [
    (lambda t: -np.exp(-t), 0.0),  # approached at infinity
    (lambda t: -1 / (1 + np.abs(t)), 0.0),  # slowly
    (lambda t: np.where(np.abs(t - 3) < 1, 2.0, -np.abs(t)), 2.0),  # a plateau
    (lambda t: -((t - 123.4567) ** 2), 0.0),
    (lambda t: np.sin(t) - t**2 / 100, math.sin(_PEAK) - _PEAK**2 / 100),  # many local maxima
    (lambda t: np.maximum(1 - (t - 5) ** 2, 1.25 - (t + 20) ** 2), 1.25),
    (lambda t: np.full_like(t, -4.0), -4.0),
  ],
)
def test_supremum_needs_no_concavity(g, top):
  assert supremum(g) == pytest.approx(top, abs=1e-9)


@pytest.mark.parametrize(
  'g', [lambda t: t, lambda t: -t, lambda t: np.where(t > 9, -np.inf, -t), np.exp, lambda t: np.log1p(np.abs(t))]
)
def test_supremum_refuses_the_unbounded(g):
  with pytest.raises(InputError, match='no finite supremum'):
    supremum(g)


def test_supremum_looks_between_the_points_of_its_grid():
  """A peak of 1 at 0, on the grid, and a higher one, as narrow as a step, half a step away from it."""
  step = np.arcsinh(1e12) / 2000
  place = (np.sinh(40 * step) + np.sinh(41 * step)) / 2

  def peaks(t):
    return np.maximum(1 - 100 * np.abs(t), 1.5 - 100 * np.abs(t - place))

  assert supremum(peaks) == pytest.approx(1.5, abs=1e-12)


def test_xi_of_a_loss_that_is_not_concave_by_hand():
  """h1 and h2 are steps: with k, m > 0 only one of the two sides can have its supremum 0, unless t = 0 serves both."""
  step = landscape.Separable(lambda t: np.where(t > 1, 0.0, -1.0), lambda t: np.where(t > 1, 0.0, -1.0))
  np.testing.assert_allclose(step.xi([1, 2, 3, 0], [1, 1, 5, 2]), [-1, -1, -3, 0], atol=1e-12)


HOLD = {
  'js': {'4.1': True, '4.2': True, '4.3': True},
  'rs': {'4.4': True, '4.5': True},
  'rs_all': {'4.4': True, '4.5': True},
  'hinge': {'4.1': True, '4.2': True, '4.3': False},
  'rp_hinge': {'4.4': True, '4.5': True},
  'least_squares': {'4.1': True, '4.2': True, '4.3': True},
  'rp_least_squares': {'4.4': True, '4.5': True},
  'wasserstein': {'4.1': False, '4.2': False, '4.3': False},
}


@pytest.mark.parametrize('name', HOLD)
def test_assumptions_of_the_ready_losses(name):
  found = landscape.assumptions(getattr(landscape, name))
  assert {key: bool(check) for key, check in found.items()} == HOLD[name]
  assert all(check.why for check in found.values())


def test_assumptions_say_why():
  found = landscape.assumptions(landscape.hinge.h1, landscape.hinge.h2, n=3)
  assert set(found) == {'4.1', '4.2', '4.3'}
  assert found['4.3'].why == 'xi(1) = -2, xi(2) = -2: no strict decrease'
  found = landscape.assumptions(lambda t: np.minimum(t, 1) - 1)
  assert found['4.4'] == (True, 'sup h = 0, h(0) = -1')
  bent = landscape.assumptions(lambda t: -np.exp(-(t**2)) - 0.5)
  assert not bent['4.4']
  assert 'bends upwards' in bent['4.5'].why


def test_constant_functions_fail_the_strict_assumptions():
  found = landscape.assumptions(np.zeros_like, np.zeros_like)
  assert [bool(found[name]) for name in ('4.1', '4.2', '4.3')] == [True, False, False]
  assert not landscape.assumptions(np.zeros_like)['4.4']


@pytest.mark.parametrize(
  ('use', 'words'),
  [
    (lambda: landscape.js.xi(-1, 1), 'counts points'),
    (lambda: landscape.js.xi(1, np.nan), 'counts points'),
    (lambda: landscape.wasserstein.value([0], [1]), 'wasserstein_value'),
    (lambda: landscape.Separable(math.sin, math.sin).xi(1, 1), 'NumPy'),
    (lambda: landscape.Separable(np.sqrt, np.sqrt).xi(1, 1), 'NaN at t = -1e'),
    (lambda: landscape.Separable(lambda t: t[:2], np.sin).xi(1, 1), 'value by value'),
  ],
)
def test_bad_losses_are_refused(use, words):
  with pytest.raises(InputError, match=words):
    use()


@pytest.mark.parametrize(
  'function',
  [
    lambda loss: landscape.separable_value([0.0, 1.0], [0.0, 1.0], loss),
    lambda loss: landscape.relativistic_value([0.0, 1.0], [0.0, 1.0], loss),
    lambda loss: landscape.two_cluster_value(1, 1, 2, 0.5, loss),
    lambda loss: landscape.count_bad_basins(2, loss),
    lambda loss: landscape.bad_basins([0.0, 1.0], loss),
    lambda loss: landscape.values_by_state(loss),
    lambda loss: landscape.basin_depth([0.0, 1.0], [0.0, 0.0], loss),
    lambda loss: landscape.is_strict_local_minimum([0.0, 1.0], [0.0, 0.0], loss),
    lambda loss: landscape.escape_path([0.0, 1.0], [0.0, 0.0], loss),
    lambda loss: landscape.numeric_value([0.0, 1.0], [0.0, 0.0], loss),
    lambda loss: landscape.numeric_bounds([0.0, 1.0], [0.0, 0.0], loss),
  ],
)
@pytest.mark.parametrize('loss', ['logistic', None, np.log])
def test_what_is_no_loss_is_refused_in_one_line(function, loss):
  with pytest.raises(InputError, match=r'is no (\w+ )?loss; give landscape\.') as refusal:
    function(loss)
  assert len(str(refusal.value).splitlines()) == 1


@pytest.mark.parametrize(
  ('make', 'words'),
  [
    (lambda: landscape.KeptPairs('log'), "KeptPairs: h is 'log'"),
    (lambda: landscape.Separable(np.sin, None), 'Separable: h2 is None'),
    (lambda: landscape.Loss(h=np.sin), r'a loss is landscape.Separable.h1, h2., landscape.KeptPairs.h. or'),
  ],
)
def test_a_loss_has_functions(make, words):
  with pytest.raises(InputError, match=words):
    make()


def test_names_of_before_say_what_they_are_now():
  with pytest.raises(AttributeError, match=r'landscape.logistic is now js .separable., rs .kept pairs. or rs_all'):
    landscape.logistic  # noqa: B018


GAMES = ['js', 'rs', 'rs_all', 'hinge', 'rp_hinge', 'rp_hinge_all', 'least_squares', 'rp_least_squares', 'wasserstein']


@pytest.mark.parametrize('name', GAMES)
def test_a_loss_is_a_zero_sum_game_of_arrays_and_of_tensors(name):
  loss, random = getattr(landscape, name), np.random.default_rng(0)
  real, fake = random.normal(size=[2, 5])
  ours, theirs = loss(real, fake), loss(tf.constant(real), tf.constant(fake))
  np.testing.assert_allclose(ours.discriminator, theirs.discriminator, rtol=1e-12)
  np.testing.assert_allclose(ours.generator, theirs.generator, rtol=1e-12)
  assert ours.discriminator.mean() == pytest.approx(-ours.generator.mean())


@pytest.mark.parametrize('name', GAMES[:-1])
def test_no_critic_beats_the_exact_value(name):
  """The payoff of any f is below the value, and that of the best of ten thousand random ones is not far from it."""
  loss, random = getattr(landscape, name), np.random.default_rng(1)
  value, half = loss.value([0.0, 1.0], [0.0, 0.0]), 2 if isinstance(loss, landscape.Separable) else 1
  payoffs = [loss(f, f[[0, 0]]).generator.mean() / half for f in random.normal(scale=3, size=[10_000, 2])]
  assert value - 0.05 < max(payoffs) <= value + 1e-12


DERIVED = ['log_sigmoid', 'negative_hinge', 'negative_square', 'negative_square_at_0', *landscape.FAMILY]


@pytest.mark.parametrize('name', [*DERIVED, 'unit_hinge', 'shifted_square'])
def test_derivatives_that_a_function_carries_are_its_own(name):
  function, t = getattr(scalars, name), np.array([-3.3, -1.7, -0.4, 0.2, 1.6, 2.9])
  for each in (function, scalars.reflected(function)):
    plain = functools.partial(lambda each, t: each(t), each)
    np.testing.assert_allclose(scalars.slope(each, t), scalars.slope(plain, t), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(scalars.curvature(each, t), scalars.curvature(plain, t), rtol=1e-3, atol=1e-6)
