"""Figure of the epsilons of small mixtures (MIX+GAN paper, Theorem 4.2)."""

import numpy as np

from tfgan_landscape.reporting import figures


def epsilons(path, found, bounds):
  """Draws epsilon against the number of strategies, a game's bound dashed in its colour.

  Args:
    path: of the PNG.
    found: {game: {T: (mean, low, high)}}.
    bounds: {game: {T: epsilon}}.
  """
  figure = figures.new(6.0, 4.2)
  axis = figure.subplots()
  for name, by_count in found.items():
    counts, values = list(by_count), np.array([tuple(each)[:3] for each in by_count.values()]).T
    (line,) = axis.plot(counts, values[0], 'o-', markersize=3, label=f'{name}, measured')
    axis.fill_between(counts, values[1], values[2], color=line.get_color(), alpha=0.2, linewidth=0)
    axis.plot(*zip(*bounds[name].items()), '--', color=line.get_color(), linewidth=1, label=f'{name}, bound')
  title = 'Mixtures of T strategies beside the equilibrium'
  axis.set(xscale='log', yscale='log', xlabel='strategies of a mixture, T', ylabel='epsilon', title=title)
  axis.legend(fontsize=8)
  figures.save(figure, path)
