"""What the pages of the exact landscape show is what this code gives."""

import doctest
import pathlib
import re

import numpy as np
import pytest

from tfgan_landscape import landscape

DOCS = pathlib.Path(__file__).parents[2] / 'docs'


class Close(doctest.OutputChecker):
  """Numbers agree to six digits: the last ones differ between releases of NumPy and SciPy."""

  def check_output(self, want, got, optionflags):
    return doctest.OutputChecker.check_output(self, rounded(want), rounded(got), optionflags)


def rounded(text):
  text = re.sub(r'np\.float64\((.*?)\)|np\.(True|False)_', r'\1\2', text)  # NumPy 2 writes the type
  return re.sub(r'-?\d+\.\d+(e-?\d+)?', lambda found: f'{float(found[0]) + 0.0:.5f}', text)


@pytest.mark.parametrize(('page', 'least'), [('landscape.md', 8), ('one_landscape.md', 6)])
def test_every_example_of_the_page_gives_what_it_shows(page, least):
  examples = doctest.DocTestParser().get_examples('\n'.join(_blocks((DOCS / page).read_text(encoding='utf-8'))))
  assert len(examples) > least
  test = doctest.DocTest(examples, {'landscape': landscape, 'np': np}, page, None, 0, None)
  results = doctest.DocTestRunner(checker=Close(), optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
  assert not results.failed


def _blocks(page):
  return [block for block in page.split('```')[1::2] if '>>>' in block]


@pytest.mark.parametrize(('text', 'same'), [('-0.6365141684', '-0.6365141699'), ('0.0', '-0.0')])
def test_rounding_keeps_what_matters(text, same):
  assert rounded(text) == rounded(same)
  assert rounded('0.12345') != rounded('0.12354')
