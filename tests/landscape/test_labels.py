"""Values of a conditional GAN: the mean of its labels' own, with a search of its bad minima beside their formula."""

import itertools

import numpy as np
import pytest

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError

LABELS = ['b', 'a', 'b', 'a']
X = np.arange(4.0)


def test_a_value_is_the_mean_of_its_labels_by_hand():
  """Label a has x = 1, 3 and both y on 1, collapse (-0.4774); label b has them right (-0.6931)."""
  found = landscape.value_with_labels(X, [2.0, 1.0, 0.0, 1.0], LABELS, LABELS, landscape.js)
  assert found == pytest.approx((-0.47739 - 0.693147) / 2, abs=1e-4)


def test_one_label_is_no_label():
  for loss in (landscape.js, landscape.rs, landscape.rs_all):
    found = landscape.value_with_labels(X, X[[0, 0, 2, 1]], [7] * 4, [7] * 4, loss)
    assert found == pytest.approx(loss.value(X, X[[0, 0, 2, 1]]))


def test_a_point_on_a_real_one_of_another_label_is_nowhere():
  right = landscape.value_with_labels(X, X, LABELS, LABELS, landscape.rs)
  crossed = landscape.value_with_labels(X, X[[1, 0, 3, 2]], LABELS, LABELS, landscape.rs)
  assert (right, crossed) == (pytest.approx(-np.log(2)), 0)


def test_the_bad_minima_that_a_search_finds_are_as_many_as_the_formula_says():
  """2 + 2 points on their own label's: of 16 states those that rise with every single move, less the 4 good ones."""
  places = {label: X[[i for i, each in enumerate(LABELS) if each == label]] for label in 'ab'}
  states = itertools.product(*(places[label] for label in LABELS))
  values = {state: landscape.value_with_labels(X, state, LABELS, LABELS, landscape.js) for state in states}

  def is_minimum(state):
    moved = (np.where(np.arange(4) == i, 9.0, state) for i in range(4))
    return all(
      landscape.value_with_labels(X, each, LABELS, LABELS, landscape.js) > values[state] + 1e-9 for each in moved
    )

  minima = [state for state in values if is_minimum(state)]
  bad = [state for state in minima if values[state] > min(values.values()) + 1e-9]
  assert len(bad) == landscape.count_bad_basins_with_labels([2, 2], landscape.js) == 12


@pytest.mark.parametrize(
  ('labels', 'words'),
  [
    (['b', 'b', 'b', 'a'], r'label a has 2 real and 1 generated points; give as many'),
    (['c', 'a', 'b', 'a'], r'label b has 2 real and 1 generated'),
    (['a', 'b'], r'the labels of Y have shape \(2,\) for 4 points'),
  ],
)
def test_labels_that_do_not_fit_are_one_line(labels, words):
  with pytest.raises(InputError, match=words):
    landscape.value_with_labels(X, X, LABELS, labels, landscape.js)
