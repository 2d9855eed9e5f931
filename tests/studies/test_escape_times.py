"""Times in the basin: stays and rank correlations by hand, and a small run of the study."""

import gin
import numpy as np
import pytest

from tfgan_landscape import main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import results
from tfgan_landscape.studies.escape_times import outcomes


def run(largest, stay, left=True):
  values = np.array([0.5, largest * 1j, 0.1])
  return {'eigenvalues': values, 'stay': np.array(stay), 'left': np.array(left)}


def test_growth_is_the_logarithm_of_the_largest_eigenvalue():
  found = outcomes.stays(
    {'a': [run(np.e, 30), {'stay': np.array(np.nan)}], 'b': [run(1.0, 80, False)]}, {'a': 0.4, 'b': 0.0}
  )
  np.testing.assert_allclose(found.growth, [1, 0], atol=1e-12)
  assert (found.case.tolist(), found.depth.tolist(), found.stay.tolist()) == (['a', 'b'], [0.4, 0.0], [30, 80])
  assert found.left.tolist() == [True, False]


def test_what_falls_with_the_growth_is_correlated_by_minus_one():
  runs = {'a': [run(1 + k / 10, 100 - 10 * k) for k in range(4)], 'b': [run(2 + k, 9 - k, k < 2) for k in range(3)]}
  rows = outcomes.rows(outcomes.stays(runs, {'a': 0.5, 'b': 0.1}), {'a': 'A', 'b': 'B'}, '')
  found = {(row.quantity, row.subject): row for row in rows}
  growth, depth = (f'rank correlation of the stay with {what}' for what in ('growth in an epoch', "basin's depth"))
  assert found['all', growth].value == pytest.approx(-1)
  # Two depths, of 4 and 3 runs: the correlation of the ranks 5.5 and 2 with 7, 6, 5, 4, 3, 2, 1.
  assert found['all', depth].value == pytest.approx(21 / np.sqrt(28 * 21))
  assert found['A', growth].value is found['B', depth].value is None  # four runs, and one depth alone
  assert (found['all', 'left the basin'].value, found['all', 'left the basin'].note) == (
    pytest.approx(6 / 7),
    '(6 of 7)',
  )


def study(folder, *bindings):
  gin.clear_config()
  small = ['seeds = 2', 'epochs = 60', 'settled = 10', 'points = 8', "penalties = {'none': None}"]
  small += ["losses = {'JS-GAN': @nonsaturating}", "exact = {'JS-GAN': 'js'}"]
  gin_files.read([gin_files.find('escape_times.gin')], [f'escape_times.{each}' for each in [*small, *bindings]], True)
  return main.run(Execution('train_and_eval', folder, own=frozenset()))


def test_a_small_study_is_made_and_goes_on(tmp_path):
  assert study(tmp_path) == 0
  assert {row.quantity for row in results.read(tmp_path)} == {'all', 'JS-GAN'}
  assert (tmp_path / 'figures/stays.png').stat().st_size > 5000
  assert study(tmp_path, 'seeds = 3') == 0
  assert len(list((tmp_path / 'trajectories').glob('*.npz'))) == 6


@pytest.mark.parametrize(
  ('binding', 'words'),
  [('settled = 15', 'record_every = 2 is no divisor of escape_times.settled'), ("exact = {'JS-GAN': 'no'}", 'exact')],
)
def test_what_makes_no_sense_is_refused(tmp_path, binding, words):
  with pytest.raises(InputError, match=words):
    study(tmp_path, binding)
