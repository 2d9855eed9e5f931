"""Figure of a study that crosses losses with something else: a number and its interval for every combination."""

import numpy as np

from tfgan_landscape.reporting import figures


def combinations(path, rows, sides, quantities):
  """Draws quantities side by side: a line of the figure a loss, a colour what it is combined with.

  Args:
    path: of the PNG.
    rows: `results.Row`s whose subjects are names of `sides`; values that are never reached are left out, and an
      interval without an upper end goes to the edge, with an arrow.
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
    edge = 1.1 * max((_or(row.high, row) for row in found.values()), default=0.0)
    for index, other in enumerate(others):
      heights = np.arange(len(losses)) + 0.6 * (index / max(1, len(others) - 1) - 0.5)
      points = [found.get(_name(sides, loss, other)) for loss in losses]
      kept = [(row, height) for row, height in zip(points, heights) if row is not None]
      _draw(axis, kept, ', '.join(other[part] for part in varying), edge)
    axis.set(xlabel=quantity, yticks=range(len(losses)), yticklabels=losses)
    axis.grid(axis='x', linewidth=0.4)
  axes[0].invert_yaxis()
  figure.legend(*axes[0].get_legend_handles_labels(), loc='outside right center')
  figures.save(figure, path)


def _draw(axis, kept, label, edge):
  """Draws rows at their heights, a list of (row, height)."""
  values, heights = [row.value for row, _ in kept], [height for _, height in kept]
  ends = [edge if _is_open(row) else _or(row.high, row) for row, _ in kept]
  spans = np.reshape([[row.value - _or(row.low, row), end - row.value] for (row, _), end in zip(kept, ends)], [-1, 2])
  drawn = axis.errorbar(values, heights, xerr=spans.T, fmt='o', markersize=4, label=label)
  never = [height for row, height in kept if _is_open(row)]
  axis.plot([edge] * len(never), never, '>', markersize=5, color=drawn[0].get_color())


def _name(sides, loss, other):
  return next(name for name, side in sides.items() if side == (loss, *other))


def _is_open(row):
  return row.low is not None and row.high is None


def _or(end, row):
  """An end of an interval, or the value where there is none."""
  return row.value if end is None else end
