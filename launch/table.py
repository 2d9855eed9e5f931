"""Prints a table of the runs of `launch/sweep.sh`: the mean of every score over seeds, and how far they lie apart.

Draws the scores of all runs over their iterations, `curves.png` in their folder.
"""

import collections
import pathlib
import re
import sys

from tfgan_landscape.reporting import curves, results, tables


def main(folder):
  """Reads what every folder NAME-seedN holds; a line an experiment, a column a score."""
  folder = pathlib.Path(folder)
  found = collections.defaultdict(lambda: collections.defaultdict(list))
  for path in sorted(folder.glob('*-seed*/results.json')):
    name = re.sub(r'-seed\d+$', '', path.parent.name)
    for row in results.read(path.parent):
      if row.value is not None:
        found[name][f'{row.quantity}, {row.subject}'].append(row.value)
  scores = list(dict.fromkeys(score for each in found.values() for score in each))
  lines = [[name, *(_cell(found[name].get(score)) for score in scores)] for name in found]
  print(tables.markdown(['experiment (mean, smallest to largest over seeds)', *scores], lines))
  runs = sorted(folder.glob('*-seed*/scores.jsonl'))
  curves.compare(folder / 'curves.png', {path.parent.name: curves.read(path) for path in runs})


def _cell(values):
  if not values:
    return '-'
  mean = sum(values) / len(values)
  return f'{mean:.4g}' if len(values) == 1 else f'{mean:.4g} ({min(values):.4g} to {max(values):.4g}, {len(values)})'


if __name__ == '__main__':
  main(sys.argv[1])
