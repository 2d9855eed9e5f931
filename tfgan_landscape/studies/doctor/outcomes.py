"""What the doctor's runs came to: how they ended, forecasts of it, and how good these are."""

import pathlib
from typing import NamedTuple, Optional

import numpy as np
from sklearn.metrics import roc_auc_score

from tfgan_landscape.dynamics.trajectories import diverged
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import doctor, survival
from tfgan_landscape.evaluation.signs import SIGNS
from tfgan_landscape.losses import redrawn as PAIRS  # noqa: F401, N812  how every run pairs
from tfgan_landscape.reporting import curves
from tfgan_landscape.reporting.results import row

PARTS = (0.05, 0.1, 0.2)  # shares of a run at which it is looked at
RECORDS = 4  # of the first PARTS[-1], every 5 %
ENOUGH = 0.75  # of the modes, for a run that is not collapsed
_RECORD_OF_PART = [0, 1, 3]
_RESAMPLES = 200


class Case(NamedTuple):
  """What a run is made of; `cure` is None for one that is looked at."""

  setting: str
  loss: str
  penalty: str
  cure: Optional[str]


def name_of(case):
  """Returns the name of the files of a `Case`."""
  return '-'.join([case.setting, case.loss, case.penalty, *([f'then-{case.cure}'] if case.cure else [])])


def kept(begun, ended):
  """Returns what is kept of a run's two `settings.Part`s, {name: array}."""
  weights = {
    f'{player}_{index}': weight
    for player, every in zip(('critic', 'generator'), begun.weights)
    for index, weight in enumerate(every)
  }
  return {
    'signs': begun.signs,
    'critic_loss': begun.critic_loss,
    'covered_then': np.array(begun.covered),
    'covered': np.array(ended.covered),
    **weights,
  }


def weights_of(run):
  """Returns ([critic's weights], [generator's]) of what `kept` made."""
  names = sorted(run)
  return tuple(
    [run[name] for name in names if name.startswith(f'{player}_') and name != 'critic_loss']
    for player in ('critic', 'generator')
  )


class Course(NamedTuple):
  """All runs that were looked at, one entry each.

  Attributes:
    signs: at `PARTS`, [runs, parts, 6].
    critic_loss: then, [runs, parts].
    collapsed: whether they end so, bool [runs].
    groups: {'setting', 'loss', 'penalty', 'seed': array [runs]}.
    then: whether it covers too few modes at the last part already, bool [runs].
  """

  signs: np.ndarray
  critic_loss: np.ndarray
  collapsed: np.ndarray
  groups: dict
  then: np.ndarray

  @property
  def features(self):
    """What the doctor sees, [runs, parts, 8]; each part is twice the one before it."""
    first = doctor.features(self.signs[:, :1])
    return np.concatenate([first, doctor.features(self.signs[:, 1:], self.signs[:, :-1])], 1)

  def forecasts(self, by, values=None):
    """Returns probabilities [runs, parts] that each run ends collapsed, learned from runs of other groups.

    Args:
      by: 'loss', 'setting' or 'seed'; seeds in five folds.
      values: what it learns from, [runs, parts, k]; the doctor's features of the signs unless given.
    """
    values = self.features if values is None else values
    labels = self.groups[by] % 5 if by == 'seed' else self.groups[by]
    found = np.full(values.shape[:2], np.nan)
    for part in range(values.shape[1]):
      for label in np.unique(labels):
        held = labels == label
        model = doctor.fitted(values[~held, part], self.collapsed[~held])
        found[held, part] = model.probability(values[held, part])
    return found

  def ill(self, penalty, most):
    """Returns ((setting, loss, penalty), seed) of runs that are called collapsed at the last part, by seed.

    Forecasts are those of a doctor who has not seen the run's loss; at most so many of each setting.
    """
    called = self.forecasts('loss')[:, -1] > 0.5
    found, left = [], dict.fromkeys(np.unique(self.groups['setting']), most)
    for index in np.argsort(self.groups['seed'], kind='stable'):
      setting, loss, own, seed = (self.groups[name][index] for name in ('setting', 'loss', 'penalty', 'seed'))
      if called[index] and own == penalty and left[setting]:
        left[setting] -= 1
        found.append(((str(setting), str(loss), str(own)), int(seed)))
    return found


def course(runs, modes):
  """Returns the `Course` of {(setting, loss, penalty): list of what `kept` made}; runs that diverged are left out.

  Args:
    runs: of every seed, in order.
    modes: {setting: how many}.
  """
  every = [(case, seed, run) for case, each in runs.items() for seed, run in enumerate(each) if not diverged(run)]
  due = np.array([ENOUGH * modes[case[0]] for case, _, _ in every])
  labels = {name: np.array([case[index] for case, _, _ in every]) for index, name in enumerate(Case._fields[:3])}
  return Course(
    np.stack([run['signs'][_RECORD_OF_PART] for _, _, run in every]),
    np.stack([run['critic_loss'][_RECORD_OF_PART] for _, _, run in every]),
    np.array([run['covered'] for _, _, run in every]) < due,
    labels | {'seed': np.array([seed for _, seed, _ in every])},
    np.array([run['covered_then'] for _, _, run in every]) < due,
  )


