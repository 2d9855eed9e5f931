"""The gin files of an experiment: found, followed through their includes, read, and checked before anything is built.

A mistake is one line: what is wrong, where, and the nearest name that would be right.
"""

import collections
import difflib
import importlib
import io
import itertools
import pathlib
import re
import sys
import tokenize
import traceback

import gin
from gin import config_parser

from tfgan_landscape.config import arguments
from tfgan_landscape.errors import InputError

_PACKAGE = pathlib.Path(__file__).parents[1]
_OURS = _PACKAGE.parent / 'gin', _PACKAGE / 'gin_files'  # in the repository, and in an installed package

# Bindings of earlier versions, and what gives their values now.
RETIRED = {
  'ramped_adam.updates': 'Trainer.iterations',
  'half_life_average.iterations': 'Trainer.iterations',
  'half_life_average.batch_size': 'Trainer.batch_size',
}

# Modules of earlier versions, which gin files, `config.gin` of their runs and users' modules import, by today's name.
MOVED = {
  'tfgan_landscape.arrays': 'tfgan_landscape.io.arrays',
  'tfgan_landscape.determinism': 'tfgan_landscape.distribution.determinism',
  'tfgan_landscape.experiment_files': 'tfgan_landscape.config.gin_files',
  'tfgan_landscape.files': 'tfgan_landscape.io.files',
  'tfgan_landscape.ranges': 'tfgan_landscape.config.arguments',
  'tfgan_landscape.studies.few_strategies': 'tfgan_landscape.studies.best_responses',
  'tfgan_landscape.studies.landscape_figures': 'tfgan_landscape.studies.landscape',
  'tfgan_landscape.studies.train_gan': 'tfgan_landscape.studies.gan',
  'tfgan_landscape.training.strategies': 'tfgan_landscape.distribution.strategies',
}

gin.config.register_finalize_hook(arguments.check)


def find(name):
  """Returns the path of a gin file: a path of the user's, or the name of one of ours.

  Raises:
    InputError: there is none; names the nearest.
  """
  path = pathlib.Path(name)
  found = next((each for each in [path, *(folder / path.name for folder in _OURS)] if each.is_file()), None)
  if found is None:
    names = sorted({file.name for folder in (*_OURS, path.parent) for file in folder.glob('*.gin')})
    near = difflib.get_close_matches(path.name, names, n=3) or names[:3]
    raise InputError(f'there is no gin file {name}; there are {", ".join(near)}')
  return found


def read(files, params, own_files):
  """Reads gin files and then single bindings. Files are found beside each other and among ours, modules beside them.

  Args:
    files: paths of gin files.
    params: bindings on top of them, as text.
    own_files: whether the files are the user's word, in which a binding without use is a mistake.

  Returns:
    The names of the bindings and macros in `params` and, where they are the user's, in the files, includes left out.

  Raises:
    InputError: gin cannot read or does not know something, or a value does not fit its range.
  """
  folders = [pathlib.Path(), *_OURS, *(path.parent for path in files)]
  _let_python_find(path.parent for path in files)
  try:
    named = [_read(path, folders) for path in files]
    in_flags = _follow('\n'.join(params), pathlib.Path('--gin_param'), folders, ())
    gin.finalize()
  except InputError:
    raise
  except (ValueError, KeyError, SyntaxError, ImportError) as error:
    raise InputError(_explain(error)) from error
  own = frozenset().union(*(named if own_files else ()), in_flags)
  _refuse_unused_macros(own)
  return own


def _let_python_find(folders):
  missing = {str(folder.resolve()) for folder in folders} - {*sys.path, *(str(ours) for ours in _OURS)}
  sys.path.extend(sorted(missing))


def _read(path, folders, above=()):
  """Hands gin a file, with the files that it includes at their places; returns the names that it binds itself."""
  if path.resolve() in above:
    chain = ' -> '.join(each.name for each in [*above[above.index(path.resolve()) :], path])
    raise InputError(f'{path} includes itself ({chain}); remove one of these includes')
  try:
    text = path.read_text(encoding='utf-8')
  except UnicodeDecodeError as error:
    raise InputError(f'{path} is no text file ({error.reason} at byte {error.start}); give a gin file') from error
  return _follow(_with_moved_modules(text), path, folders, (*above, path.resolve()))


