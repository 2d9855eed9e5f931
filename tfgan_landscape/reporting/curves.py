"""Losses, scores and a mixture's weights over the iterations of a run, as one figure; scores of several runs."""

import json
import re

from tfgan_landscape.reporting import figures

_LOSSES = ('generator_loss', 'discriminator_loss')
_SCORES = ('inception_score', 'fid', 'kid', 'is', 'fd', 'kd')
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
  panels |= {kind: _of_kind(kind, series) for kind in _SCORES}
  panels['weight'] = {name.replace('_weight/', ' '): series[name] for name in series if _WEIGHT.fullmatch(name)}
  _draw(path, panels, title)


def compare(path, experiments):
  """Draws each kind of score of the runs' moving averages: a colour an experiment, a thin line a run, their mean, and a
  band from the smallest to the largest over seeds. Nothing where no run has scores.

  Args:
    path: of the PNG; an SVG goes beside it.
    experiments: {name: list of its runs {name of a score: [(step, value)]}, as `read` gives them}.
  """
  runs = [run for each in experiments.values() for run in each]
  averages = [{name: run[name] for name in run if name.startswith('ema/')} for run in runs]
  scores = list(dict.fromkeys(name for run in averages for kind in _SCORES for name in _of_kind(kind, run)))
  if not scores:
    return
  figure = figures.new(3.6 * len(scores), 3.2)
  figure.suptitle('moving averages of the generators: mean, and smallest to largest over seeds', fontsize=9)
  for axes, score in zip(figure.subplots(1, len(scores), squeeze=False)[0], scores):
    for index, (name, each) in enumerate(experiments.items()):
      _draw_group(axes, [dict(run[score]) for run in each if score in run], name, f'C{index % 10}')
    axes.set_xlabel('generator updates')
    axes.set_ylabel(score.removeprefix('ema/').replace('_', ' '))
    axes.legend(fontsize=6)
  figures.save(figure, path)


def _draw_group(axes, runs, name, color):
  """Runs {step: value} of an experiment; the mean and the band are of the steps that all of them have."""
  if not runs:
    return
  for run in runs:
    axes.plot(*zip(*sorted(run.items())), color=color, linewidth=0.5, alpha=0.5)
  steps = sorted(set.intersection(*map(set, runs)))
  values = [[run[step] for run in runs] for step in steps]
  label = f'{name} ({len(runs)} seed{"s" * (len(runs) > 1)})'
  axes.plot(steps, [sum(each) / len(each) for each in values], color=color, linewidth=1.5, marker='.', label=label)
  axes.fill_between(steps, [min(each) for each in values], [max(each) for each in values], color=color, alpha=0.15)


def _of_kind(kind, series):
  """Those of the series that are a kind of score."""
  found = (name for name in series if re.search(rf'[/_]{kind}_\d+k?', name) and not name.endswith('_std'))
  return {name: series[name] for name in found}


def _draw(path, panels, title):
  """Draws {label of a panel: {label of a line: [(step, value)]}}, empty panels left out."""
  panels = {kind: lines for kind, lines in panels.items() if lines}
  if not panels:
    return
  figure = figures.new(3.6 * len(panels), 3.2)
  figure.suptitle(title, fontsize=10)
  for axes, (kind, lines) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items()):
    for name, points in lines.items():
      axes.plot(*zip(*sorted(points)), marker='' if kind in _DENSE else '.', label=name, linewidth=1)
    axes.set_xlabel('generator updates')
    axes.set_ylabel(kind.replace('_', ' ') if '_' in kind or kind in _DENSE else kind.upper())
    axes.legend(fontsize=6)
  figures.save(figure, path)
