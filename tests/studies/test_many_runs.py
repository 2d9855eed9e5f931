"""Many runs: each is made once, damaged ones again, and a run that diverges is an outcome."""

import json

import gin
import numpy as np
import pytest

from tfgan_landscape import losses
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.dynamics import (
  descent,  # noqa: F401  SmallAdam and Momentum are bound below
  trajectories,
)
from tfgan_landscape.dynamics.trajectories import Trajectories
from tfgan_landscape.errors import InputError
from tfgan_landscape.studies import checks, lifecycle

KEYS = [('a', 0), ('a', 1), ('b', 0)]


def record(name, seed):
  return {'critic_loss': np.array([0.5]), 'which': np.array([ord(name), seed])}


def runs(folder):
  return Trajectories(folder / 'trajectories')


def opened(folder, free=()):
  return lifecycle.opened(Execution('train', folder), free)


def test_runs_are_made_once_and_damaged_ones_again(tmp_path):
  here = runs(tmp_path)
  assert here.missing(KEYS) == KEYS
  assert here.make(here.missing(KEYS), record) == 0
  assert here.missing([*KEYS, ('b', 1)]) == [('b', 1)]
  np.testing.assert_array_equal(here.load_all('b', [0])[0]['which'], [ord('b'), 0])
  path = tmp_path / 'trajectories' / 'a-00001.npz'
  path.write_bytes(path.read_bytes()[:-20])
  assert here.missing(KEYS) == [('a', 1)]
  with pytest.raises(InputError, match='lacks 1 runs of a'):
    here.load_all('a', range(2))


def test_a_run_that_diverges_is_kept_and_can_be_told(tmp_path):
  def run(name, seed):
    return {'critic_loss': np.array([1.0, np.nan if name == 'b' else 1.0])}

  here = runs(tmp_path)
  assert here.make(KEYS, run) == 0
  assert here.missing(KEYS) == []
  assert [trajectories.diverged(here.load_all(name, [0])[0]) for name in 'ab'] == [False, True]


def test_opening_keeps_the_bindings_and_refuses_dead_ones(tmp_path):
  gin.parse_config('SmallAdam.learning_rate = 0.5')
  gin.get_configurable('SmallAdam')()
  with opened(tmp_path / 'run'):
    pass
  assert json.loads((tmp_path / 'run/run.json').read_text())['bindings'] == {'SmallAdam.learning_rate': '0.5'}
  with gin.unlock_config():
    gin.parse_config('Momentum.momentum = 0.5')
  with pytest.raises(InputError, match='nothing uses the binding of Momentum.momentum'), opened(tmp_path / 'no'):
    pass
  assert not (tmp_path / 'no').exists()


def test_a_loss_that_has_all_its_runs_still_counts_as_used(tmp_path):
  """Its binding is good, although a study that goes on has only other losses' runs to make."""
  study = {'a': losses.nonsaturating, 'b': losses.relativistic_logistic}
  gin.parse_config('nonsaturating.scale = 0.5')
  checks.check(study)
  with opened(tmp_path):
    runs(tmp_path).make(KEYS[:2], record)
  gin.clear_config()
  gin.parse_config('nonsaturating.scale = 0.5')
  checks.check(study)
  with opened(tmp_path):
    assert runs(tmp_path).make(KEYS, record) == 0


def test_bindings_that_are_free_may_change_and_others_not(tmp_path):
  gin.parse_config('SmallAdam.learning_rate = 0.5')
  gin.get_configurable('SmallAdam')()
  with opened(tmp_path):
    pass
  with gin.unlock_config():
    gin.parse_config('SmallAdam.learning_rate = 0.25')
  gin.get_configurable('SmallAdam')()
  with opened(tmp_path, free=('SmallAdam.learning_rate',)):
    pass
  with gin.unlock_config():
    gin.parse_config('SmallAdam.learning_rate = 0.125')
  gin.get_configurable('SmallAdam')()
  with pytest.raises(InputError, match='SmallAdam.learning_rate 0.25 -> 0.125'), opened(tmp_path):
    pass


def test_what_is_no_loss_is_refused():
  with pytest.raises(InputError, match="the loss a is 'hinge'; a loss is a function"):
    checks.check({'a': 'hinge'})


def test_ctrl_c_is_told_by_the_exit_code_and_loses_no_finished_run(tmp_path, capsys):
  here = runs(tmp_path)
  here.make(KEYS[:1], record)

  def interrupted(name, seed):
    raise KeyboardInterrupt

  assert here.make(KEYS[1:], interrupted) == trajectories.INTERRUPTED
  assert 'the same command goes on' in capsys.readouterr().out
  assert here.missing(KEYS) == KEYS[1:]
