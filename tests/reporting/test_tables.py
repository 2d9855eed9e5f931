"""Markdown tables by hand."""

from tfgan_landscape.reporting import results, tables


def test_columns_are_aligned_and_bars_escaped():
  table = tables.markdown(['a', 'bcd'], [['1|2', 3], ['', 'x']])
  assert table == '| a    | bcd |\n| ---- | --- |\n| 1\\|2 | 3   |\n|      | x   |\n'


def test_many_subjects_are_lines():
  few = [results.Row(quantity, f'loss {i}', i) for quantity in ('modes', 'slope') for i in range(8)]
  assert results.table(few).splitlines()[0].count('loss') == 8
  many = [results.Row(quantity, f'loss {i}', i) for quantity in ('modes', 'slope') for i in range(9)]
  header, _, *lines = results.table(many).splitlines()
  assert header.split() == ['|', '|', 'modes', '|', 'slope', '|']
  assert lines[8].split() == ['|', 'loss', '8', '|', '8', '|', '8', '|']
