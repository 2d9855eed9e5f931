"""The loop around the trainer: calls of about a second, events at their iterations, a progress bar, a clean stop."""

import contextlib
import signal
import time
from typing import Callable, NamedTuple

import gin
import tensorflow as tf
import tqdm

from tfgan_landscape.errors import InputError


class Event(NamedTuple):
  """`action()` is called whenever the iterations done are a multiple of `every`, and after the last one."""

  every: int
  action: Callable


@gin.configurable
class Loop:
  """Trains, reports and fires events, in compiled calls of about a second.

  Args:
    log_every: iterations between reports.
    seconds_per_call: about how long one compiled call runs; between calls Python reacts to signals.
  """

  def __init__(self, log_every=100, seconds_per_call=1.0):
    self.log_every = log_every
    self.seconds_per_call = seconds_per_call

  def train(self, trainer, batches, report, events, started=None):
    """Trains to the trainer's last iteration, or until SIGINT or SIGTERM; a second signal stops at once.

    Args:
      trainer: a `Trainer`.
      batches: iterator over real batches, at the trainer's position.
      report: `(step, scalars by name, logits by name)`, called every `log_every` iterations.
      events: `Event`s, fired in this order.
      started: called once, after the first iteration and before anything is reported.

    Returns:
      Whether all the iterations are done.

    Raises:
      InputError: a loss is not finite. Nothing is saved after that.
    """
    step, last, pace = int(trainer.step.numpy()), trainer.iterations, 1
    boundaries = [self.log_every, *(event.every for event in events)]
    with _stop_signals() as stop, _Progress(step, last, trainer.batch_size) as progress:
      while step < last and not stop:
        count = min(pace, last - step, *(every - step % every for every in boundaries))
        start = time.perf_counter()
        metrics, logits, broken = trainer.iterate(batches, tf.constant(count))
        _check_finite(int(broken))
        seconds = time.perf_counter() - start
        if started:
          started()
          started = None
        pace = max(1, round(count * self.seconds_per_call / seconds))
        step += count
        progress.add(count, seconds, {name: float(value) for name, value in metrics.items()})
        if step % self.log_every == 0 or step == last:
          report(step, progress.window(), logits)
        for event in events:
          if step % event.every == 0 or step == last:
            event.action()
    return step >= last


def _check_finite(broken):
  if broken >= 0:
    raise InputError(
      f'a loss is not finite at iteration {broken}; nothing was saved since the last checkpoint, which is good: lower'
      ' a learning rate or raise the penalty, in another --model_dir'
    )


class _Progress:
  """The progress bar, and means since the last report."""

  def __init__(self, step, iterations, batch_size):
    self._bar = tqdm.tqdm(total=iterations, initial=step, unit='it', dynamic_ncols=True, mininterval=1.0)
    self._batch_size = batch_size
    self._totals, self._count, self._seconds = {}, 0, 0.0

  def __enter__(self):
    return self

  def __exit__(self, *_):
    self._bar.close()

  def add(self, count, seconds, metrics):
    """Takes the means over `count` iterations that took `seconds`."""
    for name, value in metrics.items():
      self._totals[name] = self._totals.get(name, 0.0) + count * value
    self._count, self._seconds = self._count + count, self._seconds + seconds
    speed = f'{count * self._batch_size / seconds:.0f}'
    losses = {'G': f'{metrics["generator_loss"]:.3f}', 'D': f'{metrics["discriminator_loss"]:.3f}'}
    self._bar.set_postfix({'images/s': speed, **losses}, refresh=False)
    self._bar.update(count)

  def window(self):
    """Returns the means since the last call, with the speed, by name."""
    means = {name: total / self._count for name, total in self._totals.items()}
    rate = self._count / self._seconds
    self._totals, self._count, self._seconds = {}, 0, 0.0
    return {**means, 'iterations_per_second': rate, 'images_per_second': rate * self._batch_size}


@contextlib.contextmanager
def _stop_signals():
  """Yields a list that is empty until a stop is asked for; a second signal finds the usual handlers."""
  asked, previous = [], {}

  def ask(number, frame):
    del frame
    asked.append(number)
    for each, handler in previous.items():
      signal.signal(each, handler)

  for number in (signal.SIGINT, signal.SIGTERM):
    previous[number] = signal.signal(number, ask)
  try:
    yield asked
  finally:
    for number, handler in previous.items():
      signal.signal(number, handler)
