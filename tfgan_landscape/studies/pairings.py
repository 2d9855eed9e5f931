"""The pairing of each loss of a study: which real example meets which generated one."""

from tfgan_landscape.errors import InputError
from tfgan_landscape.losses import kept


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
