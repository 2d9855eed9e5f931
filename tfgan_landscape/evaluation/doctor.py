"""How likely a training is to end collapsed, by its `signs`: odds that were learned from runs of small GANs.

A logistic regression for each part of a run that may have passed (5, 10, 20 %), kept as JSON beside this file and made
by `launch/local.sh gin/doctor.gin`. docs/doctor.md tells how good it is.
"""

import json
import pathlib
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from tfgan_landscape.evaluation.signs import SIGNS

_ODDS = pathlib.Path(__file__).with_name('odds.json')
# Margin and slope are left out: how large they are says more of the networks than of the run (docs/doctor.md).
_NAMES = list(SIGNS)
FEATURES = 'inverted_pairs', '|log spread|', 'coverage', 'recall'
FEATURES += tuple(f'change of {name}' for name in FEATURES)


class Model(NamedTuple):
  """P(collapsed at the end) = sigmoid(intercept + coefficients . (values - centre) / scale)."""

  centre: list
  scale: list
  coefficients: list
  intercept: float

  def probability(self, values):
    """Returns probabilities [...] of values [..., k]; NaN where one is not finite."""
    points = (values - np.array(self.centre)) / np.array(self.scale)
    return 1 / (1 + np.exp(-(self.intercept + points @ np.array(self.coefficients))))


def features(signs, before=None):
  """Returns what the regression sees, `FEATURES` [..., 8].

  Args:
    signs: [..., 6].
    before: those at half of the time, [..., 6]; None where they are not known, and nothing is taken to have changed.
  """
  now = _bounded(signs)
  return np.concatenate([now, np.zeros_like(now) if before is None else now - _bounded(before)], -1)


def _bounded(signs):
  signs, names = np.asarray(signs, np.float64), ('inverted_pairs', 'spread', 'coverage', 'recall')
  inverted, spread, coverage, recall = (signs[..., _NAMES.index(name)] for name in names)
  return np.stack([inverted, np.abs(np.log(spread + 1e-3)), coverage, recall], -1)


def fitted(values, collapsed):
  """Returns the `Model` of runs.

  Args:
    values: [runs, k], finite.
    collapsed: bool [runs], how they ended. Where all ended alike values tell nothing: the share (k + 1/2) / (n + 1).
  """
  size = np.shape(values)[1]
  if len(np.unique(collapsed)) < 2:
    share = (np.sum(collapsed) + 0.5) / (len(collapsed) + 1)
    return Model([0.0] * size, [1.0] * size, [0.0] * size, float(np.log(share / (1 - share))))
  scaler = StandardScaler().fit(values)
  regression = LogisticRegression(max_iter=1000).fit(scaler.transform(values), collapsed)
  parts = scaler.mean_, scaler.scale_, regression.coef_[0]
  return Model(*(part.tolist() for part in parts), float(regression.intercept_[0]))


class Cure(NamedTuple):
  """What was tried on runs that were diagnosed as collapsed.

  Attributes:
    name: e.g. 'R1 + R2'.
    bindings: what to pass as --gin_param, one each; CRITIC_RATE stands for the critic's learning rate times
      `critic_rate`.
    critic_rate: its learning rate over the one before.
    settings: {where: [share recovered at the end, low, high, share without treatment, low, high, runs]}.
  """

  name: str
  bindings: list
  critic_rate: float
  settings: dict


class Odds(NamedTuple):
  """What the doctor knows.

  Attributes:
    parts: shares of a run that have passed, ascending.
    models: a `Model` for each.
    healthy: for each, {sign: [low, high]}, where nine in ten of the runs lay that ended well.
    cures: `Cure`s, the best first.
  """

  parts: list
  models: list
  healthy: list
  cures: list

  def at(self, progress):
    """Returns the position of the last part that has passed at a progress in [0, 1]; None before the first."""
    passed = [index for index, part in enumerate(self.parts) if part <= progress + 1e-9]
    return passed[-1] if passed else None

  def plain(self):
    """As lists by name, for JSON."""
    models, cures = ([each._asdict() for each in kind] for kind in (self.models, self.cures))
    return {'features': list(FEATURES), 'parts': self.parts, 'models': models, 'healthy': self.healthy, 'cures': cures}


def odds(path=_ODDS):
  """Returns the `Odds` of a JSON file, those of the package unless one is given."""
  found = json.loads(pathlib.Path(path).read_text(encoding='utf-8'))
  models, cures = ([made(**each) for each in found[kind]] for made, kind in ((Model, 'models'), (Cure, 'cures')))
  return Odds(found['parts'], models, found['healthy'], cures)


def words(cure, critic_rate):
  """Returns a `Cure` as flags of the command line; `critic_rate` is the critic's learning rate so far."""
  told = (each.replace('CRITIC_RATE', f'{cure.critic_rate * critic_rate:.3g}') for each in cure.bindings)
  return ' '.join(f"--gin_param='{each}'" for each in told)
