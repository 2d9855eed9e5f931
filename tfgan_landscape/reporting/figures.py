"""How every figure of ours is kept: a PNG to look at, and an SVG of the same name for papers."""

import pathlib

import matplotlib
import matplotlib.backends.backend_agg
import matplotlib.backends.backend_svg
import matplotlib.figure


def new(width, height):
  """Returns an empty figure, width and height in inches, that needs no screen."""
  return matplotlib.figure.Figure(figsize=(width, height), layout='constrained')


def save(figure, path):
  """Writes a figure to `path`, a .png, and beside it as .svg; makes the folder."""
  path = pathlib.Path(path)
  path.parent.mkdir(parents=True, exist_ok=True)
  matplotlib.backends.backend_agg.FigureCanvasAgg(figure)
  figure.savefig(path, dpi=110)
  matplotlib.backends.backend_svg.FigureCanvasSVG(figure)
  with matplotlib.rc_context({'svg.hashsalt': 'tfgan_landscape'}):  # the same figure, the same file
    figure.savefig(path.with_suffix('.svg'), metadata={'Date': None})
