"""What runs at every pair of learning rates came to, and which pair is a loss's best."""

from tfgan_landscape.evaluation import survival
from tfgan_landscape.reporting.results import row

TIMES = {'escape': 'first escape', 'lasting': 'recovery that lasts'}


def times(recoveries, key):
  """Returns {name: times [runs]} of an event of `TIMES`, of {name: `Recovery`}."""
  return {name: {'escape': found.escapes, 'lasting': found.lasting}[key] for name, found in recoveries.items()}


def best(found, key):
  """Returns the pair of rates with the smallest median time; of equals, the one that fewer runs end without recovery.

  Args:
    found: {pair of rates: `Recovery`}.
    key: of `TIMES`.
  """
  by_rates = times(found, key)
  return min(found, key=lambda rates: (survival.median(by_rates[rates]).value, (~found[rates].recovered).mean()))


MEASURES = {
  'first escape, epochs (median)': lambda found: survival.median(found.escapes),
  'recovery that lasts, epochs (median)': lambda found: survival.median(found.lasting),
  'not recovered at the end': lambda found: survival.share(~found.recovered),
}


def at_best(fresh, rates, protocol):
  """Returns `Row`s of every loss at its own best rates, of {loss: `Recovery`} and {loss: pair of rates}."""
  sides = {'critic learning rate': 0, 'generator learning rate': 1}
  rows = [row(words, name, (rates[name][side],), protocol=protocol) for words, side in sides.items() for name in fresh]
  return rows + [
    row(quantity, name, measure(found), protocol=protocol)
    for quantity, measure in MEASURES.items()
    for name, found in fresh.items()
  ]


def cells(grid, protocol):
  """Returns `Row`s of {loss: {rates: `Recovery`}}: a quantity by critic's rate, a subject by generator's."""
  return [
    row(f'{name}, critic {critic:g}: {label}', f'generator {generator:g}', measure(found), protocol=protocol)
    for name, by_rates in grid.items()
    for label, measure in MEASURES.items()
    for (critic, generator), found in by_rates.items()
  ]


def maps(grid):
  """Returns {measure: {loss: {pair of rates: value}}} of {loss: {pair of rates: `Recovery`}}."""
  return {
    label: {name: {rates: measure(found).value for rates, found in each.items()} for name, each in grid.items()}
    for label, measure in MEASURES.items()
  }
