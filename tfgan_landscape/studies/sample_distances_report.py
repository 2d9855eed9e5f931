"""The files that the study of distances of samples leaves: a table and a figure."""

from tfgan_landscape import files
from tfgan_landscape.evaluation import survival
from tfgan_landscape.reporting import results, sample_distances_figures
from tfgan_landscape.reporting.results import Row

_IDEAL = {
  'jensen_shannon': 'Jensen-Shannon, ideal critic',
  'blurred': 'Jensen-Shannon of blurred samples, ideal critic',
  'wasserstein': 'Wasserstein, ideal critic',
}
_TRAINED = {
  'two_samples': 'two samples, critic of width {}',
  'two_samples_fresh': 'the same critic on fresh points, width {}',
  'support': 'm points beside the distribution, width {}',
}


def write(study):
  """Writes `results.json`, `table.md` and the figure of a `SampleDistances`; returns the table."""
  folder = study.execution.model_dir
  found = {}
  for name, (width, count) in study.cases.items():
    for measure, words in (_IDEAL if width is None else _TRAINED).items():
      values = [float(run[measure]) for run in study.runs.load(name, study.seeds)]
      found.setdefault(words.format(width), {})[count] = survival.mean(values)
  rows = [
    Row(words, f'm = {count:,}', *each, protocol=study.protocol)
    for words, by_count in found.items()
    for count, each in by_count.items()
  ]
  results.write(folder, rows)
  table = results.table(rows, corner='distance')
  files.write_text(folder / 'table.md', f'{study.protocol}\n\n{table}')
  (folder / 'figures').mkdir(exist_ok=True)
  sample_distances_figures.curves(folder / 'figures' / 'distances.png', found, study.dimensions)
  return table
