"""A bad start: a generator that has found every mode against a critic of a run that collapsed.

The experiment of the RS-GAN paper, Appendix D (Figures 13 and 14). First many runs from random starts, the *sources*:
those that end with every mode covered, and those that are collapsed. Then, for every loss by itself, the generator of
the first that covers and a critic of one that collapsed are trained on together, over learning rates and repeats: a
loss with a good landscape finds the modes again. Where no run ends collapsed (RS-GAN), the critic is that of the latest
record at which one still is; the paper has it from a converged run.
"""

import functools
import itertools
import json
import re
from typing import NamedTuple

import gin
import numpy as np
import tensorflow as tf

from tfgan_landscape.datasets import points
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import modes, survival
from tfgan_landscape.networks import small_mlp
from tfgan_landscape.reporting import bad_start_figures, tables
from tfgan_landscape.studies import bindings, folders, many_runs
from tfgan_landscape.training.descent import SmallAdam
from tfgan_landscape.training.trajectories import Trajectories
from tfgan_landscape.training.whole_runs import Player, compiled

_SLOPE = 0.2  # of the critic's leaky ReLU
_WATCHED = 1000  # generated points kept of every record of a source run


class Start(NamedTuple):
  """Seeds of the source runs that lend the generator, at its end, and the critic, at a record."""

  generator: int
  critic: int
  record: int


class Outcome(NamedTuple):
  """What runs came to, one entry a run: the paper's metric, modes covered, share of points in a mode."""

  metric: np.ndarray
  covered: np.ndarray
  high_quality: np.ndarray


