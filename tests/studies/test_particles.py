"""Densities and particles: counts and distances by hand, and what the study finds of each."""

import gin
import numpy as np
import pytest

from tfgan_landscape import landscape, main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.reporting import results
from tfgan_landscape.studies.particles import outcomes


def test_all_densities_of_four_points_are_counted_once():
  counts = outcomes.densities(4)
  assert len(np.unique(counts, axis=0)) == len(counts) == 15
  assert (counts.sum(1) == 4).all()
  assert counts.min() == 0


def test_three_particles_have_nine_kinds_of_bad_minima_and_one_good():
  found = outcomes.lattice(landscape.js)
  assert sum(bad for *_, bad in found) == 9
  good = next((counts.tolist(), value) for counts, value, bad in found if not bad)
  assert good == ([1, 1, 1], pytest.approx(-np.log(2)))


def test_distances_between_and_within_modes_by_hand():
  """Modes {0, 2} and {10, 12}; the first is moved by 3, the second spread to twice its width."""
  real = np.array([[0.0], [2.0], [10.0], [12.0]])
  path = np.array([[[3.0], [5.0], [9.0], [13.0]], real])
  np.testing.assert_allclose(outcomes.macro(real, path, 2), [np.sqrt(9 / 2), 0])
  np.testing.assert_allclose(outcomes.micro(real, path, 2), [1 / 2, 0])


def test_a_point_is_within_a_radius_of_the_nearest():
  assert outcomes.within(np.array([[0.0, 0.3], [0.0, 0.6]]), np.array([[0.0, 0.0], [5.0, 5.0]]), 0.5) == 0.5


def test_the_study_finds_what_the_page_says(tmp_path):
  """Two modes meet the data within and between under a strong penalty, and stay away under a small one."""
  gin.clear_config()
  small = ['particles.total = 6', 'particles.per_mode = 3', 'particles.latents = 8']
  gin_files.read([gin_files.find('particles.gin')], small, True)
  assert main.run(Execution('eval', tmp_path)) == 0
  rows = {(row.quantity, row.subject): row.value for row in results.read(tmp_path)}
  ends = {
    name: [
      value for (quantity, subject), value in rows.items() if quantity.startswith(name) and subject == 'between modes'
    ]
    for name in ('one mode,', 'two modes,', 'two modes, small')
  }
  assert ends['one mode,'][-1] < 0.01
  first, *_, last = [
    value for key, value in rows.items() if key[0].startswith('two modes, step') and key[1] == 'between modes'
  ]
  assert last < 0.02 < 1 < first
  assert ends['two modes, small'][-1] > 1
  new = [value for (quantity, _), value in rows.items() if quantity.startswith('within')]
  assert new == sorted(new)
  for name in ('densities', 'boundaries', 'modes', 'new_points'):
    assert (tmp_path / f'figures/{name}.png').stat().st_size > 5000
