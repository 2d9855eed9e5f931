"""Two clusters on a line: how training falls into the basin of mode collapse and out of it, over hundreds of seeds.

The experiment of the RS-GAN paper, Section 5, Appendix B (Figures 5 to 9) and Appendix C (Figure 11), as its code has
it: data and latents are drawn once, every step sees all of them, the critic goes first. Every seed is a compiled
program of its own, and every loss meets the same starts.
"""

import functools
import itertools
import json
import re
from typing import NamedTuple

import gin
import numpy as np
import tensorflow as tf

from tfgan_landscape import landscape
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import survival, two_clusters
from tfgan_landscape.networks import small_mlp
from tfgan_landscape.reporting import tables, two_cluster_figures
from tfgan_landscape.studies import bindings, folders, many_runs
from tfgan_landscape.training.descent import Momentum
from tfgan_landscape.training.trajectories import Trajectories
from tfgan_landscape.training.whole_runs import Player, compiled

_CENTERS = np.array([0.0, 4.0])
_SPREAD = 0.3  # a real point lies in [centre, centre + 0.3)
_RADIUS = 1.2 * _SPREAD  # of a mode, as the paper's code counts
_LATENTS = 5.0  # latents are U(-5, 5)
_GRID = np.linspace(-1.0, 5.0, 61, dtype=np.float32)


class Outcome(NamedTuple):
  """What the runs of one loss came to, one entry a run.

  `escapes` and `lasting` are the epochs of the first recovery and of the one that lasts, NaN for never; `recovered` and
  `collapsed` tell the end; `visits` lists the stays in the basin of mode collapse.
  """

  escapes: np.ndarray
  lasting: np.ndarray
  recovered: np.ndarray
  collapsed: np.ndarray
  lowest_losses: np.ndarray
  last_losses: np.ndarray
  visits: list


