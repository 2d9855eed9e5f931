"""Heat maps over the learning rates of both players."""

import textwrap

import numpy as np
from matplotlib import colors, patches

from tfgan_landscape.reporting import figures


def heat_maps(path, measures, rates, best):
  """Draws a row of maps for each measure, a map for each loss; a cell without a finite value is grey.

  Args:
    path: of the PNG.
    measures: {label: {loss: {(critic's rate, generator's): value}}}; shares are recognised by values of at most 1.
    rates: (critic's, from below to above; generator's, from left to right).
    best: {loss: its best pair of rates}, framed.
  """
  (critic_rates, generator_rates), losses = rates, list(best)
  figure = figures.new((0.36 * max(len(generator_rates), 4) + 0.6) * len(losses) + 0.8, 2.3 * len(measures))
  axes = figure.subplots(len(measures), len(losses), sharex=True, sharey=True, squeeze=False)
  for row, (label, maps) in zip(axes, measures.items()):
    values = {name: np.array([[maps[name][c, g] for g in generator_rates] for c in critic_rates]) for name in losses}
    norm = _norm(np.concatenate(list(values.values())))
    for axis, name in zip(row, losses):
      frame = critic_rates.index(best[name][0]), generator_rates.index(best[name][1])
      _draw(axis, values[name], norm, frame)
    row[0].set_ylabel(f'{textwrap.fill(label, 24)}\n\ncritic rate')
    row[0].set_yticks(range(len(critic_rates)), [f'{rate:g}' for rate in critic_rates])
  for axis, name in zip(axes[0], losses):
    axis.set_title(name)
  for axis in axes[-1]:
    axis.set_xticks(range(len(generator_rates)), [f'{rate:g}' for rate in generator_rates])
    axis.set_xlabel('generator rate')
  figures.save(figure, path)


def _norm(values):
  finite = values[np.isfinite(values)]
  if not len(finite) or finite.max() <= 1:
    return colors.Normalize(0, 1)
  return colors.LogNorm(finite.min(), max(finite.max(), finite.min() * 1.01))


def _draw(axis, values, norm, frame):
  shown = np.where(np.isfinite(values), values, np.nan)
  axis.set_facecolor('lightgrey')
  axis.imshow(shown, norm=norm, cmap='viridis_r', origin='lower', aspect='auto')
  for (row, column), value in np.ndenumerate(values):
    text = 'never' if not np.isfinite(value) else f'{value:.0%}' if norm.vmax == 1 else f'{value:,.0f}'
    dark = np.isfinite(value) and norm(value) > 0.6
    axis.text(column, row, text, ha='center', va='center', fontsize=7, color='white' if dark else 'black')
  corner = frame[1] - 0.48, frame[0] - 0.48
  axis.add_patch(patches.Rectangle(corner, 0.96, 0.96, fill=False, edgecolor='tab:red', linewidth=2))
