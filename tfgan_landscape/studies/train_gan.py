"""The main job: builds, trains, evaluates and samples one GAN (RS-GAN paper, Tables 2, 4, 5, 6; Figures 12 and 20)."""

import functools
import json
import pathlib

import gin
import numpy as np
import tensorflow as tf

from tfgan_landscape import losses, penalties  # noqa: F401  gin files name what is not used here
from tfgan_landscape.datasets import digits, image_folder, pipeline, points, tfds_images  # noqa: F401
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import classifier, features  # noqa: F401
from tfgan_landscape.evaluation.scores import Evaluation
from tfgan_landscape.networks import cnn, lsun, mlp, resnet  # noqa: F401
from tfgan_landscape.reporting import cost, images
from tfgan_landscape.reporting.records import Records
from tfgan_landscape.studies import bindings, folders
from tfgan_landscape.training import strategies
from tfgan_landscape.training.checkpoints import Checkpoints
from tfgan_landscape.training.loop import Event, Loop
from tfgan_landscape.training.sampling import Sampler, draw_latents
from tfgan_landscape.training.trainer import Networks, Trainer

_INTERRUPTED = 130  # what a shell reports after Ctrl-C
_GRID = 64
_PRECISIONS = ('float32', 'mixed_bfloat16', 'mixed_float16')


