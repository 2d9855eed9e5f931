"""Figure of the Dirac-GAN's ways in the plane (Mescheder et al. 2018, Figure 1)."""

from tfgan_landscape.reporting import figures


def ways(path, found, losses, penalties):
  """Draws a panel for each loss (rows) and penalty (columns).

  Args:
    path: of the PNG.
    found: {(loss, penalty): states [steps + 1, 2]}, generated point and critic's weight.
    losses: names, from above.
    penalties: names, from the left.
  """
  figure = figures.new(2.1 * len(penalties), 2.3 * len(losses))
  axes = figure.subplots(len(losses), len(penalties), sharex=True, sharey=True, squeeze=False)
  for row, loss in zip(axes, losses):
    for axis, penalty in zip(row, penalties):
      states = found[loss, penalty]
      axis.plot(*states.T, linewidth=0.6)
      axis.plot(*states[0], 'o', color='tab:green', markersize=4, label='start')
      axis.plot(*states[-1], 's', color='tab:red', markersize=4, label='end')
      axis.axhline(0, color='lightgrey', linewidth=0.6, zorder=0)
      axis.axvline(0, color='lightgrey', linewidth=0.6, zorder=0)
    row[0].set_ylabel(f"{loss}\ncritic's weight")
  for axis, penalty in zip(axes[0], penalties):
    axis.set_title(penalty, fontsize=9)
  for axis in axes[-1]:
    axis.set_xlabel('generated point')
  axes[0, 0].set(xlim=(-2.2, 2.2), ylim=(-2.2, 2.2))
  axes[0, -1].legend(fontsize=7)
  figures.save(figure, path)
