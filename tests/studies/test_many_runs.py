"""Many runs: each is made once, damaged ones again, and nothing is lost when one of them fails."""

import json

import gin
import numpy as np
import pytest

from tfgan_landscape.errors import InputError
from tfgan_landscape.studies import many_runs
from tfgan_landscape.studies.execution import Execution
from tfgan_landscape.training.trajectories import Trajectories

KEYS = [('a', 0), ('a', 1), ('b', 0)]


def record(name, seed):
  return {'critic_loss': np.array([0.5]), 'which': np.array([ord(name), seed])}


def test_runs_are_made_once_and_damaged_ones_again(tmp_path):
  kept = Trajectories(tmp_path / 'runs')
  assert many_runs.missing(kept, KEYS) == KEYS
  assert many_runs.make(Execution('train', tmp_path), kept, KEYS, record) == 0
  assert many_runs.missing(kept, [*KEYS, ('b', 1)]) == [('b', 1)]
  np.testing.assert_array_equal(kept.load('b', 0)['which'], [ord('b'), 0])
  path = kept.path('a', 1)
  path.write_bytes(path.read_bytes()[:-20])
  assert many_runs.missing(kept, KEYS) == [('a', 1)]


def test_a_loss_that_is_not_finite_stops_the_study_and_keeps_the_others(tmp_path):
  kept = Trajectories(tmp_path / 'runs')

  def run(name, seed):
    return {'critic_loss': np.array([np.nan if name == 'b' else 1.0])}

  with pytest.raises(InputError, match='a loss is not finite in run 0 of b; bind a lower learning rate'):
    many_runs.make(Execution('train', tmp_path), kept, KEYS, run)
  assert kept.load('b', 0) is None


def test_the_bindings_are_kept_after_the_first_run(tmp_path):
  with gin.unlock_config():
    gin.parse_config('SmallAdam.learning_rate = 0.5')
  gin.get_configurable('SmallAdam')()
  many_runs.make(Execution('train', tmp_path), Trajectories(tmp_path / 'runs'), KEYS, record)
  assert json.loads((tmp_path / 'run.json').read_text())['bindings'] == {'SmallAdam.learning_rate': '0.5'}


def test_dead_bindings_are_refused_once_a_run_of_every_name_has_ended(tmp_path):
  gin.parse_config('SmallAdam.learning_rate = 0.5')
  ran = []

  def late(name, seed):
    ran.append(name)
    if name == 'b':
      gin.get_configurable('SmallAdam')()
    return record(name, seed)

  assert many_runs.make(Execution('train', tmp_path), Trajectories(tmp_path / 'used'), KEYS, late) == 0
  assert set(ran) == {'a', 'b'}
  with gin.unlock_config():
    gin.parse_config('SmallAdam.beta_1 = 0.5\nMomentum.momentum = 0.5')
  with pytest.raises(InputError, match='nothing uses the binding of Momentum.momentum'):
    many_runs.make(Execution('train', tmp_path), Trajectories(tmp_path / 'dead'), KEYS, late)


def test_ctrl_c_is_told_by_the_exit_code_and_loses_no_finished_run(tmp_path, capsys):
  kept = Trajectories(tmp_path / 'runs')
  many_runs.make(Execution('train', tmp_path), kept, KEYS[:1], record)

  def interrupted(name, seed):
    raise KeyboardInterrupt

  assert many_runs.make(Execution('train', tmp_path), kept, KEYS[1:], interrupted) == many_runs.INTERRUPTED
  assert 'the same command goes on' in capsys.readouterr().out
  assert kept.load('a', 0) is not None
