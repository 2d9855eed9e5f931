"""What a run writes down."""

import json

from tfgan_landscape.reporting.records import Records


def lines(folder):
  return [json.loads(line) for line in (folder / 'scores.jsonl').read_text().splitlines()]


def test_scalars_are_lines_with_their_details(tmp_path):
  Records(tmp_path, 0).scalars(3, {'loss': 0.5}, protocol={'seed': 1})
  assert lines(tmp_path) == [{'step': 3, 'loss': 0.5, 'protocol': {'seed': 1}}]


def test_a_resumed_run_drops_what_it_will_repeat(tmp_path):
  first = Records(tmp_path, 0)
  for step in (1, 2, 3):
    first.scalars(step, {'loss': float(step)})
  Records(tmp_path, 2).scalars(3, {'loss': 7.0})
  assert [(line['step'], line['loss']) for line in lines(tmp_path)] == [(1, 1.0), (2, 2.0), (3, 7.0)]


def test_a_line_that_was_cut_by_a_kill_is_dropped(tmp_path):
  Records(tmp_path, 0).scalars(1, {'loss': 1.0})
  with (tmp_path / 'scores.jsonl').open('a') as file:
    file.write('{"step": 2, "lo')
  Records(tmp_path, 1).scalars(2, {'loss': 2.0})
  assert [line['step'] for line in lines(tmp_path)] == [1, 2]
