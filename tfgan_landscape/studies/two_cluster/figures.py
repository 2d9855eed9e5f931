"""Figures of the two-cluster experiment (RS-GAN paper, Figures 5 to 9 and 11)."""

import numpy as np

from tfgan_landscape.reporting import figures
from tfgan_landscape.studies.two_cluster import outcomes

_BESIDE = 2  # runs beside each other


def movement(path, runs, setting):
  """Draws runs side by side, two at most: above the critic's loss, below the fake points (Figures 5 to 9 and 11).

  More runs go below each other.

  Args:
    path: of the PNG.
    runs: {title: {'critic_loss' [records], 'fake' [records, n]}}.
    setting: `Setting`; exact and published losses of the collapsed state are dashed lines above.
  """
  collapse = -outcomes.values(np.array([setting.due.sum(), 0]), setting.due)
  levels = {'JS-GAN collapsed, exact': collapse, 'log 2': np.log(2), 'RS-GAN collapsed, paper': 0.35}
  columns = min(len(runs), _BESIDE)
  blocks = -(-len(runs) // columns)
  figure = figures.new(4.4 * columns, 2.7 * blocks + 0.3)
  axes = figure.subplots(2 * blocks, columns, sharex=True, squeeze=False)
  for index, (title, run) in enumerate(runs.items()):
    block, column = divmod(index, columns)
    _draw_run(axes[2 * block : 2 * block + 2, column], title, run, setting, levels)
  for rows in axes[::2], axes[1::2]:
    low, high = zip(*(axis.get_ylim() for axis in rows.flat))
    for axis in rows.flat:
      axis.set_ylim(min(low), max(high))
  for axis in axes[-2:, len(runs) - (blocks - 1) * columns :].flat:
    axis.set_axis_off()
  for name, level in levels.items():
    axes[0, 0].annotate(name, (setting.times[-1], level), ha='right', va='bottom', fontsize=7, color='grey')
  for axis in axes[-1]:
    axis.set_xlabel('epochs')
  axes[1, 0].legend(fontsize=7, loc='upper right')
  figures.save(figure, path)


def _draw_run(axes, title, run, setting, levels):
  """Draws a run on two axes, one above the other."""
  upper, lower = axes
  upper.set(title=title, ylabel="critic's loss")
  upper.plot(setting.times, run['critic_loss'], linewidth=0.8)
  for level in levels.values():
    upper.axhline(level, color='grey', linestyle='--', linewidth=0.7)
  lower.plot(setting.times, run['fake'], color='tab:blue', linewidth=0.3, alpha=0.5)
  lower.plot([], color='tab:blue', label='generated points')
  _draw_clusters(lower.axhline, setting, alpha=0.7)
  lower.set_ylabel('place')


def critics(path, run, setting, title):
  """Draws D over the line at six records up to the escape, with the fake points on the axis (Figure 6 (c)).

  Args:
    path: of the PNG.
    run: {'critic_image' [records, g] in [0, 1], 'fake' [records, n]}.
    setting: `Setting`.
    title: of the picture.
  """
  picks = outcomes.critics_up_to_escape(run, setting)
  figure = figures.new(2.4 * len(picks), 2.6)
  axes = figure.subplots(1, len(picks), sharey=True, squeeze=False)[0]
  for axis, pick in zip(axes, picks):
    fake = run['fake'][pick]
    axis.plot(setting.grid, run['critic_image'][pick], label='D')
    axis.plot(fake, np.zeros_like(fake), '|', color='tab:orange', clip_on=False, label='generated points')
    _draw_clusters(axis.axvline, setting, alpha=0.4)
    axis.axhline(1 / 3, color='grey', linestyle='--', linewidth=0.7, label='1/3, the paper (collapsed)')
    axis.set(title=f'epoch {setting.times[pick]:,}', ylim=(0, 1), xlim=(setting.grid[0], setting.grid[-1]))
    axis.set_xlabel('place on the line')
  axes[0].set_ylabel('D')
  axes[-1].legend(fontsize=6, loc='upper right')
  figure.suptitle(title)
  figures.save(figure, path)


def _draw_clusters(line, setting, alpha):
  for index, middle in enumerate(setting.centers + setting.spread / 2):
    line(middle, color='tab:red', linewidth=1.5, alpha=alpha, label=None if index else 'real clusters')
