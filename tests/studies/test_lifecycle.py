"""Every study holds its folder the same way: other experiments, dead bindings, locks and full disks are one line."""

import importlib
import inspect
import json
import pkgutil

import gin
import pytest

import tfgan_landscape
from tfgan_landscape import main, studies
from tfgan_landscape.config import arguments, gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import folders
from tfgan_landscape.studies import lifecycle
from tfgan_landscape.training import ema  # noqa: F401  its function is bound below

# One experiment of every study and what makes it small; a binding of it that no run may change in one folder.
ALL = {
  'train_gan': (
    'rs_gaussians_mlp.gin',
    ['width = 4', 'Trainer.iterations = 1', 'Trainer.batch_size = 2'],
    'Trainer.batch_size = 4',
  ),
  'two_cluster': (
    'two_cluster.gin',
    [f'two_cluster.{each}' for each in ('seeds = 1', 'drawn = 1', 'epochs = 2', 'record_every = 1')],
    'two_cluster.points = 50',
  ),
  'rate_grid': (
    'two_cluster_rates.gin',
    [
      *('two_cluster.seeds = 1', 'two_cluster.epochs = 10', "two_cluster.losses = {'JS-GAN': @nonsaturating}"),
      *('rate_grid.grid_seeds = 1', 'rate_grid.critic_rates = [0.01]', 'rate_grid.generator_rates = [0.01]'),
      'two_cluster.pairs = @kept',
    ],
    'two_cluster.points = 50',
  ),
  'mode_coverage': (
    'modes_ring8.gin',
    [
      f'mode_coverage.{each}'
      for each in ('seeds = 1', 'drawn = 1', 'iterations = 1', 'record_every = 1', 'samples = 40')
    ],
    'mode_coverage.radius = 2.0',
  ),
  'bad_start': (
    'bad_start.gin',
    [
      *('bad_start.width = 4', 'bad_start.iterations = 2', 'bad_start.record_every = 2', 'bad_start.sources = 1'),
      *('bad_start.repeats = 1', 'bad_start.samples = 50', 'gaussians.per_mode = 20'),
    ],
    'bad_start.quality = 0.5',
  ),
  'critic_directions': (
    'critic_directions.gin',
    [
      f'critic_directions.{each}'
      for each in ('seeds = 1', 'iterations = 2', 'records = 1', 'width = 4', 'count = 3', 'grid = 3')
    ],
    'critic_directions.grid = 4',
  ),
  'value_surface': (
    'value_surface.gin',
    [f'value_surface.{each}' for each in ('seeds = 1', 'iterations = 2', 'counts = [30]', 'width = 4', 'grid = 5')],
    'value_surface.grid = 6',
  ),
  'sample_distances': (
    'sample_distances.gin',
    [f'sample_distances.{each}' for each in ('seeds = 1', 'iterations = 10', 'counts = [5]', 'widths = [3]')],
    'sample_distances.noise = 0.5',
  ),
  'score_checks': (
    'score_checks.gin',
    [*(f'score_checks.{each}' for each in ('count = 20', 'jpeg = (30,)', 'blur = (1.0,)', 'noise = (8.0,)'))],
    'score_checks.count = 22',
  ),
  'dirac': ('dirac.gin', ['dirac.steps = 5'], 'dirac.critic_rate = 0.1'),
  'best_responses': ('best_responses.gin', ['best_responses.rounds = 3'], 'best_responses.rounds = 4'),
  'few_strategies': (
    'few_strategies.gin',
    ['few_strategies.size = 8', 'few_strategies.draws = 2', 'few_strategies.counts = [1, 2]'],
    'few_strategies.draws = 3',
  ),
  'one_landscape': (
    'one_landscape.gin',
    [
      *('one_landscape.seeds = 1', 'one_landscape.points = [2]', 'one_landscape.counted = [2]'),
      *('one_landscape.weights = [0.05]', "one_landscape.losses = ['rs']"),
    ],
    'one_landscape.weights = [0.06]',
  ),
  'escape_times': (
    'escape_times.gin',
    [
      *('escape_times.seeds = 1', 'escape_times.epochs = 10', 'escape_times.settled = 10', 'escape_times.points = 4'),
      *("escape_times.penalties = {'none': None}", "escape_times.rates = {'0.01': 0.01}"),
      "escape_times.losses = {'JS-GAN': @nonsaturating}",
    ],
    'escape_times.points = 6',
  ),
  'doctor': (
    'doctor.gin',
    [
      *('doctor.seeds = 1', 'doctor.treated = 1', "doctor.settings = {'clusters': @doctor_clusters}"),
      *('doctor_clusters.epochs = 20', "doctor.losses = {'JS': @nonsaturating}", "doctor.penalties = {'none': None}"),
      "doctor.cures = {'R1': {'penalty': @r1, 'bindings': ['Trainer.penalty = @r1']}}",
    ],
    'doctor_clusters.points = 50',
  ),
  'particles': (
    'particles.gin',
    ['particles.total = 3', 'particles.per_mode = 2', 'particles.latents = 4'],
    'particles.total = 6',
  ),
  'missing_modes': ('missing_modes.gin', ['missing_modes.modes = 3'], 'missing_modes.modes = 4'),
  'landscape_figures': ('landscape.gin', ['landscape_figures.surface = 5'], None),
}


