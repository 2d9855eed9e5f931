"""The files that the study of distances of samples leaves: a table and a figure."""

import numpy as np

from tfgan_landscape.evaluation import survival
from tfgan_landscape.io import files
from tfgan_landscape.reporting import results
from tfgan_landscape.reporting.results import row
from tfgan_landscape.studies.sample_distances import figures

_IDEAL = {
  'jensen_shannon': 'Jensen-Shannon, ideal critic',
  'blurred': 'Jensen-Shannon of blurred samples, ideal critic',
  'wasserstein': 'Wasserstein, ideal critic',
  'from_distribution': 'Wasserstein of m points and the distribution, at least',
}
_TRAINED = {
  'two_samples': 'two samples, critic of width {}',
  'two_samples_fresh': 'the same critic on fresh points, width {}',
  'support': 'm points beside the distribution, width {}',
}
_STILL = 0.05  # of a divergence: a smaller rise in the last tenth of the steps is none


def write(study):
  """Writes `results.json`, `table.md` and the figure of a `SampleDistances`; returns the table and what goes on."""
  folder = study.execution.model_dir
  found = {}
  for name, (width, count) in study.cases.items():
    for measure, words in (_IDEAL if width is None else _TRAINED).items():
      runs = study.runs.load(name, study.seeds)
      if not all(measure in run for run in runs):  # made before there was such a measure
        continue
      values = [float(run[measure]) for run in runs]
      found.setdefault(words.format(width), {})[count] = survival.mean(values)
  rows = [
    row(words, f'm = {count:,}', each, protocol=study.protocol)
    for words, by_count in found.items()
    for count, each in by_count.items()
  ]
  results.write(folder, rows)
  table = '\n'.join([results.table(rows, corner='distance'), *_going_on(study)])
  files.write_text(folder / 'table.md', f'{study.protocol}\n\n{table}')
  files.folder(folder / 'figures')
  figures.curves(folder / 'figures' / 'distances.png', found, study.dimensions)
  return table


def _is_no_chance(rises):
  """Whether the interval of rises is above 0, or of few runs each."""
  low = survival.mean(rises).low
  return min(rises) > 0 if np.isnan(low) else low > 0


def _going_on(study):
  """A line for each divergence that had not converged: its rise in the last tenth of the steps is none by chance."""
  for name, (width, count) in study.cases.items():
    if width is None:
      continue
    runs = study.runs.load(name, study.seeds)
    for measure in ('two_samples', 'support'):
      before, value = np.mean([run[f'{measure}_course'][-2:] for run in runs], 0)
      if _is_no_chance([np.diff(run[f'{measure}_course'])[-1] for run in runs]) and value - before > _STILL * abs(
        value
      ):
        yield (
          f'not converged: {_TRAINED[measure].format(width)}, m = {count:,}: on the points it learns from {before:.4g} '
          f'after nine tenths of {study.iterations:,} steps, {value:.4g} after all; '
          f'sample_distances.iterations = {4 * study.iterations} would say more'
        )
