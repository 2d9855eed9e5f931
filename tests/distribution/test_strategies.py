"""What a strategy's workers share; whole trainings of several workers: tests/studies/test_train_gan.py."""

import json

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.distribution import strategies


@pytest.mark.parametrize('count', [1, 2, 5, 9])
def test_shares_are_disjoint_and_together_whole(monkeypatch, count):
  rows, seen = np.arange(count), []

  def function(share):
    seen.extend(share)
    return (share,)

  monkeypatch.setattr(strategies, 'worker_count', lambda strategy: 2)
  monkeypatch.setattr(strategies, '_joined', lambda strategy, array: array)
  for index in range(2):
    monkeypatch.setattr(strategies, 'worker_index', lambda strategy, index=index: index)
    strategies.shared(None, function)(rows)
  assert seen == ([0, 0] if count == 1 else list(rows))  # one row is not worth a message


def test_one_process_shares_with_no_one():
  function = object()
  assert strategies.shared(strategies.create('one_device'), function) is function


def test_nothing_tunes_the_batches(monkeypatch):
  """The end of an iterator can wait for the tuner's next turn, which after a minute is half a minute away."""
  strategy = strategies.create('one_device')
  made = []
  monkeypatch.setattr(strategy, 'distribute_datasets_from_function', lambda function: made.append(function) or made)
  strategies.distribute(strategy, tf.data.Dataset.from_tensors(tf.zeros([4, 2])).repeat())
  assert made[0](tf.distribute.InputContext()).options().autotune.enabled is False


@pytest.mark.parametrize(('role', 'number', 'index'), [('chief', 0, 0), ('worker', 0, 1), ('worker', 1, 2)])
def test_a_chief_counts_before_the_workers(monkeypatch, role, number, index):
  cluster = {'chief': ['a:1'], 'worker': ['b:1', 'c:1']}
  monkeypatch.setenv('TF_CONFIG', json.dumps({'cluster': cluster, 'task': {'type': role, 'index': number}}))
  resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
  assert strategies._index(resolver) == index
  assert strategies._addresses(resolver) == ['a:1', 'b:1', 'c:1']
