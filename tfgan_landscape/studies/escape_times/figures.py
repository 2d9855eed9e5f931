"""The time that runs stay in the basin over what might predict it."""

import numpy as np

from tfgan_landscape.reporting import figures


def stays(path, found, labels, end):
  """Draws the epochs that runs still stay over the growth in an epoch and over the basin's depth.

  Args:
    path: of the PNG.
    found: `outcomes.Stays`; open markers are runs that stay to the end.
    labels: {case: its loss}.
    end: epochs of a run.
  """
  figure = figures.new(8.6, 3.8)
  axes = figure.subplots(1, 2, sharey=True)
  losses = list(dict.fromkeys(labels.values()))
  for axis, values in zip(axes, (found.growth, found.depth)):
    for index, loss in enumerate(losses):
      here = np.array([labels[case] == loss for case in found.case], bool)
      for left, face in ((True, f'C{index}'), (False, 'none')):
        where = here & (found.left == left)
        label = loss if left else None
        axis.scatter(
          values[where], found.stay[where], s=22, facecolor=face, edgecolor=f'C{index}', label=label, alpha=0.8
        )
    axis.set(yscale='log', ylim=(1, 1.3 * end))
    axis.grid(linewidth=0.3)
  axes[0].set(xlabel='log of the largest eigenvalue of an epoch', ylabel='epochs that the run still stays')
  axes[0].set_xscale('symlog', linthresh=1e-3)
  axes[1].set(xlabel="depth of the basin (the paper's gap)")
  axes[1].legend(fontsize=8)
  figures.save(figure, path)
