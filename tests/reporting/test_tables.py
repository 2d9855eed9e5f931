"""Markdown tables by hand."""

from tfgan_landscape.reporting import tables


def test_columns_are_aligned_and_bars_escaped():
  table = tables.markdown(['a', 'bcd'], [['1|2', 3], ['', 'x']])
  assert table == '| a    | bcd |\n| ---- | --- |\n| 1\\|2 | 3   |\n|      | x   |\n'
