"""Figures over the plane: clouds of points, and a critic's value with its slope (0-GP paper, Figures 1, 2, 5 and 6)."""

import numpy as np
import scipy.special

from tfgan_landscape.reporting import figures

_SHOWN = 2000  # points of a panel


def samples(path, rows, centres):
  """Draws clouds of points in the plane (Figure 14 (a) to (c)); of more dimensions, the first two.

  Args:
    path: of the PNG.
    rows: {title of a row: {title of a panel: points [n, d]}}, the same panels in each row.
    centres: [modes, d], drawn as red crosses.
  """
  columns = max(len(panels) for panels in rows.values())
  figure = figures.new(2.2 * columns, 2.4 * len(rows))
  axes = figure.subplots(len(rows), columns, sharex=True, sharey=True, squeeze=False)
  reach = 1.4 * np.abs(centres[:, :2]).max()
  for line, (name, panels) in zip(axes, rows.items()):
    for axis, (title, points) in zip(line, panels.items()):
      axis.plot(*points[:_SHOWN, :2].T, '.', markersize=1.5, alpha=0.4, label='generated points')
      axis.plot(*centres[:, :2].T, 'x', color='tab:red', markersize=5, label='centres of the real modes')
      axis.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect='equal')
      axis.set_title(title, fontsize=8)
      axis.tick_params(labelsize=6)
    line[0].set_ylabel(f'{name}\n$x_2$')
  for axis in axes[-1]:
    axis.set_xlabel('$x_1$')
  figure.legend(*axes[0, 0].get_legend_handles_labels(), loc='outside upper right', ncols=2, fontsize=7)
  figures.save(figure, path)


def surfaces(path, axis, found, columns):
  """Draws D over a square, a panel for each case, with the points that it was trained on.

  Args:
    path: of the PNG.
    axis: coordinates of the grid, on both axes.
    found: list of (title, (D [grid, grid], rows for the second coordinate; (real [n, 2], fake [n, 2]) or None)).
    columns: panels of a row.
  """
  figure, axes = _panels(len(found), columns)
  for panel, (title, (values, points)) in zip(axes.flat, found):
    image = _surface(panel, axis, values, title)
    for name, cloud, color in zip(('real', 'fake'), points if points is not None else (), ('darkred', 'darkblue')):
      panel.plot(*cloud[:300].T, '.', markersize=2.5, color=color, label=name)
  axes[0, 0].legend(fontsize=7, loc='upper left')
  figure.colorbar(image, ax=axes, label='D', shrink=0.6)
  figures.save(figure, path)


def fields(path, axis, found, real, columns=4):
  """Draws D and the direction of its logit's gradient over a square, a panel for each run, with its generated points.

  Args:
    path: of the PNG.
    axis: coordinates of the grid, on both axes.
    found: {title: (logits and their gradient [3, grid, grid], rows for the second coordinate; generated [n, d])}.
    real: [n, d], the first two coordinates are drawn, as of the generated points.
    columns: panels of a row at most.
  """
  figure, axes = _panels(len(found), -(-len(found) // -(-len(found) // columns)))  # as many rows, and as full as can be
  for panel, (title, ((logits, *gradient), fake)) in zip(axes.flat, found.items()):
    image = _surface(panel, axis, scipy.special.expit(logits), title)
    length = np.hypot(*gradient)
    unit = np.where(length > 0, np.array(gradient) / np.where(length > 0, length, 1), 0)
    panel.quiver(axis, axis, *unit, color='black', alpha=0.5, width=0.003, scale=30)
    for name, cloud, color in (('real', real, 'darkred'), ('generated', fake, 'darkblue')):
      panel.plot(*cloud[:500, :2].T, '.', markersize=2.5, color=color, label=name)
  axes[0, 0].legend(fontsize=7, loc='upper left')
  figure.colorbar(image, ax=axes, label='D', shrink=0.6)
  figure.supxlabel("arrows: direction of the logit's gradient", fontsize=8)
  figures.save(figure, path)


def _panels(count, columns):
  rows = -(-count // columns)
  figure = figures.new(2.5 * columns + 0.8, 2.6 * rows + 0.4)
  axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
  for panel in axes.flat[count:]:
    panel.set_axis_off()
  return figure, axes


def _surface(panel, axis, values, title):
  """Draws D with its border between real and fake; returns the image, for a colour bar."""
  image = panel.pcolormesh(axis, axis, values, vmin=0, vmax=1, cmap='coolwarm', shading='nearest', rasterized=True)
  if values.min() < 0.5 < values.max():
    panel.contour(axis, axis, values, [0.5], colors='black', linewidths=0.8)
  panel.set_title(title, fontsize=9)
  panel.set(xlim=(axis[0], axis[-1]), ylim=(axis[0], axis[-1]), aspect='equal')
  return image
