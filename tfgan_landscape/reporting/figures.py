"""How every figure of ours is kept: a PNG to look at, and an SVG of the same name for papers."""

import pathlib

import matplotlib
import matplotlib.backends.backend_agg
import matplotlib.backends.backend_svg
import matplotlib.figure

from tfgan_landscape.io import files


def new(width, height):
  """Returns an empty figure, width and height in inches, that needs no screen."""
  return matplotlib.figure.Figure(figsize=(width, height), layout='constrained')


def save(figure, path):
  """Writes a figure to `path`, a .png, and beside it as .svg; makes the folder."""
  matplotlib.backends.backend_agg.FigureCanvasAgg(figure)
  with files.replacing(path) as partial:
    figure.savefig(partial, dpi=110)
  matplotlib.backends.backend_svg.FigureCanvasSVG(figure)
  unchanging = matplotlib.rc_context({'svg.hashsalt': 'tfgan_landscape'})  # the same figure, the same file
  with unchanging, files.replacing(pathlib.Path(path).with_suffix('.svg')) as partial:
    figure.savefig(partial, metadata={'Date': None})
