"""A bad start: a generator that has found every mode against a critic of a run that collapsed.

The experiment of the RS-GAN paper, Appendix D (Figures 13 and 14). First many runs from random starts, the *sources*.
Each loss, with and without a projection of its critic, lends a start: the generator of the first source that covers
every mode, and the critic of the latest record at which a source is collapsed, on one or two modes with nearly all of
its points in them. Then every loss with every projection goes on from every start, over learning rates and repeats, so
that losses are compared on equal terms. (The paper's code starts each loss from its own networks, and projects
RS-GAN's critic alone.)
"""

import functools
import itertools
import json
import re

import gin
import numpy as np
import tensorflow as tf

from tfgan_landscape import files
from tfgan_landscape.datasets import points
from tfgan_landscape.dynamics import small_mlp
from tfgan_landscape.dynamics.descent import SmallAdam
from tfgan_landscape.dynamics.whole_runs import Player, compiled
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import survival
from tfgan_landscape.reporting import bad_start_figures, results
from tfgan_landscape.studies import bad_start_outcomes, bindings, many_runs

_SLOPE = 0.2  # of the critic's leaky ReLU
_WATCHED = 1000  # generated points kept of every record of a source run

# May change when a study goes on: no run depends on them, or their runs have names of their own.
FREE = ('bad_start.repeats', 'bad_start.learning_rates', 'bad_start.metric_scale')