@gin.configurable('two_cluster', denylist=['execution'])
class TwoCluster:
  """The two-cluster experiment over many seeds and some losses.

  Args:
    execution: `Execution`, what the flags say.
    losses: {name: loss}, of `losses.py`.
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
    paper: {quantity: {name of a loss: the paper's words}}, shown beside the measured quantity.
    drawn: runs of each loss in the figures.

  Raises:
    InputError: a number makes no sense, or a `paper` row names no quantity.
  """

  def __init__(
    self,
    execution,
    losses=gin.REQUIRED,
    seeds=200,
    critic_width=10,
    generator_width=5,
    critic_descent=Momentum,
    generator_descent=Momentum,
    critic_steps=10,
    generator_steps=10,
    epochs=5000,
    record_every=10,
    points=100,
    share=0.5,
    paper=None,
    drawn=2,
  ):
    self.execution, self.losses, self.seeds = execution, losses, seeds
    self.epochs, self.record_every, self.points, self.share = epochs, record_every, points, share
    self.paper, self.drawn = paper or {}, drawn
    self.sizes = (1, critic_width, critic_width, 1), (1, generator_width, generator_width, 1)
    critic_network = functools.partial(small_mlp.apply, activation=tf.sigmoid)
    generator_network = functools.partial(small_mlp.apply, activation=tf.tanh)
    self.critic = Player(critic_network, critic_descent(), critic_steps)
    self.generator = Player(generator_network, generator_descent(), generator_steps)
    self._check()

  def _check(self):
    _refuse_unless(self.losses and all(re.fullmatch(r'[\w.+-]+', name) for name in self.losses), 'losses', self.losses)
    for name in ('seeds', 'epochs', 'record_every', 'points', 'drawn'):
      _refuse_unless(isinstance(getattr(self, name), int) and getattr(self, name) > 0, name, getattr(self, name))
    _refuse_unless(self.epochs % self.record_every == 0, 'record_every', self.record_every)
    _refuse_unless(0 < self.due[0] < self.points, 'share', self.share)
    unknown = set(self.paper) - set(_QUANTITIES)
    if unknown:
      raise InputError(f'two_cluster.paper names {", ".join(unknown)}; the quantities are {", ".join(_QUANTITIES)}')

  @property
  def due(self):
    """Real points in each cluster, [2]."""
    first = round(self.share * self.points)
    return np.array([first, self.points - first])

  @property
  def times(self):
    """Epochs done at each record, [records]."""
    return np.arange(1, self.epochs // self.record_every + 1) * self.record_every

  def __call__(self):
    """Does what `--mode` says; returns the exit code."""
    modes = {'train_and_eval': self.train_and_eval, 'train': self.train, 'eval': self.eval, 'describe': self.describe}
    if self.execution.mode not in modes:
      raise InputError(f'two_cluster has no --mode={self.execution.mode}; it has {", ".join(modes)}')
    return modes[self.execution.mode]()

  def train_and_eval(self):
    """Runs what is missing, then writes tables and figures; returns the exit code."""
    return self.train() or self.eval()

  def train(self):
    """Runs every seed of every loss that the folder does not hold yet; returns the exit code."""
    folder = self.execution.model_dir
    folders.check_writable(folder)
    if not self.execution.allow_config_change:
      bindings.check_same_experiment(folder, self.execution.seed)
    kept = Trajectories(folder / 'trajectories')
    missing = many_runs.missing(kept, [(name, seed) for seed in range(self.seeds) for name in self.losses])
    self._announce(len(missing))
    programs = {name: self._program(loss) for name, loss in self.losses.items()}
    return many_runs.make(self.execution, kept, missing, lambda name, seed: self._one(programs[name], seed))

  def _program(self, loss):
    grid = tf.constant(_GRID[None])

    def observe(critic_weights, generator_weights, data):
      image = tf.sigmoid(self.critic.network(critic_weights, grid)[0])
      return self.generator.network(generator_weights, data[1])[0], image

    records = self.epochs // self.record_every
    return compiled(self.critic, self.generator, loss, lambda data, _: data, observe, records, self.record_every)

  def _one(self, program, seed):
    records, _, _ = program(*self._start(seed))
    return dict(zip(('critic_loss', 'fake', 'critic_image'), (record.numpy() for record in records)))

  def _start(self, seed):
    """Returns the critic's state, the generator's and (real, latents), all drawn from (run's seed, seed)."""
    random = np.random.default_rng([self.execution.seed, seed])
    critic, generator = (small_mlp.initial_weights(sizes, random) for sizes in self.sizes)
    real = random.permutation(np.repeat(_CENTERS, self.due)) + random.uniform(0, _SPREAD, self.points)
    latents = random.uniform(-_LATENTS, _LATENTS, self.points)
    data = tuple(tf.constant(values[None], tf.float32) for values in (real, latents))
    return self.critic.start(critic), self.generator.start(generator), data

  def eval(self):
    """Writes tables and figures of the runs in the folder; returns the exit code."""
    kept = Trajectories(self.execution.model_dir / 'trajectories')
    runs = {name: [kept.load(name, seed) for seed in range(self.seeds)] for name in self.losses}
    lacking = sum(run is None for each in runs.values() for run in each)
    if lacking:
      raise InputError(f'{kept.folder} lacks {lacking} runs; --mode=train makes them')
    states = {name: self.states(each) for name, each in runs.items()}
    outcomes = {name: self._outcome(runs[name], *states[name]) for name in runs}
    self._write_table(outcomes)
    self._write_states(states)
    self._draw(runs, outcomes)
    print(f'everything is in {self.execution.model_dir}:')
    print('  table.md | outcomes.json | states.npz points per mode and exact values | figures/ | trajectories/')
    return 0

  def states(self, runs):
    """Returns fake points in each mode, int [runs, records, 2], and the landscape's exact value [runs, records]."""
    counts = two_clusters.mode_counts(np.stack([run['fake'] for run in runs]), _CENTERS, _RADIUS)
    return counts, self.values(counts)

  def _write_states(self, states):
    parts = {f'{name}_{part}': array for name, pair in states.items() for part, array in zip(('counts', 'value'), pair)}
    np.savez_compressed(self.execution.model_dir / 'states.npz', epochs=self.times, **parts)

  def _outcome(self, runs, counts, values):
    losses = np.stack([run['critic_loss'] for run in runs])
    recovered = two_clusters.recovered(counts, self.due)
    collapsed = two_clusters.collapsed(counts, self.points)
    return Outcome(
      escapes=self._epochs(two_clusters.first_record(run) for run in recovered),
      lasting=self._epochs(two_clusters.lasting_record(run) for run in recovered),
      recovered=recovered[:, -1],
      collapsed=collapsed[:, -1],
      lowest_losses=losses.min(1),
      last_losses=losses[:, -1],
      visits=[two_clusters.visits(*each) for each in zip(collapsed, losses, values)],
    )

  def _epochs(self, records):
    return np.array([np.nan if record is None else self.times[record] for record in records])

  def values(self, counts):
    """Returns the exact value of JS-GAN's landscape (Claim C.1) for fake points per mode, int [..., 2] -> [...]."""
    share = self.due[0] / self.points
    return landscape.two_cluster_value(counts[..., 0], counts[..., 1], self.points, share, landscape.logistic)

  def _write_table(self, outcomes):
    header = ['quantity']
    for name in outcomes:
      header += [f'{name}, paper', f'{name}, measured']
    rows = []
    for quantity, measure in _QUANTITIES.items():
      words = self.paper.get(quantity, {})
      rows.append([quantity, *(cell for name in outcomes for cell in (words.get(name, ''), measure(outcomes, name)))])
    table = tables.markdown(header, rows)
    folder = self.execution.model_dir
    (folder / 'table.md').write_text(f'{self._setting()}\n\n{table}')
    (folder / 'outcomes.json').write_text(json.dumps({name: _plain(each) for name, each in outcomes.items()}) + '\n')
    print(table)

  def _setting(self):
    (_, critic_width, _, _), (_, generator_width, _, _) = self.sizes
    return (
      f'{self.seeds} runs of each loss, {self.epochs:,} epochs, widths ({critic_width}, {generator_width}), '
      f'{self.due[0]} and {self.due[1]} real points; 95 % intervals in brackets'
    )

  def _draw(self, runs, outcomes):
    folder = self.execution.model_dir / 'figures'
    folder.mkdir(exist_ok=True)
    drawn = range(min(self.drawn, self.seeds))
    shown = {f'{name}, run {seed}': runs[name][seed] for name, seed in itertools.product(runs, drawn)}
    movements = {title: (run['critic_loss'], run['fake']) for title, run in shown.items()}
    collapse = -self.values(np.array([self.points, 0]))
    levels = {'JS-GAN collapsed': collapse, 'log 2': np.log(2)}
    two_cluster_figures.movement(folder / 'movement.png', self.times, movements, _CENTERS + _SPREAD / 2, levels)
    curves = {name: survival.survival_curve(each.escapes, self.epochs) for name, each in outcomes.items()}
    two_cluster_figures.survival(folder / 'survival.png', curves, self._setting().partition(';')[0], self.epochs)
    for name, seed in itertools.product(runs, drawn):
      self._draw_critics(folder / f'critic_{name}_{seed}.png', f'{name}, run {seed}', runs[name][seed])

  def _draw_critics(self, path, title, run):
    """D at six epochs, from the start to a little after the escape."""
    counts = two_clusters.mode_counts(run['fake'], _CENTERS, _RADIUS)
    escape = two_clusters.first_record(two_clusters.recovered(counts, self.due))
    last = len(self.times) - 1 if escape is None else min(len(self.times) - 1, escape + escape // 4)
    picks = np.linspace(0, last, 6).astype(int)
    two_cluster_figures.critics(path, _GRID, self.times[picks], run['critic_image'][picks], run['fake'][picks], title)

  def describe(self):
    """Prints the bindings and, as JSON, the sizes; touches no disk; returns the exit code."""
    print('\n'.join(f'{name} = {value}' for name, value in bindings.resolved().items()))
    critic, generator = (sum(o * (i + 1) for i, o in zip(sizes, sizes[1:])) for sizes in self.sizes)
    steps = self.epochs * (self.critic.steps + self.generator.steps)
    sizes = {'discriminator_parameters': critic, 'generator_parameters': generator, 'gradient_steps_per_run': steps}
    print(json.dumps({**sizes, 'runs': self.seeds * len(self.losses)}))
    return 0

  def _announce(self, missing):
    print(f'two clusters  {self._setting()}')
    print(f'losses        {", ".join(self.losses)}; {self.critic.steps} + {self.generator.steps} steps an epoch')
    print(
      f'run           {self.execution.model_dir}: {missing} of {self.seeds * len(self.losses)} runs to do', flush=True
    )


def _refuse_unless(condition, name, value):
  if not condition:
    raise InputError(f'two_cluster.{name} = {value!r} makes no sense; {_RANGES[name]}')


def _slowdown(outcomes, name):
  fastest = min(outcomes, key=lambda other: survival.median(outcomes[other].escapes).value)
  return f'{survival.median_ratio(outcomes[name].escapes, outcomes[fastest].escapes)} times {fastest}'


def _deepest(outcomes, name):
  """The lowest exact value that a run meets in the basin, over the runs that visit it."""
  visits = [[visit.lowest_value for visit in run] for run in outcomes[name].visits if run]
  return survival.median([min(values) for values in visits]) if visits else 'no visit'


_RANGES = {
  'losses': "give {'NAME': @loss}, names of letters, digits and . + - _",
  'seeds': 'give a whole number above 0',
  'epochs': 'give a whole number above 0',
  'points': 'give a whole number above 0',
  'record_every': 'give a whole number above 0 that divides two_cluster.epochs',
  'share': 'give a number in (0, 1) that leaves a point in each cluster',
  'drawn': 'give a whole number above 0',
}
_QUANTITIES = {
  'escape, epochs (median)': lambda outcomes, name: survival.median(outcomes[name].escapes),
  'escape beside the fastest loss': _slowdown,
  'recovered for good, epochs (median)': lambda outcomes, name: survival.median(outcomes[name].lasting),
  'not recovered at the end': lambda outcomes, name: survival.share(~outcomes[name].recovered),
  'collapsed at the end': lambda outcomes, name: survival.share(outcomes[name].collapsed),
  "lowest critic's loss (median)": lambda outcomes, name: survival.median(outcomes[name].lowest_losses),
  "last critic's loss (median)": lambda outcomes, name: survival.median(outcomes[name].last_losses),
  'runs that visit the basin': lambda outcomes, name: survival.share([bool(run) for run in outcomes[name].visits]),
  'lowest exact JS-GAN value in the basin (median)': _deepest,
  'visits to the basin (median)': lambda outcomes, name: survival.median([len(run) for run in outcomes[name].visits]),
}


def _plain(outcome):
  """An outcome as lists for JSON; a time that never came is null."""
  arrays = {key: value for key, value in outcome._asdict().items() if key != 'visits'}
  plain = {key: [None if value != value else value for value in array.tolist()] for key, array in arrays.items()}
  return {**plain, 'visits': [[visit._asdict() for visit in run] for run in outcome.visits]}
