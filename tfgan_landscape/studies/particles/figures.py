"""Figures of densities and particles (RS-GAN paper, Figures 1 to 3 and 21 to 24)."""

import numpy as np

from tfgan_landscape.reporting import figures

_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.75**0.5]])


def densities(path, counts, values, states, line, ways):
  """Draws a value over all densities on three points, and over one of three particles (Figure 1).

  Args:
    path: of the PNG.
    counts: [densities, 3], generated points on each place.
    values: [densities].
    states: [(counts [3] of three particles, value, whether a bad strict local minimum)].
    line: places [m] of the third particle, the others on the first point.
    ways: {loss: its values [m]}.
  """
  figure = figures.new(9.6, 4.2)
  left, right = figure.subplots(1, 2)
  places = counts / counts.sum(1, keepdims=True) @ _CORNERS
  contours = left.tricontourf(*places.T, values, levels=14, cmap='viridis')
  figure.colorbar(contours, ax=left, shrink=0.8, label="JS-GAN's value")
  for each, value, bad in states:
    place = each / 3 @ _CORNERS
    left.plot(*place, 'o', color='tab:red' if bad else 'white', markeredgecolor='black')
    style = {'boxstyle': 'round,pad=0.15', 'facecolor': 'white', 'edgecolor': 'none', 'alpha': 0.8}
    left.annotate(f'{value:.3f}', place, (0, 9), textcoords='offset points', ha='center', fontsize=7, bbox=style)
  for corner, name, across in zip(_CORNERS, ('x1', 'x2', 'x3'), ('right', 'left', 'center')):
    left.annotate(
      f'all on {name}',
      corner,
      (0, 22 if across == 'center' else -14),
      textcoords='offset points',
      ha='center',
      fontsize=8,
    )
  left.set(aspect='equal', xlim=(-0.15, 1.15), ylim=(-0.12, 1.02))
  left.set_title('densities: convex, one minimum\nred: strict minima of three particles', fontsize=9)
  left.set_axis_off()
  for name, each in ways.items():
    above = np.array(each) - np.min(each)
    right.plot(line, above / np.interp(0, line, above), label=name)
  right.set(xlabel='y3, with y1 = y2 = x1 = 0, x2 = 1, x3 = 2', ylabel='value above its minimum, over that of collapse')
  right.set_title('one particle moves: a barrier, or none', fontsize=9)
  right.legend(fontsize=8)
  figures.save(figure, path)


def boundaries(path, real, rows):
  """Draws two particles on their way and the critics that they meet (Figures 2 and 3).

  Args:
    path: of the PNG.
    real: the real points.
    rows: {loss: (path [steps, 2], values [steps], `LipschitzValue` of each step)}.
  """
  figure = figures.new(11.0, 2.7 * len(rows))
  axes = figure.subplots(len(rows), 4, sharex=True, sharey='row', squeeze=False)
  line = np.linspace(-0.6, 2.7, 300)
  for lane, (name, (way, values, critics)) in zip(axes, rows.items()):
    for axis, at in zip(lane, np.linspace(0, len(way) - 1, 4).round().astype(int)):
      places, heights = _knots(real, way[at], critics[at])
      axis.plot(line, np.interp(line, places, heights), color='grey', linewidth=1, zorder=0)
      axis.plot(real, critics[at].real_values, 'o', color='tab:blue', markersize=8, label='real')
      axis.plot(way[at], critics[at].fake_values, 's', color='tab:orange', markersize=5, label='generated')
      for start, end in zip(way[at], way[min(at + 3, len(way) - 1)]):
        height = np.interp(start, places, heights)
        if start != end:
          axis.annotate('', (end, height), (start, height), arrowprops={'arrowstyle': '->', 'color': 'tab:orange'})
      if 'JS' in name:
        axis.axhline(0, color='tab:red', linewidth=0.8, linestyle='--')
      axis.set_title(f'step {at}: value {values[at]:.3f}', fontsize=9)
    lane[0].set_ylabel(f'{name}\nbest critic f')
  for axis in axes[-1]:
    axis.set_xlabel('place')
  axes[0, 0].legend(fontsize=7)
  figures.save(figure, path)


def _knots(real, fake, critic):
  places = np.concatenate([real, fake])
  heights = np.concatenate([critic.real_values, critic.fake_values])
  order = np.argsort(places, kind='stable')
  return places[order], heights[order]


def modes(path, cases):
  """Draws modes that move to the real ones and then settle (Figures 21 to 23).

  Args:
    path: of the PNG.
    cases: {name: (real [n], path [steps, n], distance between modes [steps], within modes [steps])}.
  """
  figure = figures.new(3.6 * len(cases), 5.2)
  axes = figure.subplots(2, len(cases), sharex='col', squeeze=False)
  for (above, below), (name, (real, way, macro, micro)) in zip(axes.T, cases.items()):
    for track in way.T:
      above.plot(track, color='tab:orange', linewidth=0.7)
    for each in real:
      above.axhline(each, color='tab:blue', linewidth=0.4)
    above.set_title(name, fontsize=10)
    below.plot(macro, label='between modes (macro)')
    below.plot(micro, label='within modes (micro)')
    below.set(xlabel='step', ylim=(0, None))
  axes[0, 0].set_ylabel('place: orange generated, blue real')
  axes[1, 0].set_ylabel('distance')
  axes[1, -1].legend(fontsize=8)
  figures.save(figure, path)


def new_points(path, generator, latents, real):
  """Draws what a generator that fits its latents' points makes of others (Figure 24).

  Args:
    path: of the PNG.
    generator: `Perceptron` of one latent and two outputs.
    latents: [n].
    real: [n, 2].
  """
  figure = figures.new(9.0, 3.6)
  left, right = figure.subplots(1, 2)
  line = np.linspace(latents.min() - 0.3, latents.max() + 0.3, 600)
  made = generator(line)
  left.plot(line, made[:, 0], color='grey', linewidth=1, label='generator')
  left.plot(latents, real[:, 0], 'o', color='tab:blue', markersize=4, label='fitted')
  left.set(xlabel='latent', ylabel='first coordinate of the point')
  left.legend(fontsize=8)
  right.plot(*made.T, color='grey', linewidth=1)
  right.plot(*real.T, 'o', color='tab:blue', markersize=4)
  right.set(xlabel='first coordinate', ylabel='second')
  figures.save(figure, path)
