"""Tables as Markdown."""


def markdown(header, rows):
  """Returns a table, one line a row, columns aligned.

  Args:
    header: names of the columns.
    rows: lists of cells, as many as there are columns; written by `str`.
  """
  lines = [[str(cell).replace('|', '\\|') for cell in line] for line in (header, *rows)]
  widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
  lines.insert(1, ['-' * width for width in widths])
  return ''.join('| ' + ' | '.join(cell.ljust(width) for cell, width in zip(line, widths)) + ' |\n' for line in lines)
