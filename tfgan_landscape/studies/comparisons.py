"""What a study crosses (losses with their pairings, penalties, mixtures), and how its cases stand beside each other."""

import itertools

import numpy as np

from tfgan_landscape.dynamics.direct_losses import needs_no_critic
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import survival
from tfgan_landscape.losses import kept
from tfgan_landscape.reporting import outcome_figures
from tfgan_landscape.reporting.results import Row, row


def crossed(losses, *others):
  """Returns {name: (loss's name, penalty's name, ...)} of all combinations; a name has those parts that vary."""
  cases = itertools.product(losses, *others)
  return {'-'.join([case[0], *(part for part, axis in zip(case[1:], others) if len(axis) > 1)]): case for case in cases}


def in_rows(cases):
  """Returns {name: (row, column)}, how cases of `crossed` are laid out: a column is the last part that varies."""
  parts = list(zip(*cases.values()))
  varying = [index for index in range(1, len(parts)) if len(set(parts[index])) > 1]
  *before, last = [0, *varying] if varying else [0, -1]
  return {name: ('-'.join(case[index] for index in before), case[last]) for name, case in cases.items()}


def references(cases):
  """Returns the names that all cases are put beside: those of the first penalty and so on, one of each loss."""
  first = next(iter(cases.values()))[1:]
  return [name for name, case in cases.items() if case[1:] == first]


def paired(user, losses, pairs):
  """Returns {name: paired loss}.

  Args:
    user: the configurable whose `losses` and `pairs` these are, for messages.
    losses: {name: loss}, of `losses.py`.
    pairs: a pairing of `losses.py`, or {name of a loss: pairing}, `kept` for losses that it does not name.

  Raises:
    InputError: `pairs` names an unknown loss, or is no pairing.
  """
  named = pairs if isinstance(pairs, dict) else dict.fromkeys(losses, pairs)
  unknown = set(named) - set(losses)
  if unknown:
    raise InputError(f'{user}.pairs names {", ".join(unknown)}; the losses are {", ".join(losses)}')
  try:
    return {name: loss if needs_no_critic(loss) else named.get(name, kept)(loss) for name, loss in losses.items()}
  except TypeError as error:
    reason = str(error).partition('\n')[0]
    raise InputError(f'{user}.pairs is no pairing ({reason}); bind @kept, @redrawn or @all_pairs') from error


def fastest(times):
  """Returns the name with the smallest median time, of {name: times [runs]}."""
  return min(times, key=lambda name: survival.median(times[name]).value)


def beside_each_other(times, end, event, protocol, references=None):
  """Returns a `Row` for every two losses: the ratio of their median times, its interval, and the log-rank test's p.

  The test's null hypothesis is that both have the same survival curve. It has little power where two curves cross, so
  that an equal p may hide unlike curves: look at the figure too.

  Args:
    times: {name: times [runs]}, NaN for never; run i of every loss has the same start.
    end: when the runs ended.
    event: what happens at these times.
    protocol: of the rows.
    references: names that every loss is put beside; None for all.
  """
  rows = []
  for below, above in itertools.product(references or times, times):
    if above == below:
      rows.append(Row(f'{event}: times {below}', above, 1.0, protocol=protocol))
    else:
      ratio = survival.median_ratio(times[above], times[below])
      numbers = (None,) if np.isnan(ratio.value) else ratio
      note = ('ratio not defined, ' if np.isnan(ratio.value) else '') + _p(times[above], times[below], end)
      rows.append(row(f'{event}: times {below}', above, numbers, protocol=protocol, note=note))
  return rows


def notes(times, end):
  """Returns {name: its median time with interval, and the log-rank test's p beside the first loss} for a legend."""
  first, *others = times
  medians = {name: str(survival.median(each)) for name, each in times.items()}
  return medians | {name: f'{medians[name]}, {_p(times[name], times[first], end)} beside {first}' for name in others}


def draw(path, times, end, title, paper=None):
  """Draws survival curves of {name: times [runs]}, with medians and log-rank tests beside the first loss.

  Args:
    path: of the PNG.
    times: {name: times [runs]}, NaN for never.
    end: when the runs ended.
    title: of the figure.
    paper: {name: time that the paper has}.
  """
  curves = {name: survival.survival_curve(each, end) for name, each in times.items()}
  outcome_figures.survival(path, curves, title, end, paper or {}, notes(times, end))


def _p(times, others, end):
  value = survival.log_rank(times, others, end)
  return 'neither happened' if np.isnan(value) else f'p = {value:.2g}'