@gin.configurable('bad_start', denylist=['execution'])
class BadStart:
  """Runs from random starts, and from the bad start that is picked among them.

  Args:
    execution: `Execution`, what the flags say.
    losses: {name: loss}, of `losses.py`.
    projections: {name: `weights -> weights`} after every step of the critic, for the losses that have one.
    dataset: loader of points whose `source` has 'centres' and 'std', as `points.gaussians`.
    width: units of both hidden layers (critic: leaky ReLU 0.2; generator: ReLU), the critic's last layer without bias.
    latent_dim: of z ~ N(0, I).
    descent: makes an optimiser, called with `learning_rate` for the retrained runs.
    batch_size: real points drawn with replacement, and latents, of an iteration: a critic's step, then a generator's.
    iterations: of every run.
    record_every: iterations between records; a divisor of `iterations`.
    sources: runs of each loss from random starts.
    repeats: runs of each loss and learning rate from the bad start; they differ in their batches.
    learning_rates: of the retrained runs, both players'.
    collapsed_at_most: modes that a collapsed run covers at most.
    radius: standard deviations of a mode within which a point belongs to it.
    samples: generated points that a run is judged by.
    metric_scale: alpha of the paper's metric, which gives no value for it.

  Raises:
    InputError: a number makes no sense.
  """

  def __init__(
    self,
    execution,
    losses=gin.REQUIRED,
    projections=None,
    dataset=points.gaussians,
    width=128,
    latent_dim=2,
    descent=SmallAdam,
    batch_size=128,
    iterations=20_000,
    record_every=1000,
    sources=20,
    repeats=50,
    learning_rates=(1e-4,),
    collapsed_at_most=2,
    radius=3.0,
    samples=10_000,
    metric_scale=1.0,
  ):
    self.execution, self.losses, self.projections = execution, losses, projections or {}
    self.latent_dim, self.batch_size, self.samples = latent_dim, batch_size, samples
    self.descent, self.source_descent = descent, descent()
    self.iterations, self.record_every, self.width = iterations, record_every, width
    self.sources, self.repeats, self.learning_rates = sources, repeats, learning_rates
    self.collapsed_at_most, self.radius, self.metric_scale = collapsed_at_most, radius, metric_scale
    self.dataset = dataset
    self._program = functools.cache(self._compiled)
    self._check()

  def _check(self):
    _refuse_unless(self.losses and all(re.fullmatch(r'[\w.+-]+', name) for name in self.losses), 'losses', self.losses)
    whole = 'width', 'latent_dim', 'batch_size', 'iterations', 'record_every', 'sources', 'repeats', 'samples'
    for name in whole:
      value = getattr(self, name)
      _refuse_unless(isinstance(value, int) and not isinstance(value, bool) and value > 0, name, value)
    _refuse_unless(self.iterations % self.record_every == 0, 'record_every', self.record_every)
    rates = self.learning_rates
    _refuse_unless(rates and all(isinstance(r, (int, float)) and r > 0 for r in rates), 'learning_rates', rates)
    _refuse_unless(self.radius > 0, 'radius', self.radius)
    unknown = set(self.projections) - set(self.losses)
    if unknown:
      raise InputError(f'bad_start.projections names {", ".join(sorted(unknown))}, which bad_start.losses does not')

  @functools.cached_property
  def mixture(self):
    """The real data: (points [n, d], centres [modes, d], std)."""
    examples = self.dataset('train', data_dir=self.execution.data_dir)
    if not {'centres', 'std'} <= set(examples.source):
      raise InputError('bad_start.dataset is no mixture with known centres; bind @gaussians')
    real = next(iter(examples.records.batch(examples.count)))['example'].numpy()
    return real, np.array(examples.source['centres']), examples.source['std']

  def __call__(self):
    """Does what `--mode` says; returns the exit code."""
    modes_ = {'train_and_eval': self.train_and_eval, 'train': self.train, 'eval': self.eval, 'describe': self.describe}
    if self.execution.mode not in modes_:
      raise InputError(f'bad_start has no --mode={self.execution.mode}; it has {", ".join(modes_)}')
    return modes_[self.execution.mode]()

  def train_and_eval(self):
    """Runs what is missing, then writes tables and figures; returns the exit code."""
    return self.train() or self.eval()

  def train(self):
    """Makes the source runs, picks the starts, retrains from them; returns the exit code."""
    folder = self.execution.model_dir
    folders.check_writable(folder)
    if not self.execution.allow_config_change:
      bindings.check_same_experiment(folder, self.execution.seed)
    kept = Trajectories(folder / 'trajectories')
    return self._make(kept, self._source_runs(), {}) or self._make(kept, self._retrained_runs(), self.starts(kept))

  def _source_runs(self):
    return {(_source(name), seed): (name, None) for seed in range(self.sources) for name in self.losses}

  def _retrained_runs(self):
    runs = itertools.product(range(self.repeats), self.learning_rates, self.losses)
    return {(_retrained(name, rate), seed): (name, rate) for seed, rate, name in runs}

  def _make(self, kept, runs, starts):
    """Makes those of `runs`, {(folder's name, seed): (loss, learning rate or None)}, that are missing."""
    missing = many_runs.missing(kept, runs)
    print(f'{len(missing)} of {len(runs)} runs {"from the bad start" if starts else "from random starts"} to do')
    weights = {name: self._weights_of(kept, name, start) for name, start in starts.items()}

    def run(folder_name, seed):
      name, rate = runs[folder_name, seed]
      descent = self.source_descent if rate is None else self.descent(learning_rate=rate)
      return self._one(self._program(name), self._players(name, descent), seed, weights.get(name))

    return many_runs.make(self.execution, kept, missing, run)

  def _players(self, name, descent):
    leaky = functools.partial(tf.nn.leaky_relu, alpha=_SLOPE)
    projection = {'projection': self.projections[name]} if name in self.projections else {}
    critic = Player(functools.partial(small_mlp.apply, activation=leaky), descent, 1, **projection)
    return critic, Player(_generator, descent, 1)

  def _compiled(self, name):
    """Returns a run as one compiled program: every learning rate's, which is part of the states it is given."""
    watched = tf.random.stateless_normal([self.latent_dim, _WATCHED], [0, 0])

    def observe(critic_weights, generator_weights, data):
      del data
      return _generator(generator_weights, watched), *critic_weights

    records, players = self.iterations // self.record_every, self._players(name, self.source_descent)
    return compiled(*players, self.losses[name], self._batch, observe, records, self.record_every)

  def _batch(self, data, iteration):
    """Real points [d, batch] with replacement and latents: functions of the run's keys and the iteration."""
    real, keys = data
    which = tf.random.stateless_uniform(
      [self.batch_size], tf.stack([keys[0], iteration]), 0, tf.shape(real)[1], tf.int32
    )
    latents = tf.random.stateless_normal([self.latent_dim, self.batch_size], tf.stack([keys[1], iteration]))
    return tf.gather(real, which, axis=1), latents

  def _one(self, program, players, seed, weights=None):
    """Runs a program from `weights`, or from those that the seed draws; returns its records by name.

    'critic_0' and so on are [records, ...], of retrained runs the last record only; 'generator_0' is the end's.
    """
    states = [player.start(each) for player, each in zip(players, weights or self._random_weights(seed))]
    keys = self._random(seed, 1 if weights is None else 2).integers(2**31, size=2, dtype=np.int32)
    (losses, watched, *critics), _, generator = program(*states, (tf.constant(self.mixture[0].T), tf.constant(keys)))
    latents = self._random(seed, 3).standard_normal([self.latent_dim, self.samples])
    sample = _generator(generator, tf.constant(latents, tf.float32))
    kept = slice(None) if weights is None else slice(-1, None)
    records = {'critic_loss': losses, 'sample': tf.transpose(sample), 'watched': tf.transpose(watched, [0, 2, 1])[kept]}
    records |= {f'critic_{index}': weight[kept] for index, weight in enumerate(critics)}
    records |= {f'generator_{index}': weight for index, weight in enumerate(generator)}
    return {name: record.numpy() for name, record in records.items()}

  def _random(self, seed, purpose):
    return np.random.default_rng([self.execution.seed, seed, purpose])

  def _random_weights(self, seed):
    random, dimensions = self._random(seed, 0), self.mixture[0].shape[1]
    critic = small_mlp.initial_weights((dimensions, self.width, self.width, 1), random, output_bias=False)
    return critic, small_mlp.initial_weights((self.latent_dim, self.width, self.width, dimensions), random)

  def starts(self, kept):
    """Returns {loss: `Start`}.

    The generator is the end's of the first source run that covers every mode, the critic that of the latest record at
    which a source run is collapsed, of the first such run.

    Raises:
      InputError: a loss has no run of one kind.
    """
    return {name: self._start(name, self._covered(kept, name)) for name in self.losses}

  def _covered(self, kept, name):
    """Modes that each source run covers at each record, int [runs, records]."""
    _, centres, std = self.mixture
    runs = self._load(kept, _source(name), self.sources)
    return np.array(
      [[modes.coverage(each, centres, self.radius * std).covered.sum() for each in run['watched']] for run in runs]
    )

  def _start(self, name, covered):
    perfect = np.flatnonzero(covered[:, -1] == len(self.mixture[1]))
    collapsed = covered <= self.collapsed_at_most
    record = np.flatnonzero(collapsed.any(0))
    for found, what in ((perfect, 'covers every mode'), (record, f'ever covers {self.collapsed_at_most} or fewer')):
      if not len(found):
        ends = ', '.join(map(str, covered[:20, -1]))
        raise InputError(
          f'no source run of {name} {what}: they end with {ends} modes; raise bad_start.sources, or change'
          ' bad_start.collapsed_at_most, iterations or record_every'
        )
    return Start(int(perfect[0]), int(np.flatnonzero(collapsed[:, record[-1]])[0]), int(record[-1]))

  def _weights_of(self, kept, name, start):
    """Returns the weights (critic, generator) of a `Start`."""
    critic, generator = (kept.load(_source(name), seed) for seed in (start.critic, start.generator))
    critics = itertools.takewhile(critic.__contains__, map('critic_{}'.format, itertools.count()))
    generators = itertools.takewhile(generator.__contains__, map('generator_{}'.format, itertools.count()))
    return [critic[key][start.record] for key in critics], [generator[key] for key in generators]

  def _load(self, kept, name, count):
    runs = [kept.load(name, seed) for seed in range(count)]
    lacking = sum(run is None for run in runs)
    if lacking:
      raise InputError(f'{kept.folder} lacks {lacking} runs of {name}; --mode=train makes them')
    return runs

  def _outcome(self, kept, name, count):
    runs = self._load(kept, name, count)
    _, centres, std = self.mixture
    found = [modes.coverage(run['sample'], centres, self.radius * std) for run in runs]
    return Outcome(
      metric=np.array([modes.distance_to_centres(run['sample'], centres, self.metric_scale) for run in runs]),
      covered=np.array([each.covered.sum() for each in found]),
      high_quality=np.array([each.high_quality for each in found]),
    )

  def eval(self):
    """Writes tables and figures of the runs in the folder; returns the exit code."""
    folder = self.execution.model_dir
    kept = Trajectories(folder / 'trajectories')
    sources = {name: self._outcome(kept, _source(name), self.sources) for name in self.losses}
    starts = self.starts(kept)
    retrained = {
      name: {rate: self._outcome(kept, _retrained(name, rate), self.repeats) for rate in self.learning_rates}
      for name in self.losses
    }
    self._write(sources, starts, retrained)
    self._draw(kept, starts, retrained)
    print(f'everything is in {folder}: table.md | outcomes.json | figures/ | trajectories/')
    return 0

  def _write(self, sources, starts, retrained):
    every = len(self.mixture[1])
    random = [[name, *self._cells(sources[name]), *self._lenders(starts[name])] for name in self.losses]
    columns = ['metric of Appendix D (mean)', f'modes of {every} (mean)', 'every mode', 'collapsed', 'points in a mode']
    first = tables.markdown(['from random starts', *columns, 'G0', 'D0'], random)
    rows = itertools.product(self.learning_rates, self.losses)
    bad = [[f'{rate:g}', name, *self._cells(retrained[name][rate])] for rate, name in rows]
    second = tables.markdown(['learning rate', 'from the bad start', *columns], bad)
    folder = self.execution.model_dir
    (folder / 'table.md').write_text(f'{self._setting()}\n\n{first}\n{second}')
    plain = {name: {f'{rate:g}': _plain(each) for rate, each in rates.items()} for name, rates in retrained.items()}
    record = {name: {'sources': _plain(sources[name]), 'retrained': plain[name]} for name in self.losses}
    (folder / 'outcomes.json').write_text(json.dumps(record) + '\n')
    print(f'{first}\n{second}')

  def _cells(self, outcome):
    perfect = outcome.covered == len(self.mixture[1])
    means = survival.mean(outcome.metric), survival.mean(outcome.covered)
    collapsed = outcome.covered <= self.collapsed_at_most
    return [*means, survival.share(perfect), survival.share(collapsed), survival.mean(outcome.high_quality)]

  def _lenders(self, start):
    return f'run {start.generator}', f'run {start.critic} after {(start.record + 1) * self.record_every:,}'

  def _setting(self):
    return (
      f'{self.sources} runs of each loss from random starts, {self.repeats} of each loss and learning rate from the '
      f'bad start, {self.iterations:,} iterations each; 95 % intervals in brackets'
    )

  def _draw(self, kept, starts, retrained):
    folder = self.execution.model_dir / 'figures'
    folder.mkdir(exist_ok=True)
    real, centres, _ = self.mixture
    rows = {}
    for name, start in starts.items():
      perfect = kept.load(_source(name), start.generator)['sample']
      collapsed = kept.load(_source(name), start.critic)['watched'][start.record]
      again = {f'retrained at {r:g}, run 0': kept.load(_retrained(name, r), 0)['sample'] for r in self.learning_rates}
      rows[name] = {'real': real, 'run that lends G': perfect, 'run that lends D': collapsed, **again}
    bad_start_figures.samples(folder / 'samples.png', rows, centres)
    measures = {
      'metric of Appendix D': lambda outcome: survival.mean(outcome.metric),
      f'modes covered, of {len(centres)}': lambda outcome: survival.mean(outcome.covered),
    }
    curves = {
      title: {name: [measure(rates[rate]) for rate in self.learning_rates] for name, rates in retrained.items()}
      for title, measure in measures.items()
    }
    bad_start_figures.by_learning_rate(folder / 'metric.png', self.learning_rates, curves)

  def describe(self):
    """Prints the bindings and, as JSON, the sizes; touches no disk; returns the exit code."""
    print('\n'.join(f'{name} = {value}' for name, value in bindings.resolved().items()))
    critic, generator = (sum(weight.size for weight in weights) for weights in self._random_weights(0))
    runs = len(self.losses) * (self.sources + self.repeats * len(self.learning_rates))
    sizes = {'discriminator_parameters': critic, 'generator_parameters': generator, 'runs': runs}
    print(json.dumps({**sizes, 'iterations_per_run': self.iterations}))
    return 0


def _generator(weights, latents):
  return small_mlp.apply(weights, latents, tf.nn.relu)


def _source(name):
  return f'{name}-source'


def _retrained(name, rate):
  return f'{name}-rate-{rate:g}'


def _plain(outcome):
  return {name: values.tolist() for name, values in outcome._asdict().items()}


def _refuse_unless(condition, name, value):
  if not condition:
    raise InputError(f'bad_start.{name} = {value!r} makes no sense; {_RANGES.get(name, "give a whole number above 0")}')


_RANGES = {
  'losses': "give {'NAME': @loss}, names of letters, digits and . + - _",
  'record_every': 'give a whole number above 0 that divides bad_start.iterations',
  'learning_rates': 'give a list of numbers above 0',
  'radius': 'give a number above 0',
}
