"""Every claim of the paper has a test, or a line that says why not."""

import pathlib

import pytest
import tomllib

ROOT = pathlib.Path(__file__).parents[2]
CLAIMS = tomllib.loads((ROOT / 'docs/claims.toml').read_text(encoding='utf-8'))


@pytest.mark.parametrize('name', CLAIMS)
def test_a_claim_has_tests_that_are_there_or_says_why_not(name):
  claim = CLAIMS[name]
  assert set(claim) <= {'says', 'holds', 'tests', 'why'}
  assert claim['says']
  assert ('holds' in claim) == bool(claim['tests'])
  assert claim.get('holds', False) or claim['why']
  for test in claim['tests']:
    path, _, function = test.partition('::')
    assert f'def {function}(' in (ROOT / path).read_text(encoding='utf-8'), test


@pytest.mark.parametrize(
  'label', ['Claim 2.1', 'Claim 3.2', 'Theorem 1', 'Theorem 2', 'Claim C.1', 'Claim J.2', 'Claim L.1']
)
def test_the_claims_of_the_sections_are_listed(label):
  assert label in CLAIMS
