"""The punisher finds what differs; that kills change nothing is tests/studies/test_train_gan.py."""

import pathlib
import sys

import pytest
import tensorflow as tf

from tfgan_landscape.training.checkpoints import Checkpoints

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import punisher  # noqa: E402


@pytest.fixture
def runs(tmp_path):
  """Two folders of one training."""
  for name in ('whole', 'cut'):
    (tmp_path / name / 'samples').mkdir(parents=True)
    (tmp_path / name / 'samples/ema-000001.png').write_bytes(b'png')
    (tmp_path / name / 'scores.jsonl').write_text('{"step": 1}')
    root = tf.Module()
    root.step, root.weight = tf.Variable(1, dtype=tf.int64), tf.Variable([1.0, 2.0])
    Checkpoints(tmp_path / name / 'checkpoints', root).save()
  return tmp_path / 'whole', tmp_path / 'cut', root


def test_equal_runs_do_not_differ(runs):
  assert punisher.differences(*runs[:2]) == []


def test_a_report_a_picture_and_a_weight_that_differ_are_found(runs):
  whole, cut, root = runs
  (cut / 'scores.jsonl').write_text('{"step": 2}')
  (cut / 'samples/ema-000001.png').write_bytes(b'other')
  (cut / 'samples/raw-000001.png').write_bytes(b'png')
  root.weight.assign([1.0, 2.0000002])
  Checkpoints(cut / 'checkpoints', root).save()
  found = punisher.differences(whole, cut)
  assert [line for line in found if 'variable' not in line] == [
    'scores.jsonl differs',
    'samples/raw-000001.png is in one of them only',
    'samples/ema-000001.png differs',
  ]
  (variable,) = (line for line in found if 'variable' in line)
  assert 'weight' in variable
