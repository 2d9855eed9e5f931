"""Figures of the bad-start experiment (RS-GAN paper, Appendix D, Figure 14)."""

import numpy as np

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


def by_learning_rate(path, rates, measures):
  """Draws measures against the learning rate, with their intervals (Figure 14 (d)).

  Args:
    path: of the PNG.
    rates: learning rates.
    measures: {name of a measure: {name of a loss: one (value, low, high) for each rate}}.
  """
  figure = figures.new(4.2 * len(measures), 3.4)
  for axis, (measure, curves) in zip(figure.subplots(1, len(measures), squeeze=False)[0], measures.items()):
    for name, estimates in curves.items():
      value, low, high = np.array(estimates).T
      axis.errorbar(rates, value, [value - low, high - value], marker='o', capsize=3, label=name)
    axis.set(xscale='log', xlabel='learning rate of both players', ylabel=measure)
    axis.set_ylim(bottom=0)
  axis.legend()
  figures.save(figure, path)