def _with_moved_modules(text):
  """The text of a gin file with the modules that it imports under their names of today."""
  return re.sub(r'^import ([\w.]+)', lambda found: f'import {MOVED.get(found[1], found[1])}', text, flags=re.MULTILINE)


def _follow(text, path, folders, above):
  statements, lines, done = list(_statements(text, path)), text.splitlines(keepends=True), 0
  statements = _without_retired(statements, lines, path)
  for statement in statements:
    if isinstance(statement, config_parser.ImportStatement):
      _import(statement, path)
    elif isinstance(statement, config_parser.IncludeStatement):
      _hand_over(lines, done, statement.location.line_num - 1, path)
      _read(_included(statement, path, folders), folders, above)
      done = statement.location.line_num
  _hand_over(lines, done, len(lines), path)
  return _names(statements)


def _without_retired(statements, lines, path):
  """Returns the statements that are still to be read, blanks the others' lines, and says what gives their value now."""
  kept = []
  for statement in statements:
    name = _binding_name(statement) if isinstance(statement, config_parser.BindingStatement) else ''
    now = RETIRED.get('.'.join(name.rpartition('/')[2].split('.')[-2:]))
    if now:
      print(f'{path}, line {statement.location.line_num}: {name} is bound no more, {now} gives it', file=sys.stderr)
      lines[statement.location.line_num - 1] = '\n'
    else:
      kept.append(statement)
  return kept


def _hand_over(lines, first, last, path):
  """Parses lines of a file under their own numbers. gin's own includes would search Python's packages too."""
  part = io.StringIO('\n' * first + ''.join(lines[first:last]))
  part.name = str(path)
  gin.parse_config(part)


class _Text(config_parser.ParserDelegate):
  """References and macros as text: what they name may not be imported yet."""

  def configurable_reference(self, scoped_configurable_name, evaluate):
    return f'@{scoped_configurable_name}'

  def macro(self, macro_name):
    return f'%{macro_name}'


def _statements(text, where):
  try:
    yield from config_parser.ConfigParser(text, _Text())
  except (SyntaxError, ValueError, tokenize.TokenError) as error:
    number = getattr(error, 'lineno', None)
    line = f', line {number}' if number else ''
    raise InputError(f'{where}{line}: {_mistake(text, number, error)}') from error


def _mistake(text, number, error):
  """What is wrong with a statement, where its value is none of gin's: the commonest mistakes by their remedy."""
  if number is None:
    return f'{_first_line(error)}; close the bracket or the quotes'
  lines = text.splitlines() or ['']
  binding, equals, value = lines[min(number, len(lines)) - 1].partition('#')[0].partition('=')
  value = value.strip()
  if not equals or not value:
    return f'{_first_line(error)}; write NAME.PARAMETER = VALUE'
  if value.lower() in ('none', 'true', 'false', 'null'):
    meant = {'null': 'None'}.get(value.lower(), value.capitalize())
    also = f', or @{value} for a function of that name' if meant == 'None' else ''
    return f'{value} is no value of gin; write {binding.strip()} = {meant}{also}'
  if re.fullmatch(r'[A-Za-z_][\w./]*(\(\))?', value):
    return f'{value} is no value of gin; write "{value}" for a text, @{value} for a function'
  return f'{value} cannot be read ({_first_line(error)}); write a number, a text in quotes, @NAME, or a list of these'


def _names(statements):
  return {_binding_name(each) for each in statements if isinstance(each, config_parser.BindingStatement)}


def _binding_name(binding):
  return '/'.join(filter(None, [binding.scope, '.'.join(filter(None, [binding.selector, binding.arg_name]))]))


def _included(statement, path, folders):
  name, folders = statement.filename, [path.parent, *folders]
  found = next((folder / name for folder in folders if (folder / name).is_file()), None)
  if found is None:
    patterns = itertools.product((path.parent, *_OURS), ('*.gin', '*/*.gin'))
    names = sorted({str(file.relative_to(folder)) for folder, pattern in patterns for file in folder.glob(pattern)})
    raise InputError(f'{path}, line {statement.location.line_num}: there is no gin file {name}{_near(name, names)}')
  return found