@gin.configurable('bad_start', denylist=['execution'])
class BadStart:
  """Runs from random starts, and from the bad starts that are picked among them.

  Args:
    execution: `Execution`, what the flags say.
    losses: {name: loss}, of `losses.py`.
    projections: {name: `weights -> weights` after every step of the critic, or None}; every loss meets each.
    dataset: loader of points whose `source` has 'centres' and 'std', as `points.gaussians`.
    width: units of both hidden layers (critic: leaky ReLU 0.2; generator: ReLU), the critic's last layer without bias.
    latent_dim: of z ~ N(0, I).
    descent: makes an optimiser, called with `learning_rate` for the retrained runs.
    batch_size: real points drawn with replacement, and latents, of an iteration: a critic's step, then a generator's.
    iterations: of every run.
    record_every: iterations between records; a divisor of `iterations`.
    sources: runs of each loss and projection from random starts.
    repeats: runs of each loss, projection, start and learning rate; they differ in their batches.
    learning_rates: of the retrained runs, both players'.
    collapsed_at_most: modes that a collapsed run covers at most.
    quality: share of a collapsed run's points that lie in modes, at least.
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
    projections=gin.REQUIRED,
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
    quality=0.9,
    radius=3.0,
    samples=10_000,
    metric_scale=1.0,
  ):
    self.execution, self.losses, self.projections = execution, losses, projections
    self.latent_dim, self.batch_size, self.samples = latent_dim, batch_size, samples
    self.descent, self.source_descent = descent, descent()
    self.iterations, self.record_every, self.width = iterations, record_every, width
    self.sources, self.repeats, self.learning_rates = sources, repeats, learning_rates
    self.collapsed_at_most, self.quality = collapsed_at_most, quality
    self.radius, self.metric_scale, self.dataset = radius, metric_scale, dataset
    self._check()
    self.runs = many_runs.ManyRuns(execution, FREE)
    self.program = functools.cache(self._program)

  def _check(self):
    for name in ('losses', 'projections'):
      value = getattr(self, name)
      _refuse_unless(value and all(re.fullmatch(r'[\w.+-]+', each) for each in value), name, value)
    whole = 'width', 'latent_dim', 'batch_size', 'iterations', 'record_every', 'sources', 'repeats', 'samples'
    for name in whole:
      value = getattr(self, name)
      _refuse_unless(isinstance(value, int) and not isinstance(value, bool) and value > 0, name, value)
    _refuse_unless(self.iterations % self.record_every == 0, 'record_every', self.record_every)
    rates = self.learning_rates
    _refuse_unless(rates and all(isinstance(r, (int, float)) and r > 0 for r in rates), 'learning_rates', rates)
    _refuse_unless(self.radius > 0, 'radius', self.radius)
    _refuse_unless(0 <= self.quality <= 1, 'quality', self.quality)

  @functools.cached_property
  def mixture(self):
    """The real data: (points [n, d], centres [modes, d], std)."""
    examples = self.dataset('train', data_dir=self.execution.data_dir)
    if not {'centres', 'std'} <= set(examples.source):
      raise InputError('bad_start.dataset is no mixture with known centres; bind @gaussians')
    real = next(iter(examples.records.batch(examples.count)))['example'].numpy()
    return real, np.array(examples.source['centres']), examples.source['std']

  @functools.cached_property
  def judge(self):
    """The `Judge` of samples."""
    _, centres, std = self.mixture
    return bad_start_outcomes.Judge(centres, self.radius * std, self.collapsed_at_most, self.quality, self.metric_scale)

  @property
  def sides(self):
    """Every (loss, projection), by name."""
    return list(itertools.product(self.losses, self.projections))

  def train_and_eval(self):
    """Runs what is missing, then writes tables and figures; returns the exit code."""
    return self.train() or self.eval()

  def train(self):
    """Makes the source runs, picks the starts, retrains from them; returns the exit code."""
    many_runs.touch(self.losses)
    self.judge  # noqa: B018  reads the data before anything is written
    with self.runs.opened():
      return self._make_sources() or self._make_retrained()

  def _make_sources(self):
    sides = {_source(side): side for side in self.sides}
    print(f'{self.sources} runs from random starts of each of {", ".join(map(_words, sides.values()))}')

    def run(name, seed):
      return self.run(sides[name], self.source_descent, seed)

    return self.runs.make([(name, seed) for seed in range(self.sources) for name in sides], run)

  def _make_retrained(self):
    starts = {side: start for side, start in self.starts().items() if start}
    weights = {side: self._weights_of(side, start) for side, start in starts.items()}
    jobs = {
      _retrained(side, rate, lender): (side, rate, lender)
      for side, rate, lender in itertools.product(self.sides, self.learning_rates, starts)
    }
    print(f'{len(starts)} of {len(self.sides)} lend a start: {", ".join(map(_words, starts)) or "no run qualifies"}')

    def run(name, seed):
      side, rate, lender = jobs[name]
      return self.run(side, self.descent(learning_rate=rate), seed, weights[lender])

    return self.runs.make([(name, seed) for seed in range(self.repeats) for name in jobs], run)

  def _players(self, side, descent):
    leaky = functools.partial(tf.nn.leaky_relu, alpha=_SLOPE)
    projection = self.projections[side[1]]
    critic = Player(functools.partial(small_mlp.apply, activation=leaky), descent, 1)
    return critic._replace(projection=projection) if projection else critic, Player(_generator, descent, 1)

  def _program(self, side):
    """Returns a run as one compiled program: every learning rate's, which is part of the states it is given."""
    watched = tf.random.stateless_normal([self.latent_dim, _WATCHED], [0, 0])

    def observe(critic_weights, generator_weights, data):
      del data
      return _generator(generator_weights, watched), *critic_weights

    records, players = self.iterations // self.record_every, self._players(side, self.source_descent)
    return compiled(*players, self.losses[side[0]], self._batch, observe, records, self.record_every)

  def _batch(self, data, iteration):
    """Real points [d, batch] with replacement and latents: functions of the run's keys and the iteration."""
    real, keys = data
    which = tf.random.stateless_uniform(
      [self.batch_size], tf.stack([keys[0], iteration]), 0, tf.shape(real)[1], tf.int32
    )
    latents = tf.random.stateless_normal([self.latent_dim, self.batch_size], tf.stack([keys[1], iteration]))
    return tf.gather(real, which, axis=1), latents

  def run(self, side, descent, seed, weights=None):
    """Runs (loss, projection) from `weights`, or from those that the seed draws; returns its records by name.

    'critic_0' and so on are [records, ...], of retrained runs the last record only; 'generator_0' is the end's.
    """
    players = self._players(side, descent)
    states = [player.start(each) for player, each in zip(players, weights or self.random_weights(seed))]
    keys = self._random(seed, 1 if weights is None else 2).integers(2**31, size=2, dtype=np.int32)
    data = tf.constant(self.mixture[0].T), tf.constant(keys)
    (losses, watched, *critics), _, generator = self.program(side)(*states, data)
    latents = self._random(seed, 3).standard_normal([self.latent_dim, self.samples])
    sample = _generator(generator, tf.constant(latents, tf.float32))
    kept = slice(None) if weights is None else slice(-1, None)
    records = {'critic_loss': losses, 'sample': tf.transpose(sample), 'watched': tf.transpose(watched, [0, 2, 1])[kept]}
    records |= {f'critic_{index}': weight[kept] for index, weight in enumerate(critics)}
    records |= {f'generator_{index}': weight for index, weight in enumerate(generator)}
    return {name: record.numpy() for name, record in records.items()}

  def _random(self, seed, purpose):
    return np.random.default_rng([self.execution.seed, seed, purpose])

  def random_weights(self, seed):
    """Returns the weights (critic, generator) that a seed draws."""
    random, dimensions = self._random(seed, 0), self.mixture[0].shape[1]
    critic = small_mlp.initial_weights((dimensions, self.width, self.width, 1), random, output_bias=False)
    return critic, small_mlp.initial_weights((self.latent_dim, self.width, self.width, dimensions), random)

  def starts(self):
    """Returns {(loss, projection): `Start` that its source runs lend, or None}."""
    watched = {side: [run['watched'] for run in self._sources(side)] for side in self.sides}
    return {side: bad_start_outcomes.pick(each, self.judge) for side, each in watched.items()}

  def _sources(self, side):
    return self.runs.load(_source(side), self.sources)

  def _weights_of(self, side, start):
    """Returns the weights (critic, generator) of a `Start`."""
    runs = self._sources(side)
    critic, generator = runs[start.critic], runs[start.generator]
    critics = itertools.takewhile(critic.__contains__, map('critic_{}'.format, itertools.count()))
    generators = itertools.takewhile(generator.__contains__, map('generator_{}'.format, itertools.count()))
    return [critic[key][start.record] for key in critics], [generator[key] for key in generators]

  def eval(self):
    """Writes tables and figures of the runs in the folder; returns the exit code."""
    folder, starts = self.execution.model_dir, self.starts()
    sources = {side: self._outcome(_source(side), self.sources) for side in self.sides}
    retrained = {
      (lender, rate, side): self._outcome(_retrained(side, rate, lender), self.repeats)
      for lender, rate, side in itertools.product(starts, self.learning_rates, self.sides)
      if starts[lender]
    }
    self._write(starts, sources, retrained)
    self._draw(starts, retrained)
    print(f'everything is in {folder}: table.md | results.json | outcomes.json by run | figures/ | trajectories/')
    return 0

  def _outcome(self, name, count):
    return bad_start_outcomes.outcome([run['sample'] for run in self.runs.load(name, count)], self.judge)

  def _write(self, starts, sources, retrained):
    folder = self.execution.model_dir
    random = {_words(side): {'random start': outcome} for side, outcome in sources.items()}
    sections = {self._from_random(starts): bad_start_outcomes.rows(random, self.judge, self.protocol)}
    for lender in (lender for lender, start in starts.items() if start):
      found = {
        _words(side): {f'at {rate:g}': retrained[lender, rate, side] for rate in self.learning_rates}
        for side in self.sides
      }
      title = f'From the start of {_words(lender)}: {self._lent(starts[lender])}.'
      sections[title] = bad_start_outcomes.rows(found, self.judge, f'{title} {self.protocol}')
    results.write(folder, [row for each in sections.values() for row in each])
    tables = [f'{title}\n\n{results.table(each)}' for title, each in sections.items()]
    files.write_text(folder / 'table.md', '\n'.join([self.protocol + '\n', *tables]))
    plain = {'sources': {_words(side): outcome.plain() for side, outcome in sources.items()}}
    plain['retrained'] = [
      {'start': _words(lender), 'learning_rate': rate, 'trained': _words(side), **outcome.plain()}
      for (lender, rate, side), outcome in retrained.items()
    ]
    files.write_text(folder / 'outcomes.json', files.to_json(plain) + '\n')
    print('\n'.join(tables))

  def _from_random(self, starts):
    lacking = [_words(side) for side, start in starts.items() if not start]
    without = f' No run of {", ".join(lacking)} qualifies as a start.' if lacking else ''
    return f'From random starts.{without}'

  def _lent(self, start):
    iteration = (start.record + 1) * self.record_every
    return f'the generator of run {start.generator}, the critic of run {start.critic} after {iteration:,} iterations'

  @property
  def protocol(self):
    """The setting in a line."""
    return (
      f'{self.sources} runs of each from random starts, {self.repeats} of each from every bad start and learning rate, '
      f'{self.iterations:,} iterations; collapsed: at most {self.collapsed_at_most} modes with {self.quality:.0%} of '
      'the points in modes; 95 % intervals in brackets'
    )

  def _draw(self, starts, retrained):
    folder = self.execution.model_dir / 'figures'
    folder.mkdir(exist_ok=True)
    real, centres, _ = self.mixture
    panels, curves = {}, {}
    for lender, start in ((lender, start) for lender, start in starts.items() if start):
      runs, rate = self._sources(lender), self.learning_rates[-1]
      again = {
        f'{_words(side)}, at {rate:g}': self.runs.load(_retrained(side, rate, lender), 1)[0]['sample']
        for side in self.sides
      }
      lent = {'lends G': runs[start.generator]['sample'], 'lends D': runs[start.critic]['watched'][start.record]}
      panels[f'start of {_words(lender)}'] = {'real': real, **lent, **again}
      curves[f'modes of {len(centres)}, start of {_words(lender)}'] = {
        _words(side): [survival.mean(retrained[lender, rate, side].covered) for rate in self.learning_rates]
        for side in self.sides
      }
    if panels:
      bad_start_figures.samples(folder / 'samples.png', panels, centres)
      bad_start_figures.by_learning_rate(folder / 'modes.png', self.learning_rates, curves)

  def describe(self):
    """Prints the bindings and, as JSON, the sizes; touches no disk; returns the exit code."""
    print('\n'.join(f'{name} = {value}' for name, value in bindings.resolved().items()))
    critic, generator = (sum(weight.size for weight in weights) for weights in self.random_weights(0))
    sides = len(self.sides)
    most = sides * (self.sources + sides * self.repeats * len(self.learning_rates))
    sizes = {'discriminator_parameters': critic, 'generator_parameters': generator, 'runs_at_most': most}
    print(json.dumps({**sizes, 'iterations_per_run': self.iterations}))
    return 0


def _generator(weights, latents):
  return small_mlp.apply(weights, latents, tf.nn.relu)


def _words(side):
  return ' '.join(side)


def _source(side):
  return f'{"-".join(side)}-source'


def _retrained(side, rate, lender):
  return f'{"-".join(side)}-from-{"-".join(lender)}-rate-{rate:g}'


def _refuse_unless(condition, name, value):
  if not condition:
    raise InputError(f'bad_start.{name} = {value!r} makes no sense; {_RANGES.get(name, "give a whole number above 0")}')


_RANGES = {
  'losses': "give {'NAME': @loss}, names of letters, digits and . + - _",
  'projections': "give {'free': None} or {'NAME': @projection}, names of letters, digits and . + - _",
  'record_every': 'give a whole number above 0 that divides bad_start.iterations',
  'learning_rates': 'give a list of numbers above 0',
  'radius': 'give a number above 0',
  'quality': 'give a number in [0, 1]',
}
