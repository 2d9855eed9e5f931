"""The package keeps its shape: imports point one way, importing does no work, no drawer for odds and ends."""

import ast
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = 'tfgan_landscape'
SCIENCE = {'datasets', 'dynamics', 'evaluation', 'landscape', 'layers', 'losses', 'mixture', 'networks', 'penalties'}
SCIENCE |= {'lipschitz_losses', 'training'}
GROUND = {'config', 'errors', 'io'}  # what any room may use

# What a room may import of ours, beside itself. A new room needs a row, and a reason.
ARROWS = {
  '__init__': {'compat', 'studies'},  # the second in one function, when it is called
  'compat': set(),
  'errors': set(),
  'io': {'errors'},
  'config': {'errors', 'io'},
  'distribution': {'errors'},
  'datasets': GROUND,
  'dynamics': {*GROUND, 'distribution', 'penalties'},
  'evaluation': GROUND,
  'landscape': {'errors'},
  'layers': {'config', 'errors'},
  'lipschitz_losses': {'config', 'landscape', 'losses'},
  'losses': {'config', 'errors', 'landscape'},
  'mixture': {'config', 'distribution', 'errors'},
  'networks': {'config', 'errors', 'layers'},
  'penalties': {'config', 'penalty_modules', 'slopes'},
  'penalty_modules': {'config', 'errors', 'slopes'},
  'ramps': {'config', 'errors'},
  'slopes': {'config', 'errors'},
  'reporting': GROUND,
  'training': {*GROUND, 'distribution', 'losses', 'mixture', 'penalties'},
  'studies': {*GROUND, *SCIENCE, 'distribution', 'reporting'},
  'import_rsgan': {*GROUND, 'networks', 'training'},
  'main': {'config', 'errors', 'studies'},
}
FORBIDDEN = {'utils.py', 'util.py', 'common.py', 'consts.py', 'constants.py', 'helpers.py', 'misc.py'}


def _files():
  return sorted((ROOT / PACKAGE).rglob('*.py'))


def _module(path):
  parts = path.relative_to(ROOT).with_suffix('').parts
  return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


def _imports(path):
  """The absolute names of everything that a file imports, wherever in it."""
  package = _module(path) if path.name == '__init__.py' else _module(path).rpartition('.')[0]
  for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
    if isinstance(node, ast.Import):
      yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
      above = package.split('.')[: len(package.split('.')) - node.level + 1] if node.level else []
      base = '.'.join([*above, *([node.module] if node.module else [])])
      yield from (f'{base}.{alias.name}' for alias in node.names)


def _room(module):
  parts = module.split('.')
  return parts[1] if len(parts) > 1 else '__init__'


def _ours(path):
  """The rooms that a file imports."""
  return {_room(name) for name in _imports(path) if name.split('.')[0] == PACKAGE}


def test_every_room_has_its_arrows():
  assert {_room(_module(path)) for path in _files()} <= set(ARROWS)


@pytest.mark.parametrize('path', _files(), ids=_module)
def test_arrows_point_one_way(path):
  room = _room(_module(path))
  assert _ours(path) <= {room} | ARROWS[room]


def test_arrows_of_the_table_make_no_cycle():
  left = {room: targets - {room} for room, targets in ARROWS.items()}
  while left:
    leaves = {room for room, targets in left.items() if not targets & set(left)}
    assert leaves, f'a cycle among {sorted(left)}'
    left = {room: targets for room, targets in left.items() if room not in leaves}


def test_modules_do_not_import_each_other_in_a_circle():
  names = {_module(path) for path in _files()}
  graph = {}
  for path in _files():
    found = {name if name in names else name.rpartition('.')[0] for name in _imports(path)}
    graph[_module(path)] = (found & names) - {PACKAGE, _module(path)}
  while graph:
    leaves = {module for module, targets in graph.items() if not targets & set(graph)}
    assert leaves, f'a circle among {sorted(graph)}'
    graph = {module: targets for module, targets in graph.items() if module not in leaves}


@pytest.mark.parametrize('path', _files(), ids=_module)
def test_only_evaluation_imports_tfgan(path):
  if _room(_module(path)) != 'evaluation':
    assert not [name for name in _imports(path) if name.split('.')[0] == 'tensorflow_gan']


@pytest.mark.parametrize('path', _files(), ids=_module)
def test_nothing_but_main_imports_studies(path):
  if _room(_module(path)) not in {'__init__', 'main', 'studies'}:
    assert 'studies' not in _ours(path)


def test_the_reader_of_imports_sees_every_kind(tmp_path, monkeypatch):
  monkeypatch.setitem(globals(), 'ROOT', tmp_path)
  path = tmp_path / PACKAGE / 'training' / 'loop.py'
  path.parent.mkdir(parents=True)
  path.write_text(
    'import tfgan_landscape.losses as l\n'
    'from tfgan_landscape import penalties\n'
    'from . import ema\n'
    'from ..networks import cnn\n'
    'def late():\n'
    '  from tfgan_landscape.studies.gan.study import main\n'
  )
  assert _ours(path) == {'losses', 'penalties', 'training', 'networks', 'studies'}


def test_importing_the_package_imports_no_tensorflow():
  heavy = "{'tensorflow', 'numpy', 'gin', 'absl', 'keras'} & set(sys.modules)"
  program = f'import sys, {PACKAGE}; assert {PACKAGE}.__version__; assert not {heavy}, {heavy}'
  subprocess.run([sys.executable, '-c', program], cwd=ROOT, check=True)


def test_no_package_of_the_repository_shadows_gin():
  assert not (ROOT / 'gin' / '__init__.py').exists()
  program = 'import gin; gin.configurable'
  subprocess.run([sys.executable, '-c', program], cwd=ROOT, check=True)


def test_there_is_no_drawer_for_odds_and_ends():
  assert not [path for path in _files() if path.name in FORBIDDEN]


@pytest.mark.parametrize('path', _files(), ids=_module)
def test_every_file_says_what_it_is(path):
  assert ast.get_docstring(ast.parse(path.read_text(encoding='utf-8')))


def test_every_folder_is_a_package():
  """`setup.py` installs packages; a folder without its `__init__.py` would be left behind."""
  assert {path.parent for path in _files()} == {path.parent for path in _files() if path.name == '__init__.py'}
