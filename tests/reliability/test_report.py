"""The table of faults names tests that exist."""

import pathlib

import pytest
import report

TESTS = pathlib.Path(__file__).parents[1]
NAMES = sorted({name for names, _ in report.FAULTS.values() for name in names})


@pytest.mark.parametrize('name', NAMES)
def test_every_test_of_the_table_exists(name):
  file, _, function = name.partition('::')
  assert f'def {function}' in (TESTS / file).read_text(encoding='utf-8')
