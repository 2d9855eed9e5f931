"""The files that the study of learning rates leaves: tables and figures."""

import numpy as np

from tfgan_landscape import files
from tfgan_landscape.evaluation import survival
from tfgan_landscape.reporting import rate_grid_figures, results, two_cluster_figures
from tfgan_landscape.reporting.results import Row

TIMES = {'escape': 'first escape', 'lasting': 'recovery that lasts'}


def write(study):
  """Writes `results.json`, `table.md` and the figures of a `RateGrid`; returns the tables."""
  folder, losses = study.execution.model_dir, study.experiment.losses
  grid = {name: {rates: study.recovery(name, rates) for rates in study.cells} for name in losses}
  best = {name: study.best(name) for name in losses}
  fresh = {name: study.fresh(name) for name in losses}
  end = int(study.experiment.setting.times[-1])
  compared, cells = _compared(fresh, best, end, study.protocol), _cells(grid, study.protocol)
  results.write(folder, [*compared, *cells])
  text = f'{study.protocol}\n\n{results.table(compared)}\n{results.table(cells)}'
  files.write_text(folder / 'table.md', text)
  figures = folder / 'figures'
  figures.mkdir(exist_ok=True)
  rate_grid_figures.heat_maps(figures / 'rates.png', _maps(grid), study.critic_rates, study.generator_rates, best)
  for key, attribute in (('escape', 'escapes'), ('lasting', 'lasting')):
    _draw_survival(figures / f'{key}.png', {name: getattr(each, attribute) for name, each in fresh.items()}, key, end)
  return text


def _compared(fresh, best, end, protocol):
  """Rows of every loss at its own best rates."""
  rows = []
  for name, found in fresh.items():
    rows += [Row(f'{player} learning rate', name, rate) for player, rate in zip(('critic', 'generator'), best[name])]
    for key, times in (('escape', found.escapes), ('lasting', found.lasting)):
      others = {other: {'escape': each.escapes, 'lasting': each.lasting}[key] for other, each in fresh.items()}
      rows += _time_rows(TIMES[key], name, times, others, end)
    rows.append(Row('not recovered at the end', name, *survival.share(~found.recovered)))
  order = list(dict.fromkeys(row.quantity for row in rows))
  return [row._replace(protocol=protocol) for row in sorted(rows, key=lambda row: order.index(row.quantity))]


def _time_rows(label, name, times, others, end):
  first = fastest(others)
  ratio = survival.median_ratio(times, others[first])
  p_value = survival.log_rank(times, others[first], end)
  undefined = 'not defined: no run'
  return [
    Row(f'{label}, epochs (median)', name, *survival.median(times)),
    Row(f'{label}, beside the fastest loss', name, *_or_note(ratio, f'times {first}', undefined)),
    Row(f'{label}, log-rank test beside the fastest (p)', name, *_or_note((p_value, None, None), '', undefined)),
  ]


def _or_note(numbers, note, undefined):
  """(value, low, high, paper, protocol, note) of a row."""
  return (None, None, None, '', '', undefined) if np.isnan(numbers[0]) else (*numbers, '', '', note)


def fastest(times):
  """Returns the name with the smallest median time, of {name: times [runs]}."""
  return min(times, key=lambda name: survival.median(times[name]).value)


def _cells(grid, protocol):
  """Rows of the grid: a quantity for each loss and critic's rate, a subject for each generator's."""
  rows = []
  for name, cells in grid.items():
    for label, measure in MEASURES.items():
      for (critic, generator), found in cells.items():
        quantity, subject = f'{name}, critic {critic:g}: {label}', f'generator {generator:g}'
        rows.append(Row(quantity, subject, *measure(found), protocol=protocol))
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
  first = fastest(times)
  notes = {name: f'p = {survival.log_rank(each, times[first], end):.2g}' for name, each in times.items()}
  notes[first] = 'the fastest, p beside it by log-rank test'
  curves = {name: survival.survival_curve(each, end) for name, each in times.items()}
  title = f'{TIMES[key]}, each loss at its own best learning rates'
  two_cluster_figures.survival(path, curves, title, end, {}, notes)
