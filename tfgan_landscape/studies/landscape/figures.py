"""Figures of the exact landscape (RS-GAN paper, Figures 4, 10 and 25; LGAN paper, 1 and 12), and surfaces."""

import numpy as np

from tfgan_landscape.landscape import scalars
from tfgan_landscape.reporting import figures

_STATES = {'no recovery': 0, 'mode dropping': 1, 'mode collapse': 2, 'perfect': 2}
_LABELS = {
  'no recovery': ((0, 6), 'center', 'bottom'),
  'mode dropping': ((-6, -2), 'right', 'top'),
  'mode collapse': ((0, 6), 'center', 'bottom'),
  'perfect': ((0, -6), 'center', 'top'),
}
_WAYS = [('no recovery', 'mode dropping'), ('mode dropping', 'mode collapse'), ('mode dropping', 'perfect')]


def states(path, landscapes):
  """Draws the values of the states of two points; lines join states that differ by one point (Figure 4).

  Args:
    path: of the PNG.
    landscapes: {name: {state: value}}.
  """
  figure = figures.new(2.5 * len(landscapes), 3.4)
  axes = figure.subplots(1, len(landscapes), sharey=True, squeeze=False)[0]
  for axis, (name, values) in zip(axes, landscapes.items()):
    for ends in _WAYS:
      color = 'tab:red' if 'mode collapse' in ends else 'tab:blue'
      axis.plot([_STATES[end] for end in ends], [values[end] for end in ends], color=color, linewidth=1)
    for state, value in values.items():
      color = 'tab:red' if state == 'mode collapse' else 'tab:blue'
      axis.plot(_STATES[state], value, 'o', color=color)
      offset, across, along = _LABELS[state]
      style = {'ha': across, 'va': along, 'fontsize': 7, 'textcoords': 'offset points'}
      axis.annotate(f'{state}\n{value:.4f}', (_STATES[state], value), offset, **style)
    axis.set(title=name, xlim=(-0.6, 2.6), xticks=[0, 1, 2], xlabel='generated points on real ones')
    axis.margins(y=0.2)
  axes[0].set_ylabel('value, the critic at its best')
  figures.save(figure, path)


def clusters(path, panels):
  """Draws JS-GAN's exact values on the ways to collapse and to recovery of two clusters (Figure 10).

  Args:
    path: of the PNG.
    panels: {title: (points due to cluster 1, {name of a way: (counts [steps, 2], values [steps])})}.
  """
  figure = figures.new(4.4 * len(panels), 3.6)
  axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
  for axis, (title, (due, ways)) in zip(axes, panels.items()):
    for (name, (counts, values)), color in zip(ways.items(), ('tab:red', 'tab:blue')):
      axis.plot(counts.sum(1), values, color=color, label=name)
      axis.plot(counts[-1].sum(), values[-1], 'o', color=color)
      _note(axis, counts[-1].sum(), values[-1], 'right', below=True)
    collapse = ways['to collapse'][1]
    axis.plot(due, collapse[due], 'o', color='black')
    _note(axis, due, collapse[due], 'left')
    axis.set(title=title, xlabel='generated points on the clusters', ylim=(-0.78, 0.03))
  axes[0].set_ylabel("JS-GAN's value")
  axes[0].legend(fontsize=8)
  figures.save(figure, path)


def _note(axis, x, value, across, below=False):
  place, edge = ((0, -6), 'top') if below else ((0, 5), 'bottom')
  axis.annotate(f'{value:.4f}', (x, value), place, textcoords='offset points', ha=across, va=edge, fontsize=8)


