"""The loop around the engine: calls of about a second, events at their iterations, a progress bar, a clean stop."""

import contextlib
import signal
import time
from typing import Callable, NamedTuple

import numpy as np
import tqdm

from tfgan_landscape.config.arguments import Count, Positive, configurable
from tfgan_landscape.errors import InputError

EARLY = tuple(digit * 10**power for power in range(15) for digit in (1, 2, 5))  # 1, 2, 5, 10, 20, 50, ...


class Event(NamedTuple):
  """`action()` is called whenever the iterations done are a multiple of `every`, and after the last one.

  An `early` one is also called before the first multiple, at 1, 2, 5, 10, ... iterations.
  """

  every: int
  action: Callable
  early: bool = False

  def due(self, step):
    """Whether it is called after so many iterations."""
    return step % self.every == 0 or (self.early and step < self.every and step in EARLY)

  def after(self, step):
    """The number of iterations after which it is called next."""
    early = [each for each in EARLY if step < each < self.every] if self.early else []
    return min([*early, step + self.every - step % self.every])


@configurable
class Loop:
  """Trains, reports and fires events, in compiled calls of about a second.

  Args:
    log_every: iterations between reports.
    seconds_per_call: about how long one compiled call runs; between calls Python reacts to signals.
  """

  def __init__(self, log_every: Count = 100, seconds_per_call: Positive = 1.0):
    self.log_every = log_every
    self.seconds_per_call = seconds_per_call

  def train(self, engine, batches, report, events, started=None, paced=None):
    """Trains to the trainer's last iteration, or until SIGINT, SIGTERM or SIGHUP; a second signal stops at once.

    A signal also ends the events that it finds at work; they happen when the run goes on. Several workers finish them:
    there each waits for the others.

    Args:
      engine: an `Engine`.
      batches: iterator over real batches, at the trainer's position.
      report: `(step, means by name, samples by name, speeds by name)`, called every `log_every` iterations.
      events: `Event`s, fired in this order.
      started: called once, after the first iteration and before anything is reported.
      paced: called once, early, with about how many seconds the rest of the training takes.

    Returns:
      Whether all the iterations are done, with their events.

    Raises:
      InputError: a loss, a norm or another scalar is not finite. Nothing is saved after that.
    """
    trainer = engine.trainer
    step, last, pace, calls, stopping = trainer.iteration, trainer.iterations, 1, 0, False
    boundaries = [Event(self.log_every, None), *events]
    with _Stop() as stop, _Progress(step, last, trainer.batch_size) as progress:
      if trainer.window.events_due:
        stopping = not _fire(events, trainer, stop, engine.workers)
      while step < last and not stopping:
        count = min(pace, last - step, *(boundary.after(step) - step for boundary in boundaries))
        start = time.perf_counter()
        scalars, samples = engine.iterate(batches, count)
        seconds = time.perf_counter() - start
        _check_finite(step, scalars)
        if started:
          started()
          started = None
        # Every worker of several runs the same calls, and stops with the others.
        mean_seconds, stopping = engine.agree(seconds, stop.asked)
        calls += 1
        if calls == 3 and paced:  # the first one compiles, and the second may be a single iteration
          paced((last - step) * mean_seconds / count)
        pace = max(1, round(count * self.seconds_per_call / mean_seconds))
        step += count
        trainer.window.add(scalars)
        progress.add(count, seconds, scalars)
        if step % self.log_every == 0 or step == last:
          report(step, trainer.window.take(), samples, progress.speeds())
        trainer.window.events_due = stopping
        stopping = stopping or not _fire(events, trainer, stop, engine.workers)
    return step >= last and not trainer.window.events_due


def _fire(events, trainer, stop, workers):
  """Fires those of the events whose iteration this is; returns False where a stop has ended them."""
  step, trainer.window.events_due = trainer.iteration, False
  try:
    with contextlib.nullcontext() if workers > 1 else stop.at_once():
      for event in events:
        if event.due(step) or step == trainer.iterations:
          event.action()
  except _Stopped:
    trainer.window.events_due = True
  return not trainer.window.events_due


def _check_finite(step, scalars):
  """Scalars are {name: [count]} of the iterations from `step` on."""
  broken = {name: int(np.argmin(np.isfinite(values))) for name, values in scalars.items() if not _finite(values)}
  if broken:
    first = min(broken.values())
    names = ', '.join(name for name, index in broken.items() if index == first)
    raise InputError(
      f'{names} is not finite at iteration {step + first}; nothing was saved since the last checkpoint, which is good:'
      ' lower a learning rate or raise the penalty, in another --model_dir'
    )


def _finite(values):
  return bool(np.isfinite(values).all())


class _Progress:
  """The progress bar, and the speed since the last report."""

  def __init__(self, step, iterations, batch_size):
    self._bar = tqdm.tqdm(total=iterations, initial=step, unit='it', dynamic_ncols=True, mininterval=1.0)
    self._batch_size = batch_size
    self._count, self._seconds = 0, 0.0

  def __enter__(self):
    return self

  def __exit__(self, *_):
    self._bar.close()

  def add(self, count, seconds, scalars):
    """Takes {name: [count]} of iterations that took `seconds`."""
    self._count, self._seconds = self._count + count, self._seconds + seconds
    losses = {'G': f'{scalars["generator_loss"].mean():.3f}', 'D': f'{scalars["discriminator_loss"].mean():.3f}'}
    self._bar.set_postfix({'images/s': f'{count * self._batch_size / seconds:.0f}', **losses}, refresh=False)
    self._bar.update(count)

  def speeds(self):
    """Returns the speeds since the last call, by name."""
    rate = self._count / self._seconds
    self._count, self._seconds = 0, 0.0
    return {'iterations_per_second': rate, 'images_per_second': rate * self._batch_size}


class _Stopped(BaseException):
  """A stop was asked for while events are at work."""


class _Stop:
  """SIGINT, SIGTERM and SIGHUP ask for a stop, `asked`; a second one finds the usual handlers."""

  def __init__(self):
    self.asked, self._raises, self._previous = False, False, {}

  def __enter__(self):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
      self._previous[number] = signal.signal(number, self._ask)
    return self

  def __exit__(self, *_):
    for number, handler in self._previous.items():
      signal.signal(number, handler)

  def _ask(self, number, frame):
    del number, frame
    self.asked = True
    self.__exit__()
    if self._raises:
      raise _Stopped

  @contextlib.contextmanager
  def at_once(self):
    """A stop raises `_Stopped` within it, one that was asked for before too."""
    self._raises = True
    try:
      if self.asked:
        raise _Stopped
      yield
    finally:
      self._raises = False
