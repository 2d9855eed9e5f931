"""The phase diagram of the landscape under a Lipschitz critic."""

import numpy as np

from tfgan_landscape.reporting import figures


def phases(path, shares, counts, critical, names, weights):
  """Draws, over the penalty's weight, the share of descents that end badly, and how many bad minima there are.

  Args:
    path: of the PNG.
    shares: {(loss, n): [(share, low, high)] for every weight}.
    counts: {(loss, n): [sub-optimal strict local minima] for every weight}.
    critical: {(loss, n): {state: critical weight}}, whose largest is drawn as a dashed line.
    names: {loss: what the legend calls it}.
    weights: lambda / D^2, rising [weights].
  """
  rows = sorted({n for _, n in shares} | {n for _, n in counts})
  figure = figures.new(8.6, 2.5 * len(rows) + 0.7)
  axes = figure.subplots(len(rows), 2, sharex=True, squeeze=False)
  for line, n in zip(axes, rows):
    for index, (loss, label) in enumerate(names.items()):
      color = f'C{index}'
      _with_band(line[0], weights, shares.get((loss, n)), color, label)
      if (loss, n) in counts:
        line[1].plot(weights, counts[loss, n], 'o-', color=color, markersize=4, label=label)
      for axis in line:
        for border in list(critical.get((loss, n), {}).values())[:1]:
          axis.axvline(border, color=color, linestyle='--', linewidth=1)
    _dress(line, n, (n in {each for _, each in shares}, n in {each for _, each in counts}))
  for axis in axes[-1]:
    axis.set_xlabel('weight of the penalty, $\\lambda / D^2$')
  handles = {label: handle for axis in axes.flat for handle, label in zip(*axis.get_legend_handles_labels())}
  note = 'dashed: the weight above which no state is a bad minimum'
  figure.legend(
    handles.values(), handles, loc='outside lower center', ncols=3, fontsize=8, title=note, title_fontsize=8
  )
  figures.save(figure, path)


def _with_band(axis, weights, estimates, color, label):
  if estimates is None:
    return
  share, low, high = np.array([tuple(each)[:3] for each in estimates]).T
  axis.plot(weights, share, 'o-', color=color, markersize=4, label=label)
  axis.fill_between(weights, low, high, color=color, alpha=0.15, linewidth=0)


def _dress(line, n, drawn):
  line[0].set(title=f'n = {n}: descents that end in a bad minimum', ylabel='share')
  line[1].set(title=f'n = {n}: bad minima among {n**n} states', ylabel='number')
  line[0].set_ylim(bottom=-0.01)
  line[1].set_ylim(bottom=-0.02 * max(1, line[1].get_ylim()[1]))
  for axis, there in zip(line, drawn):
    axis.set_xscale('log')
    axis.set_visible(there)
    axis.title.set_fontsize(9)
    axis.grid(linewidth=0.3)
