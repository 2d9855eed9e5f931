"""The checkpoint that a run's best score is kept by."""

import json

import pytest
import tensorflow as tf

from tfgan_landscape.studies.gan.best import keep
from tfgan_landscape.training.checkpoints import Checkpoints, paths


class Root(tf.Module):
  def __init__(self):
    super().__init__()
    self.step = tf.Variable(0, dtype=tf.int64)


def kept(folder, score, series, name):
  root = Root()
  for step, value in series:
    root.step.assign(step)
    keep(
      Checkpoints(folder, root).best, score, {f'raw/{name}': -1e9, f'ema/{name}_std': 0.0, f'ema/{name}': value}, step
    )
  assert [path.rpartition('-')[2] for path in paths(folder / 'best')] == [
    str(json.loads((folder / 'best/best.json').read_text())['step'])
  ]
  return json.loads((folder / 'best/best.json').read_text())


@pytest.mark.parametrize(
  ('score', 'name', 'best'),
  [
    ('fid', 'fid_10k_test', 2),
    ('fid', 'classifier_fid_360_test', 2),
    ('kid', 'kid_10k_test', 2),
    ('inception_score', 'inception_score_50k', 3),
    ('inception_score', 'classifier_inception_score_5k', 3),
  ],
)
def test_the_best_is_the_lowest_distance_or_the_highest_score(tmp_path, score, name, best):
  found = kept(tmp_path, score, [(1, 5.0), (2, 3.0), (3, 9.0), (4, 4.0)], name)
  assert found == {'score': f'ema/{name}', 'value': {2: 3.0, 3: 9.0}[best], 'step': best}


def test_a_score_of_another_protocol_starts_anew(tmp_path):
  kept(tmp_path, 'fid', [(1, 5.0)], 'classifier_fid_360_test')
  assert kept(tmp_path, 'fid', [(2, 80.0)], 'fid_10k_test')['step'] == 2


def test_a_damaged_record_is_no_obstacle(tmp_path):
  kept(tmp_path, 'fid', [(1, 5.0)], 'fid_10k_test')
  (tmp_path / 'best/best.json').write_text('{')
  assert kept(tmp_path, 'fid', [(2, 80.0)], 'fid_10k_test')['value'] == 80.0
