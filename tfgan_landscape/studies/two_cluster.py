"""Two clusters on a line: how training falls into the basin of mode collapse and out of it, over hundreds of seeds.

The experiment of the RS-GAN paper, Section 5, Appendix B (Figures 5 to 9) and Appendix C (Figure 11), as its code has
it: data and latents are drawn once, every step sees all of them, the critic goes first. Every seed is a compiled
program of its own, and every loss meets the same starts.
"""

import functools
from typing import Annotated, Callable, Optional, Union

import gin
import numpy as np
import tensorflow as tf

from tfgan_landscape.dynamics import small_mlp
from tfgan_landscape.dynamics.descent import Momentum
from tfgan_landscape.dynamics.whole_runs import Player, compiled
from tfgan_landscape.errors import InputError
from tfgan_landscape.losses import kept
from tfgan_landscape.ranges import Count, Range, Size, configurable
from tfgan_landscape.studies import (
  bindings,
  many_runs,
  pairings,
  penalty_check,
  two_cluster_outcomes,
  two_cluster_report,
)

_CENTERS = np.array([0.0, 4.0])
_SPREAD = 0.3
_RADIUS = 1.2 * _SPREAD  # as the paper's code counts
_LATENTS = 5.0  # latents are U(-5, 5)
_GRID = np.linspace(-1.0, 5.0, 61, dtype=np.float32)

# May change when a study goes on: no run depends on them.
FREE = ('two_cluster.seeds', 'two_cluster.paper', 'two_cluster.drawn')


