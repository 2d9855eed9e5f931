"""The study of the landscape under a Lipschitz critic: ends, counts and critical weights by the closed forms."""

import math

import gin
import numpy as np
import pytest

from tfgan_landscape import landscape, main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import results
from tfgan_landscape.studies.one_landscape import outcomes


def study(folder, *bindings, mode='train_and_eval'):
  gin.clear_config()
  small = ['seeds = 6', 'points = [2]', 'counted = [2]', 'weights = [0.002, 0.05]', "losses = ['js', 'rs']"]
  bound = [f'one_landscape.{each}' for each in [*small, *bindings]]
  gin_files.read([gin_files.find('one_landscape.gin')], bound, True)
  return main.run(Execution(mode, folder))


def test_two_points_below_and_above_the_critical_weight(tmp_path):
  assert study(tmp_path) == 0
  rows = {(row.quantity, row.subject): row for row in results.read(tmp_path)}
  assert rows['0.05', 'JS-GAN, n = 2'].value == rows['0.05', 'RS-GAN over kept pairs, n = 2'].value == 0
  assert rows['0.002', 'JS-GAN, n = 2'].value > 0 == rows['0.002', 'RS-GAN over kept pairs, n = 2'].value
  counts = [rows[weight, 'JS-GAN, n = 2 of 4'].value for weight in ('0.002', '0.05')]
  assert counts == [2, 0]
  assert rows['n = 2', 'JS-GAN'].value == pytest.approx(1 / (40 * math.log(6)))
  assert rows['n = 2', 'JS-GAN'].note == 'Y = (0.0, 0.0)'
  kept = rows['n = 2', 'RS-GAN over kept pairs']
  assert (kept.value, kept.note) == (0, 'none is a minimum at any weight')
  assert (tmp_path / 'figures/phases.png').stat().st_size > 5000


def test_shares_are_of_ends_away_from_the_real_points():
  ends = np.array([[[0.0, 1.0], [0.0, 0.0]], [[1.0, 0.0], [1.0, 1.0]], [[0.0, 0.9], [0.0, 1.0]]])
  found = outcomes.bad_shares([0.0, 1.0], [{'ends': each} for each in np.repeat(ends, 2, 0)])
  assert [each[0] for each in found] == pytest.approx([1 / 3, 2 / 3])


def test_states_are_all_but_the_permutations():
  assert [len(list(outcomes.states(n))) for n in (2, 3, 4)] == [2, 21, 232]
  assert outcomes.bad_minima(np.array([0.0, 0.5, 1.0]), landscape.rs, 0.01) == 2


@pytest.mark.parametrize(
  ('binding', 'words'),
  [("losses = ['logistic']", 'losses'), ('weights = [0.0]', 'weights'), ('points = [1]', 'points')],
)
def test_what_makes_no_sense_is_refused(tmp_path, binding, words):
  with pytest.raises(InputError, match=f'one_landscape.{words}.*does not fit'):
    study(tmp_path, binding)