def run(name, folder, *more, mode='train_and_eval', seed=0):
  gin.clear_config()
  file, small, _ = ALL[name]
  own = gin_files.read([gin_files.find(file)], [*small, *more], own_files=False)
  return main.run(Execution(mode, folder, own=own, seed=seed, cache_dir=folder.parent / 'cache'))


@pytest.fixture
def drawn_nowhere(monkeypatch):
  monkeypatch.setattr('matplotlib.figure.Figure.savefig', lambda self, path, **_: open(path, 'w').close())


def test_every_study_is_here():
  modules = [
    importlib.import_module(each.name) for each in pkgutil.walk_packages(studies.__path__, 'tfgan_landscape.studies.')
  ]
  named = {
    cls.__name__
    for module in modules
    for cls in vars(module).values()
    if inspect.isclass(cls) and hasattr(cls, 'train_and_eval') and cls not in (lifecycle.Study, lifecycle.RunsStudy)
  }
  assert len(named) == len(ALL)


@pytest.mark.slow
@pytest.mark.parametrize('name', ALL)
def test_every_study_goes_through_the_one_lifecycle(
  name, tmp_path, monkeypatch, any_dataset, drawn_nowhere, files_at_most
):
  """With each of its guards: what it holds, keeps, refuses, and says of a full disk."""
  folder, entered = tmp_path / 'run', []
  original = lifecycle.opened

  def opened(*arguments, **named):
    entered.append(arguments)
    return original(*arguments, **named)

  monkeypatch.setattr(lifecycle, 'opened', opened)
  with files_at_most(0), pytest.raises(InputError, match='takes no more .File too large.; make room'):
    run(name, folder)
  entered.clear()
  assert run(name, folder) == 0
  assert entered
  before = everything(folder)
  assert json.loads(before['run.json'])['seed'] == 0
  assert run(name, folder) == 0  # the same command again
  other = 'dirac' if name != 'dirac' else 'few_strategies'
  with pytest.raises(InputError, match='holds another experiment'):
    run(other, folder)
  if ALL[name][2]:
    with pytest.raises(InputError, match='holds another experiment'):
      run(name, folder, ALL[name][2])
  with pytest.raises(InputError, match='holds another experiment .--seed 0 -> 5.'):
    run(name, folder, seed=5)
  with folders.locked(folder), pytest.raises(InputError, match='is in use by process'):
    run(name, folder)
  with pytest.raises(InputError, match='nothing uses the binding of joint_pass_unused'):
    run(name, tmp_path / 'dead', 'joint_pass_unused/exponential_moving_average.decay = 0.5')
  assert {key: text for key, text in everything(folder).items() if key in before} == before


@pytest.mark.parametrize('name', sorted(set(ALL) - {'train_gan'}))
def test_only_a_gan_generates(name, tmp_path, any_dataset):
  with pytest.raises(InputError, match='no --mode=generate'):
    run(name, tmp_path, mode='generate')


def everything(folder):
  """The records by which a run is known."""
  return {name: (folder / name).read_text() for name in ('run.json', 'config.gin', 'operative_config.gin')}


def test_free_bindings_are_names_that_there_are():
  """A pattern that matches nothing refuses what it was to allow."""
  modules = [
    importlib.import_module(each.name) for each in pkgutil.walk_packages(tfgan_landscape.__path__, 'tfgan_landscape.')
  ]
  classes = {cls for module in modules for cls in vars(module).values() if inspect.isclass(cls)}
  patterns = {pattern for cls in classes for pattern in getattr(cls, 'free', ())}
  assert len(patterns) > 20
  for pattern in patterns - {each for each in patterns if each.endswith('/')}:
    name, _, parameter = pattern.rpartition('.') if '.' in pattern else (pattern, '', '')
    assert not parameter or parameter in arguments.parameters(name), pattern
    gin.get_configurable(name)


@pytest.mark.parametrize('mode', ['train_and_eval', 'eval'])
def test_a_folder_of_another_experiment_is_not_reported_by_this_one(tmp_path, mode, drawn_nowhere):
  assert run('two_cluster', tmp_path / 'run') == 0
  with pytest.raises(InputError, match='holds another experiment .two_cluster.share unbound -> 0.4.'):
    run('two_cluster', tmp_path / 'run', 'two_cluster.share = 0.4', mode=mode)


def test_a_study_goes_on_with_more_of_what_is_free(tmp_path, drawn_nowhere):
  assert run('rate_grid', tmp_path / 'run') == 0
  assert run('rate_grid', tmp_path / 'run', 'rate_grid.grid_seeds = 2', 'rate_grid.critic_rates = [0.01, 0.02]') == 0
  assert run('landscape_figures', tmp_path / 'two') == 0
  assert run('landscape_figures', tmp_path / 'two', 'landscape_figures.points = 30') == 0


def test_a_grid_of_two_penalties_is_reported(tmp_path, drawn_nowhere):
  penalties = "two_cluster.penalties = {'none': None, 'R1': @r1}"
  assert run('rate_grid', tmp_path / 'run', penalties) == 0
  table = (tmp_path / 'run/table.md').read_text()
  assert 'JS-GAN-none' in table
  assert 'JS-GAN-R1, critic 0.01' in table
