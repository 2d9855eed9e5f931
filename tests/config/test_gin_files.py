"""Gin files: found, followed, read; every mistake is one line with the nearest name that would be right."""

import importlib.util

import gin
import pytest

from tfgan_landscape.config import gin_files
from tfgan_landscape.errors import InputError


@gin.configurable(module='experiment_files_test')
def cook(minutes=1, kind='green'):
  return minutes, kind


def write(folder, **texts):
  paths = {name: folder / f'{name}.gin' for name in texts}
  for name, text in texts.items():
    paths[name].write_text(text)
  return paths


def refusal(path, *params, own=True):
  with pytest.raises(InputError) as error:
    gin_files.read([path], list(params), own)
  line = str(error.value)
  assert len(line.splitlines()) == 1
  return line


def test_files_of_the_same_folder_include_each_other(tmp_path):
  paths = write(
    tmp_path, a="include 'b.gin'\ncook.minutes = 2", b="include 'c.gin'\ncook.kind = %best", c='best = "white"'
  )
  assert gin_files.read([paths['a']], [], True) == {'cook.minutes'}
  assert cook() == (2, 'white')


def test_own_names_are_those_of_the_file_and_of_the_flags(tmp_path):
  paths = write(tmp_path, a="include 'b.gin'\ncook.minutes = 2\nx = 3\ntea/cook.kind = %x", b='cook.kind = "white"')
  assert gin_files.read([paths['a']], ['cook.kind = "black"'], True) == {
    'cook.minutes',
    'cook.kind',
    'x',
    'tea/cook.kind',
  }
  gin.clear_config()
  assert gin_files.read([paths['a']], ['cook.kind = "black"'], False) == {'cook.kind'}


def test_a_file_included_twice_on_different_ways_is_fine(tmp_path):
  paths = write(tmp_path, a="include 'd.gin'\ninclude 'e.gin'", d="include 'e.gin'", e='cook.minutes = 2')
  gin_files.read([paths['a']], [], True)
  assert cook() == (2, 'green')


@pytest.mark.parametrize(
  ('texts', 'words'),
  [
    ({'a': "include 'a.gin'"}, 'a.gin includes itself (a.gin -> a.gin)'),
    ({'a': "include 'b.gin'", 'b': "include 'a.gin'"}, '(a.gin -> b.gin -> a.gin)'),
    (
      {'a': "cook.kind = 'x'\ninclude 'bb.gin'", 'b': ''},
      'a.gin, line 2: there is no gin file bb.gin; did you mean b.gin?',
    ),
    ({'a': "include 'base/cn.gin'"}, 'base/cn.gin; did you mean base/cnn.gin?'),
    ({'a': 'cook.minuts = 2'}, 'cook has no parameter minuts (file "{a}", line 1); did you mean minutes?'),
    ({'a': 'cok.minutes = 2'}, 'nothing is called cok (file "{a}", line 1); did you mean cook?'),
    ({'a': '\ncook.kind = @cokk'}, 'nothing is called cokk (file "{a}", line 2); did you mean cook?'),
    ({'a': 'time = 3\ncook.minutes = %tim'}, '%tim is used, and nothing binds tim; did you mean time?'),
    ({'a': 'time = 3\ntme = 4\ncook.minutes = %time'}, 'nothing uses the binding of tme; did you mean time?'),
    ({'a': 'cook.minutes ='}, 'a.gin, line 1: '),
    ({'a': 'cook.minutes = 2 3'}, 'a.gin, line 1: '),
    ({'a': 'cook.minutes = {'}, 'a.gin: EOF in multi-line statement'),
    ({'a': 'cook.minutes = two'}, 'a.gin, line 1: '),
    ({'a': 'just words'}, 'a.gin, line 1: '),
    ({'a': 'import no_such_module'}, 'a.gin, line 1: import no_such_module: no module is called no_such_module'),
  ],
)
def test_a_mistake_is_one_line(tmp_path, texts, words):
  paths = write(tmp_path, **texts)
  assert words.replace('{a}', str(paths['a'])) in refusal(paths['a'])


def test_a_mistake_in_a_flag_names_the_flag(tmp_path):
  paths = write(tmp_path, a='cook.minutes = 2')
  assert refusal(paths['a'], 'cook.minutes = =').startswith('--gin_param, line 1: ')
  gin.clear_config()
  assert 'cook has no parameter minuts' in refusal(paths['a'], 'cook.minuts = 1')


def test_a_binary_file_is_no_gin_file(tmp_path):
  (tmp_path / 'a.gin').write_bytes(b'\x89PNG\xff\xfe')
  assert 'a.gin is no text file' in refusal(tmp_path / 'a.gin')


def test_a_macro_of_an_included_file_may_be_without_use(tmp_path):
  paths = write(tmp_path, a="include 'f.gin'\ncook.minutes = 5", f='time = 3\ncook.minutes = %time')
  gin_files.read([paths['a']], [], True)
  assert cook() == (5, 'green')


def test_a_module_beside_the_file_is_imported(tmp_path):
  (tmp_path / 'my_teas.py').write_text('import gin\n@gin.configurable\ndef my_tea(cups=1):\n  return cups\n')
  paths = write(tmp_path, a='import my_teas\nmy_tea.cups = 4\ncook.kind = @my_tea')
  gin_files.read([paths['a']], [], True)
  assert cook()[1]() == 4


