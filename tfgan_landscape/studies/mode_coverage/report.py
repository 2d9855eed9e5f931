"""The files that the study of mode coverage leaves: tables and figures."""

import numpy as np

from tfgan_landscape.evaluation import survival
from tfgan_landscape.io import files
from tfgan_landscape.reporting import grouped_figures, results
from tfgan_landscape.studies import comparisons, pairings
from tfgan_landscape.studies.bad_start import figures as bad_start_figures
from tfgan_landscape.studies.mode_coverage import figures
from tfgan_landscape.studies.mode_coverage import outcomes as mode_coverage_outcomes
from tfgan_landscape.studies.value_surface import figures as value_surface_figures


def write(study):
  """Writes `results.json`, `table.md` and the figures of a `ModeCoverage`; returns the tables."""
  folder, (_, centres, _) = study.execution.model_dir, study.mixture
  times = np.arange(1, study.iterations // study.record_every + 1) * study.record_every
  runs = {name: study.runs.load(name, study.seeds) for name in study.sides}
  outcomes = {name: mode_coverage_outcomes.outcome(each, study.judge, times) for name, each in runs.items()}
  firsts = {name: each.first for name, each in outcomes.items()}
  tables = [
    mode_coverage_outcomes.rows(outcomes, len(centres), study.protocol),
    comparisons.beside_each_other(
      firsts, study.iterations, 'every mode covered first', study.protocol, pairings.references(study.sides)
    ),
  ]
  results.write(folder, [row for rows in tables for row in rows])
  text = '\n'.join([f'{study.protocol}\n', *map(results.table, tables)])
  files.write_text(folder / 'table.md', text)
  _draw(folder / 'figures', study, times, runs, outcomes)
  return text


def _draw(folder, study, times, runs, outcomes):
  files.folder(folder)
  real, centres, _ = study.mixture
  bad_start_figures.samples(folder / 'samples.png', _panels(study, real, runs), centres)
  found = {name: (each[0]['surface'], each[0]['sample']) for name, each in runs.items()}
  value_surface_figures.fields(folder / 'surfaces.png', study.judge.axis, found, real)
  measures = {
    f'modes covered, of {len(centres)} (mean)': {n: _means(each.covered) for n, each in outcomes.items()},
    'points in a mode (mean)': {n: _means(each.quality) for n, each in outcomes.items()},
  }
  figures.over_time(folder / 'modes.png', times, measures)
  if len(study.sides) > len(study.losses):
    rows = results.read(study.execution.model_dir)
    quantities = list(dict.fromkeys(row.quantity for row in rows))[:2]
    grouped_figures.combinations(folder / 'combinations.png', rows, study.sides, quantities)


def _panels(study, real, runs):
  """Points by row and panel: a row each side with its runs, or each loss with one run of all its combinations."""
  if study.drawn > 1 or len(study.sides) == len(study.losses):
    return {
      name: {'real': real, **{f'run {seed}': run['sample'] for seed, run in enumerate(each[: study.drawn])}}
      for name, each in runs.items()
    }
  found = {loss: {'real': real} for loss in study.losses}
  for name, side in study.sides.items():
    found[side[0]][name.removeprefix(f'{side[0]}-')] = runs[name][0]['sample']
  return found


def _means(values):
  """(mean, low, high), each [records], of values [runs, records]."""
  return np.array([survival.mean(column, resamples=500) for column in values.T]).T
