"""The figure of crossed studies: every combination has its mark, an open interval an arrow at the edge."""

import pytest

from tfgan_landscape.reporting import outcome_figures
from tfgan_landscape.reporting.images import read_png
from tfgan_landscape.reporting.results import Row

CASES = {'A-x': ('A', 'x'), 'A-y': ('A', 'y'), 'B-x': ('B', 'x'), 'B-y': ('B', 'y')}


def test_combinations_are_drawn_and_what_never_comes_is_left_out(tmp_path, monkeypatch):
  values = {'A-x': (1.0, 0.5, 2.0), 'A-y': (2.0, 1.5, None), 'B-x': (3.0, None, None), 'B-y': (None, None, None)}
  rows = [Row('time', name, *value) for name, value in values.items()]
  marks = []
  draw = outcome_figures.figures.new

  def watched(*size):
    marks.append(draw(*size))
    return marks[-1]

  monkeypatch.setattr(outcome_figures.figures, 'new', watched)
  outcome_figures.combinations(tmp_path / 'figure.png', rows, CASES, ['time'])
  (axis,) = marks[0].axes
  assert [label.get_text() for label in axis.get_yticklabels()] == ['A', 'B']
  arrows = [line for line in axis.lines if line.get_marker() == '>' and len(line.get_xdata())]
  assert [list(line.get_xdata()) for line in arrows] == [[pytest.approx(3.3)]]
  assert sum(len(line.get_xdata()) for line in axis.lines if line.get_marker() == 'o') == 3
  assert read_png(tmp_path / 'figure.png') is not None


def test_nothing_to_draw_is_an_empty_panel(tmp_path):
  outcome_figures.combinations(tmp_path / 'figure.png', [], CASES, ['time'])
  assert read_png(tmp_path / 'figure.png') is not None
