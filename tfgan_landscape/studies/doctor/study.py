"""The doctor's study: which signs of a training's beginning tell how it ends, and which cure helps a run that is ill.

Small GANs of many losses and penalties are trained on points whose modes are known. From the signs after 5, 10 and 20 %
of each run a logistic regression learns whether it covers less than three quarters of the modes at its end. It is
judged on losses, seeds and data that it has not seen. Then runs that it calls collapsed at 20 % go on from their
weights under each cure, and without one.
"""

import functools
import itertools
from collections.abc import Sequence
from typing import Callable, Optional

import gin
import numpy as np

from tfgan_landscape.config.arguments import Count, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import files
from tfgan_landscape.studies import comparisons, lifecycle
from tfgan_landscape.studies.doctor import figures, outcomes, treatments


@configurable('doctor', denylist=['execution'])
class DoctorStudy(lifecycle.RunsStudy):
  """Runs whose beginnings are looked at, and runs that are treated.

  Args:
    execution: `Execution`, what the flags say.
    settings: {name: makes a setting of `settings.py` from a seed}.
    losses: {name: loss}, of `losses.py`; pairs are redrawn at every step.
    penalties: {name: penalty, or None}, on the critic; every loss meets each. Only runs without one are treated.
    cures: {name: {'penalty': ..., 'loss': ..., 'critic_rate': the critic's learning rate over its usual one,
      'bindings': what a user passes as --gin_param, a list}}, each but 'bindings' optional.
    seeds: runs of each setting, loss and penalty.
    treated: runs of each setting that are treated, at most.
    others: folders of GANs that were trained with `train_gan.doctor` and count modes: what the odds say of them.
  """

  title = 'signs of collapse, and cures'
  free = ('doctor.seeds', 'doctor.others')

  def __init__(
    self,
    execution,
    settings: dict[str, Callable] = gin.REQUIRED,
    losses: dict[str, Callable] = gin.REQUIRED,
    penalties: Optional[dict[str, Optional[Callable]]] = None,
    cures: dict[str, dict] = gin.REQUIRED,
    seeds: Count = 40,
    treated: Count = 100,
    others: Sequence[str] = (),
  ):
    super().__init__(execution, seeds)
    self.penalties, self.treated = penalties or {'none': None}, treated
    self.others = others
    lifecycle.check_names('doctor', settings=settings, losses=losses, penalties=self.penalties, cures=cures)
    self.unpaired, self.cures = losses, cures
    _check(self.penalties, cures)
    self.settings = {name: make(execution.seed) for name, make in settings.items()}
    for name, setting in self.settings.items():
      if setting.length % round(outcomes.RECORDS / outcomes.PARTS[-1]):
        raise InputError(
          f'the runs of doctor.settings[{name!r}] have {setting.length} iterations; give a multiple of 20'
        )
    self.losses = comparisons.paired('doctor', losses, outcomes.PAIRS)
    self._cure_losses = {name: outcomes.PAIRS(cure['loss']) for name, cure in cures.items() if 'loss' in cure}

  @property
  def _untreated(self):
    return next(name for name, penalty in self.penalties.items() if penalty is None)

  @functools.cached_property
  def cases(self):
    """{name: `outcomes.Case`} of the runs that are looked at, and of those that may be treated."""
    begun = itertools.product(self.settings, self.losses, self.penalties, [None])
    again = itertools.product(self.settings, self.losses, [self._untreated], self.cures)
    return {outcomes.name_of(case): case for case in map(outcomes.Case._make, [*begun, *again])}

  @property
  def protocol(self):
    """The setting in a line."""
    lengths = ', '.join(f'{name} {setting.length:,}' for name, setting in self.settings.items())
    return (
      f'{self.seeds} runs of each of {len(self.losses)} losses under each of {len(self.penalties)} penalties,'
      f' iterations: {lengths}; collapsed: less than {outcomes.ENOUGH:.0%} of the modes at the end; 95 %'
      ' intervals in brackets'
    )

  @property
  def sizes(self):
    """Numbers of runs."""
    begun = len(self.settings) * len(self.losses) * len(self.penalties) * self.seeds
    return {'runs': begun, 'treated_at_most': len(self.settings) * len(self.cures) * self.treated}

  def prepare(self):
    """Calls every loss and penalty once."""
    self.call_once(self.unpaired, self.penalties, 2)
    named = {name: cure['penalty'] for name, cure in self.cures.items() if 'penalty' in cure}
    self.call_once({name: cure['loss'] for name, cure in self.cures.items() if 'loss' in cure}, named, 2)

  def stages(self):
    """First the runs that are looked at, then those of them that are treated."""
    yield {name: range(self.seeds) for name, case in self.cases.items() if case.cure is None}
    yield self.diagnosed

  @functools.cached_property
  def diagnosed(self):
    """{name of a treated case: its seeds}: runs without a penalty that are called collapsed at the last part."""
    course = self._course
    ill = course.ill(self._untreated, self.treated)
    print(
      f'{len(ill)} runs are called collapsed at {outcomes.PARTS[-1]:.0%}; each goes on under {len(self.cures)} cures'
    )
    found = {}
    for (setting, loss, penalty), seed in ill:
      for cure in self.cures:
        found.setdefault(outcomes.name_of(outcomes.Case(setting, loss, penalty, cure)), []).append(seed)
    return found

  @functools.cached_property
  def _course(self):
    begun = {case: name for name, case in self.cases.items() if case.cure is None}
    runs = {case[:3]: self.runs.load_all(name, range(self.seeds)) for case, name in begun.items()}
    return outcomes.course(runs, self._modes)

  @property
  def _modes(self):
    return {name: setting.modes for name, setting in self.settings.items()}

  def run(self, name, seed):
    """Returns what is kept of a run: signs, modes and weights of its beginning and modes at its end; or these alone."""
    case = self.cases[name]
    setting, loss, penalty = self.settings[case.setting], self.losses[case.loss], self.penalties[case.penalty]
    first = round(setting.length * outcomes.PARTS[-1])
    rest = setting.length - first
    if case.cure is None:
      begun = setting.part(loss, penalty, seed, first, outcomes.RECORDS)
      ended = setting.part(loss, penalty, seed, rest, 1, begun.weights)
      return outcomes.kept(begun, ended)
    cure = self.cures[case.cure]
    weights = outcomes.weights_of(self.runs.load(outcomes.name_of(case._replace(cure=None)), seed))
    loss, penalty = self._cure_losses.get(case.cure, loss), cure.get('penalty', penalty)
    ended = setting.part(loss, penalty, seed, rest, 1, weights, cure.get('critic_rate', 1.0))
    return {'covered': np.array(ended.covered)}

  def findings(self, runs):
    """Returns the `Findings` of {case: list of {record: array}}."""
    course = self._course
    treated = treatments.treatments(self.cases, self.diagnosed, runs, self._modes)
    odds = treatments.odds(course, treated, self.cures)
    tables = {
      'How well the end is foreseen': outcomes.rows_of_forecasts(course, self.protocol),
      'Runs called collapsed, recovered at the end': treatments.rows_of_treatments(treated, self.protocol),
    }
    if self.others:
      tables['GANs that it has not learned from'] = outcomes.rows_of_others(self.others, odds, self.protocol)
    drawn = {
      'calibration': functools.partial(figures.calibration, course=course),
      'treatment': functools.partial(figures.treatment, treated=treated),
    }
    return lifecycle.Findings(tables, drawn, others={'odds.json': files.to_json(odds.plain(), indent=1) + '\n'})


def _check(penalties, cures):
  """Refuses penalties that leave no run without one, and cures that a run cannot have."""
  if None not in penalties.values():
    raise InputError("doctor.penalties has no 'none': None, the runs that are treated; add it")
  for name, cure in cures.items():
    unknown = set(cure) - {'penalty', 'loss', 'critic_rate', 'bindings'}
    if unknown or not cure.get('bindings'):
      raise InputError(
        f"doctor.cures[{name!r}] has {', '.join(map(repr, cure)) or 'nothing'}; give 'bindings' and any of 'penalty',"
        " 'loss', 'critic_rate'"
      )
