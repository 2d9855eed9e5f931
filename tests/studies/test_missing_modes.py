"""The critic's loss where modes are missing: the values at both ends by hand, and what comes between."""

import gin
import numpy as np
import pytest

from tfgan_landscape import main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import results


def study(folder, *bindings):
  gin.clear_config()
  gin_files.read([gin_files.find('missing_modes.gin')], [f'missing_modes.{each}' for each in bindings], True)
  return main.run(Execution('train_and_eval', folder))


def found(folder, *bindings):
  assert study(folder, *bindings) == 0
  values = {}
  for row in results.read(folder):
    values.setdefault(row.subject, []).append(row.value)
  return values


def test_a_generator_with_every_mode_has_the_loss_of_a_critic_that_guesses(tmp_path):
  """And one without any has 0: log 4 = 2 log 2 of D = 1/2, 2 = 1 + 1 of f = 0, 1/2 = 1/4 + 1/4 of D = 1/2, log 2."""
  values = found(tmp_path)
  assert {name: each[0] for name, each in values.items()} == pytest.approx(dict.fromkeys(values, 0), abs=1e-9)
  ends = {'JS-GAN': np.log(4), 'hinge-GAN': 2, 'LS-GAN': 0.5, 'RS-GAN, all pairs': np.log(2)}
  assert {name: each[-1] for name, each in values.items()} == pytest.approx(ends, rel=1e-9)
  assert all((np.diff(each) > 0).all() for each in values.values())


def test_one_of_two_modes_by_hand(tmp_path):
  """A quarter of the points per mode: D = 1/3 on the mode that is covered, twice as many fake points there as real."""
  values = found(tmp_path, 'modes = 2', 'points_per_mode = 4')
  assert values['JS-GAN'][1] == pytest.approx(0.5 * np.log(3) + np.log(3 / 2))
  assert (tmp_path / 'figures/losses.png').stat().st_size > 0


@pytest.mark.parametrize('binding', ['modes = 1', 'points_per_mode = 0'])
def test_what_makes_no_sense_is_refused(tmp_path, binding):
  with pytest.raises(InputError, match='does not fit'):
    study(tmp_path, binding)
