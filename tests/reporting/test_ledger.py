"""The ledger of claims: every quote is in its paper, every test and row that decides is there, and the rule by hand."""

import math
import pathlib
import re

import pytest

from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import ledger, page, results
from tfgan_landscape.reporting.ledger import Claim
from tfgan_landscape.reporting.results import Row

ROOT = pathlib.Path(__file__).parents[2]
PAPERS = ROOT.parent / 'shared' / 'papers'
CLAIMS = {claim.name: claim for claim in ledger.read()}


@pytest.mark.parametrize('name', CLAIMS)
def test_a_claim_is_decided_by_tests_that_are_there_or_says_what_it_lacks(name):
  claim = CLAIMS[name]
  assert claim.says
  assert claim.paper in ledger.PAPERS
  assert claim.protocol in {'exact', 'measured', 'proxy', 'none'}
  assert (claim.holds is not None) == bool(claim.tests)
  assert claim.holds in (None, True) or claim.why
  assert claim.tests or claim.why or claim.costs or claim.study
  assert bool(claim.study) == (claim.protocol in {'measured', 'proxy'})
  for test in claim.tests:
    path, _, function = test.partition('::')
    assert f'def {function}(' in (ROOT / path).read_text(encoding='utf-8'), test


@pytest.mark.parametrize(
  'label', ['Claim 2.1', 'Claim 3.2', 'Theorem 1', 'Theorem 2', 'Claim C.1', 'Claim J.2', 'Claim L.1']
)
def test_the_claims_of_the_sections_are_listed(label):
  assert label in CLAIMS


@pytest.mark.skipif(not PAPERS.is_dir(), reason='the papers are not here')
@pytest.mark.parametrize('name', [claim.name for claim in CLAIMS.values() if claim.quote])
def test_the_quote_is_in_the_paper(name):
  claim = CLAIMS[name]
  text = (PAPERS / f'{claim.paper}.txt').read_text(encoding='utf-8')
  assert words(claim.quote) in words(text)


def words(text):
  return re.sub(r'\s+', ' ', text)


@pytest.mark.parametrize('name', [claim.name for claim in CLAIMS.values() if claim.study])
def test_the_row_that_measures_it_is_in_its_study(name):
  claim = CLAIMS[name]
  assert (ROOT / 'gin' / f'{claim.study}.gin').is_file()
  assert claim.at_least > -math.inf or claim.at_most < math.inf
  path = page.COMMITTED / f'{claim.study}.json'
  assert path.is_file() or claim.costs, f'no rows of {claim.study} are committed'
  if not path.is_file():
    return
  rows = {(row.quantity, row.subject) for row in page.rows(path)}
  assert (claim.quantity, claim.subject) in rows


def row(value, low=None, high=None, protocol=''):
  return Row('escape', 'RS-GAN', value, low, high, protocol=protocol)


BETWEEN = Claim('c', 'says', study='s', quantity='escape', subject='RS-GAN', at_least=2, at_most=4, protocol='measured')


@pytest.mark.parametrize(
  ('measured', 'verdict'),
  [
    (row(3, 2.5, 3.5), 'holds'),
    (row(3, 2, 4), 'holds'),
    (row(3, 1.9, 3.5), 'holds in part'),
    (row(1.8, 1, 2.5), 'holds in part'),
    (row(1.2, 1, 1.9), 'does not hold'),
    (row(5, 4.1, 6), 'does not hold'),
    (row(3), 'not decided'),
    (row(None), 'not decided'),
    (row(None, 3, None), 'holds in part'),  # from 3 to never
    (row(3, protocol='exact; 3 points'), 'holds'),
    (row(5, protocol='exact; 3 points'), 'does not hold'),
    (None, 'not run'),
  ],
)
def test_the_rule_by_hand(measured, verdict):
  assert ledger.verdict(BETWEEN, measured) == verdict


def test_tests_decide_an_exact_claim():
  assert ledger.verdict(Claim('c', 'says', holds=True, tests=('t',)), None) == 'holds'
  assert ledger.verdict(Claim('c', 'says', holds=False, tests=('t',), why='w'), None) == 'does not hold'


def test_a_row_that_is_not_there_is_told():
  with pytest.raises(InputError, match='no such row'):
    ledger.entries([BETWEEN], {'s': [results.Row('another', 'RS-GAN', 1.0)]})


@pytest.mark.parametrize('text', ['["a"]\nsays = ', '["a"]\nsays = "x"\nholds_ = true\n'])
def test_a_damaged_ledger_is_one_line(tmp_path, text):
  (tmp_path / 'claims.toml').write_text(text)
  with pytest.raises(InputError, match='is no ledger of claims'):
    ledger.read(tmp_path / 'claims.toml')


def test_the_page_of_claims_is_the_one_that_is_committed():
  rows = {path.stem: page.rows(path) for path in page.COMMITTED.glob('*.json')}
  text = ledger.markdown(ledger.entries(list(CLAIMS.values()), rows))
  assert (ROOT / 'docs' / 'claims.md').read_text(encoding='utf-8') == text, (
    'launch/local.sh --mode=report --output=docs/claims.md'
  )
