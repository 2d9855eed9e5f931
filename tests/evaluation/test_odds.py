"""The doctor's odds: learned, kept, asked."""

import numpy as np
import pytest

from tfgan_landscape.evaluation import doctor
from tfgan_landscape.evaluation.signs import SIGNS


def test_a_regression_finds_the_value_that_tells():
  random = np.random.default_rng(0)
  values = random.standard_normal([4000, 2]) * [1, 50]
  collapsed = random.random(4000) < 1 / (1 + np.exp(-(1 + 2 * values[:, 0])))
  model = doctor.fitted(values, collapsed)
  assert np.array(model.coefficients) / model.scale == pytest.approx([2, 0], abs=0.15)
  assert model.probability(np.array([0.0, 0.0])) == pytest.approx(1 / (1 + np.exp(-1)), abs=0.03)


@pytest.mark.parametrize(('runs', 'probability'), [(0, 0.5), (3, 3.5 / 4)])
def test_where_all_end_alike_values_tell_nothing(runs, probability):
  model = doctor.fitted(np.zeros([runs, 2]), np.ones(runs, bool))
  assert model.probability(np.array([5.0, -5.0])) == pytest.approx(probability)


def test_features_by_hand_and_none_of_a_critics_size():
  signs = dict.fromkeys(SIGNS, 0.0) | {'inverted_pairs': 0.25, 'spread': np.e - 1e-3, 'coverage': 0.5, 'recall': 0.75}
  others = signs | {'margin': 9.0, 'slope': 99.0}
  assert doctor.features(list(signs.values())) == pytest.approx([0.25, 1, 0.5, 0.75, 0, 0, 0, 0])
  assert doctor.features(list(others.values())) == pytest.approx([0.25, 1, 0.5, 0.75, 0, 0, 0, 0])
  before = list((signs | {'coverage': 0.1, 'spread': 1 - 1e-3}).values())
  changed = doctor.features(list(signs.values()), before)
  assert changed == pytest.approx([0.25, 1, 0.5, 0.75, 0, 1, 0.4, 0])


def test_the_part_that_has_passed():
  odds = doctor.odds()
  assert [odds.at(progress) for progress in (0, 0.049, 0.05, 0.1, 0.15, 0.2, 1)] == [None, None, 0, 1, 1, 2, 2]


def test_the_odds_of_the_package_are_whole():
  odds = doctor.odds()
  assert len(odds.models) == len(odds.parts) == len(odds.healthy)
  for model, healthy in zip(odds.models, odds.healthy):
    assert list(healthy) == list(SIGNS)
    assert all(low <= high for low, high in healthy.values())
    lost = doctor.features([0.4, 0.1, 0.1, 0.3, 0.05, 0.0])
    found = doctor.features([0.4, 0.1, 0.1, 0.9, 0.5, 1.0])
    assert model.probability(lost) > 0.5 > model.probability(found)
  assert odds.cures
  assert all(cure.bindings and cure.settings for cure in odds.cures)


def test_a_cure_as_flags():
  cure = doctor.Cure('slow', ['a.b = @c', 'd.e = CRITIC_RATE'], 0.25, {})
  assert doctor.words(cure, 4e-4) == "--gin_param='a.b = @c' --gin_param='d.e = 0.0001'"
