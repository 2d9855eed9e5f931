"""What a run writes down: whole lines, null for what is not finite, and damage set aside."""

import json
import os
import threading

import numpy as np
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tfgan_landscape.reporting.records import Records


def lines(folder):
  return [json.loads(line) for line in (folder / 'scores.jsonl').read_text().splitlines()]


def test_scalars_are_lines_with_their_details(tmp_path):
  Records(tmp_path).scalars(3, {'loss': 0.5}, shown={'speed': 7.0}, protocol={'seed': 1})
  assert lines(tmp_path) == [{'step': 3, 'loss': 0.5, 'protocol': {'seed': 1}}]


def test_tensorboard_has_the_scalars_the_speeds_and_the_histograms_of_a_step(tmp_path):
  records = Records(tmp_path)
  records.scalars(3, {'loss': 0.5}, shown={'speed': 7.0})
  records.histograms(3, {'weights': tf.constant([0.0, 0.0, 3.0])})
  records.text(3, 'words', 'said')  # writes out what is waiting
  found = EventAccumulator(str(tmp_path / 'tensorboard'), {'tensors': 0})
  found.Reload()
  events = {name: found.Tensors(name)[0] for name in ('loss', 'speed', 'weights')}
  assert {event.step for event in events.values()} == {3}
  assert [float(tf.make_ndarray(events[name].tensor_proto)) for name in ('loss', 'speed')] == [0.5, 7.0]
  buckets = tf.make_ndarray(events['weights'].tensor_proto)  # left and right end, count
  np.testing.assert_allclose([buckets[0], buckets[-1]], [[0.0, 0.1, 2.0], [2.9, 3.0, 1.0]])
  plugins = {name: found.SummaryMetadata(name).plugin_data.plugin_name for name in events}
  assert json.loads((tmp_path / 'speed.json').read_text()) == {'step': 3, 'speed': 7.0}
  assert plugins == {'loss': 'scalars', 'speed': 'scalars', 'weights': 'histograms'}


def test_what_is_not_finite_is_null(tmp_path):
  Records(tmp_path).scalars(3, {'loss': float('nan'), 'norm': float('inf')}, protocol={'x': [float('-inf')]})
  assert lines(tmp_path) == [{'step': 3, 'loss': None, 'norm': None, 'protocol': {'x': [None]}}]


def test_a_resumed_run_drops_what_it_will_repeat(tmp_path):
  records = Records(tmp_path)
  for step in (1, 2, 3):
    records.scalars(step, {'loss': float(step)})
  resumed = Records(tmp_path)
  resumed.rewind(2)
  resumed.scalars(3, {'loss': 7.0})
  assert [(line['step'], line['loss']) for line in lines(tmp_path)] == [(1, 1.0), (2, 2.0), (3, 7.0)]


def test_opening_and_scoring_drop_nothing(tmp_path):
  """As --mode=eval does beside a living run, of an older checkpoint."""
  for step in (1, 2, 3):
    Records(tmp_path).scalars(step, {'loss': float(step)})
  Records(tmp_path).scalars(2, {'fid': 5.0}, protocol='p', seed=0)
  assert [line['step'] for line in lines(tmp_path)] == [1, 2, 3, 2]


def test_a_repeated_score_replaces_the_first_and_another_protocol_does_not(tmp_path):
  records = Records(tmp_path)
  records.scalars(2, {'loss': 1.0})
  for fid, protocol in ((5.0, 'a'), (6.0, 'b'), (7.0, 'a')):
    records.scalars(2, {'fid': fid}, protocol=protocol, seed=0)
  found = [(line.get('fid'), line.get('protocol')) for line in lines(tmp_path)]
  assert found == [(None, None), (6.0, 'b'), (7.0, 'a')]


@pytest.mark.parametrize(
  ('damage', 'left'),
  [
    (lambda text: text[:-5], [1]),  # cut by a kill
    (lambda text: b'', []),
    (lambda text: b'\x00\xff\x00 rubbish', []),
    (lambda text: b'[1, 2]\n' + text, [1, 2]),
    (lambda text: text.replace(b'"step": 1', b'"stop": 1'), [2]),
    (lambda text: text.replace(b'{"step": 1', b'\xff{"step": 1'), [2]),
  ],
)
def test_damage_is_set_aside_and_whole_lines_stay(tmp_path, damage, left, caplog):
  records = Records(tmp_path)
  for step in (1, 2):
    records.scalars(step, {'loss': float(step)})
  damaged = damage(records.path.read_bytes())
  records.path.write_bytes(damaged)
  records.rewind(2)
  assert [line['step'] for line in (lines(tmp_path) if left else [])] == left
  records.rewind(2)  # what is left is whole
  assert (tmp_path / 'scores.jsonl.damaged').read_bytes() == damaged
  assert len(caplog.messages) == 1
  records.scalars(3, {'loss': 3.0})
  assert [line['step'] for line in lines(tmp_path)] == [*left, 3]


@pytest.mark.parametrize('put', [os.mkdir, os.mkfifo, lambda path: path.symlink_to(path.name)])
@pytest.mark.parametrize('rewound', [True, False])
def test_what_is_in_the_place_of_the_scores_makes_way(tmp_path, put, rewound):
  records = Records(tmp_path)
  put(records.path)
  if rewound:
    records.rewind(2)
  records.scalars(3, {'loss': 3.0})
  assert [line['step'] for line in lines(tmp_path)] == [3]
  assert os.path.lexists(tmp_path / 'scores.jsonl.damaged')


def test_two_writers_lose_no_line(tmp_path):
  def write(seed):
    for step in range(60):
      Records(tmp_path).scalars(step, {'loss': 0.0}, protocol='p', seed=seed)

  threads = [threading.Thread(target=write, args=(seed,)) for seed in range(2)]
  for thread in threads:
    thread.start()
  for thread in threads:
    thread.join()
  assert sorted((line['seed'], line['step']) for line in lines(tmp_path)) == [(a, b) for a in (0, 1) for b in range(60)]
