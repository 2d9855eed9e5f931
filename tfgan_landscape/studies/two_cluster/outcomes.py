"""What the runs of the two-cluster study came to: per run, and as rows with intervals beside the paper's words."""

import functools
import re
from typing import Callable, NamedTuple

import numpy as np

from tfgan_landscape import landscape
from tfgan_landscape.dynamics import trajectories
from tfgan_landscape.evaluation import survival, two_clusters
from tfgan_landscape.reporting.results import row
from tfgan_landscape.studies import comparisons


class Setting(NamedTuple):
  """Where the clusters are and how they count.

  Attributes:
    centers: of the clusters, [2].
    spread: a real point lies in [centre, centre + spread).
    radius: a fake point so near to a centre belongs to it.
    due: real points of each cluster, [2].
    times: epochs done at each record, [records].
    grid: points of the line at which the critic was recorded, [g].
  """

  centers: np.ndarray
  spread: float
  radius: float
  due: np.ndarray
  times: np.ndarray
  grid: np.ndarray


class Outcome(NamedTuple):
  """What the runs of one loss came to, one entry a run.

  Attributes:
    escapes: epochs at the first recovery, NaN for never.
    lasting: epochs at the recovery that lasts to the end, NaN for never.
    recovered: whether the run ends recovered.
    collapsed: whether it ends with its points on one cluster.
    diverged: whether its numbers stopped being finite.
    last_losses: critic's loss at the end.
    visits: the stays in the basin of mode collapse, a list of `Visit`.
    dwell: epochs in the basin, all visits together.
    shares: of the fake points in each cluster at the end, [runs, 2].
    end: epochs of every run.
  """

  escapes: np.ndarray
  lasting: np.ndarray
  recovered: np.ndarray
  collapsed: np.ndarray
  diverged: np.ndarray
  last_losses: np.ndarray
  visits: list
  dwell: np.ndarray
  shares: np.ndarray
  end: int

  def plain(self):
    """As lists by name, for JSON."""
    arrays = {key: np.asarray(value).tolist() for key, value in self._asdict().items() if key != 'visits'}
    return {**arrays, 'visits': [[visit._asdict() for visit in run] for run in self.visits]}


def values(counts, due):
  """Returns the exact value of JS-GAN's landscape (Claim C.1) for fake points per cluster, int [..., 2] -> [...]."""
  points = int(due.sum())
  return landscape.two_cluster_value(counts[..., 0], counts[..., 1], points, due[0] / points, landscape.js)


def states(runs, setting):
  """Returns fake points in each cluster, int [runs, records, 2], and the landscape's values [runs, records]."""
  counts = two_clusters.mode_counts(np.stack([run['fake'] for run in runs]), setting.centers, setting.radius)
  return counts, values(counts, setting.due)


def all_states(runs, setting):
  """Returns {case_counts, case_value: array} of `states` of {case: list of records}, for a file."""
  found = {name: states(each, setting) for name, each in runs.items()}
  return {f'{name}_{part}': array for name, pair in found.items() for part, array in zip(('counts', 'value'), pair)}