@pytest.mark.parametrize(
  ('module', 'text', 'words'),
  [
    ('teas_name', 'import gin\nkettle', 'teas_name.py, line 2: NameError: '),
    ('teas_syntax', 'def cook(:\n', 'teas_syntax.py, line 1: SyntaxError: '),
    ('teas_import', '\n\nimport no_such_module', 'no module is called no_such_module'),
    ('teas_zero', 'x = 1\n1 / 0', 'teas_zero.py, line 2: ZeroDivisionError: division by zero'),
  ],
)
def test_a_module_that_fails_is_named_with_its_line(tmp_path, module, text, words):
  (tmp_path / f'{module}.py').write_text(text)
  paths = write(tmp_path, a=f'import {module}')
  assert words in refusal(paths['a'])


def test_a_misspelt_module_gets_the_one_that_lies_there(tmp_path):
  (tmp_path / 'my_losses.py').write_text('')
  paths = write(tmp_path, a='import my_loses')
  assert refusal(paths['a']).endswith('did you mean my_losses?')


def test_a_file_is_found_by_path_or_as_one_of_ours(tmp_path):
  path = write(tmp_path, a='')['a']
  assert gin_files.find(str(path)) == path
  assert gin_files.find('rs_digits_cnn.gin').name == 'rs_digits_cnn.gin'
  with pytest.raises(InputError, match='there is no gin file rs_digit_cnn.gin; there are rs_digits_cnn.gin'):
    gin_files.find('rs_digit_cnn.gin')


def test_another_module_of_the_same_name_is_not_taken_silently(tmp_path):
  for name, cups in (('first', 1), ('second', 2)):
    (tmp_path / name).mkdir()
    (tmp_path / name / 'teas_twice.py').write_text(f'CUPS = {cups}')
    (tmp_path / name / 'a.gin').write_text('import teas_twice')
  gin_files.read([tmp_path / 'first/a.gin'], [], True)
  gin.clear_config()
  assert 'give the module another name' in refusal(tmp_path / 'second/a.gin')
  gin.clear_config()
  (tmp_path / 'second/teas_twice.py').write_text('CUPS = 1')
  gin_files.read([tmp_path / 'second/a.gin'], [], True)


def test_a_name_that_is_nearest_twice_is_said_once(tmp_path):
  (tmp_path / 'landscape.gin').touch()
  with pytest.raises(InputError) as told:
    gin_files.find(str(tmp_path / 'landscap.gin'))
  assert str(told.value).partition('there are ')[2].split(', ').count('landscape.gin') == 1


def test_a_binding_of_an_earlier_version_is_told_and_left_out(tmp_path, capsys):
  """The run's own config of an earlier version goes on: the number comes from elsewhere now."""
  (tmp_path / 'old.gin').write_text(
    'import tfgan_landscape.training.schedules\nn = 5\nadam.beta_1 = 0.25\n'
    'schedules.ramped_adam.updates = %n\nadam.beta_2 = 0.5\n'
  )
  own = gin_files.read([tmp_path / 'old.gin'], [], own_files=False)
  told = capsys.readouterr().err
  assert 'old.gin, line 4: schedules.ramped_adam.updates is bound no more, Trainer.iterations gives it' in told
  assert 'ramped_adam' not in gin.config_str()
  assert gin.query_parameter('adam.beta_2') == 0.5
  assert own == frozenset()


@pytest.mark.parametrize(
  ('statement', 'words'),
  [
    ('cook.kind = green', 'green is no value of gin; write "green" for a text, @green for a function'),
    ('cook.kind = none', 'none is no value of gin; write cook.kind = None, or @none for a function of that name'),
    ('cook.kind = true', 'true is no value of gin; write cook.kind = True'),
    ('cook.minutes = 10k', '10k cannot be read .*; write a number, a text in quotes, @NAME'),
    ('cook.kind = /a/b c', '/a/b c cannot be read .*; write a number, a text in quotes, @NAME'),
    ('cook.kind =', 'write NAME.PARAMETER = VALUE'),
    ('minutes = 3', r'nothing uses the binding of minutes; did you mean cook.minutes\?'),
    ('kinds = "x"', 'nothing uses the binding of kinds; '),
  ],
)
def test_the_commonest_mistakes_are_told_by_what_to_write(tmp_path, statement, words):
  (tmp_path / 'a.gin').write_text('cook.minutes = 2\n')
  with pytest.raises(InputError, match=words):
    gin_files.read([tmp_path / 'a.gin'], [statement], own_files=True)


@pytest.mark.parametrize('earlier', gin_files.MOVED)
def test_a_module_that_moved_is_read_by_its_name_of_then(earlier, tmp_path):
  """And a module of the user's that imports it gets the name of today."""
  assert importlib.util.find_spec(gin_files.MOVED[earlier])
  mine = f'of_{earlier.replace(".", "_")}'  # a name of its own: Python keeps where it found a module
  paths = write(tmp_path, a=f'import {earlier}', b=f'import {mine}')
  gin_files.read([paths['a']], [], True)
  gin.clear_config()
  (tmp_path / f'{mine}.py').write_text(f'import {earlier}\n')
  assert f'no module is called {earlier}; it is {gin_files.MOVED[earlier]} now' in refusal(paths['b'])
