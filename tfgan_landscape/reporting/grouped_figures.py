"""Figure of a study that crosses losses with something else: a number and its interval for every combination."""

import numpy as np

from tfgan_landscape.reporting import figures


def combinations(path, rows, sides, quantities):
  """Draws quantities side by side: a line of the figure a loss, a colour what it is combined with.

  Args:
    path: of the PNG.
    rows: `results.Row`s whose subjects are names of `sides`; values that are never reached are left out.
    sides: {name: (loss's name, other names, ...)}, see `pairings.crossed`.
    quantities: of the rows, a panel each.
  """
  losses = list(dict.fromkeys(side[0] for side in sides.values()))
  others = list(dict.fromkeys(side[1:] for side in sides.values()))
  varying = [index for index in range(len(others[0])) if len({other[index] for other in others}) > 1]
  figure = figures.new(4.6 * len(quantities) + 1.2, 0.5 * len(losses) + 1.4)
  axes = figure.subplots(1, len(quantities), sharey=True, squeeze=False)[0]
  for axis, quantity in zip(axes, quantities):
    found = {row.subject: row for row in rows if row.quantity == quantity and row.value is not None}
    for index, other in enumerate(others):
      heights = np.arange(len(losses)) + 0.6 * (index / max(1, len(others) - 1) - 0.5)
      points = [found.get(_name(sides, loss, other)) for loss in losses]
      kept = [(row, height) for row, height in zip(points, heights) if row is not None]
      spans = [[row.value - _or(row.low, row), _or(row.high, row) - row.value] for row, _ in kept]
      label = ', '.join(other[part] for part in varying)
      values = [row.value for row, _ in kept]
      axis.errorbar(values, [h for _, h in kept], xerr=np.array(spans).T, fmt='o', markersize=4, label=label)
    axis.set(xlabel=quantity, yticks=range(len(losses)), yticklabels=losses)
    axis.grid(axis='x', linewidth=0.4)
  axes[0].invert_yaxis()
  figure.legend(*axes[0].get_legend_handles_labels(), loc='outside right center')
  figures.save(figure, path)


def _name(sides, loss, other):
  return next(name for name, side in sides.items() if side == (loss, *other))


def _or(end, row):
  """An end of an interval, or the value where there is none."""
  return row.value if end is None else end
