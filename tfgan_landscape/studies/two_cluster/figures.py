"""Figures of the two-cluster experiment (RS-GAN paper, Figures 5 to 9 and 11) and of its escape times."""

import numpy as np

from tfgan_landscape.reporting import figures


def movement(path, epochs, runs, centers, levels):
  """Draws runs side by side: above the critic's loss, below the fake points (Figures 5, 6 (a, b), 7, 8, 9 and 11).

  Args:
    path: of the PNG.
    epochs: [records].
    runs: {title: (critic's loss [records], fake points [records, n])}.
    centers: of the modes, drawn in red.
    levels: {name: loss}, drawn as dashed lines above.
  """
  figure = figures.new(3.2 * len(runs), 5.2)
  axes = figure.subplots(2, len(runs), sharex=True, sharey='row', squeeze=False)
  for (upper, lower), (title, (losses, fake)) in zip(axes.T, runs.items()):
    upper.set_title(title)
    upper.plot(epochs, losses, linewidth=0.8)
    for level in levels.values():
      upper.axhline(level, color='grey', linestyle='--', linewidth=0.7)
    lower.plot(epochs, fake, color='tab:blue', linewidth=0.3, alpha=0.5)
    lower.plot([], color='tab:blue', label='generated points')
    for index, center in enumerate(centers):
      lower.axhline(center, color='tab:red', linewidth=1.5, alpha=0.7, label=None if index else 'real clusters')
    lower.set_xlabel('epochs')
  for name, level in levels.items():
    axes[0, 0].annotate(name, (epochs[-1], level), ha='right', va='bottom', fontsize=7, color='grey')
  axes[1, 0].legend(fontsize=7, loc='upper right')
  axes[0, 0].set_ylabel("critic's loss")
  axes[1, 0].set_ylabel('place on the line')
  figures.save(figure, path)


def critics(path, grid, epochs, images, fakes, centers, title):
  """Draws D over the line at some epochs, with the fake points on the axis (Figure 6 (c)).

  Args:
    path: of the PNG.
    grid: [g], points on the line.
    epochs: [k].
    images: D [k, g] in [0, 1].
    fakes: fake points [k, n].
    centers: of the real clusters.
    title: of the picture.
  """
  figure = figures.new(2.4 * len(epochs), 2.6)
  axes = figure.subplots(1, len(epochs), sharey=True, squeeze=False)[0]
  for axis, epoch, image, fake in zip(axes, epochs, images, fakes):
    axis.plot(grid, image, label='D')
    axis.plot(fake, np.zeros_like(fake), '|', color='tab:orange', clip_on=False, label='generated points')
    for index, center in enumerate(centers):
      axis.axvline(center, color='tab:red', linewidth=1.5, alpha=0.4, label=None if index else 'real clusters')
    axis.axhline(1 / 3, color='grey', linestyle='--', linewidth=0.7, label='1/3, the paper (collapsed)')
    axis.set(title=f'epoch {epoch:,}', ylim=(0, 1), xlim=(grid[0], grid[-1]))
    axis.set_xlabel('place on the line')
  axes[0].set_ylabel('D')
  axes[-1].legend(fontsize=6, loc='upper right')
  figure.suptitle(title)
  figures.save(figure, path)


def survival(path, curves, title, end, paper, notes):
  """Draws the share of runs that have not escaped, with its band.

  Args:
    path: of the PNG.
    curves: {name: `Survival`-like tuple (times, shares, low, high)}.
    title: of the picture.
    end: the last epoch.
    paper: {name of a curve: epochs that the paper has}, drawn as dashed lines.
    notes: {name of a curve: what stands beside its name}.
  """
  figure = figures.new(7.0, 3.6 + 0.18 * len(curves))
  axis = figure.subplots()
  for name, (times, shares, low, high) in curves.items():
    times, shares, low, high = (
      np.append(part, last)
      for part, last in zip((times, shares, low, high), (max(end, times[-1]), shares[-1], low[-1], high[-1]))
    )
    (line,) = axis.step(times, shares, where='post', label=f'{name}: {notes[name]}')
    axis.fill_between(times, low, high, step='post', color=line.get_color(), alpha=0.2, linewidth=0)
    if name in paper:
      label = f'{name}, the paper: {paper[name]:,} epochs'
      axis.axvline(paper[name], color=line.get_color(), linestyle='--', linewidth=1, label=label)
  axis.set(title=title, xlabel='epochs', ylabel='share not escaped', ylim=(0, 1.02), xlim=(0, end))
  words = 'median epochs [95 % interval], log-rank test'
  figure.legend(loc='outside lower center', fontsize=7, title=words, title_fontsize=7)
  figures.save(figure, path)
