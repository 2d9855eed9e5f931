"""What a study crosses: losses with their pairings (which real example meets which generated one), and the rest."""

import itertools

from tfgan_landscape.errors import InputError
from tfgan_landscape.losses import kept


def crossed(losses, *others):
  """Returns {name: (loss's name, penalty's name, ...)} of all combinations; a name has those parts that vary."""
  cases = itertools.product(losses, *others)
  return {'-'.join([case[0], *(part for part, axis in zip(case[1:], others) if len(axis) > 1)]): case for case in cases}


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
    return {name: named.get(name, kept)(loss) for name, loss in losses.items()}
  except TypeError as error:
    reason = str(error).partition('\n')[0]
    raise InputError(f'{user}.pairs is no pairing ({reason}); bind @kept, @redrawn or @all_pairs') from error
