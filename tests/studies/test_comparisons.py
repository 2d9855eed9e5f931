"""Times of some losses beside each other: ratios and p-values by hand, and what cannot be compared."""

import numpy as np

from tfgan_landscape.studies import comparisons

NEVER = np.nan


def test_every_two_losses_are_compared_once_each_way():
  times = {'slow': [4.0] * 5, 'fast': [2.0] * 5, 'never': [NEVER] * 5}
  rows = {(row.quantity, row.subject): row for row in comparisons.beside_each_other(times, 5, 'escape', 'five runs')}
  assert len(rows) == 9
  assert rows['escape: times slow', 'slow'].value == 1.0
  ratio = rows['escape: times fast', 'slow']
  assert ratio[2:5] == (2.0, 2.0, 2.0)
  assert ratio.protocol == 'five runs'
  assert rows['escape: times slow', 'fast'].value == 0.5
  # at 2 all five of ten escape where 2.5 are expected, with variance 5 * 5 * 5 * 5 / (100 * 9) = 0.694; later none of
  # these is left beside the others: z^2 = 2.5^2 / 0.694 = 9, whose tail is 0.0027
  assert ratio.note == 'p = 0.0027'
  assert rows['escape: times never', 'fast'].value == 0.0
  assert rows['escape: times fast', 'never'].value == np.inf


def test_a_ratio_of_two_nevers_is_not_defined():
  times = {'a': [1.0, NEVER, NEVER], 'b': [NEVER] * 3, 'c': [NEVER] * 3}
  rows = {(row.quantity, row.subject): row for row in comparisons.beside_each_other(times, 5, 'escape', '')}
  assert rows['escape: times a', 'b'].value is None
  assert rows['escape: times a', 'b'].note == 'ratio not defined, p = 0.32'
  assert rows['escape: times c', 'b'].note == 'ratio not defined, neither happened'


def test_notes_have_medians_and_the_test_beside_the_first():
  notes = comparisons.notes({'slow': [4.0] * 5, 'fast': [2.0] * 5}, 5)
  assert notes == {'slow': '4 [4, 4]', 'fast': '2 [2, 2], p = 0.0027 beside slow'}
  assert comparisons.fastest({'slow': [4.0], 'fast': [2.0], 'never': [NEVER]}) == 'fast'


def test_cases_are_laid_out_by_the_last_part_that_varies():
  rates = comparisons.crossed({'JS-GAN': 0}, {'none': 0, 'GP': 0}, {'one': 0}, {'0.1': 0, '1': 0})
  assert comparisons.in_rows(rates)['JS-GAN-GP-0.1'] == ('JS-GAN-GP', '0.1')
  losses = comparisons.crossed({'A': 0, 'B-x': 0}, {'none': 0, 'GP': 0}, {'one': 0})
  assert comparisons.in_rows(losses) == {
    'A-none': ('A', 'none'),
    'A-GP': ('A', 'GP'),
    'B-x-none': ('B-x', 'none'),
    'B-x-GP': ('B-x', 'GP'),
  }
  assert comparisons.in_rows(comparisons.crossed({'A': 0, 'B': 0}, {'none': 0})) == {
    'A': ('A', 'none'),
    'B': ('B', 'none'),
  }
