"""Figures of what many runs came to: times as survival curves, measures over time, numbers of every combination."""

import numpy as np

from tfgan_landscape.reporting import figures


def combinations(path, rows, cases, quantities):
  """Draws quantities side by side: a line of the figure a row of cases, a colour a column.

  Args:
    path: of the PNG.
    rows: `results.Row`s whose subjects are names of `cases`; values that are never reached are left out, and an
      interval without an upper end goes to the edge, with an arrow.
    cases: {name: (row, column)}, see `comparisons.in_rows`.
    quantities: of the rows, a panel each.
  """
  losses, others = (list(dict.fromkeys(parts)) for parts in zip(*cases.values()))
  figure = figures.new(4.6 * len(quantities) + 1.2, max(0.5 * len(losses) + 1.4, 0.25 * len(others) + 0.3))
  axes = figure.subplots(1, len(quantities), sharey=True, squeeze=False)[0]
  for axis, quantity in zip(axes, quantities):
    found = {row.subject: row for row in rows if row.quantity == quantity and _is_number(row.value)}
    edge = 1.1 * max((_or(row.high, row) for row in found.values()), default=0.0)
    for index, other in enumerate(others):
      heights = np.arange(len(losses)) + 0.6 * (index / max(1, len(others) - 1) - 0.5)
      points = [found.get(_name(cases, loss, other)) for loss in losses]
      kept = [(row, height) for row, height in zip(points, heights) if row is not None]
      _draw(axis, kept, other, edge)
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


def _name(cases, loss, other):
  return next(name for name, case in cases.items() if case == (loss, other))


def _is_number(value):
  return value is not None and np.isfinite(value)


def _is_open(row):
  return _is_number(row.low) and not _is_number(row.high)


def _or(end, row):
  """An end of an interval, or the value where there is none."""
  return end if _is_number(end) else row.value


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


def over_time(path, times, measures):
  """Draws measures over the iterations with their bands, a panel for each.

  Args:
    path: of the PNG.
    times: iterations, [records].
    measures: {label: {name: (value, low, high), each [records]}}.
  """
  figure = figures.new(4.8 * len(measures), 3.6)
  axes = figure.subplots(1, len(measures), squeeze=False)[0]
  for axis, (label, curves) in zip(axes, measures.items()):
    for name, (value, low, high) in curves.items():
      (line,) = axis.plot(times, value, label=name)
      axis.fill_between(times, low, high, color=line.get_color(), alpha=0.2, linewidth=0)
    axis.set(xlabel='iterations', ylabel=label, xlim=(0, times[-1]))
    axis.set_ylim(bottom=0)
  axes[-1].legend(fontsize=7)
  figures.save(figure, path)
