"""What became of runs that the doctor called collapsed, by what was done with them; and the odds that come of all."""

from typing import NamedTuple

import numpy as np

from tfgan_landscape.evaluation import doctor, survival
from tfgan_landscape.evaluation.signs import SIGNS
from tfgan_landscape.reporting.results import row
from tfgan_landscape.studies.doctor.outcomes import ENOUGH, PARTS, name_of


class Treatment(NamedTuple):
  """What went on with the ill runs of a setting, one entry each.

  Attributes:
    recovered: {cure, or 'none': bool [runs]}.
    seeds: [runs]. By those of even seeds cures are put in order, by the others their effects are told.
  """

  recovered: dict
  seeds: np.ndarray

  def told(self, name):
    """Returns the runs that count, bool, of a cure."""
    return self.recovered[name][self.seeds % 2 == 1]

  def of_a_random_cure(self):
    """Returns the runs that count, bool, each under a cure that is drawn for it."""
    cures = np.stack([self.told(name) for name in self.recovered if name != 'none'])
    drawn = np.random.default_rng(0).integers(len(cures), size=cures.shape[1])
    return cures[drawn, np.arange(cures.shape[1])]


def treatments(cases, diagnosed, runs, modes):
  """Returns {setting: `Treatment`}.

  Args:
    cases: {name: `Case`}.
    diagnosed: {name of a treated case: its seeds}.
    runs: {name: list of records, of every seed or of those in `diagnosed`}.
    modes: {setting: how many}.
  """
  found = {}
  for name, seeds in diagnosed.items():
    case = cases[name]
    due, before = ENOUGH * modes[case.setting], runs[name_of(case._replace(cure=None))]
    for seed, run in zip(seeds, runs[name]):
      mine = found.setdefault(case.setting, {}).setdefault((case.loss, seed), {'none': before[seed]['covered'] >= due})
      mine[case.cure] = run['covered'] >= due
  return {setting: _treatment(each) for setting, each in found.items()}


def _treatment(by_run):
  names = dict.fromkeys(name for run in by_run.values() for name in run)
  recovered = {name: np.array([bool(run[name]) for run in by_run.values()]) for name in names}
  return Treatment(recovered, np.array([seed for _, seed in by_run]))


def best_first(treatments):
  """Returns the cures by their share of recovered runs with even seeds, the mean over settings, the best first."""
  names = dict.fromkeys(name for each in treatments.values() for name in each.recovered if name != 'none')

  def share(name):
    return np.mean([each.recovered[name][each.seeds % 2 == 0].mean() for each in treatments.values()])

  return sorted(names, key=share, reverse=True)


def told(treatments):
  """Returns {what was done: {setting: bool [runs that count]}}: nothing, a random cure, each cure, the best first."""
  found = {
    'no treatment': {setting: each.told('none') for setting, each in treatments.items()},
    'a cure at random': {setting: each.of_a_random_cure() for setting, each in treatments.items()},
  }
  for name in best_first(treatments):
    found[name] = {setting: each.told(name) for setting, each in treatments.items()}
  return found


def rows_of_treatments(treatments, protocol):
  """Returns `Row`s of what was done by setting: the share of runs that recovered."""
  return [
    row(done, f'{setting}, {len(runs)} runs', survival.share(runs), protocol=protocol)
    for done, each in told(treatments).items()
    for setting, runs in each.items()
  ]


def odds(course, treatments, cures):
  """Returns the `doctor.Odds` that all the runs give; `cures` are those of the study."""
  parts = range(len(PARTS))
  models = [doctor.fitted(course.features[:, part], course.collapsed) for part in parts]
  well = course.signs[~course.collapsed] if not course.collapsed.all() else course.signs
  healthy = [dict(zip(SIGNS, np.quantile(well[:, part], [0.05, 0.95], axis=0).T.round(4).tolist())) for part in parts]
  done = told(treatments)
  nothing = done['no treatment']
  found = []
  for name in best_first(treatments):
    effects = {
      setting: [*survival.share(runs), *survival.share(nothing[setting]), len(runs)]
      for setting, runs in done[name].items()
    }
    bindings, rate = list(cures[name]['bindings']), cures[name].get('critic_rate', 1.0)
    found.append(doctor.Cure(name, bindings, rate, effects))
  return doctor.Odds(list(PARTS), models, healthy, found)
