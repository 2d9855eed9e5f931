"""Figures of the study of mode coverage."""

from tfgan_landscape.reporting import figures


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
