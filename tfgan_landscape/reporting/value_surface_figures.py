"""Value surfaces of critics over the plane (0-GP paper, Figure 1)."""

from tfgan_landscape.reporting import figures


def surfaces(path, axis, found, columns):
  """Draws D over a square, a panel for each case, with the points that it was trained on.

  Args:
    path: of the PNG.
    axis: coordinates of the grid, on both axes.
    found: {title: (D [grid, grid], rows for the second coordinate; (real [n, 2], fake [n, 2]) or None)}.
    columns: panels of a row.
  """
  rows = -(-len(found) // columns)
  figure = figures.new(2.5 * columns + 0.8, 2.6 * rows)
  axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
  for panel in axes.flat[len(found) :]:
    panel.set_axis_off()
  for panel, (title, (values, points)) in zip(axes.flat, found.items()):
    image = panel.pcolormesh(axis, axis, values, vmin=0, vmax=1, cmap='coolwarm', shading='nearest', rasterized=True)
    panel.contour(axis, axis, values, [0.5], colors='black', linewidths=0.8)
    for name, cloud, color in zip(('real', 'fake'), points if points is not None else (), ('darkred', 'darkblue')):
      panel.plot(*cloud[:300].T, '.', markersize=2.5, color=color, label=name)
    panel.set_title(title, fontsize=9)
    panel.set(xlim=(axis[0], axis[-1]), ylim=(axis[0], axis[-1]), aspect='equal')
  axes[0, 0].legend(fontsize=7, loc='upper left')
  figure.colorbar(image, ax=axes, label='D', shrink=0.6)
  figures.save(figure, path)
