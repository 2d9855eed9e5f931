"""The bindings of a run: parsed back from gin's text, compared, checked for dead ones."""

import gin
import pytest

from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import scores  # noqa: F401  Evaluation is bound below
from tfgan_landscape.studies import bindings


@gin.configurable(module='bindings_test')
def brew(strength=1, kind='green'):
  return strength, kind


def test_long_values_and_macros_are_parsed_back():
  gin.parse_config("brew.kind = '%s'\nstrong = 7\nbrew.strength = %%strong" % ('x' * 300))
  found = bindings.current()
  assert found['brew.strength'] == '%strong'
  assert 'x' * 300 in found['brew.kind'].replace("' '", '')
  assert bindings.resolved()['brew.strength'] == '7'


def test_used_bindings_pass_and_dead_ones_are_named():
  gin.parse_config('brew.strength = 2\nEvaluation.fid_count = 3')
  brew()
  with pytest.raises(InputError, match=r'of Evaluation.fid_count;'):
    bindings.check_all_used(but_scoring=False)
  bindings.check_all_used(but_scoring=True)


def test_a_dead_macro_is_named():
  gin.parse_config('brew.strength = 2\nlonely = 3')
  brew()
  with pytest.raises(InputError, match='lonely'):
    bindings.check_all_used(but_scoring=False)


def test_the_same_bindings_are_the_same_experiment_and_others_are_not(tmp_path):
  gin.parse_config('brew.strength = 2')
  bindings.save(tmp_path, seed=1)
  bindings.check_same_experiment(tmp_path, seed=1)
  with pytest.raises(InputError, match='--seed 1 -> 2'):
    bindings.check_same_experiment(tmp_path, seed=2)
  with gin.unlock_config():
    gin.parse_config('brew.strength = 3')
  with pytest.raises(InputError, match='brew.strength 2 -> 3'):
    bindings.check_same_experiment(tmp_path, seed=1)


def test_how_a_run_is_scored_may_change(tmp_path):
  gin.parse_config('Evaluation.fid_count = 2')
  bindings.save(tmp_path, seed=1)
  with gin.unlock_config():
    gin.parse_config('Evaluation.fid_count = 3')
  bindings.check_same_experiment(tmp_path, seed=1)


def test_saved_bindings_can_be_read_again(tmp_path):
  gin.parse_config('strong = 7\nbrew.strength = %strong')
  bindings.save(tmp_path, seed=1)
  before = bindings.current()
  gin.clear_config()
  gin.parse_config_file(str(tmp_path / bindings.CONFIG))
  assert bindings.current() == before