def critics_up_to_escape(run, setting):
  """Returns six records of a run, from the start to a little after its escape, or to the end without one."""
  counts = two_clusters.mode_counts(run['fake'], setting.centers, setting.radius)
  escape = two_clusters.first_record(two_clusters.recovered(counts, setting.due))
  end = len(setting.times) - 1
  return np.linspace(0, end if escape is None else min(end, escape + escape // 4), 6).astype(int)


def epochs_of_paper(paper):
  """Returns {name of a loss: epochs until its escape} that the paper's words begin with, of {quantity: words}."""
  words = paper.get('escape, epochs (median)', {})
  found = {name: re.match(r'[\d,]+', text) for name, text in words.items()}
  return {name: int(match[0].replace(',', '')) for name, match in found.items() if match}


class Recovery(NamedTuple):
  """When runs recover, one entry a run; the words are those of `Outcome`."""

  escapes: np.ndarray
  lasting: np.ndarray
  recovered: np.ndarray


def recovery(counts, setting):
  """Returns the `Recovery` of runs from the fake points in each cluster, int [runs, records, 2]."""
  recovered = two_clusters.recovered(counts, setting.due)
  epochs = functools.partial(_epochs, times=setting.times)
  return Recovery(
    epochs(two_clusters.first_record(run) for run in recovered),
    epochs(two_clusters.lasting_record(run) for run in recovered),
    recovered[:, -1],
  )


def outcome(runs, setting):
  """Returns the `Outcome` of runs, a list of {'critic_loss', 'fake', 'critic_image'}."""
  counts, exact = states(runs, setting)
  collapsed = two_clusters.collapsed(counts, setting.due.sum())
  visits = [
    two_clusters.visits(inside, run['critic_loss'], value, functools.partial(_critic, run, count, setting))
    for run, inside, value, count in zip(runs, collapsed, exact, counts)
  ]
  return Outcome(
    **recovery(counts, setting)._asdict(),
    collapsed=collapsed[:, -1],
    diverged=np.array([trajectories.diverged(run) for run in runs]),
    last_losses=np.array([run['critic_loss'][-1] for run in runs]),
    visits=visits,
    dwell=collapsed.sum(1) * setting.times[0],
    shares=counts[:, -1] / setting.due.sum(),
    end=int(setting.times[-1]),
  )


def _epochs(records, times):
  return np.array([np.nan if record is None else times[record] for record in records])


def _critic(run, counts, setting, record):
  """D on the fake points, and on the real points' interval of the cluster that has none."""
  image, fake = run['critic_image'][record], run['fake'][record]
  other = setting.centers[np.argmin(counts[record])] + np.linspace(0, setting.spread, 11)
  return tuple(float(np.interp(where, setting.grid, image).mean()) for where in (fake, other))


def rows(outcomes, paper, protocol):
  """Returns `Row`s of every quantity of every loss.

  Args:
    outcomes: {name of a loss: `Outcome`}.
    paper: {quantity: {name of a loss: the paper's words}}.
    protocol: the setting in a line.
  """
  found = []
  for quantity, measure in QUANTITIES.items():
    for name in outcomes:
      estimate, note = measure(outcomes, name)
      words = paper.get(quantity, {}).get(name, '')
      found.append(row(quantity, name, estimate or (None,), paper=words, protocol=protocol, note=note))
  return found


def _of(pick: Callable, statistic: Callable, where_none: str = ''):
  """A measure of each loss's outcome by itself; `where_none` is said where there is nothing to measure."""

  def measure(outcomes, name):
    picked = pick(outcomes[name])
    return (statistic(picked), '') if len(picked) else (None, where_none)

  return measure


def _slowdown(outcomes, name):
  first = comparisons.fastest({each: outcome.escapes for each, outcome in outcomes.items()})
  ratio = survival.median_ratio(outcomes[name].escapes, outcomes[first].escapes)
  if np.isnan(ratio.value):
    some = any(np.isfinite(outcome.escapes).any() for outcome in outcomes.values())
    return None, 'not defined: ' + ('most runs never recover' if some else 'no run escaped')
  return ratio, f'times {first}'


def _of_visits(pick):
  """One number a run, of those that visit the basin and do not diverge: what `pick` makes of its visits."""
  return lambda outcome: [pick(run) for run, broken in zip(outcome.visits, outcome.diverged) if run and not broken]


def _lowest(run):
  return min(run, key=lambda visit: visit.lowest_loss)


_visiting = functools.partial(_of, where_none='no visit')
QUANTITIES = {
  'escape, epochs (median)': _of(lambda outcome: outcome.escapes, survival.median),
  'escape beside the fastest loss': _slowdown,
  'recovered for good, epochs (median)': _of(lambda outcome: outcome.lasting, survival.median),
  'not recovered at the end': _of(lambda outcome: ~outcome.recovered, survival.share),
  'collapsed at the end': _of(lambda outcome: outcome.collapsed, survival.share),
  'diverged': _of(lambda outcome: outcome.diverged, survival.share),
  'runs that visit the basin': _of(lambda outcome: [bool(run) for run in outcome.visits], survival.share),
  'visits to the basin (median)': _of(lambda outcome: [len(run) for run in outcome.visits], survival.median),
  'epochs in the basin (median)': _of(lambda outcome: outcome.dwell, survival.median),
  "lowest critic's loss in the basin (median)": _visiting(
    _of_visits(lambda run: _lowest(run).lowest_loss), survival.median
  ),
  'D on the collapsed cluster then (median)': _visiting(
    _of_visits(lambda run: _lowest(run).critic_here), survival.median
  ),
  'D on the other cluster then (median)': _visiting(_of_visits(lambda run: _lowest(run).critic_there), survival.median),
  "last critic's loss (median)": _of(
    lambda outcome: outcome.last_losses[~outcome.diverged], survival.median, 'every run diverged'
  ),
  'points in the first cluster at the end (mean)': _of(lambda outcome: outcome.shares[:, 0], survival.mean),
  'points in the second cluster at the end (mean)': _of(lambda outcome: outcome.shares[:, 1], survival.mean),
}
