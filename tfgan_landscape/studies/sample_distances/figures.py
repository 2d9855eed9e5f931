"""Figures of distances of samples against their size (MIX+GAN paper, Section 3)."""

import numpy as np

from tfgan_landscape.reporting import figures


def curves(path, found, dimensions):
  """Draws each distance against the points of a sample, with its band.

  Args:
    path: of the PNG.
    found: {name: {points of a sample: (value, low, high)}}.
    dimensions: of the points.
  """
  figure = figures.new(7.0, 5.2)
  axis = figure.subplots()
  for name, by_count in found.items():
    counts, values = list(by_count), np.array([tuple(each)[:3] for each in by_count.values()]).T
    (line,) = axis.plot(counts, values[0], 'o-', markersize=3, label=name)
    axis.fill_between(counts, values[1], values[2], color=line.get_color(), alpha=0.2, linewidth=0)
  axis.axhline(np.log(2), color='grey', linestyle='--', linewidth=0.8, label='log 2, the largest divergence')
  axis.axhline(0, color='black', linewidth=0.5, label='0, the distance of the distributions')
  title = f'Samples of one Gaussian in {dimensions} dimensions'
  axis.set(xscale='log', xlabel='points of a sample, m', ylabel='distance (linear between -1 and 1)', title=title)
  axis.set_yscale('symlog', linthresh=1, linscale=2)
  axis.set_yticks([-10, -1, -0.5, 0, 0.5, 1], ['-10', '-1', '-0.5', '0', '0.5', '1'])
  figure.legend(loc='outside lower center', ncols=2, fontsize=7)
  figures.save(figure, path)
