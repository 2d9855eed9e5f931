"""The loop: events at their iterations and at the end, reports as means, stops that are clean."""

import os
import signal
import time
import types

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.errors import InputError
from tfgan_landscape.training.loop import Event, Loop
from tfgan_landscape.training.window import Window


class Counting:
  """Stands in for an engine and its trainer: its generator loss is the number of the iteration."""

  batch_size, workers = 4, 1

  def __init__(self, iterations, start=0, broken_at=None, on_call=lambda step: None):
    self.iterations = iterations
    self.step = tf.Variable(start, dtype=tf.int64)
    self._broken_at, self._on_call = broken_at, on_call
    self.trainer, self.window = self, Window()

  @property
  def iteration(self):
    return int(self.step.numpy())

  def iterate(self, batches, count):
    del batches
    numbers = np.arange(self.iteration, self.iteration + count)
    self.step.assign_add(count)
    self._on_call(int(self.step))
    losses = np.where(numbers == self._broken_at, np.nan, numbers)
    return {'generator_loss': losses, 'discriminator_loss': 0.0 * numbers}, {'real': np.zeros(4)}

  def agree(self, *values):
    return values


def run(trainer, every=(), log_every=10):
  reports, fired = [], [[] for _ in every]

  def note(i):
    return lambda: fired[i].append(int(trainer.step))

  events = [Event(n, note(i)) for i, n in enumerate(every)]
  report = lambda step, values, *_: reports.append((step, values['generator_loss']))  # noqa: E731
  finished = Loop(log_every=log_every).train(trainer, None, report, events)
  return types.SimpleNamespace(finished=finished, reports=reports, fired=fired)


def test_events_fire_at_their_multiples_and_at_the_end():
  result = run(Counting(25), every=(10, 7))
  assert result.fired == [[10, 20, 25], [7, 14, 21, 25]]
  assert result.finished


def test_a_resumed_loop_goes_on_from_its_step():
  result = run(Counting(25, start=12), every=(10,))
  assert result.fired == [[20, 25]]


def test_a_finished_run_does_nothing_more():
  result = run(Counting(25, start=25), every=(10,))
  assert result.fired == [[]]
  assert result.finished


def test_reports_are_means_over_their_window():
  result = run(Counting(25))
  assert result.reports == [(10, pytest.approx(4.5)), (20, pytest.approx(14.5)), (25, pytest.approx(22.0))]


def test_a_loss_that_is_not_finite_stops_before_any_event():
  trainer = Counting(30, broken_at=13)
  fired = []
  with pytest.raises(InputError, match='generator_loss is not finite at iteration 13'):
    Loop(log_every=10).train(trainer, None, lambda *_: None, [Event(10, lambda: fired.append(int(trainer.step)))])
  assert fired == [10]


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_loop_after_the_call(number):
  def send(step):
    if step >= 15:
      os.kill(os.getpid(), number)

  handler = signal.getsignal(number)
  trainer = Counting(1000, on_call=send)
  result = run(trainer)
  assert not result.finished
  assert 15 <= int(trainer.step) <= 20
  assert signal.getsignal(number) is handler


@pytest.fixture
def interruptible():
  """Python's own SIGINT handler, which a process started in the background goes without."""
  before = signal.signal(signal.SIGINT, signal.default_int_handler)
  yield
  signal.signal(signal.SIGINT, before)


def test_a_second_interrupt_is_not_held_back(interruptible):
  def send(step):
    if step >= 15:
      for _ in range(100):  # one that follows too fast is the same one to the kernel
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)

  with pytest.raises(KeyboardInterrupt):
    run(Counting(1000, on_call=send))


@pytest.mark.parametrize(('step', 'left'), [(10, [20, 25]), (25, [])])
def test_a_signal_ends_the_events_that_it_finds_and_they_happen_when_the_run_goes_on(step, left):
  trainer, fired, stops = Counting(25), [], [step]

  def long_one():
    fired.append(('begun', trainer.iteration))
    if trainer.iteration in stops:
      os.kill(os.getpid(), signal.SIGTERM)
      time.sleep(0.01)
    fired.append(('done', trainer.iteration))

  def train():
    events = [Event(10, long_one), Event(10, lambda: fired.append(('saved', trainer.iteration)))]
    return Loop(log_every=10).train(trainer, None, lambda *_: None, events)

  assert not train()
  assert fired[-1] == ('begun', step)
  assert trainer.iteration == step
  stops[:], fired[:] = [], []
  assert train()
  assert fired == [(what, each) for each in (step, *left) for what in ('begun', 'done', 'saved')]


def test_a_signal_in_the_last_call_before_events_leaves_them_for_the_next_start():
  trainer = Counting(20, on_call=lambda step: step == 10 and os.kill(os.getpid(), signal.SIGTERM))
  assert run(trainer, every=(10,)).fired == [[]]
  assert run(trainer, every=(10,)).fired == [[10, 20]]


def test_workers_of_several_end_their_events():
  trainer = Counting(20)
  trainer.workers = 2
  fired = []

  def event():
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.01)
    fired.append(trainer.iteration)

  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(trainer, 'agree', lambda seconds, asked: (seconds, asked))
    assert not Loop(log_every=10).train(trainer, None, lambda *_: None, [Event(10, event)])
  assert fired == [10]


def test_what_is_due_is_part_of_a_checkpoint():
  window, later = Window(), Window()
  window.events_due = True
  later.deserialize(window.serialize())
  assert later.events_due


def test_the_last_iteration_is_checked_too():
  with pytest.raises(InputError, match='not finite at iteration 29'):
    run(Counting(30, broken_at=29))


def test_means_do_not_depend_on_how_calls_divide_the_iterations():
  random = np.random.default_rng(0).normal(size=100)
  one, many = Window(), Window()
  one.add({'loss': random})
  for part in np.split(random, [3, 50, 51, 99]):
    many.add({'loss': part})
  assert one.take() == many.take()


def test_workers_stop_and_pace_by_what_they_agree_on():
  """Another worker was asked to stop, and is slow: this one runs single iterations and stops with it."""
  counts = []

  class Agreeing(Counting):
    def iterate(self, batches, count):
      counts.append(count)
      return super().iterate(batches, count)

    def agree(self, seconds, asked):
      return 10.0, 0.5 if self.iteration >= 3 else 0.0

  assert not run(Agreeing(100)).finished
  assert counts == [1, 1, 1]


def test_early_events_are_at_1_2_5_10_and_then_at_their_multiples():
  event = Event(30, None, early=True)
  assert [step for step in range(1, 100) if event.due(step)] == [1, 2, 5, 10, 20, 30, 60, 90]
  assert [event.after(step) for step in (0, 1, 2, 9, 20, 30, 59)] == [1, 2, 5, 10, 30, 60, 60]
  plain = Event(30, None)
  assert [step for step in range(1, 100) if plain.due(step)] == [30, 60, 90]
  trainer, fired = Counting(7), []
  Loop(log_every=100).train(trainer, None, lambda *_: None, [Event(50, lambda: fired.append(int(trainer.step)), True)])
  assert fired == [1, 2, 5, 7]


def test_the_pace_is_told_once_after_two_calls():
  told, calls = [], []
  trainer = Counting(40, on_call=lambda step: (calls.append(step), time.sleep(0.01)))
  Loop(log_every=4).train(trainer, None, lambda *_: None, [], paced=told.append)
  (seconds,) = told
  assert 0.01 * (40 - calls[2]) / 4 < seconds < 60
