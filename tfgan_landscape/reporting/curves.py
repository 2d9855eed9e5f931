"""Losses, scores and a mixture's weights over the iterations of a run, as one figure."""

import json
import re

from tfgan_landscape.reporting import figures

_LOSSES = ('generator_loss', 'discriminator_loss')
_SCORES = ('inception_score', 'fid', 'kid')
_DENSE = ('loss', 'weight')  # a point every report
_WEIGHT = re.compile(r'(generator|discriminator)_weight/\d+')


def read(path):
  """Returns {name: [(step, value)]} of a `scores.jsonl`; lines that are cut and values that are null are left out."""
  series = {}
  for line in path.read_text(encoding='utf-8', errors='replace').splitlines():
    try:
      values = json.loads(line)
    except ValueError:
      continue
    for name, value in values.items():
      if isinstance(value, float):
        series.setdefault(name, []).append((values['step'], value))
  return series


def draw(path, series, title):
  """Draws the losses, each kind of score and the weights of mixtures side by side.

  Args:
    path: of the PNG; an SVG goes beside it.
    series: {name: [(step, value)]}, names as in `scores.jsonl`.
    title: of the figure.
  """
  panels = {'loss': {name: series[name] for name in _LOSSES if name in series}}
  for kind in _SCORES:
    of_kind = {name: points for name, points in series.items() if re.search(rf'[/_]{kind}_\d+k?', name)}
    panels[kind] = {name: points for name, points in of_kind.items() if not name.endswith('_std')}
  panels['weight'] = {name.replace('_weight/', ' '): series[name] for name in series if _WEIGHT.fullmatch(name)}
  panels = {kind: lines for kind, lines in panels.items() if lines}
  figure = figures.new(3.6 * len(panels), 3.2)
  figure.suptitle(title, fontsize=10)
  for axes, (kind, lines) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items()):
    for name, points in lines.items():
      axes.plot(*zip(*sorted(points)), marker='' if kind in _DENSE else '.', label=name, linewidth=1)
    axes.set_xlabel('generator updates')
    axes.set_ylabel(kind.replace('_', ' ') if '_' in kind or kind in _DENSE else kind.upper())
    axes.legend(fontsize=6)
  figures.save(figure, path)
