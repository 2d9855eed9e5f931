"""The study of critics' directions: a tiny run whole, its measures by hand, images, and what it refuses."""

import json

import gin
import numpy as np
import pytest

from tfgan_landscape import landscape, main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import results
from tfgan_landscape.studies.critic_directions import figures, outcomes

TINY = [
  'seeds = 1',
  'width = 32',
  'layers = 2',
  'iterations = 2000',
  'records = 4',
  'grid = 7',
  "sets = {'crossed': @crossed_points}",
  "phis = {'hyperbolic': @hyperbolic}",
  "penalties = {'MaxGP': @MaxGradient(), 'none': None}",
]


def study(folder, *bindings, mode='train_and_eval', name='critic_directions_clouds', tiny=TINY):
  gin.clear_config()
  bound = [f'critic_directions.{binding}' for binding in tiny] + list(bindings)
  gin_files.read([gin_files.find(f'{name}.gin')], bound, True)
  return main.run(Execution(mode, folder, data_dir=str(folder)))


def test_under_maxgp_gradients_point_at_real_points_and_without_they_need_not(tmp_path):
  assert study(tmp_path, 'SmallAdam.learning_rate = 1e-3', mode='train_and_eval') == 0
  rows = {(row.quantity, row.subject): row.value for row in results.read(tmp_path)}
  angle, none = (
    rows[f'crossed, hyperbolic, {name}', 'angle to a bounding real point, degrees'] for name in ('MaxGP', 'none')
  )
  assert angle < 8 < none
  assert rows['crossed, hyperbolic, MaxGP', 'largest slope'] == pytest.approx(
    rows['crossed, hyperbolic, MaxGP', 'k of the optimum'], rel=0.1
  )
  assert rows['crossed, hyperbolic, MaxGP', 'distance to f*, of its range'] < 0.1
  assert {path.name for path in (tmp_path / 'figures').glob('*.png')} == {'crossed.png', 'means.png'}


def test_measures_by_hand():
  """A fake point at 0, a real one at (2, 0) with f* = -1 and 1: f = (3, 5) is the same without its mean."""
  critic = landscape.OptimalCritic(
    np.array([[2.0, 0.0]]), np.zeros([1, 2]), np.array([1.0]), np.array([-1.0]), 1.0, 0.0, 0.0, np.ones([1, 1]), 2
  )
  assert outcomes.angle(critic, [[1.0, 1.0]]) == pytest.approx(45)
  assert outcomes.angle(critic, [[0.0, 0.0]]) == 90
  assert outcomes.nearest(critic, np.array([[1.0, 1.0]])) == pytest.approx(45)
  two = critic._replace(real=np.array([[2.0, 0.0], [0.0, 5.0]]))
  assert outcomes.nearest(two, np.array([[0.0, 3.0]])) == pytest.approx(0)
  run = {'real_values': np.array([5.0]), 'fake_values': np.array([3.0])}
  assert outcomes.distance(critic, run) == pytest.approx(0)
  run = {'real_values': np.array([8.0]), 'fake_values': np.array([2.0])}
  assert outcomes.distance(critic, run) == pytest.approx(1)  # (3, -3) beside (1, -1), range 2


@pytest.mark.slow
def test_images_are_drawn_along_the_gradient(tmp_path, any_dataset, monkeypatch):
  drawn = []
  monkeypatch.setattr(
    figures.images, 'in_rows', lambda *given, made=figures.images.in_rows: drawn.append(given) or made(*given)
  )
  tiny = [
    *(each for each in TINY if 'seeds' in each or 'width' in each or 'layers' in each),
    'iterations = 4',
    'records = 2',
  ]
  bindings = ['critic_directions.count = 3', 'images_and_noise.places = (5, 6, 90)']
  assert study(tmp_path, *bindings, name='critic_directions_images', tiny=tiny) == 0
  assert {(len(pictures), columns) for pictures, columns in drawn} == {(3 * 9, 9)}  # a row of nine for each fake point
  assert (tmp_path / 'figures/images-linear-MaxGP.png').stat().st_size > 0
  assert not (tmp_path / 'figures/images.png').exists()
  with pytest.raises(InputError, match='images_and_noise.places has not 4 places'):
    study(tmp_path / 'more', 'critic_directions.count = 4', *bindings[1:], name='critic_directions_images', tiny=tiny)


def test_without_an_exact_optimum_there_are_surfaces_only(tmp_path):
  tiny = ['width = 4', 'layers = 3', 'iterations = 20', 'records = 2', 'grid = 5']
  assert study(tmp_path, name='critic_surfaces_selu', tiny=tiny) == 0
  found = [(row.quantity, row.subject) for row in results.read(tmp_path)]
  assert {subject for _, subject in found} == {'largest slope', 'spread of the mean of f, last half'}
  assert len(found) == 3 * 2
  assert (tmp_path / 'figures/squares.png').stat().st_size > 0


def test_describe_counts(tmp_path, capsys):
  assert study(tmp_path / 'none', mode='describe') == 0
  assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {'runs': 2, 'steps_per_run': 2000}


@pytest.mark.parametrize(
  ('binding', 'words'),
  [
    ('seeds = 0', 'critic_directions.seeds = 0 does not fit'),
    ('weight = 0.0', 'critic_directions.weight = 0.0 does not fit'),
    ('limit = 1.0', 'a weight and a limit of the optimum'),
    ('count = 2000', 'critic_directions.count = 2000 does not fit'),
    ('records = 7', 'critic_directions.records = 7 is no divisor of critic_directions.iterations'),
    ("phis = {'a/b': @hyperbolic}", "has the name 'a/b'"),
    ("penalties = {'odd': @hyperbolic}", 'the penalty odd fails'),
  ],
)
def test_what_makes_no_sense_is_refused(tmp_path, binding, words):
  with pytest.raises(InputError, match=words):
    study(tmp_path / 'run', f'critic_directions.{binding}')
  assert not (tmp_path / 'run').exists()
