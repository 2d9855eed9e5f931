"""The files that the study of value surfaces leaves: a table and a figure."""

import numpy as np

from tfgan_landscape.evaluation import survival
from tfgan_landscape.io import files
from tfgan_landscape.reporting import results
from tfgan_landscape.reporting.results import row
from tfgan_landscape.studies.value_surface import figures


def write(study):
  """Writes `results.json`, `table.md` and the figure of a `ValueSurface`; returns the table."""
  folder = study.execution.model_dir
  runs = {name: study.runs.load(name, study.seeds) for name in study.cases}
  measures = _measures(study)
  rows = [
    row(_case(study, name), label, survival.mean([measure(run) for run in runs[name]]), protocol=study.protocol)
    for name in study.cases
    for label, measure in measures.items()
  ]
  results.write(folder, rows)
  table = results.table(rows, corner='penalty, points of each sample')
  files.write_text(folder / 'table.md', f'{study.protocol}\n\n{table}')
  files.folder(folder / 'figures')
  grid = (len(study.axis),) * 2
  surfaces = {
    _case(study, name): (_sigmoid(each[0]['grid_logits'][0]).reshape(grid), each[0]['sample'])
    for name, each in runs.items()
  }
  surfaces['D*, the optimum'] = study.optimum(study.places).reshape(grid), None
  figures.surfaces(folder / 'figures' / 'surfaces.png', study.axis, surfaces, len(study.penalties))
  return table


def _case(study, name):
  penalty, count = study.cases[name]
  return f'{penalty}, {count:,}'


def _measures(study):
  """{label: run -> number}."""
  optimum = np.stack([study.optimum(points) for points in study.held_out])
  return {
    'distance to D*': lambda run: np.abs(_sigmoid(run['held_out_logits']) - optimum).mean(),
    'loss on its sample': lambda run: _loss(run['sample_logits']),
    'loss on fresh points': lambda run: _loss(run['held_out_logits']),
    'gap': lambda run: _loss(run['held_out_logits']) - _loss(run['sample_logits']),
    'largest slope of D in the square': lambda run: run['slopes'].max(),
  }


def _loss(logits):
  """-E log D(x) - E log(1 - D(y)), of logits [2, n]."""
  return np.logaddexp(0, -logits[0]).mean() + np.logaddexp(0, logits[1]).mean()


def _sigmoid(logits):
  return 1 / (1 + np.exp(-logits.astype(float)))
