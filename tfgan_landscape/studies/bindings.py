"""The bindings of a run: kept in its folder, compared with those of a resumed run, and checked for dead ones."""

import json
import pathlib
import re

import gin

from tfgan_landscape.errors import InputError

CONFIG = 'config.gin'
_RUN = 'run.json'

# Bindings that score a run, and those that only show or keep it: none of them changes what is learned.
_SCORING = re.compile(r'(.*[./])?((Evaluation|inception|classifier)\.|train_gan\.(evaluate|labelled_dataset)$)')
_SHOWING = re.compile(
  r'(.*[./])?(Loop\.|train_gan\.(\w+_every|picture)$|two_cluster\.(seeds|paper|drawn)$|bad_start\.(repeats|learning_rates|metric_scale)$)'
)


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


def check_all_used(but_scoring):
  """Raises InputError where a binding was used by nothing that has run so far, those for scores excepted on demand."""
  used = parse(gin.operative_config_str(max_line_length=1000))
  unused = sorted(name for name in current() if name not in used and not (but_scoring and _SCORING.match(name)))
  if unused:
    raise InputError(f'nothing uses the binding of {", ".join(unused)}; correct or remove it')


def check_same_experiment(model_dir, seed):
  """Raises InputError where `model_dir` holds a run with other bindings or another seed, and names them."""
  path = pathlib.Path(model_dir) / _RUN
  if not path.exists():
    return
  saved = json.loads(path.read_text())
  old = {**saved['bindings'], '--seed': str(saved['seed'])}
  new = {**current(), '--seed': str(seed)}
  names = sorted(name for name in {**old, **new} if old.get(name) != new.get(name) and not _free(name))
  if names:
    changes = ', '.join(f'{name} {old.get(name, "unbound")} -> {new.get(name, "unbound")}' for name in names)
    raise InputError(
      f'{model_dir} holds another experiment ({changes}); take another --model_dir, or insist with'
      ' --allow_config_change'
    )


def _free(name):
  return _SCORING.match(name) or _SHOWING.match(name)


def save(model_dir, seed):
  """Writes the bindings, reloadable as `--gin_file`, and those that were in force, defaults included."""
  folder = pathlib.Path(model_dir)
  (folder / CONFIG).write_text(gin.config_str())
  (folder / 'operative_config.gin').write_text(gin.operative_config_str())
  (folder / _RUN).write_text(json.dumps({'seed': seed, 'bindings': current()}, indent=1) + '\n')
