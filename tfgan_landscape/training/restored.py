"""Variables that are used and found again as they were."""

import contextlib


@contextlib.contextmanager
def restored(variables):
  """Within it variables may change; at its end, however that comes, they have their values again."""
  saved = [variable.numpy() for variable in variables]
  try:
    yield
  finally:
    try:
      _assign(variables, saved)
    finally:  # whole, even if a signal has ended the first
      _assign(variables, saved)


def _assign(variables, values):
  for variable, value in zip(variables, values):
    variable.assign(value)
