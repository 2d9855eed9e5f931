"""What the runs of the bad-start study came to, which of them give a bad start, and rows with intervals."""

import itertools
from typing import NamedTuple, Optional

import numpy as np

from tfgan_landscape.evaluation import modes, survival
from tfgan_landscape.reporting.results import row


class Judge(NamedTuple):
  """By what a sample is judged.

  Attributes:
    centres: [modes, d].
    radius: a point at most so far from a centre belongs to it.
    collapsed_at_most: modes that a collapsed sample covers at most; it covers one at least.
    quality: share of the points of a collapsed sample that lie in modes, at least.
    metric_scale: alpha of the paper's metric.
  """

  centres: np.ndarray
  radius: float
  collapsed_at_most: int
  quality: float
  metric_scale: float

  def coverage(self, sample):
    """Returns (modes covered, share of the points in a mode) of points [n, d]."""
    found = modes.coverage(sample, self.centres, self.radius)
    return found.covered.sum(), found.high_quality

  def collapsed(self, covered, quality):
    """Whether samples are collapsed: all their points are in modes, and those are few; arrays that broadcast."""
    return (covered >= 1) & (covered <= self.collapsed_at_most) & (quality >= self.quality)


class Case(NamedTuple):
  """What a run is of: its (loss, projection), whose start it begins from, the learning rate of both players.

  Without such a start it is random, and the rate the optimiser's own.
  """

  side: tuple
  start_of: Optional[tuple] = None
  rate: Optional[float] = None


class Start(NamedTuple):
  """Seeds of the source runs that give the generator, at its end, and the critic, at a record."""

  generator: int
  critic: int
  record: int


class Outcome(NamedTuple):
  """What runs came to, one entry a run: the paper's metric, modes covered, share of points in a mode, collapsed."""

  metric: np.ndarray
  covered: np.ndarray
  quality: np.ndarray
  collapsed: np.ndarray

  def plain(self):
    """As lists by name, for JSON."""
    return {name: values.tolist() for name, values in self._asdict().items()}


def outcome(samples, judge):
  """Returns the `Outcome` of the runs' samples, a list of points [n, d]; one that is not finite covers nothing."""
  whole = [sample if np.isfinite(sample).all() else np.full_like(sample, 1e9) for sample in samples]
  covered, quality = np.array([judge.coverage(sample) for sample in whole]).T
  metric = np.array([modes.distance_to_centres(sample, judge.centres, judge.metric_scale) for sample in whole])
  return Outcome(metric, covered.astype(int), quality, judge.collapsed(covered, quality))


def pick(watched, judge) -> Optional[Start]:
  """Returns the `Start` that source runs give, None where they give none.

  The generator is the end's of the first run that covers every mode, the critic that of the latest record at which a
  run is collapsed, of the first such run.

  Args:
    watched: points [records, n, d] of each run.
    judge: `Judge`.
  """
  found = np.array([[judge.coverage(np.nan_to_num(each, nan=1e9)) for each in run] for run in watched])
  covered, quality = found[..., 0], found[..., 1]
  perfect = np.flatnonzero(covered[:, -1] == len(judge.centres))
  collapsed = judge.collapsed(covered, quality)
  records = np.flatnonzero(collapsed.any(0))
  if not len(perfect) or not len(records):
    return None
  return Start(int(perfect[0]), int(np.flatnonzero(collapsed[:, records[-1]])[0]), int(records[-1]))


def weights_of(runs, start):
  """Returns the weights (critic, generator) that a `Start` takes from its source runs, lists of arrays."""
  critic, generator = runs[start.critic], runs[start.generator]
  critics = itertools.takewhile(critic.__contains__, map('critic_{}'.format, itertools.count()))
  generators = itertools.takewhile(generator.__contains__, map('generator_{}'.format, itertools.count()))
  return [critic[key][start.record] for key in critics], [generator[key] for key in generators]


def rows(outcomes, judge, protocol):
  """Returns `Row`s of {subject: {circumstance: `Outcome`}}, e.g. {'RS-GAN, free': {'at 0.001': ...}}."""
  every = len(judge.centres)
  measures = {
    'metric of Appendix D (mean)': lambda outcome: survival.mean(outcome.metric),
    f'modes of {every} (mean)': lambda outcome: survival.mean(outcome.covered),
    'every mode covered': lambda outcome: survival.share(outcome.covered == every),
    'collapsed': lambda outcome: survival.share(outcome.collapsed),
    'points in a mode (mean)': lambda outcome: survival.mean(outcome.quality),
  }
  return [
    row(f'{circumstance}: {quantity}', subject, measure(outcome), protocol=protocol)
    for quantity, measure in measures.items()
    for subject, found in outcomes.items()
    for circumstance, outcome in found.items()
  ]


def words(side):
  """Returns a (loss, projection) as a reader sees it."""
  return ' '.join(side)


def sections(found, starts, judge, protocol, record_every):
  """Returns {title: rows}: the runs from random starts, then those from each bad start.

  Args:
    found: {`Case`: `Outcome`}.
    starts: {(loss, projection): `Start` or None}.
    judge: `Judge`.
    protocol: the setting in a line.
    record_every: iterations between records.
  """
  lacking = ', '.join(words(side) for side, start in starts.items() if not start)
  title = 'From random starts.' + (f' No run of {lacking} qualifies as a start.' if lacking else '')
  random = {words(case.side): {'random start': each} for case, each in found.items() if case.start_of is None}
  tables = {title: rows(random, judge, protocol)}
  for source, start in ((source, start) for source, start in starts.items() if start):
    title = (
      f'From the start of {words(source)}: the generator of run {start.generator}, the critic of run {start.critic} '
      f'after {(start.record + 1) * record_every:,} iterations.'
    )
    again = {}
    for case, each in found.items():
      if case.start_of == source:
        again.setdefault(words(case.side), {})[f'at {case.rate:g}'] = each
    tables[title] = rows(again, judge, f'{title} {protocol}')
  return tables


def plain(found):
  """Returns {`Case`: `Outcome`} as lists by name, for JSON."""
  return {
    'sources': {words(case.side): each.plain() for case, each in found.items() if case.start_of is None},
    'retrained': [
      {'start': words(case.start_of), 'learning_rate': case.rate, 'trained': words(case.side), **each.plain()}
      for case, each in found.items()
      if case.start_of is not None
    ],
  }


def panels(runs, starts, real, rate):
  """Returns {start: {title: points}}: the real points, the start's players', and a run of each from there at a rate.

  Args:
    runs: {`Case`: list of {record: array}}.
    starts: {(loss, projection): `Start` or None}.
    real: points [n, d].
    rate: learning rate.
  """
  rows = {}
  for source, start in ((source, start) for source, start in starts.items() if start):
    sources = runs[Case(source)]
    rows[f'start of {words(source)}'] = {
      'real': real,
      'its generator': sources[start.generator]['sample'],
      "its critic's run": sources[start.critic]['watched'][start.record],
      **{
        f'{words(case.side)}, at {rate:g}': each[0]['sample']
        for case, each in runs.items()
        if case.start_of == source and case.rate == rate
      },
    }
  return rows


def by_learning_rate(found, starts, modes_due):
  """Returns {measure: {(loss, projection) in words: mean modes at each rate}} of {`Case`: `Outcome`}."""
  measures = {}
  for source in (source for source, start in starts.items() if start):
    curves = measures[f'modes of {modes_due}, start of {words(source)}'] = {}
    for case, each in found.items():
      if case.start_of == source:
        curves.setdefault(words(case.side), []).append(survival.mean(each.covered))
  return measures
