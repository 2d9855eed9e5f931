"""Orders that do not depend on time: of the terms of sums, and of a variable's reads and updates.

In float32 1e8 - 1e8 + 3 is 3, and 3 - 1e8 + 1e8 is 0.
"""

import functools

import pytest
import tensorflow as tf
from tensorflow.python.eager import context

from tfgan_landscape import losses, penalties
from tfgan_landscape.distribution import determinism
from tfgan_landscape.networks import mlp
from tfgan_landscape.training.engine import Engine
from tfgan_landscape.training.trainer import Networks, Trainer

PARTS = 1e8, -1e8, 3.0


@pytest.fixture(autouse=True)
def _fixed():
  tf.function(lambda: tf.zeros([]))()  # what a first call settles is not final
  determinism.enable()


def test_terms_are_added_from_the_first_on():
  assert float(determinism.sum_in_order([tf.constant(part) for part in PARTS])) == 3


@pytest.mark.parametrize('held', [(), (0,), (0, 1), (1, 2), (0, 1, 2)])
@pytest.mark.parametrize('total', [determinism.sum_in_order, sum, lambda terms: terms[0] + terms[1] + terms[2]])
def test_terms_that_others_hold_are_added_in_the_same_order(total, held):
  @tf.function
  def added(x):
    terms = [x * part for part in PARTS]
    return total(terms), [terms[index] for index in held]

  assert added(tf.ones([4]))[0].numpy().tolist() == [3] * 4


@pytest.mark.parametrize('held', [(0,), (0, 1), (1, 2), (0, 1, 2)])
def test_parts_of_a_gradient_that_others_hold_are_added_in_the_same_order(held):
  @tf.function
  def gradient(weight, x, held):
    with tf.GradientTape() as tape:
      tape.watch(weight)
      uses = [tf.identity(weight) for _ in PARTS]
      value = sum(tf.reduce_sum(use * x * part) for use, part in zip(uses, PARTS))
    return tape.gradient(value, [weight, *(uses[index] for index in held)])

  ones = tf.ones([4])
  assert gradient(ones, ones, held)[0].numpy().tolist() == gradient(ones, ones, ())[0].numpy().tolist()


def test_large_sums_are_added_in_the_order_in_which_they_are_written():
  @tf.function
  def late_first_term(zeros):
    late = functools.reduce(lambda value, _: tf.tanh(tf.sin(value)), range(6), zeros)
    terms = [tf.cos(late) * 1e8, tf.cos(zeros), tf.cos(zeros) * -1e8, tf.cos(zeros) * 0.5]
    return tf.reduce_max(determinism.sum_in_order(terms)), tf.reduce_min(determinism.sum_in_order(terms))

  # 256 MB of terms. In float32 1e8 + 1 - 1e8 + 0.5 is 0.5, and 1e8 - 1e8 + 1 + 0.5 is not.
  for _ in range(3):
    assert [float(each) for each in late_first_term(tf.zeros([4000, 4000]))] == [0.5, 0.5]


def test_what_is_read_of_an_encoder_is_read_before_its_update():
  """Its codes of real examples have no gradient, so that nothing else holds the update back. The optimised program."""
  networks = Networks(*(make(width=4) for make in (mlp.Generator, mlp.Discriminator, mlp.Generator)))
  penalty = penalties.LatentPath(functools.partial(mlp.Encoder, width=4))
  trainer = Trainer(networks, 0, 1, losses.relativistic_logistic, penalty, batch_size=8)
  context.context().enable_graph_collection()
  Engine(trainer, tf.distribute.get_strategy()).iterate(iter(tf.data.Dataset.from_tensors(tf.ones([8, 2])).repeat()), 1)
  programs = [each.post_optimization_graph for each in context.context().export_run_metadata().function_graphs]
  program = {node.name: node for node in max(programs, key=lambda each: len(each.node)).node}
  reads = {node.name for node in program.values() if node.op == 'ReadVariableOp' and 'encoder' in node.name}
  handles = {_variable(program, name) for name in reads}
  updates = [node for node in program.values() if node.op == 'AssignSubVariableOp']
  updates = [node for node in updates if _variable(program, node.name) in handles]
  assert (len(reads), len(updates)) == (12, 6)  # three layers with biases, of the real and of the generated examples
  for update in updates:
    own = {name for name in reads if _variable(program, name) == _variable(program, update.name)}
    assert own <= _before(program, update.name)


def _inputs(node):
  return [name.lstrip('^').split(':')[0] for name in node.input]


def _variable(program, name):
  """The name of what a read or an update works on, outside of all loops."""
  name = _inputs(program[name])[0]
  while program[name].op in ('Enter', 'Identity') and program[name].input:
    name = _inputs(program[name])[0]
  return name


def _before(program, name):
  """The names of all nodes that a node waits for within an iteration."""
  found, left = set(), _inputs(program[name])
  while left:
    node = program[left.pop()]
    if node.name not in found and node.op != 'NextIteration':
      found.add(node.name)
      left += _inputs(node)
  return found


def test_a_tensorflow_with_other_names_inside_is_told_and_used(monkeypatch, caplog):
  def gone():
    raise AttributeError("module 'backprop' has no attribute '_default_vspace'")

  monkeypatch.setattr(determinism, '_gradients_in_order', gone)
  determinism.enable()
  (record,) = caplog.records
  assert "has no attribute '_default_vspace'): runs may differ from each other" in record.getMessage()
  assert tf.config.optimizer.get_experimental_options()['arithmetic_optimization'] is False


@pytest.mark.parametrize(('gpus', 'strict', 'expected'), [([], True, 0), (['GPU:0'], False, 0), (['GPU:0'], True, 1)])
def test_strict_determinism_is_for_gpus(monkeypatch, gpus, strict, expected):
  calls = []
  monkeypatch.setattr(tf.config, 'list_physical_devices', lambda kind: gpus)
  monkeypatch.setattr(tf.config.experimental, 'enable_op_determinism', lambda: calls.append(True))
  determinism.enable(strict)
  assert len(calls) == expected