@configurable('two_cluster', denylist=['execution'])
class TwoCluster:
  """The two-cluster experiment over many seeds and some losses.

  Args:
    execution: `Execution`, what the flags say.
    losses: {name: loss}, of `losses.py`.
    pairs: which real point meets which generated one, a pairing of `losses.py`: `kept`, as the paper's code;
      `redrawn` at every step; `all_pairs`. Or {name of a loss: pairing}, `kept` for losses that it does not name.
    penalties: {name: penalty of `penalties.py`, or None}, on the critic; every loss meets each. None for none.
    batch_size: points drawn with replacement, and latents by themselves, for an epoch; None for all of them.
    seeds: runs of each loss.
    critic_width: units of both hidden layers (sigmoid).
    generator_width: units of both hidden layers (tanh).
    critic_descent: makes the critic's optimiser.
    generator_descent: makes the generator's.
    critic_steps: in an epoch, the generator standing still.
    generator_steps: in an epoch, the critic standing still.
    epochs: of a run.
    record_every: epochs between records; a divisor of `epochs`.
    points: real and fake ones, n.
    share: of the real points in the cluster at 0, alpha; the others are in that at 4.
    paper: {quantity: {name of a loss, or of loss and penalty: the paper's words}}, shown beside the measured quantity.
    drawn: runs of each loss in the figures.

  Raises:
    InputError: a number makes no sense, or a `paper` row names no quantity.
  """

  def __init__(
    self,
    execution,
    losses: dict[str, Callable] = gin.REQUIRED,
    pairs: Union[Callable, dict[str, Callable]] = kept,
    penalties: Optional[dict[str, Optional[Callable]]] = None,
    batch_size: Optional[Count] = None,
    seeds: Count = 200,
    critic_width: Size = 10,
    generator_width: Size = 5,
    critic_descent: Callable = Momentum,
    generator_descent: Callable = Momentum,
    critic_steps: Count = 10,
    generator_steps: Count = 10,
    epochs: Count = 5000,
    record_every: Count = 10,
    points: Annotated[int, Range(2)] = 100,
    share: Annotated[float, Range(above=0, below=1)] = 0.5,
    paper: Optional[dict[str, dict[str, str]]] = None,
    drawn: Count = 2,
  ):
    self.execution, self.batch_size, self.seeds = execution, batch_size, seeds
    self.penalties = penalties or {'none': None}
    for name, value in (('losses', losses), ('penalties', self.penalties)):
      many_runs.check_names(f'two_cluster.{name}', value)
    self.unpaired, self.losses = losses, pairings.paired('two_cluster', losses, pairs)
    self.epochs, self.record_every, self.points, self.share = epochs, record_every, points, share
    self.paper, self.drawn = paper or {}, drawn
    self.sizes = (1, critic_width, critic_width, 1), (1, generator_width, generator_width, 1)
    critic_network = functools.partial(small_mlp.apply, activation=tf.sigmoid)
    generator_network = functools.partial(small_mlp.apply, activation=tf.tanh)
    self.critic = Player(critic_network, critic_descent(), critic_steps)
    self.generator = Player(generator_network, generator_descent(), generator_steps)
    self.descents = critic_descent, generator_descent
    self._check()
    self.runs = many_runs.ManyRuns(execution, FREE)

  def _check(self):
    if self.epochs % self.record_every:
      raise InputError(
        f'two_cluster.record_every = {self.record_every} is no divisor of two_cluster.epochs = {self.epochs}; give one'
      )
    if not 0 < self.setting.due[0] < self.points:
      raise InputError(f'two_cluster.share = {self.share} leaves a cluster without a point; give one nearer to 1/2')
    unknown = set(self.paper) - set(two_cluster_outcomes.QUANTITIES)
    if unknown:
      known = ', '.join(two_cluster_outcomes.QUANTITIES)
      raise InputError(f'two_cluster.paper names {", ".join(unknown)}; the quantities are {known}')

  @property
  def setting(self):
    """The `Setting` that outcomes are judged by."""
    first = round(self.share * self.points)
    due = np.array([first, self.points - first])
    times = np.arange(1, self.epochs // self.record_every + 1) * self.record_every
    return two_cluster_outcomes.Setting(_CENTERS, _SPREAD, _RADIUS, due, times, _GRID)

  @property
  def protocol(self):
    """The setting in a line."""
    (_, critic_width, _, _), (_, generator_width, _, _) = self.sizes
    first, second = self.setting.due
    each = 'loss and penalty' if len(self.penalties) > 1 else 'loss'
    batch = f', batches of {self.batch_size}' if self.batch_size else ''
    return (
      f'{self.seeds} runs of each {each}, {self.epochs:,} epochs of {self.critic.steps} critic and '
      f'{self.generator.steps} generator steps, widths ({critic_width}, {generator_width}), {first} and {second} real '
      f'points{batch}; 95 % intervals in brackets'
    )

  def train_and_eval(self):
    """Runs what is missing, then writes tables and figures; returns the exit code."""
    return self.train() or self.eval()

  def train(self):
    """Runs every seed of every loss that the folder does not hold yet; returns the exit code."""
    keys = [(name, seed) for seed in range(self.seeds) for name in self.sides]
    self.touch()
    with self.runs.opened():
      self._announce(len(self.runs.missing(keys)), len(keys))
      programs = {name: self.program(name) for name in self.sides}
      return self.runs.make(keys, lambda name, seed: self.run(programs[name], seed))

  def touch(self):
    """Calls every loss and penalty once, so that gin knows what they use; refuses what is none."""
    many_runs.touch(self.unpaired)
    for name, penalty in self.penalties.items():
      if penalty is not None:
        penalty_check.check(f'the penalty {name}', penalty, 1)

  @property
  def sides(self):
    """{name: (loss's name, penalty's name)}, see `pairings.crossed`."""
    return pairings.crossed(self.losses, self.penalties)

  def program(self, name):
    """Returns a whole run with the loss and the penalty of a side as a compiled program."""
    grid = tf.constant(_GRID[None])

    def observe(critic_weights, generator_weights, data):
      image = tf.sigmoid(self.critic.network(critic_weights, grid)[0])
      return self.generator.network(generator_weights, data[1])[0], image

    players, records = (self.critic, self.generator), self.epochs // self.record_every
    loss, penalty = self.sides[name]
    loss, penalty = self.losses[loss], self.penalties[penalty]
    return compiled(*players, loss, self._batch, observe, records, self.record_every, penalty)

  def _batch(self, data, epoch):
    """The points and latents of an epoch."""
    points, keys = data[:2], data[2]
    if self.batch_size is None:
      return points
    seeds = [tf.stack([key, epoch]) for key in tf.unstack(keys)]
    picks = [tf.random.stateless_uniform([self.batch_size], seed, 0, self.points, tf.int32) for seed in seeds]
    return tuple(tf.gather(part, which, axis=1) for part, which in zip(points, picks))

  def run(self, program, seed, rates=None):
    """Returns the records of one run: critic's loss, fake points that it answers, and D on the grid after it.

    Args:
      program: of its loss, see `program`.
      seed: of the run.
      rates: learning rates (critic's, generator's); None for those of the descents. All share a program.
    """
    records, _, _ = program(*self._start(seed, rates))
    return dict(zip(('critic_loss', 'fake', 'critic_image'), (record.numpy() for record in records)))

  def _start(self, seed, rates):
    """Returns both players' states, (real, latents, keys of batches) and the key of pairs: functions of both seeds."""
    random = np.random.default_rng([self.execution.seed, seed])
    critic, generator = (small_mlp.initial_weights(sizes, random) for sizes in self.sizes)
    clusters = random.permutation(np.repeat(_CENTERS, self.setting.due))
    real = clusters + random.uniform(0, _SPREAD, self.points)
    latents = random.uniform(-_LATENTS, _LATENTS, self.points)
    *batches, pairs = random.integers(2**31, size=3, dtype=np.int32)
    data = *(tf.constant(values[None], tf.float32) for values in (real, latents)), tf.constant(batches)
    players = self.critic, self.generator
    if rates:
      descents = (make(learning_rate=rate) for make, rate in zip(self.descents, rates))
      players = [player._replace(descent=descent) for player, descent in zip(players, descents)]
    return *(player.start(each) for player, each in zip(players, (critic, generator))), data, tf.constant(pairs)

  def eval(self):
    """Writes tables and figures of the runs in the folder; returns the exit code."""
    folder = self.execution.model_dir
    runs = {name: self.runs.load(name, self.seeds) for name in self.sides}
    outcomes = {name: two_cluster_outcomes.outcome(each, self.setting) for name, each in runs.items()}
    print(two_cluster_report.write(folder, runs, outcomes, self.setting, self.paper, self.protocol))
    two_cluster_report.draw(folder / 'figures', runs, outcomes, self.setting, self.paper, self.protocol, self.drawn)
    print(f'everything is in {folder}:')
    print('  table.md | results.json | outcomes.json by run | states.npz by record | figures/ | trajectories/')
    return 0

  def describe(self):
    """Prints the bindings and, as JSON, the sizes; touches no disk; returns the exit code."""
    critic, generator = (sum(o * (i + 1) for i, o in zip(sizes, sizes[1:])) for sizes in self.sizes)
    steps = self.epochs * (self.critic.steps + self.generator.steps)
    sizes = {'discriminator_parameters': critic, 'generator_parameters': generator, 'gradient_steps_per_run': steps}
    return bindings.describe({**sizes, 'runs': self.seeds * len(self.sides)})

  def _announce(self, missing, runs):
    print(f'two clusters  {self.protocol}')
    print(f'losses        {", ".join(self.sides)}')
    print(f'run           {self.execution.model_dir}: {missing} of {runs} runs to do', flush=True)
