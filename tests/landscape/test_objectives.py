"""The scalar functions: suprema and xi by hand and numerically, the paper's assumptions, bad losses."""

import math

import numpy as np
import pytest
from scipy import optimize

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape.objectives import supremum

CLOSED = {'logistic': landscape.logistic, 'hinge': landscape.hinge, 'least_squares': landscape.least_squares}
COUNTS = [(1, 0), (0, 1), (1, 1), (1, 2), (2, 1), (3, 7), (40, 3), (0, 0), (2.5, 1.5)]


_PEAK = optimize.brentq(lambda t: math.cos(t) - t / 50, 1, 2)


def _numeric(loss):
  return landscape.Loss(h1=loss.h1, h2=loss.h2, h=loss.h)


@pytest.mark.parametrize('name', CLOSED)
def test_xi_in_closed_form_is_the_supremum(name):
  k, m = np.array(COUNTS, np.float64).T
  np.testing.assert_allclose(CLOSED[name].xi(k, m), _numeric(CLOSED[name]).xi(k, m), rtol=1e-10, atol=1e-10)


def test_xi_by_hand():
  assert landscape.logistic.xi(1, 2) == pytest.approx(math.log(1 / 3) + 2 * math.log(2 / 3), abs=1e-14)
  assert landscape.hinge.xi(3, 2) == -4
  assert landscape.least_squares.xi(1, 3) == -0.75
  assert landscape.logistic.xi(np.ones([2, 1]), np.zeros([3])).shape == (2, 3)


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
  step = landscape.Loss(h1=lambda t: np.where(t > 1, 0.0, -1.0), h2=lambda t: np.where(t > 1, 0.0, -1.0))
  np.testing.assert_allclose(step.xi([1, 2, 3, 0], [1, 1, 5, 2]), [-1, -1, -3, 0], atol=1e-12)


HOLD = {
  'logistic': {'4.1': True, '4.2': True, '4.3': True, '4.4': True, '4.5': True},
  'hinge': {'4.1': True, '4.2': True, '4.3': False, '4.4': True, '4.5': True},
  'least_squares': {'4.1': True, '4.2': True, '4.3': True, '4.4': True, '4.5': True},
  'wasserstein': {'4.1': False, '4.2': False, '4.3': False, '4.4': False, '4.5': True},
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
    (lambda: landscape.Loss(h=np.sin).xi(1, 1), 'lacks h1 or h2'),
    (lambda: landscape.logistic.xi(-1, 1), 'counts points'),
    (lambda: landscape.logistic.xi(1, np.nan), 'counts points'),
    (lambda: landscape.wasserstein.xi(1, 1), 'wasserstein_value'),
    (lambda: landscape.Loss(h1=math.sin, h2=math.sin).xi(1, 1), 'NumPy'),
    (lambda: landscape.Loss(h1=np.sqrt, h2=np.sqrt).xi(1, 1), 'NaN at t = -1e'),
    (lambda: landscape.Loss(h1=lambda t: t[:2], h2=np.sin).xi(1, 1), 'value by value'),
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
  with pytest.raises(InputError, match=r'is no loss; give landscape\.') as refusal:
    function(loss)
  assert len(str(refusal.value).splitlines()) == 1


@pytest.mark.parametrize(('functions', 'words'), [({}, 'has no function'), ({'h': 'log'}, "h is 'log'")])
def test_a_loss_has_functions(functions, words):
  with pytest.raises(InputError, match=words):
    landscape.Loss(**functions)
