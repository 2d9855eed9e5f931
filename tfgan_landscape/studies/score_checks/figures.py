"""The figure of what a distance sees: real images made worse, a panel each."""

from tfgan_landscape.reporting import figures

_AXES = {
  'noise': 'standard deviation of the noise',
  'blur': 'width of the blur, pixels',
  'jpeg': 'JPEG quality',
  'missing': 'share of classes missing',
  'foreign': 'share of foreign images',
}


def curves(path, families, floor):
  """Draws the distance against the level of each family, with the floor.

  Args:
    path: of the PNG; an SVG goes beside it.
    families: {family: ([levels], [distances])}.
    floor: distance of two halves of the real images.
  """
  figure = figures.new(2.2 * len(families), 2.6)
  for axis, (family, (levels, distances)) in zip(figure.subplots(1, len(families), squeeze=False)[0], families.items()):
    axis.plot(levels, distances, 'o-', markersize=3)
    axis.axhline(floor, color='grey', linestyle='--', linewidth=0.8)
    axis.set_xlabel(_AXES[family])
    axis.set_ylim(bottom=0)
    if family == 'jpeg':
      axis.invert_xaxis()
  figure.axes[0].set_ylabel('Frechet distance')
  figure.axes[0].annotate(
    'two halves of the test images',
    (0.97, floor),
    (0, 2),
    figure.axes[0].get_yaxis_transform(),
    'offset points',
    fontsize=6,
    ha='right',
    color='grey',
  )
  figures.save(figure, path)
