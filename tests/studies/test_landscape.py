"""The landscape study: its table beside the paper's numbers, its figures, and what it refuses."""

import gin
import numpy as np
import pytest

from tfgan_landscape import main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import results
from tfgan_landscape.studies.landscape import figures
from tfgan_landscape.studies.landscape.study import LANDSCAPES, PAPER, _critics, _first_move, _on_the_line


def study(folder, *bindings, mode='train_and_eval'):
  gin.clear_config()
  gin_files.read([gin_files.find('landscape.gin')], ['landscape_figures.surface = 5', *bindings], True)
  return main.run(Execution(mode, folder, seed=0))


def test_it_leaves_a_table_and_figures(tmp_path):
  assert study(tmp_path) == 0
  rows = {(row.quantity, row.subject): row for row in results.read(tmp_path)}
  for name, states in PAPER.items():
    for state, words in states.items():
      assert rows[state, name].value == pytest.approx(float(words), abs=5e-5)
      assert rows[state, name].paper == words
  assert rows['mode collapse', 'RS-GAN, all pairs'].value == pytest.approx(-np.log(2) / 2)
  for name in ('states', 'clusters', 'surfaces', 'graphs', 'graph_path', 'two_lines', 'objectives'):
    assert (tmp_path / 'figures' / f'{name}.png').stat().st_size > 5000
    assert (tmp_path / 'figures' / f'{name}.svg').exists()


@pytest.mark.parametrize('name', LANDSCAPES)
def test_the_surface_of_every_landscape_is_its_value(name):
  value = _on_the_line(name)
  random = np.random.RandomState(0)
  for generated in random.choice([0.0, 1.0, 0.25, -0.5], [20, 2]).tolist():
    exact = LANDSCAPES[name]([0, 1], generated)
    if generated[0] != generated[1] or generated[0] in (0.0, 1.0):  # two that coincide off X are as two apart
      assert value(generated) == pytest.approx(exact)


def test_only_the_lipschitz_critic_knows_where_the_real_points_went():
  """Figure 1 of the LGAN paper: other critics' values at the generated points, or between them, say nothing of it."""
  beside, above = _critics(moved=0), _critics(moved=1)
  np.testing.assert_array_equal(beside['least squares'][3], above['least squares'][3])
  np.testing.assert_allclose(beside['compact Wasserstein dual'][3], 0, atol=1e-9)
  np.testing.assert_allclose(beside['Lipschitz penalty'][4], [[-1, 0]] * 9, atol=1e-6)
  upwards = above['Lipschitz penalty'][4]
  assert (upwards[:, 1] > 0.5).all()
  assert (upwards[:, 0] < -0.5).all()


def test_cycles_and_trees_are_those_of_the_paper():
  """Figure 25 (a): the cycle 1, 2, 3, 4; the trees hang on 1 and 4."""
  heads = np.array([1, 2, 3, 0, 0, 4, 4, 6, 6, 3])
  assert [vertex + 1 for vertex in range(10) if figures._returns(heads, vertex)] == [1, 2, 3, 4]
  assert figures._returns(np.array([0, -1]), 0)
  assert not figures._returns(np.array([0, -1]), 1)
  place = figures._places(heads, np.isin(np.arange(10), range(4)))
  assert place.shape == (11, 2)
  assert len(np.unique(place.round(6), axis=0)) == 11


def test_describe_touches_no_disk(tmp_path, capsys):
  assert study(tmp_path / 'none', mode='describe') == 0
  assert '"landscapes": 6' in capsys.readouterr().out
  assert not (tmp_path / 'none').exists()


@pytest.mark.parametrize(
  ('binding', 'words'),
  [
    ('landscape_figures.surface = 60', 'give 4 k . 1'),
    ("landscape_figures.graphs = {'one': [1, 3]}", "'one' has an index outside -1 to 1"),
    ('landscape_figures.shares = [1.0]', 'landscape_figures.shares'),
    ('landscape_figures.points = 1', 'landscape_figures.points = 1 does not fit'),
  ],
)
def test_what_makes_no_sense_is_refused(tmp_path, binding, words):
  with pytest.raises(InputError, match=words):
    study(tmp_path, binding)


def test_the_first_move_of_the_path_closes_a_cycle_more():
  """y_5 goes to x_5, the first vertex outside of the cycle: -log 2 / 10 more (Claim J.1)."""
  before, after = _first_move([1, 2, 3, 0, 0, 4, 4, 6, 6, 3]).items()
  assert before[0] == 'before: value -0.2773'
  assert after[0] == 'after one point has moved: value -0.3466'
  assert np.flatnonzero(before[1] != after[1]).tolist() == [4]
  assert after[1][4] == 4
