"""Figures of critics between small point sets (LGAN paper, Figures 1 to 3, 5, 7 to 11)."""

import functools

import numpy as np

from tfgan_landscape.reporting import figures, images

_ALONG = 6  # pictures along a gradient


def surfaces(path, axes, panels, points, columns):
  """Draws f over the plane, a panel each, with the direction of its gradient at the fake points.

  Args:
    path: of the PNG.
    axes: coordinates of the grid (x, y).
    panels: {title: (f [y, x], gradients at the fake points [m, 2])}; one by itself is drawn without it.
    points: (real [n, 2], fake [m, 2]).
    columns: panels of a row.
  """
  (x, y), (real, fake) = axes, points
  rows = -(-len(panels) // columns)
  figure = figures.new(2.6 * columns + 0.6, 2.5 * rows + 0.3)
  for axis, (title, (values, gradients)) in zip(figure.subplots(rows, columns, squeeze=False).flat, panels.items()):
    image = axis.pcolormesh(x, y, values, cmap='coolwarm', shading='nearest', rasterized=True)
    figure.colorbar(image, ax=axis, shrink=0.8).ax.tick_params(labelsize=6)
    length = np.linalg.norm(gradients, axis=1, keepdims=True)
    unit = np.where(length > 0, gradients / np.where(length > 0, length, 1), 0)
    axis.quiver(*fake.T, *unit.T, color='black', width=0.008, scale=12, zorder=3)
    for name, cloud, color in (('real', real, 'darkred'), ('fake', fake, 'darkblue')):
      axis.plot(*cloud.T, '.', markersize=4, color=color, label=name)
    axis.set_title(title if len(panels) > 1 else '', fontsize=8)
    axis.set(xticks=[], yticks=[], aspect='equal')
  figure.axes[0].legend(fontsize=6, loc='best')
  figures.save(figure, path)


def means(path, found, iterations):
  """Draws the mean of f over a training, a panel a penalty, a line an objective (Figure 5).

  Args:
    path: of the PNG.
    found: {penalty: {objective: [records]}}.
    iterations: of a run.
  """
  figure = figures.new(4.2 * len(found), 3.2)
  for axis, (title, lines) in zip(figure.subplots(1, len(found), squeeze=False)[0], found.items()):
    for name, values in lines.items():
      axis.plot(np.linspace(0, iterations, len(values) + 1)[1:], values, label=name, linewidth=1)
    axis.set(xlabel='critic steps', ylabel='mean of f over all points', title=title)
    axis.legend(fontsize=7)
  figures.save(figure, path)


def gradations(name, points, runs, shape):
  """Returns {name of a picture: its drawing} of points that are images, a row for each fake one.

  A row is it, the critic's gradient there, points along it, and the real one that these come nearest to.

  Args:
    name: of the sets.
    points: (real [n, d], fake [m, d]).
    runs: {(objective, penalty): {'gradients' [m, d]}}.
    shape: (height, width, channels) of a point.
  """
  real, fake = points
  found = {}
  for (phi, penalty), run in runs.items():
    rows = [row for point, gradient in zip(fake, run['gradients']) for row in _gradation(point, gradient, real)]
    found[f'{name}-{phi}-{penalty}'] = functools.partial(_draw_pictures, pictures=np.reshape(rows, [-1, *shape]))
  return found


def _draw_pictures(path, pictures):
  """Draws [rows * (_ALONG + 3), h, w, c] in [-1, 1], with a heading above each kind of column."""
  grid = images.in_rows(images.to_uint8(pictures.astype(np.float32)), _ALONG + 3)
  figure = figures.new(0.9 * (_ALONG + 3), 0.9 * len(pictures) / (_ALONG + 3) + 0.4)
  axis = figure.subplots()
  axis.imshow(grid.squeeze(), cmap='gray', vmin=0, vmax=255, interpolation='nearest')
  width = grid.shape[1] / (_ALONG + 3)
  names = {0.5: 'generated', 1.5: 'gradient', 2 + _ALONG / 2: 'along the gradient', _ALONG + 2.5: 'nearest real'}
  axis.set_xticks([place * width for place in names], names.values(), fontsize=8)
  axis.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
  axis.set_yticks([])
  figures.save(figure, path)


def _gradation(point, gradient, real):
  """The pictures of a row, [_ALONG + 3, d]; those along the gradient end at the distance of the real one."""
  unit = gradient / max(np.linalg.norm(gradient), 1e-12)
  towards = real - point
  length = np.linalg.norm(towards, axis=1)
  nearest = np.argmax(towards @ unit / length)
  steps = point + np.linspace(0, length[nearest], _ALONG + 1)[1:, None] * unit
  return [point, gradient / max(np.abs(gradient).max(), 1e-12), *steps, real[nearest]]