@gin.configurable('train_gan', denylist=['execution'])
class TrainGan:
  """One GAN and what is done with it; the modes of the command line are its methods.

  Args:
    execution: `Execution`, what the flags say.
    dataset: loader `(split, data_dir) -> Examples` of the real data.
    generator: makes the generator, a Keras model from latents [n, latent_dim] to examples [n, ...].
    discriminator: makes the critic, a Keras model from examples to logits [n, 1].
    train_split: of the dataset, e.g. 'train' or 'unlabelled'.
    labelled_dataset: loader that `@classifier` features learn from, where it is not `dataset`.
    evaluate: makes the `Evaluation` that scores samples; None for data without scores, such as points.
    picture: draws samples [n, ...] as one picture, uint8 [h, w, c].
    precision: Keras policy 'float32', 'mixed_bfloat16' or 'mixed_float16'.
    save_every: iterations between checkpoints.
    sample_every: iterations between pictures.
    evaluate_every: iterations between evaluations.

  Raises:
    InputError: an argument does not fit the machine, the data or the folder.
  """

  def __init__(
    self,
    execution,
    dataset=gin.REQUIRED,
    generator=gin.REQUIRED,
    discriminator=gin.REQUIRED,
    train_split='train',
    labelled_dataset=None,
    evaluate=Evaluation,
    picture=images.image_grid,
    precision='float32',
    save_every=1000,
    sample_every=1000,
    evaluate_every=10_000,
  ):
    self.execution = execution
    self.load = functools.partial(dataset, data_dir=execution.data_dir)
    self.labelled = functools.partial(labelled_dataset or dataset, data_dir=execution.data_dir)
    self.train_split, self.evaluate, self.picture = train_split, evaluate, picture
    self.save_every, self.sample_every, self.evaluate_every = save_every, sample_every, evaluate_every
    tf.keras.utils.set_random_seed(execution.seed)
    _set_precision(precision)
    self.strategy = strategies.create(execution.strategy, execution.tpu)
    with self.strategy.scope():
      self.networks = Networks(generator(), discriminator(), generator())

  def __call__(self):
    """Does what `--mode` says; returns the exit code."""
    modes = {
      'train_and_eval': self.train_and_eval,
      'train': self.train,
      'eval': self.eval,
      'generate': self.generate,
      'describe': self.describe,
    }
    return modes[self.execution.mode]()

  def train_and_eval(self):
    """Trains with an evaluation every `evaluate_every` iterations and at the end."""
    return self.train(self._evaluation)

  def train(self, make_evaluation=lambda: None):
    """Trains from the newest checkpoint, or from the start; returns the exit code."""
    folder = self.execution.model_dir
    folders.check_writable(folder)
    if not self.execution.allow_config_change:
      bindings.check_same_experiment(folder, self.execution.seed)
    examples, evaluation, trainer, loop = self.load(self.train_split), make_evaluation(), self._trainer(), Loop()
    checkpoints = Checkpoints(folder / 'checkpoints', **trainer.parts())
    resumed = checkpoints.restore()
    batches = self._batches(examples, trainer)
    self._announce(examples, trainer, resumed, evaluation)
    records = Records(folder, trainer.iteration)
    events = self._events(trainer, checkpoints, records, evaluation)
    started = functools.partial(self._started, records, trainer.iteration, evaluation)
    finished = loop.train(trainer, batches, functools.partial(_report, records, trainer), events, started)
    if not finished:
      checkpoints.save()
    return self._conclude(trainer, finished)

  def _started(self, records, step, evaluation):
    """After the first iteration gin knows what was used: refuses dead bindings, and keeps the others."""
    bindings.check_all_used(but_scoring=evaluation is None)
    bindings.save(self.execution.model_dir, self.execution.seed)
    records.text(step, 'operative_config', gin.operative_config_str())

  def _trainer(self):
    with self.strategy.scope():
      return Trainer(self.networks, self.strategy, self.execution.seed)

  def _batches(self, examples, trainer):
    wanted = self.networks.discriminator.input_shape[1:]
    given = tuple(examples.records.element_spec['example'].shape)
    if given != wanted:
      raise InputError(f'the data are {given} and the networks take {wanted}; bind the same image_size and channels')
    data = pipeline.training_batches(examples, trainer.batch_size, self.execution.seed, first_batch=trainer.first_batch)
    return iter(self.strategy.experimental_distribute_dataset(data))

  def _evaluation(self):
    return self.evaluate and self.evaluate(self.load, self.labelled, self.execution.cache_dir)

  def _events(self, trainer, checkpoints, records, evaluation):
    """Saves last: a run killed before that repeats the whole boundary, so that no record is missing or there twice."""
    events = [Event(self.sample_every, lambda: self._draw(records, trainer.iteration))]
    if evaluation:
      events.append(Event(self.evaluate_every, lambda: self._score(evaluation, records, trainer.iteration)))
    return [*events, Event(self.save_every, checkpoints.save)]

  def _draw(self, records, step):
    latents = draw_latents(self.networks.generator, _GRID, self.execution.seed)
    for kind, sampler in self._samplers.items():
      picture = self.picture(np.concatenate(list(sampler(latents))))
      images.save_png(self.execution.model_dir / 'samples' / f'{kind}-{step:06d}.png', picture)
      records.image(step, f'samples/{kind}', picture)

  @functools.cached_property
  def _samplers(self):
    return {'ema': Sampler(self.networks.average), 'raw': Sampler(self.networks.generator)}

  def _score(self, evaluation, records, step):
    values = {}
    for kind, sampler in self._samplers.items():
      for score in evaluation.score(functools.partial(self._images, sampler)):
        values[f'{kind}/{score.name}'] = score.value
        if score.std is not None:
          values[f'{kind}/{score.name}_std'] = score.std
    records.scalars(step, values, protocol=evaluation.protocol, seed=self.execution.seed)
    print('\n' + _table(step, values))

  def _images(self, sampler, count):
    latents = draw_latents(self.networks.generator, count, self.execution.seed + 1)
    return map(images.to_uint8, sampler(latents))

  def _restore(self):
    """Restores both generators from the newest checkpoint; returns the step."""
    step = tf.Variable(0, dtype=tf.int64)
    parts = {'generator': self.networks.generator, 'average': self.networks.average, 'step': step}
    if not Checkpoints(self.execution.model_dir / 'checkpoints', **parts).restore():
      raise InputError(f'{self.execution.model_dir} holds no checkpoint; train first, or correct --model_dir')
    return int(step.numpy())

  def eval(self):
    """Scores the newest checkpoint; returns the exit code."""
    step = self._restore()
    evaluation = self._evaluation()
    if not evaluation:
      raise InputError('train_gan.evaluate is None: there is nothing to score; bind @Evaluation')
    folders.check_writable(self.execution.model_dir)
    records = Records(self.execution.model_dir, step)
    self._score(evaluation, records, step)
    print(f'scores and their protocol: {records.path}')
    return 0

  def generate(self):
    """Writes samples of the newest checkpoint: PNGs and their grid, or an .npz; returns the exit code."""
    flags = self.execution.generate
    step = self._restore()
    generator = self.networks.average if flags.average else self.networks.generator
    if flags.latents:
      latents = _read_latents(flags.latents, generator.input_shape[1])
    else:
      latents = draw_latents(generator, flags.count, self.execution.seed)
    sampler = Sampler(generator, batch_statistics=flags.batch_statistics)
    examples = np.concatenate(list(sampler(latents)))
    output = pathlib.Path(flags.output or self.execution.model_dir / 'generated')
    folders.check_writable(output.parent if output.suffix == '.npz' else output)
    if output.suffix == '.npz':
      np.savez_compressed(output, images=examples)
    else:
      self._write_pngs(output, examples)
    print(f'{len(examples)} samples of iteration {step}: {output}')
    return 0

  def _write_pngs(self, folder, examples):
    if examples.ndim != 4:
      raise InputError('points are no pictures; write them with --output=FILE.npz')
    for index, image in enumerate(images.to_uint8(examples)):
      images.save_png(folder / f'{index:05d}.png', image)
    images.save_png(folder / 'grid.png', self.picture(examples[:_GRID]))

  def describe(self):
    """Prints networks, bindings and the cost of an iteration; touches no disk; returns the exit code."""
    trainer = self._trainer()
    for network in self.networks[:2]:
      network.summary(print_fn=print)
    print('\n'.join(f'{name} = {value}' for name, value in bindings.resolved().items()))
    print(cost.FORMULA)
    print(json.dumps(cost.summary(trainer)))
    return 0

  def _announce(self, examples, trainer, resumed, evaluation):
    generator, discriminator = (cost.parameters(network) for network in self.networks[:2])
    score = f'every {self.evaluate_every:,} iterations: {evaluation}' if evaluation else 'none'
    start = f'goes on from {resumed}' if resumed else 'starts afresh'
    print(
      f'data        {examples.source["name"]} {self.train_split}: {examples.count:,} examples, '
      f'{tuple(examples.records.element_spec["example"].shape)}'
    )
    print(f'networks    generator {generator:,} parameters, discriminator {discriminator:,}')
    print(
      f'training    iterations {trainer.iteration:,} to {trainer.iterations:,}, batch {trainer.batch_size} on '
      f'{self.strategy.num_replicas_in_sync} replica(s), {trainer.discriminator_updates} discriminator update(s) each'
    )
    print(f'evaluation  {score}')
    print(f'run         {self.execution.model_dir} ({start})', flush=True)

  def _conclude(self, trainer, finished):
    folder = self.execution.model_dir
    print(f'\niteration {trainer.iteration:,} of {trainer.iterations:,}; everything is in {folder}:')
    print('  samples/ pictures | scores.jsonl losses and scores | checkpoints/ | config.gin the bindings')
    print(f'  tensorboard --logdir={folder}/tensorboard')
    if finished:
      return 0
    print('stopped on request and saved; the same command goes on from here')
    return _INTERRUPTED


def _report(records, trainer, step, metrics, logits):
  records.scalars(step, {**metrics, **trainer.learning_rates()})
  records.histograms(step, {f'logits/{kind}': values for kind, values in logits.items()})


def _table(step, values):
  rows = [f'  {name:40} {value:10.4f}' for name, value in values.items()]
  return '\n'.join([f'scores at iteration {step:,}', *rows])


def _set_precision(name):
  if name not in _PRECISIONS:
    raise InputError(f'train_gan.precision = {name!r} is unknown; bind one of {", ".join(_PRECISIONS)}')
  tf.keras.mixed_precision.set_global_policy(name)


def _read_latents(path, dimensions):
  try:
    latents = np.load(path, allow_pickle=False)
  except (OSError, ValueError) as error:
    raise InputError(f'--latents={path} cannot be read ({error}); give a .npy array [n, {dimensions}]') from error
  if latents.ndim != 2 or latents.shape[1] != dimensions or not np.isfinite(latents).all():
    raise InputError(f'--latents={path} holds {latents.shape}; give finite numbers [n, {dimensions}]')
  return latents.astype(np.float32)
