"""The judgement of a soak by hand; whole soaks are run by `python tests/reliability/soak.py`."""

import pytest
import soak


def samples(memory_per_step, files=20, steps=range(0, 3000, 100)):
  return [soak.Sample(step, 500 + memory_per_step * step, files, 8, 3.0) for step in steps]


def test_growth_is_that_of_1000_iterations():
  found = soak.growth(samples(0.005))
  assert found['memory'] == pytest.approx(5)
  assert found['files'] == pytest.approx(0)


def test_the_first_iterations_are_not_judged():
  warming = [soak.Sample(step, step / 10, 20, 8, 3.0) for step in range(0, soak.WARM, 100)]
  assert soak.growth(warming + samples(0.0, steps=range(soak.WARM, 3000, 100)))['memory'] == pytest.approx(0)


def test_a_short_training_is_not_judged():
  with pytest.raises(RuntimeError, match='too short'):
    soak.growth(samples(0.0, steps=range(0, 1300, 100)))


def test_a_process_that_has_not_reported_yet_gives_no_sample(tmp_path):
  assert soak._sample(1, tmp_path) is None
