"""Figure of the bad-start experiment (RS-GAN paper, Appendix D, Figure 14 (d))."""

import numpy as np

from tfgan_landscape.reporting import figures


def by_learning_rate(path, rates, measures):
  """Draws measures against the learning rate, with their intervals (Figure 14 (d)).

  Args:
    path: of the PNG.
    rates: learning rates.
    measures: {name of a measure: {name of a loss: one (value, low, high) for each rate}}.
  """
  figure = figures.new(4.2 * len(measures), 3.4)
  for axis, (measure, curves) in zip(figure.subplots(1, len(measures), squeeze=False)[0], measures.items()):
    for name, estimates in curves.items():
      value, low, high = np.array(estimates).T
      axis.errorbar(rates, value, [value - low, high - value], marker='o', capsize=3, label=name)
    axis.set(xscale='log', xlabel='learning rate of both players', ylabel=measure)
    axis.set_ylim(bottom=0)
  axis.legend()
  figures.save(figure, path)
