"""The bindings of a run: parsed back from gin's text, compared, checked for dead ones."""

import os

import gin
import pytest

from tfgan_landscape.config import bindings
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import scores  # noqa: F401  Evaluation is bound below
from tfgan_landscape.io import folders
from tfgan_landscape.training import trainer  # noqa: F401  Trainer is bound below


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
    bindings.check_all_used()
  bindings.check_all_used(but=('Evaluation',))
  bindings.check_all_used(but=('Evaluation.fid_count',))


def test_a_dead_macro_is_named():
  gin.parse_config('brew.strength = 2\nlonely = 3')
  brew()
  with pytest.raises(InputError, match='lonely'):
    bindings.check_all_used()


def test_a_binding_without_a_scope_is_used_by_a_call_within_one_unless_that_has_its_own():
  gin.parse_config('brew.strength = 2\nbrew.kind = "white"\npot/brew.kind = "black"')
  with gin.config_scope('pot'):
    assert brew() == (2, 'black')
  with pytest.raises(InputError, match=r'of brew.kind;'):
    bindings.check_all_used()
  brew()
  bindings.check_all_used()


@pytest.mark.parametrize(
  ('name', 'patterns', 'expected'),
  [
    ('Evaluation.fid_count', ('Evaluation',), True),
    ('scores.Evaluation.fid_count', ('Evaluation',), True),
    ('a/b/Evaluation.fid_count', ('Evaluation.fid_count',), True),
    ('Evaluation.fid_count', ('Evaluation.kid',), False),
    ('MyEvaluation.fid_count', ('Evaluation',), False),
    ('width', ('width',), True),
    ('width', ('Evaluation',), False),
    ('labelled/images.name', ('labelled/',), True),
    ('other/images.name', ('labelled/',), False),
    ('images.name', ('labelled/',), False),
  ],
)
def test_patterns(name, patterns, expected):
  assert bindings.matches(name, patterns) is expected


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
  bindings.check_same_experiment(tmp_path, seed=1, free=('Evaluation',))


def test_saved_bindings_can_be_read_again(tmp_path):
  gin.parse_config('strong = 7\nbrew.strength = %strong')
  bindings.save(tmp_path, seed=1)
  before = bindings.current()
  gin.clear_config()
  gin.parse_config_file(str(tmp_path / bindings.CONFIG))
  assert bindings.current() == before


@pytest.mark.parametrize('damage', [b'', b'{"seed": 1', b'\x00\xff', b'[]', b'null'])
def test_a_damaged_record_is_set_aside_and_stops_nothing(tmp_path, damage, caplog):
  gin.parse_config('brew.strength = 2')
  bindings.save(tmp_path, seed=1)
  (tmp_path / 'run.json').write_bytes(damage)
  bindings.check_same_experiment(tmp_path, seed=2)
  assert (tmp_path / 'run.json.damaged').read_bytes() == damage
  assert len(caplog.messages) == 1


@pytest.mark.parametrize('damage', [b'', b'\xff\x00\x01', b'brew', None])
def test_a_damaged_config_is_replaced_by_its_copy(tmp_path, damage):
  gin.parse_config('brew.strength = 2')
  bindings.save(tmp_path, seed=1)
  path = tmp_path / bindings.CONFIG
  whole = path.read_text()
  path.unlink() if damage is None else path.write_bytes(whole.encode()[:20] if damage == b'brew' else damage)
  assert bindings.mend_config(tmp_path)
  assert path.read_text() == whole
  assert (tmp_path / 'config.gin.damaged').exists() == (damage is not None)


@pytest.mark.parametrize('name', ['run.json', bindings.CONFIG, '.lock'])
@pytest.mark.parametrize('put', [os.mkdir, os.mkfifo, lambda path: path.symlink_to(path.name)])
def test_what_is_in_the_place_of_a_small_file_makes_way(tmp_path, name, put):
  gin.parse_config('brew.strength = 2')
  bindings.save(tmp_path, seed=1)
  (tmp_path / name).unlink(missing_ok=True)
  put(tmp_path / name)
  with folders.locked(tmp_path):
    bindings.mend_config(tmp_path)
    bindings.check_same_experiment(tmp_path, seed=1)
    bindings.save(tmp_path, seed=1)
  assert os.path.lexists(tmp_path / f'{name}.damaged')
  assert (tmp_path / name).is_file()
  bindings.check_same_experiment(tmp_path, seed=1)


def test_an_edited_config_is_left_alone(tmp_path):
  gin.parse_config('brew.strength = 2')
  bindings.save(tmp_path, seed=1)
  (tmp_path / bindings.CONFIG).write_text('brew.strength = 3\n')
  assert bindings.mend_config(tmp_path)
  assert (tmp_path / bindings.CONFIG).read_text() == 'brew.strength = 3\n'


def test_a_folder_without_bindings_has_none(tmp_path):
  assert not bindings.mend_config(tmp_path)
  assert not bindings.mend_config(tmp_path / 'none')
  assert not (tmp_path / 'none').exists()


@pytest.mark.parametrize(
  ('before', 'after', 'allowed'),
  [
    ('Trainer.iterations = 5', 'Trainer.iterations = 6', True),
    ('Trainer.iterations = 5', 'Trainer.iterations = 4', False),
    ('n = 5\nTrainer.iterations = %n', 'n = 50\nTrainer.iterations = %n', True),
    ('n = 5\nTrainer.batch_size = %n', 'n = 50\nTrainer.batch_size = %n', False),
    (
      'Trainer.iterations = 5',
      'Trainer.iterations = 6\nTrainer.batch_size = 3',
      False,
    ),
  ],
)
def test_a_longer_run_is_the_same_experiment(tmp_path, capsys, before, after, allowed):
  gin.parse_config(before)
  bindings.save(tmp_path, 0)
  gin.clear_config()
  gin.parse_config(after)
  if not allowed:
    with pytest.raises(InputError, match='holds another experiment'):
      bindings.check_same_experiment(tmp_path, 0)
  else:
    bindings.check_same_experiment(tmp_path, 0)
    assert 'a longer run of the same experiment' in capsys.readouterr().out
