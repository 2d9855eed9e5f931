"""The files that the study of learning rates leaves: tables and figures."""

import functools

from tfgan_landscape.evaluation import survival
from tfgan_landscape.io import files
from tfgan_landscape.reporting import results
from tfgan_landscape.reporting.results import row
from tfgan_landscape.studies import comparisons
from tfgan_landscape.studies.two_cluster import figures as two_cluster_figures

TIMES = {'escape': 'first escape', 'lasting': 'recovery that lasts'}


def write(study):
  """Writes `results.json`, `table.md` and the figures of a `RateGrid`; returns the tables."""
  folder, losses = study.execution.model_dir, study.experiment.sides
  grid = {name: {rates: study.recovery(name, rates) for rates in study.cells} for name in losses}
  best = {name: study.best(name) for name in losses}
  fresh = {name: study.fresh(name) for name in losses}
  end = int(study.experiment.setting.times[-1])
  tables = [_compared(fresh, best, study.protocol)]
  tables += [
    comparisons.beside_each_other(_times(fresh, key), end, event, study.protocol) for key, event in TIMES.items()
  ]
  tables.append(_cells(grid, study.protocol))
  results.write(folder, [row for rows in tables for row in rows])
  text = '\n'.join([f'{study.protocol}\n', *map(results.table, tables)])
  files.write_text(folder / 'table.md', text)
  figures = folder / 'figures'
  files.folder(figures)
  figures.heat_maps(figures / 'rates.png', _maps(grid), study.critic_rates, study.generator_rates, best)
  for key in TIMES:
    _draw_survival(figures / f'{key}.png', _times(fresh, key), key, end)
  return text


def _compared(fresh, best, protocol):
  """Rows of every loss at its own best rates."""
  measures = {
    'critic learning rate': lambda name: (best[name][0],),
    'generator learning rate': lambda name: (best[name][1],),
    **{f'{TIMES[key]}, epochs (median)': functools.partial(_median, fresh, key) for key in TIMES},
    'not recovered at the end': lambda name: survival.share(~fresh[name].recovered),
  }
  return [
    row(quantity, name, measure(name), protocol=protocol) for quantity, measure in measures.items() for name in fresh
  ]


def _median(fresh, key, name):
  return survival.median(_times(fresh, key)[name])


def _times(fresh, key):
  """{name of a loss: times [runs]} of an event of `TIMES`."""
  return {name: {'escape': found.escapes, 'lasting': found.lasting}[key] for name, found in fresh.items()}


def _cells(grid, protocol):
  """Rows of the grid: a quantity for each loss and critic's rate, a subject for each generator's."""
  rows = []
  for name, cells in grid.items():
    for label, measure in MEASURES.items():
      for (critic, generator), found in cells.items():
        quantity, subject = f'{name}, critic {critic:g}: {label}', f'generator {generator:g}'
        rows.append(row(quantity, subject, measure(found), protocol=protocol))
  return rows


MEASURES = {
  'first escape, epochs (median)': lambda found: survival.median(found.escapes),
  'recovery that lasts, epochs (median)': lambda found: survival.median(found.lasting),
  'not recovered at the end': lambda found: survival.share(~found.recovered),
}


def _maps(grid):
  """{measure: {loss: {rates: value}}}."""
  return {
    label: {name: {rates: measure(found).value for rates, found in cells.items()} for name, cells in grid.items()}
    for label, measure in MEASURES.items()
  }


def _draw_survival(path, times, key, end):
  curves = {name: survival.survival_curve(each, end) for name, each in times.items()}
  title = f'{TIMES[key]}, each loss at its own best learning rates'
  two_cluster_figures.survival(path, curves, title, end, {}, comparisons.notes(times, end))
