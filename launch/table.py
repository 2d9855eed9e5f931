"""Prints a table of the runs of `launch/sweep.sh`, and keeps it as `table.md` in their folder.

A line an experiment, a column a score: the mean over seeds, and how far they lie apart. Below, how likely a difference
of two experiments is by chance; numbers measured in several ways, or at several iterations, are not compared. Draws the
scores of all runs over their iterations, `curves.png`.
"""

import collections
import itertools
import pathlib
import re
import sys

from tfgan_landscape.evaluation.survival import permutation_p
from tfgan_landscape.io import files
from tfgan_landscape.reporting import curves, results, tables


def main(folder):
  """Reads what every folder NAME-seedN holds."""
  folder = pathlib.Path(folder)
  found = collections.defaultdict(lambda: collections.defaultdict(list))
  ways = collections.defaultdict(list)
  for path in sorted(folder.glob('*-seed*/results.json')):
    for row in results.read(path.parent):
      if row.value is not None:
        score, way = f'{row.quantity}, {row.subject}', re.sub(r'(, )?\bseed \d+\b', '', row.protocol)
        found[_experiment(path.parent)][score].append(row.value)
        ways[score].append(way)
  scores = list(dict.fromkeys(score for each in found.values() for score in each))
  lines = [[name, *(_cell(found[name].get(score)) for score in scores)] for name in found]
  text = tables.markdown(['experiment (mean, smallest to largest over seeds)', *scores], lines)
  alike = [score for score in scores if len(set(ways[score])) == 1]
  text += _chances(found, alike) + _refusals(ways)
  print(text)
  files.write_text(folder / 'table.md', text)
  runs = collections.defaultdict(list)
  for path in sorted(folder.glob('*-seed*/scores.jsonl')):
    runs[_experiment(path.parent)].append(curves.read(path))
  curves.compare(folder / 'curves.png', runs)


def _experiment(folder):
  return re.sub(r'-seed\d+$', '', folder.name)


def _cell(values):
  if not values:
    return '-'
  mean = sum(values) / len(values)
  return f'{mean:.4g}' if len(values) == 1 else f'{mean:.4g} ({min(values):.4g} to {max(values):.4g}, {len(values)})'


def _chances(found, scores):
  """The table of p-values of every two experiments with at least two seeds each; '' where there are none."""
  lines = []
  for first, second in itertools.combinations(found, 2):
    pairs = [(found[first].get(score, []), found[second].get(score, [])) for score in scores]
    ps = [f'{permutation_p(*pair):.2g}' if min(map(len, pair)) > 1 else '-' for pair in pairs]
    if set(ps) != {'-'}:
      lines.append([f'{first}, {second}', *ps])
  header = ['p of equal means (exact permutation test over seeds)', *scores]
  return f'\n{tables.markdown(header, lines)}' if lines else ''


def _refusals(ways):
  """A line for every set of protocols under which one score was measured; '' where all numbers compare."""
  mixed = collections.defaultdict(list)
  for score, each in ways.items():
    if len(set(each)) > 1:
      mixed[' | '.join(dict.fromkeys(each))].append(score)
  lines = [f'not compared, measured in several ways: {", ".join(mixed[way])}: {way}' for way in mixed]
  return ''.join(f'\n{line}\n' for line in lines)


if __name__ == '__main__':
  main(sys.argv[1])
