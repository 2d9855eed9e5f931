"""The ledger of the papers' claims: what each says, what was measured here, and whether it holds, by one rule.

`claims.toml` has an entry for each claim. One that is computed exactly names the tests that recompute it, and they
decide. One that is measured names a study, a quantity and a subject of its rows, and a range: it

* holds, where the whole interval of at least five runs lies in the range,
* does not hold, where none of the interval does,
* holds in part, where some of it does,
* is not decided, where there are fewer than five runs, so that there is no interval,
* and was not run, where no rows are at hand; `costs` says what a run takes.
"""

import math
import pathlib
import sys
from typing import NamedTuple, Optional

from tfgan_landscape.errors import InputError

if sys.version_info >= (3, 11):
  import tomllib
else:
  import tomli as tomllib

CLAIMS = pathlib.Path(__file__).with_name('claims.toml')
PAPERS = {
  'rs-gan': 'RS-GAN (Sun, Fang, Schwing 2020)',
  'rs-gan-appendix': 'RS-GAN, appendix',
  'mix-gan': 'MIX+GAN (Arora et al. 2017)',
  'lipschitz-gan': 'Lipschitz GANs (Zhou et al. 2019)',
  'zero-gp': '0-GP (Thanh-Tung et al. 2019)',
}
VERDICTS = ('holds', 'holds in part', 'does not hold', 'not decided', 'not run')


class Claim(NamedTuple):
  """An entry of the ledger.

  Attributes:
    name: what the paper calls it, or where it stands.
    says: the claim in a sentence.
    paper: a key of `PAPERS`.
    quote: the paper's words, as its text has them; '' for exact claims that `says` restates.
    place: page, section, table and cell, or figure.
    value: the paper's number, in its words.
    protocol: 'exact', 'measured', 'proxy' (another network or data set than the paper's) or 'none'.
    holds: whether the tests show it, of an exact claim.
    tests: of an exact claim.
    why: what is to be said beside the verdict.
    study: whose rows measure it, a name of a gin file.
    quantity, subject: of the row.
    at_least, at_most: the range in which it holds.
    costs: what measuring it takes, where no rows are.
  """

  name: str
  says: str
  paper: str = 'rs-gan-appendix'
  quote: str = ''
  place: str = ''
  value: str = ''
  protocol: str = 'exact'
  holds: Optional[bool] = None
  tests: tuple = ()
  why: str = ''
  study: str = ''
  quantity: str = ''
  subject: str = ''
  at_least: float = -math.inf
  at_most: float = math.inf
  costs: str = ''


class Entry(NamedTuple):
  """A `Claim`, the `results.Row` that measures it or None, and the verdict, one of `VERDICTS`."""

  claim: Claim
  row: Optional[tuple]
  verdict: str


def read(path=CLAIMS):
  """Returns the `Claim`s of a TOML file.

  Raises:
    InputError: it is no TOML, or an entry has a field that there is not.
  """
  try:
    found = tomllib.loads(pathlib.Path(path).read_text(encoding='utf-8'))
    return [Claim(name, **fields) for name, fields in found.items()]
  except (tomllib.TOMLDecodeError, TypeError) as error:
    raise InputError(f'{path} is no ledger of claims ({error}); see tfgan_landscape/reporting/ledger.py') from error


def entries(claims, studies):
  """Returns an `Entry` for each claim.

  Args:
    claims: list of `Claim`.
    studies: {name of a gin file: list of `results.Row`}.

  Raises:
    InputError: a claim's row is not there although its study's rows are.
  """
  return [Entry(claim, row, verdict(claim, row)) for claim in claims for row in [_row(claim, studies)]]


def _row(claim, studies):
  if not claim.study or claim.study not in studies:
    return None
  for row in studies[claim.study]:
    if (row.quantity, row.subject) == (claim.quantity, claim.subject):
      return row
  raise InputError(
    f'the claim {claim.name!r} is measured by {claim.quantity!r} of {claim.subject!r}, and the rows of {claim.study}'
    ' have no such row; correct claims.toml, or make the study again'
  )


def verdict(claim, row):
  """Returns the verdict on a claim, one of `VERDICTS`, from the row that measures it or None."""
  if claim.holds is not None:
    return 'holds' if claim.holds else 'does not hold'
  if row is None:
    return 'not run'
  if row.value is None and row.low is None:
    return 'not decided'
  if row.low is None and row.protocol.startswith('exact'):
    low = high = row.value
  elif row.low is None or math.isnan(row.low):
    return 'not decided'
  else:
    low, high = row.low, math.inf if row.high is None else row.high
  if claim.at_least <= low and high <= claim.at_most:
    return 'holds'
  return 'holds in part' if low <= claim.at_most and high >= claim.at_least else 'does not hold'


def markdown(found):
  """Returns the ledger as Markdown, a section a paper."""
  lines = ['# Every claim, and what was found', '', _counts(found), '']
  for paper, title in PAPERS.items():
    mine = [entry for entry in found if entry.claim.paper == paper]
    if mine:
      lines += [f'## {title}', '', '| claim | says | here | verdict |', '|---|---|---|---|', *map(_line, mine), '']
  return '\n'.join(lines)


def _counts(found):
  counts = {verdict: sum(entry.verdict == verdict for entry in found) for verdict in VERDICTS}
  told = ', '.join(f'{count} {verdict}' for verdict, count in counts.items() if count)
  return (
    f'**{len(found)} claims of four papers: {told}.** Made by `launch/local.sh --mode=report --output=docs/claims.md`,'
    ' from the tests and from the rows in [results](results). A measured claim holds where the whole 95 % interval of'
    ' at least five runs lies in the range that the paper gives, and does not where none of it does. A proxy is'
    " measured on other data or networks than the paper's."
  )


def _line(entry):
  claim = entry.claim
  says = ' '.join(part for part in (claim.says, f'"{claim.quote}"' if claim.quote else '') if part)
  cells = (
    f'{claim.name}{", " + claim.place if claim.place else ""}',
    says,
    here(entry),
    f'{entry.verdict} ({claim.protocol})',
  )
  return '| ' + ' | '.join(cell.replace('|', '\\|').replace('\n', ' ') for cell in cells) + ' |'


def here(entry):
  """Returns what was found, in words."""
  claim = entry.claim
  number = '' if entry.row is None else f'{entry.row} ({claim.quantity}, {claim.subject}; {claim.study})'
  tests = f'{len(claim.tests)} test{"s" * (len(claim.tests) > 1)}' if claim.tests else ''
  costs = f'costs {claim.costs}' if claim.costs and entry.row is None else ''
  return '; '.join(part for part in (number, tests, costs, claim.why) if part)
