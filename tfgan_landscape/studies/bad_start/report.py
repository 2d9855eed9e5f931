"""The files that the bad-start study leaves: tables and figures, a section for each start."""

import itertools

from tfgan_landscape.evaluation import survival
from tfgan_landscape.io import files
from tfgan_landscape.reporting import results
from tfgan_landscape.studies.bad_start import figures, outcomes


def write(study):
  """Writes `results.json`, `table.md`, `outcomes.json` and the figures of a `BadStart` whose runs are made."""
  starts = study.starts()
  sources = {side: _outcome(study.source_runs(side), study.judge) for side in study.sides}
  lenders = [lender for lender, start in starts.items() if start]
  retrained = {
    (lender, rate, side): _outcome(study.retrained_runs(lender, rate, side), study.judge)
    for lender, rate, side in itertools.product(lenders, study.learning_rates, study.sides)
  }
  sections = _sections(study, starts, sources, retrained)
  folder = study.execution.model_dir
  results.write(folder, [row for rows in sections.values() for row in rows])
  tables = [f'{title}\n\n{results.table(rows)}' for title, rows in sections.items()]
  files.write_text(folder / 'table.md', '\n'.join([protocol(study) + '\n', *tables]))
  files.write_text(folder / 'outcomes.json', files.to_json(_plain(sources, retrained)) + '\n')
  print('\n'.join(tables))
  if lenders:
    _draw(study, {lender: starts[lender] for lender in lenders}, retrained)


def protocol(study):
  """The setting of a study in a line."""
  return (
    f'{study.sources} runs of each from random starts, {study.repeats} of each from every bad start and learning rate, '
    f'{study.iterations:,} iterations; collapsed: at most {study.collapsed_at_most} modes with {study.quality:.0%} of '
    'the points in modes; 95 % intervals in brackets'
  )


def _outcome(runs, judge):
  return outcomes.outcome([run['sample'] for run in runs], judge)


def words(side):
  """A (loss, projection) as a reader sees it."""
  return ' '.join(side)


def _sections(study, starts, sources, retrained):
  """Returns {title: rows}."""
  lacking = ', '.join(words(side) for side, start in starts.items() if not start)
  title = 'From random starts.' + (f' No run of {lacking} qualifies as a start.' if lacking else '')
  random = {words(side): {'random start': outcome} for side, outcome in sources.items()}
  sections = {title: outcomes.rows(random, study.judge, protocol(study))}
  for lender, start in ((lender, start) for lender, start in starts.items() if start):
    found = {
      words(side): {f'at {rate:g}': retrained[lender, rate, side] for rate in study.learning_rates}
      for side in study.sides
    }
    iteration = (start.record + 1) * study.record_every
    title = (
      f'From the start of {words(lender)}: the generator of run {start.generator}, the critic of run {start.critic} '
      f'after {iteration:,} iterations.'
    )
    sections[title] = outcomes.rows(found, study.judge, f'{title} {protocol(study)}')
  return sections


def _plain(sources, retrained):
  return {
    'sources': {words(side): outcome.plain() for side, outcome in sources.items()},
    'retrained': [
      {'start': words(lender), 'learning_rate': rate, 'trained': words(side), **outcome.plain()}
      for (lender, rate, side), outcome in retrained.items()
    ],
  }


def _draw(study, starts, retrained):
  folder = study.execution.model_dir / 'figures'
  files.folder(folder)
  real, centres, _ = study.mixture
  panels, curves, rate = {}, {}, study.learning_rates[-1]
  for lender, start in starts.items():
    runs = study.source_runs(lender)
    lent = {'lends G': runs[start.generator]['sample'], 'lends D': runs[start.critic]['watched'][start.record]}
    again = {
      f'{words(side)}, at {rate:g}': study.retrained_runs(lender, rate, side, 1)[0]['sample'] for side in study.sides
    }
    panels[f'start of {words(lender)}'] = {'real': real, **lent, **again}
    curves[f'modes of {len(centres)}, start of {words(lender)}'] = {
      words(side): [survival.mean(retrained[lender, each, side].covered) for each in study.learning_rates]
      for side in study.sides
    }
  figures.samples(folder / 'samples.png', panels, centres)
  figures.by_learning_rate(folder / 'modes.png', study.learning_rates, curves)
