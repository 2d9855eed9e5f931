"""The judgement of a soak by hand; whole soaks are run by `python tests/reliability/soak.py`."""

import pytest
import soak


def samples(memory_per_step, files=20, steps=range(0, 3000, 100)):
  return [soak.Sample(step, 500 + memory_per_step * step, files, 8, 3.0) for step in steps]


def test_growth_is_that_of_1000_iterations():
  found = soak.growth(samples(0.005))
  assert found['memory'] == pytest.approx(5)
  assert found['files'] == pytest.approx(0)


def test_neither_the_first_iterations_nor_the_end_are_judged():
  steady = samples(0.0, steps=range(soak.WARM, 3000, 100))
  warming = [soak.Sample(step, step / 10, 20, 8, 3.0) for step in range(0, soak.WARM, 100)]
  ending = [soak.Sample(3000, memory, 3, 2, 3.0) for memory in (900, 100)]
  assert soak.judged(warming + steady + ending) == steady


def test_a_short_training_is_not_judged():
  with pytest.raises(RuntimeError, match='too short'):
    soak.judged(samples(0.0, steps=range(0, 1500, 100)))


def test_the_table_has_both_ends_and_the_slope():
  first, *_, last = found = samples(0.005, steps=range(1000, 3000, 100))
  lines = soak.table(first, last, soak.growth(found), 2).splitlines()
  assert lines[0] == '| | after 1,000 iterations | after 2,900 | slope per 1,000 |'
  assert lines[2] == '| memory, MB | 505 | 514.5 | +5.00 |'
  assert lines[-1] == '| functions traced anew | | 2 | |'


def test_a_process_that_has_not_reported_yet_gives_no_sample(tmp_path):
  assert soak._sample(1, tmp_path) is None