def _import(statement, path):
  """Imports a module for gin, so that a mistake in the user's own becomes one line."""
  module = statement.module.rpartition('.')[0] if statement.is_from else statement.module
  if module == '__gin__':
    return
  where = f'{path}, line {statement.location.line_num}: import {module}'
  try:
    importlib.import_module(module)
  except ModuleNotFoundError as error:
    beside = [file.stem for file in path.parent.glob('*.py')]
    remedy = f'; it is {MOVED[error.name]} now' if error.name in MOVED else _near(module, beside)
    raise InputError(f'{where}: no module is called {error.name}{remedy}') from error
  except Exception as error:  # whatever the user's module does
    frame = traceback.extract_tb(error.__traceback__)[-1]
    file, line = getattr(error, 'filename', None) or frame.filename, getattr(error, 'lineno', None) or frame.lineno
    what = f'{type(error).__name__}: {_first_line(error)}'
    raise InputError(f'{where} fails at {file}, line {line}: {what}; correct the module') from error
  _refuse_another(module, path, where)


def _refuse_another(module, path, where):
  """Python takes the first module of a name that it finds, which may not be the one beside the gin file."""
  beside, found = path.parent / f'{module}.py', pathlib.Path(getattr(sys.modules[module], '__file__', None) or '')
  if beside.is_file() and found.is_file() and beside.read_bytes() != found.read_bytes():
    raise InputError(f'{where} finds {found}, and not {beside}; give the module another name')


def _explain(error):
  """gin's message in one line, with the nearest name that would be right."""
  lines = [line.strip() for line in str(error).splitlines() if line.strip()]
  text = ' '.join(line for line in lines if not line.startswith('^'))
  where = ''.join(f' ({found[1]})' for found in [re.search(r'In (.*? line \d+)', text)] if found)
  unknown = re.search(r"No configurable matching (?:reference )?'@?([^'(]+)", text)
  if unknown:
    return f'nothing is called {unknown[1]}{where}{_near(unknown[1], _known())}'
  parameter = re.search(r"Configurable '(.+?)' doesn't have a parameter named '(.+?)'", text)
  if parameter:
    names = arguments.parameters(parameter[1])
    return f'{parameter[1]} has no parameter {parameter[2]}{where}{_near(parameter[2], names)}'
  macro = re.search(r"No bindings specified for '(.+?)/gin\.macro'", text)
  if macro:
    return f'%{macro[1]} is used, and nothing binds {macro[1]}{_near(macro[1], _macros())}'
  return f'gin: {text}; correct the gin file or --gin_param'


def _known():
  registered = {each.selector for each in gin.config._INVERSE_REGISTRY.values()}  # gin has no public list of names
  return [name for selector in registered for name in ('.'.join(selector.split('.')[-2:]), selector.split('.')[-1])]


def _macros():
  return [line.partition(' = ')[0] for line in gin.config_str().splitlines() if re.match(r'[\w/]+ = ', line)]


def _near(name, names):
  near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
  return f'; did you mean {near[0]}?' if near else '; correct the name'


def _first_line(error):
  return str(getattr(error, 'msg', None) or error.args[0] if error.args else error).strip().splitlines()[0]


def _refuse_unused_macros(own):
  """A macro of the user's that no binding refers to is a misspelt one, in every mode."""
  text = gin.config_str(max_line_length=1000)
  lonely = sorted(name for name in own & set(_macros()) if not re.search(rf'%{re.escape(name)}\b(?!/)', text))
  if lonely:
    others = collections.Counter(_macros()) - collections.Counter(lonely)
    meant = _parameters_called(lonely[0], text)
    near = f'; did you mean {" or ".join(meant)}?' if meant else _near(lonely[0], list(others))
    raise InputError(f'nothing uses the binding of {lonely[0]}{near}')


def _parameters_called(name, text):
  """At most three bindings whose parameter has this name, or one that holds it; those of the experiment first."""
  bound = re.findall(r'^(?:\w+/)*([\w.]+\.\w+) = ', text, re.MULTILINE)
  short = list(dict.fromkeys('.'.join(each.split('.')[-2:]) for each in bound))
  selectors = {each.selector for each in gin.config._INVERSE_REGISTRY.values()}
  of_ours = [f'{each.rpartition(".")[2]}.{name}' for each in selectors if name in arguments.parameters(each)]
  exact = [each for each in short if each.endswith(f'.{name}')]
  longer = [each for each in short if each.rpartition('.')[2].endswith(f'_{name}')]
  return (exact or longer or sorted(of_ours))[:3]
