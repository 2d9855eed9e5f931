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


@pytest.mark.parametrize('fault', report.FAULTS)
def test_the_page_has_every_fault_with_what_comes_of_it(fault):
  row = next(line for line in report.PAGE.read_text(encoding='utf-8').splitlines() if line.startswith(f'| {fault} |'))
  tried, failed, outcome = (cell.strip() for cell in row.strip('|').split('|')[1:])
  assert int(tried) >= len(report.FAULTS[fault][0])
  assert (failed, outcome) == ('0', report.FAULTS[fault][1])