def rules(course):
  """Returns {what people look at: values [runs, parts, 1]}, each as good as its best use: a probability of its own."""
  losses = course.critic_loss
  found = {"critic's loss below 0.1": losses < 0.1, "critic's loss": np.arcsinh(losses)}
  found |= {f'{name} alone': course.signs[..., index] for index, name in enumerate(SIGNS)}
  return {name: np.asarray(values, float)[..., None] for name, values in found.items()}


def rows_of_forecasts(course, protocol):
  """Returns `Row`s: Brier score and AUC at every part, on groups that the forecast has not seen, beside the rules'."""
  forecasts = {
    f'the doctor, {seen} not seen': course.forecasts(by)
    for by, seen in (('seed', 'seeds'), ('loss', 'losses'), ('setting', 'data'))
  }
  forecasts |= {f'{name}, losses not seen': course.forecasts('loss', values) for name, values in rules(course).items()}
  rows = [
    row('runs that end collapsed', f'after {part:.0%}', survival.share(course.collapsed), protocol=protocol)
    for part in PARTS
  ]
  for name, each in forecasts.items():
    for index, part in enumerate(PARTS):
      errors = (each[:, index] - course.collapsed) ** 2
      rows.append(row(f'Brier score: {name}', f'after {part:.0%}', survival.mean(errors, resamples=_RESAMPLES)))
      rows.append(row(f'AUC: {name}', f'after {part:.0%}', area(course, each[:, index])))
  return rows


def area(course, forecasts, seed=0):
  """Returns the area under the ROC curve of forecasts [runs], with its bootstrap interval.

  It is that of pairs within a setting: how often a run that ended collapsed had the higher forecast of two on the same
  data. NaN where all runs end alike.
  """
  settings, random = course.groups['setting'], np.random.default_rng(seed)
  found = [
    _area(course.collapsed[chosen], forecasts[chosen], settings[chosen])
    for chosen in random.integers(len(settings), size=(_RESAMPLES, len(settings)))
  ]
  interval = np.nanquantile(found, [0.025, 0.975]).tolist() if np.isfinite(found).any() else [np.nan, np.nan]
  return survival.Estimate(_area(course.collapsed, forecasts, settings), *interval)


def _area(collapsed, forecasts, settings):
  areas, weights = [], []
  for setting in np.unique(settings):
    mine = collapsed[settings == setting]
    pairs = int(mine.sum()) * int((~mine).sum())
    if pairs:
      areas.append(roc_auc_score(mine, forecasts[settings == setting]))
      weights.append(pairs)
  return float(np.average(areas, weights=weights)) if weights else float('nan')


def calibration(forecasts, collapsed, bins=10):
  """Returns (mean forecast, `Estimate` of the share that ended collapsed, runs) of each tenth that has runs."""
  which = np.minimum((forecasts * bins).astype(int), bins - 1)
  groups = [which == index for index in range(bins) if (which == index).sum() >= survival.FEWEST]
  return [(float(forecasts[group].mean()), survival.share(collapsed[group]), int(group.sum())) for group in groups]


def rows_of_others(folders, odds, protocol):
  """Returns `Row`s of GANs that the odds were not learned from: forecasts by recorded signs, and modes at the end.

  Args:
    folders: of runs whose evaluation counts modes.
    odds: `doctor.Odds`.
    protocol: in a line.

  Raises:
    InputError: a run has no such records.
  """
  rows = []
  for folder in map(pathlib.Path, folders):
    path = folder / 'scores.jsonl'
    series = curves.read(path) if path.is_file() else {}
    modes = [values for name, values in series.items() if name.startswith('raw/modes')]
    if not modes or 'doctor/recall' not in series:
      raise InputError(f'{folder} has no signs and modes; train an experiment that counts modes, as *_stackedmnist_*')
    looks = {name: dict(series[f'doctor/{name}']) for name in SIGNS}
    end = modes[0][-1][0]
    for step in sorted(looks['recall']):
      at = odds.at(step / end)
      if at is not None and step / end <= PARTS[-1] + 1e-9:
        found = doctor.features(_look(looks, step), _look(looks, step / 2))
        told = float(odds.models[at].probability(found))
        rows.append(row(f'forecast after {step / end:.0%}', folder.name, (told,), protocol=protocol))
    rows.append(row('modes at the end', folder.name, (modes[0][-1][1],), protocol=protocol))
  return rows


def _look(looks, step):
  """The signs at a step, or None."""
  return [looks[name][step] for name in SIGNS] if step in looks['recall'] else None