def surfaces(path, places, values):
  """Draws values over both generated points as maps; where the value jumps on a line, the line is a cell wide.

  Each landscape is drawn from its minimum to its maximum, so that all have one scale.

  Args:
    path: of the PNG.
    places: of a generated point, [s]; the real points are 0 and 1.
    values: {landscape: [s, s], y1 along the columns, y2 along the rows}.
  """
  columns = 3
  lines = -(-len(values) // columns)
  figure = figures.new(3.5 * columns, 3.1 * lines)
  axes = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
  for axis, (name, value) in zip(axes.flat, values.items()):
    depth = np.ptp(value)
    mesh = axis.pcolormesh(places, places, (value - value.min()) / depth, cmap='viridis', shading='nearest')
    for (y1, y2), color in {(0, 1): 'white', (1, 0): 'white', (0, 0): 'tab:red', (1, 1): 'tab:red'}.items():
      axis.plot(y1, y2, 'o', markerfacecolor='none', color=color, markersize=10)
    axis.set(title=name, aspect='equal', xticks=[0, 1], yticks=[0, 1])
    axis.set_xticklabels(['x1', 'x2'])
    axis.set_yticklabels(['x1', 'x2'])
  for axis in axes[-1]:
    axis.set_xlabel('y1')
  for axis in axes[:, 0]:
    axis.set_ylabel('y2')
  figure.colorbar(mesh, ax=axes, shrink=0.5, label='(value - minimum) / (maximum - minimum)')
  figure.suptitle('circled: white, Y is X, the minimum; red, collapsed', fontsize=9)
  figures.save(figure, path)


def graphs(path, patterns):
  """Draws the graphs x_i -> y_i: cycles, whose edges contribute h(0), and trees, whose edges contribute 0 (Figure 25).

  Args:
    path: of the PNG.
    patterns: {title: y_i as an index of x_i, -1 for a y that lies on none}; those are one vertex without an edge out.
  """
  figure = figures.new(3.6 * len(patterns), 3.6)
  axes = figure.subplots(1, len(patterns), squeeze=False)[0]
  for axis, (title, heads) in zip(axes, patterns.items()):
    _draw_graph(axis, np.array(heads))
    axis.set(title=title, aspect='equal', xlim=(-1.25, 1.25), ylim=(-1.25, 1.25))
    axis.set_axis_off()
  figure.suptitle('edges x_i → y_i: red in a cycle, where each contributes h(0); grey in a tree, 0', fontsize=9)
  figures.save(figure, path)


def _draw_graph(axis, heads):
  n = len(heads)
  outside = (heads < 0).any()
  on_cycle = np.array([_returns(heads, vertex) for vertex in range(n)])
  place = _places(heads, on_cycle)
  for vertex, head in enumerate(np.where(heads < 0, n, heads)):
    color = 'tab:red' if on_cycle[vertex] else 'grey'
    if vertex == head:
      axis.plot(*(place[vertex] * 1.13), 'o', markersize=17, markerfacecolor='none', color=color)
    else:
      arrow = {'arrowstyle': '->', 'color': color, 'shrinkA': 8, 'shrinkB': 8, 'connectionstyle': 'arc3,rad=0.15'}
      axis.annotate('', place[head], place[vertex], arrowprops=arrow)
  for vertex in range(n + outside):
    text = f'{vertex + 1}' if vertex < n else 'y'
    color = 'black' if vertex < n else 'tab:orange'
    style = {'boxstyle': 'circle', 'facecolor': 'white', 'edgecolor': color, 'pad': 0.25}
    axis.text(*place[vertex], text, ha='center', va='center', fontsize=8, bbox=style, color=color)


def _returns(heads, vertex):
  """Whether the walk from a vertex along the edges comes back to it."""
  at = heads[vertex]
  for _ in heads:
    if at < 0 or at == vertex:
      break
    at = heads[at]
  return at == vertex


def _places(heads, on_cycle):
  """Vertices on rings by their distance from a cycle or from outside, [n + 1, 2]; the last is the point outside."""
  n = len(heads)
  heads = np.append(np.where(heads < 0, n, heads), n)
  depth = np.append(np.where(on_cycle, 0, -1), 0)
  while (depth < 0).any():
    known = depth[heads] >= 0
    depth = np.where((depth < 0) & known, depth[heads] + 1, depth)
  order, angle = _walk(heads, depth), np.empty(n + 1)
  angle[order] = 2 * np.pi * np.arange(n + 1) / (n + 1)
  radius = 0.45 + 0.65 * depth / max(depth.max(), 1)
  return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)


def _walk(heads, depth):
  """The vertices in an order that keeps cycles and the trees that hang on a vertex together."""
  order = []

  def visit(vertex):
    order.append(vertex)
    for child in np.flatnonzero((heads == vertex) & (depth > depth[vertex])):
      visit(child)

  for start in np.flatnonzero(depth == 0):
    while start not in order:
      visit(start)
      start = heads[start]
  return np.array(order)


def objectives(path, outputs, family):
  """Draws the objectives of Lipschitz GANs and their derivatives, what Eq. 12 is about (LGAN paper, Figure 12).

  Args:
    path: of the PNG.
    outputs: t, of a critic [s].
    family: {name: phi, a function of an array}.
  """
  figure = figures.new(8.0, 3.4)
  axes = figure.subplots(1, 2, sharex=True)
  for axis, part, title in zip(axes, (scalars.evaluate, scalars.slope), ('phi(t)', "phi'(t)")):
    for index, (name, phi) in enumerate(family.items()):  # thinner and thinner: two of them nearly coincide
      axis.plot(outputs, part(phi, outputs), label=name.replace('_', ' '), linewidth=3 - 0.5 * index)
    axis.set(title=title, xlabel='t, output of the critic')
  axes[0].set_ylim(-4, 8)
  axes[1].set_ylim(0, 4)
  axes[0].legend(fontsize=8)
  figures.save(figure, path)


def two_lines(path, rows):
  """Draws what optimal critics say of generated points on one line and real ones on another (LGAN paper, Figure 1).

  Args:
    path: of the PNG.
    rows: of panels, each {name: (real points [n, 2], values [n], fake points [m, 2], values [m], directions [m, 2])};
      directions are None where there are none.
  """
  figure = figures.new(3.4 * len(rows[0]), 3.2 * len(rows))
  grid = figure.subplots(len(rows), len(rows[0]), sharex=True, sharey='row', squeeze=False)
  for axes, panels in zip(grid, rows):
    for axis, (name, (real, on_real, fake, on_fake, directions)) in zip(axes, panels.items()):
      _line(axis, real, on_real, 'real', 'o')
      _line(axis, fake, on_fake, 'generated', 's')
      if directions is not None:
        axis.quiver(*fake.T, *directions.T, angles='xy', scale_units='xy', scale=2.5, width=0.006)
      lowest, highest = (round(end, 2) + 0.0 for end in (on_fake.min(), on_fake.max()))
      axis.set(title=f'{name}\n{lowest:.2f} to {highest:.2f} at generated points', xlim=(-0.4, 1.4))
      axis.title.set_fontsize(9)
  grid[0, 0].legend(fontsize=8, loc='center')
  figures.save(figure, path)


def _line(axis, points, values, label, marker):
  style = {'vmin': -1.5, 'vmax': 1.5, 'cmap': 'coolwarm', 'edgecolors': 'black', 'linewidths': 0.5}
  axis.scatter(*points.T, c=values, marker=marker, label=label, **style)
