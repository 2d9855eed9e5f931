"""The bindings of a run: kept in its folder, compared with those of a resumed run, and checked for dead ones.

Where a function takes patterns, one is a binding's name without scope and module (`train_gan.evaluate`), or a whole
configurable's (`Evaluation`).
"""

import json
import pathlib
import re
import sys

import gin

from tfgan_landscape.config.gin_files import RETIRED
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import files

CONFIG = 'config.gin'
_RUN = 'run.json'


def parse(text):
  """Returns {name: value} of the bindings and macros in a gin configuration string."""
  bindings, name = {}, None
  for line in text.splitlines():
    start = re.match(r'([\w./]+) = (.*)', line)
    if start:
      name = start[1]
      bindings[name] = start[2].rstrip('\\').strip()
    elif name and line.startswith(' '):
      bindings[name] = (bindings[name] + ' ' + line.strip().rstrip('\\')).strip()
    else:
      name = None
  return bindings


def current():
  """Returns {name: value} of every binding that gin holds."""
  return parse(gin.config_str(max_line_length=1000))


def resolved():
  """Returns {name: value} of every binding, its macros replaced by their values."""
  bindings = current()
  return {name: bindings.get(value[1:], value) if value[0] == '%' else value for name, value in bindings.items()}


def describe(sizes):
  """Prints the bindings in force and then sizes, a dictionary, as a line of JSON; returns the exit code."""
  print('\n'.join(f'{name} = {value}' for name, value in resolved().items()))
  print(json.dumps(sizes))
  return 0


def sizes_of_players(runs):
  """Returns {label: parameters of a player} of {name of a mixture: its runs, which know their `parameters`}."""
  return {
    (f'{name}/' if len(runs) > 1 else '') + f'{player}_parameters': count
    for name, each in runs.items()
    for player, count in each.parameters().items()
  }


def matches(name, patterns):
  """Whether a binding's name is one of the patterns, or of a configurable or a scope ('labelled/') among them."""
  scope, slash, rest = name.rpartition('/')
  tail = rest.split('.')
  named = '.'.join(tail[-2:]) in patterns or (len(tail) > 1 and tail[-2] in patterns)
  return named or scope + slash in patterns


def check_all_used(own=None, but=()):
  """Raises InputError where a binding was used by nothing that has run so far.

  Args:
    own: names of the bindings that are looked at, as they were written; None for all.
    but: patterns of bindings that may be without use.
  """
  bound = current()
  used = {_source(name, bound) for name in parse(gin.operative_config_str(max_line_length=1000))}
  unused = sorted(name for name in bound if name not in used and _is_among(name, own) and not matches(name, but))
  if unused:
    raise InputError(f'nothing uses the binding of {", ".join(unused)}; correct or remove it')


def _is_among(name, own):
  """Whether a binding's name, as short as gin writes it, is one of those that may be written longer."""
  scope, _, tail = name.rpartition('/')
  return own is None or any(f'.{each.rpartition("/")[2]}'.endswith(f'.{tail}') for each in own if _scope(each) == scope)


def _scope(name):
  return name.rpartition('/')[0]


def _source(name, bound):
  """The binding that gave a parameter its value: its own, or that of the nearest outer scope."""
  scope, _, parameter = name.rpartition('/')
  while scope and f'{scope}/{parameter}' not in bound:
    scope = scope.rpartition('/')[0]
  return f'{scope}/{parameter}' if scope else parameter


def check_same_experiment(model_dir, seed, free=()):
  """Raises InputError where `model_dir` holds a run with other bindings or another seed, and names them.

  Bindings that match `free` may change, and `Trainer.iterations` may grow: a longer run of the same experiment, and
  it says so. A damaged record of the bindings is set aside, and nothing is compared.
  """
  saved = files.read_json(pathlib.Path(model_dir) / _RUN)
  if not saved or not isinstance(saved.get('bindings'), dict):
    return
  kept = {name: value for name, value in saved['bindings'].items() if not matches(name, RETIRED)}
  old = {**kept, '--seed': str(saved.get('seed'))}
  new = {**current(), '--seed': str(seed)}
  names = {name for name in {**old, **new} if old.get(name) != new.get(name) and not matches(name, free)}
  longer = _longer(old, new)
  if longer and names <= longer.keys():
    print(f'a longer run of the same experiment: {", ".join(longer.values())}; learning rates that decay do so later')
  elif names:
    changes = ', '.join(f'{name} {old.get(name, "unbound")} -> {new.get(name, "unbound")}' for name in sorted(names))
    raise InputError(
      f'{model_dir} holds another experiment ({changes}); take another --model_dir, or insist with'
      ' --allow_config_change'
    )


def _longer(old, new):
  """Returns {binding: what changes} where the iterations have grown, through a macro too; {} where they have not."""
  name = next((name for name in new if matches(name, ('Trainer.iterations',))), None)
  while name and new[name].startswith('%') and new[name] == old.get(name):
    name = new[name][1:]
  before, after = (values.get(name, '') for values in (old, new))
  if before.isdigit() and after.isdigit() and int(after) > int(before):
    return {name: f'{name} {before} -> {after}'}
  return {}


def save(model_dir, seed):
  """Writes the bindings, reloadable as `--gin_file`, and those that were in force, defaults included.

  Modules of the user's that they import are copied beside them, so that the run can be read wherever it lies.
  """
  folder = pathlib.Path(model_dir)
  for file in _own_modules():
    if file.parent.resolve() != folder.resolve():
      files.write_text(folder / file.name, file.read_text(encoding='utf-8'))
  files.write_text(folder / CONFIG, gin.config_str())
  files.write_text(folder / 'operative_config.gin', gin.operative_config_str())
  record = {'seed': seed, 'bindings': current(), 'config': gin.config_str()}
  files.write_text(folder / _RUN, files.to_json(record, indent=1) + '\n')


def _own_modules():
  """The files of the modules that gin has imported and that no installed package holds."""
  names = re.findall(r'^import (\w+)$', gin.config_str(), re.MULTILINE)
  paths = [pathlib.Path(getattr(sys.modules.get(name), '__file__', None) or '') for name in names]
  installed = {pathlib.Path(prefix) for prefix in (sys.prefix, sys.base_prefix)}
  return [path for path in paths if path.suffix == '.py' and not installed & set(path.parents)]


def mend_config(model_dir):
  """Replaces a run's CONFIG by its second copy where that is missing, cut or no text; tells if there is one now."""
  path = pathlib.Path(model_dir) / CONFIG
  copy = (files.read_json(path.parent / _RUN) or {}).get('config') if path.parent.is_dir() else None
  try:
    text = path.read_text(encoding='utf-8') if files.is_regular(path) else ''
  except UnicodeDecodeError:
    text = None
  if copy and (text is None or (copy != text and copy.startswith(text))):
    if path.exists():
      files.set_aside(path)
    files.write_text(path, copy)
  return path.exists()
