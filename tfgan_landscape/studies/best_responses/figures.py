"""Figures of the MIX+GAN paper: best responses on the circle (Appendix B, Figure 6), small mixtures (Theorem 4.2)."""

import numpy as np

from tfgan_landscape.reporting import figures


def rounds(path, games, true_angles):
  """Draws both players' angles, round by round.

  Args:
    path: of the PNG.
    games: {title: (theta [rounds + 1, t], phi [rounds, t])}.
    true_angles: drawn as grey lines.
  """
  columns = min(3, len(games))
  lines = -(-len(games) // columns)
  figure = figures.new(3.4 * columns, 2.4 * lines + 0.4)
  axes = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
  for axis, (title, (theta, phi)) in zip(axes.flat, games.items()):
    for index, angle in enumerate(true_angles):
      axis.axhline(angle % (2 * np.pi), color='grey', linewidth=0.8, label=None if index else 'real points')
    shown = min(len(phi), 20)
    axis.plot(np.arange(shown + 1), theta[: shown + 1, 0], '-o', color='tab:orange', markersize=4, label='generator')
    axis.plot(np.arange(shown) + 0.5, phi[:shown], 'x', color='tab:blue', markersize=5)
    axis.plot([], [], 'x', color='tab:blue', label='critic')
    axis.set_title(title, fontsize=9)
  for axis in axes[:, 0]:
    axis.set(ylabel='angle', yticks=[0, np.pi, 2 * np.pi], yticklabels=['0', 'π', '2π'], ylim=(-0.4, 2 * np.pi + 0.4))
  for axis in axes[-1]:
    axis.set_xlabel('round')
  figure.legend(*axes[0, 0].get_legend_handles_labels(), loc='outside upper right', ncols=3)
  figures.save(figure, path)


def objective(path, phi, value, theta, best, true_angles):
  """Draws the objective of one of the critic's bumps (Figure 6).

  Args:
    path: of the PNG.
    phi: [g] angles.
    value: [g], E_true[D_phi] - E_generated[D_phi].
    theta: the generator's angles.
    best: the best responses, marked.
    true_angles: drawn as grey lines.
  """
  figure = figures.new(6.0, 3.0)
  axis = figure.subplots()
  for angle in true_angles:
    axis.axvline(angle, color='grey', linewidth=0.8)
  axis.plot(phi, value)
  axis.plot(theta, np.zeros_like(theta), 's', color='tab:orange', label='generated points', clip_on=False)
  axis.plot(best, np.interp(best, phi, value), 'x', color='tab:red', markersize=9, label="critic's best responses")
  axis.set(xlabel='angle of a bump', ylabel='objective', xlim=(0, 2 * np.pi))
  axis.set_xticks([0, np.pi, 2 * np.pi], ['0', 'π', '2π'])
  axis.legend(loc='lower center')
  figures.save(figure, path)


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
