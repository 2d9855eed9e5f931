"""The files that the two-cluster study leaves: tables, figures and the states of its runs."""

import itertools
import re

import numpy as np

from tfgan_landscape.evaluation import survival, two_clusters
from tfgan_landscape.io import files
from tfgan_landscape.reporting import results
from tfgan_landscape.studies import comparisons
from tfgan_landscape.studies.two_cluster import figures
from tfgan_landscape.studies.two_cluster import outcomes as two_cluster_outcomes


def write(folder, runs, outcomes, setting, paper, protocol, references=None):
  """Writes `results.json`, `table.md`, `outcomes.json` and `states.npz`; returns the tables.

  Args:
    folder: of the study.
    runs: {name of a loss: list of {record: array}}.
    outcomes: {name of a loss: `Outcome`}.
    setting: `Setting`.
    paper: {quantity: {name of a loss: the paper's words}}.
    protocol: the setting in a line.
    references: names that every loss is put beside, see `comparisons`.
  """
  escapes, end = {name: each.escapes for name, each in outcomes.items()}, setting.times[-1]
  rows = two_cluster_outcomes.rows(outcomes, paper, protocol)
  compared = comparisons.beside_each_other(escapes, end, 'escape', protocol, references)
  results.write(folder, [*rows, *compared])
  table = '\n'.join(map(results.table, [rows, compared]))
  files.write_text(folder / 'table.md', f'{protocol}\n\n{table}')
  files.write_text(folder / 'outcomes.json', files.to_json({n: each.plain() for n, each in outcomes.items()}) + '\n')
  states = {name: two_cluster_outcomes.states(each, setting) for name, each in runs.items()}
  parts = {f'{name}_{part}': array for name, pair in states.items() for part, array in zip(('counts', 'value'), pair)}
  np.savez_compressed(folder / 'states.npz', epochs=setting.times, **parts)
  return table


def draw(folder, runs, outcomes, setting, paper, protocol, references, drawn):
  """Draws the escapes of all, and of the `references` as many runs as `drawn` says, with their critics."""
  files.folder(folder)
  wanted = itertools.product(references, range(drawn))
  shown = {(name, seed): runs[name][seed] for name, seed in wanted if seed < len(runs[name])}
  movements = {f'{name}, run {seed}': (run['critic_loss'], run['fake']) for (name, seed), run in shown.items()}
  collapse = -two_cluster_outcomes.values(np.array([setting.due.sum(), 0]), setting.due)
  levels = {'JS-GAN collapsed, exact': collapse, 'log 2': np.log(2), 'RS-GAN collapsed, paper': 0.35}
  middles = setting.centers + setting.spread / 2
  figures.movement(folder / 'movement.png', setting.times, movements, middles, levels)
  end = setting.times[-1]
  escapes = {name: each.escapes for name, each in outcomes.items()}
  curves = {name: survival.survival_curve(each, end) for name, each in escapes.items()}
  notes = comparisons.notes(escapes, end)
  figures.survival(folder / 'survival.png', curves, protocol.partition(',')[0], end, _epochs(paper), notes)
  for (name, seed), run in shown.items():
    _draw_critics(folder / f'critic_{name}_{seed}.png', f'{name}, run {seed}', run, setting)


def _epochs(paper):
  """The epochs until an escape that the paper's words begin with, by name of a loss."""
  words = paper.get('escape, epochs (median)', {})
  found = {name: re.match(r'[\d,]+', text) for name, text in words.items()}
  return {name: int(match[0].replace(',', '')) for name, match in found.items() if match}


def _draw_critics(path, title, run, setting):
  """D at six epochs, from the start to a little after the escape."""
  times = setting.times
  counts = two_clusters.mode_counts(run['fake'], setting.centers, setting.radius)
  escape = two_clusters.first_record(two_clusters.recovered(counts, setting.due))
  last = len(times) - 1 if escape is None else min(len(times) - 1, escape + escape // 4)
  picks = np.linspace(0, last, 6).astype(int)
  images, fakes = run['critic_image'][picks], run['fake'][picks]
  middles = setting.centers + setting.spread / 2
  figures.critics(path, setting.grid, times[picks], images, fakes, middles, title)
