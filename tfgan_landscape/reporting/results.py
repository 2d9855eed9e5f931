"""What a study found, as rows that tables and pages are made of: `results.json` in its folder."""

import json
import math
import pathlib
from typing import NamedTuple, Optional

from tfgan_landscape.io import files
from tfgan_landscape.reporting import tables

SPEED = 'speed.json'  # in a GAN's folder, the speeds at its last report
_WIDEST = 8  # columns of a table


class Row(NamedTuple):
  """One measured number beside the paper's.

  Attributes:
    quantity: what was measured, with its unit and statistic, e.g. 'escape, epochs (median)'.
    subject: of what: a loss, a kind of generator.
    value: the number. None or infinite is never, for a time, and with a note what the note says.
    low: lower end of its interval, None without one.
    high: upper end; None or infinite beside a `low` is never.
    paper: the paper's words about it, empty where it says nothing.
    protocol: how it was measured: counts, seeds, level of the interval.
    note: what replaces a value that is not defined, or follows one.
  """

  quantity: str
  subject: str
  value: Optional[float]
  low: Optional[float] = None
  high: Optional[float] = None
  paper: str = ''
  protocol: str = ''
  note: str = ''

  def __str__(self):
    """The number with its interval, as a cell of a table."""
    number = '' if self.value is None and self.note else _short(self.value)
    interval = (
      '' if self.low is None or _undefined(self.low, self.high) else f'[{_short(self.low)}, {_short(self.high)}]'
    )
    return ' '.join(part for part in (number, interval, self.note) if part)


def row(quantity, subject, estimate, paper='', protocol='', note=''):
  """Returns the `Row` of an estimate (value, low, high), or (value,); one of few runs says what each run does.

  Args:
    quantity: as `Row`.
    subject: as `Row`.
    estimate: of `evaluation/survival.py`.
    paper: as `Row`.
    protocol: as `Row`.
    note: as `Row`.
  """
  value, low, high = (*estimate, None, None)[:3]
  runs = getattr(estimate, 'runs', '')
  note = ' '.join(part for part in (f'({runs})' if runs else '', note) if part)
  return Row(quantity, subject, value, low, high, paper, protocol, note)


def _undefined(*numbers):
  return any(number is not None and math.isnan(number) for number in numbers)


def _short(number):
  if _undefined(number):
    return 'not defined'
  return 'never' if number in (None, float('inf')) else f'{number:.4g}'


def write(folder, rows):
  """Writes rows to `results.json`, null for what is not finite."""
  text = files.to_json([row._asdict() for row in rows], indent=1)
  files.write_text(pathlib.Path(folder) / 'results.json', text + '\n')


def read(folder):
  """Returns the rows of `results.json`; a number that is not finite comes back as None."""
  return [Row(**row) for row in json.loads((pathlib.Path(folder) / 'results.json').read_text(encoding='utf-8'))]


def table(rows, corner='quantity'):
  """Returns rows as Markdown: a line a quantity, a column a subject, the paper's words beside where there are any.

  What the paper says of all subjects alike is one column.

  More subjects than a page is wide are lines, and the quantities columns.
  """
  subjects = list(dict.fromkeys(row.subject for row in rows))
  if len(subjects) > _WIDEST:
    subjects = list(dict.fromkeys(row.quantity for row in rows))
    rows, corner = [row._replace(quantity=row.subject, subject=row.quantity) for row in rows], ''
  cells = {(row.quantity, row.subject): row for row in rows}
  quantities = list(dict.fromkeys(row.quantity for row in rows))
  words = {
    quantity: list(dict.fromkeys(row.paper for row in rows if row.quantity == quantity)) for quantity in quantities
  }
  if len(subjects) > 1 and any(row.paper for row in rows) and all(len(said) == 1 for said in words.values()):
    header = [corner, 'paper', *subjects]
    lines = [[each, *words[each], *(_cell(cells, each, subject) for subject in subjects)] for each in quantities]
    return tables.markdown(header, lines)
  cited = {subject for subject in subjects if any(row.paper for row in rows if row.subject == subject)}
  header, lines = [corner], [[quantity] for quantity in quantities]
  for subject in subjects:
    header += [f'{subject}, paper', f'{subject}, measured'] if subject in cited else [subject]
    for line in lines:
      paper = cells[line[0], subject].paper if (line[0], subject) in cells else ''
      line += ([paper] if subject in cited else []) + [_cell(cells, line[0], subject)]
  return tables.markdown(header, lines)


def _cell(cells, quantity, subject):
  return str(cells[quantity, subject]) if (quantity, subject) in cells else '-'
