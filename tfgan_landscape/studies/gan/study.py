"""The main job: trains, evaluates and samples one GAN (RS-GAN paper, Tables 2, 4, 5, 6; Figures 12 and 20)."""

import contextlib
import functools
import inspect
import io
import pathlib
import tempfile
from collections.abc import Sequence
from typing import Callable, Literal, Optional

import gin

from tfgan_landscape.config import bindings
from tfgan_landscape.config.arguments import Count, configurable
from tfgan_landscape.datasets import pipeline
from tfgan_landscape.datasets.examples import naming_damage, with_folders
from tfgan_landscape.distribution import strategies
from tfgan_landscape.errors import InputError, users_code
from tfgan_landscape.evaluation.scores import Evaluation
from tfgan_landscape.io import files, folders
from tfgan_landscape.reporting import images
from tfgan_landscape.reporting.records import Records
from tfgan_landscape.studies import lifecycle
from tfgan_landscape.studies.gan import (
  best,
  compare,
  diagnose,
  export,
  generate,
  interpolate,
  nearest,
  progress,
  scoring,
  self_check,
  spectrum,
)
from tfgan_landscape.studies.gan.gan import Gan
from tfgan_landscape.training import labels, sampling
from tfgan_landscape.training.checkpoints import Checkpoints
from tfgan_landscape.training.loop import Event, Loop

_NETWORK = 'scored_by.json'

# Bindings that score a run, and those that only show or keep it: none of them changes what is learned.
_FEATURES = ('inception', 'classifier', 'efficientnet_lite0', 'train_gan.labelled_dataset', 'labelled/')
_SCORING = ('train_gan.evaluate', 'Evaluation', 'StackedModes', *_FEATURES)
_PROBES = ('train_gan.probes', 'train_gan.doctor', 'interpolation', 'support_size', 'equilibrium_gap', 'spectrum')
_EVERY = ('train_gan.save_every', 'train_gan.sample_every', 'train_gan.evaluate_every')


@configurable('train_gan', denylist=['execution'])
class TrainGan:
  """One GAN and what is done with it; the modes of the command line are its methods.

  Args:
    execution: `Execution`, what the flags say.
    dataset: loader `(split, data_dir) -> Examples` of the real data.
    generator: makes the generator, a Keras model from latents [n, latent_dim] to examples [n, ...].
    discriminator: makes the critic, a Keras model from examples to logits [n, 1].
    train_split: of the dataset, e.g. 'train' or 'unlabelled'.
    labelled_dataset: loader that `@classifier` features learn from, where it is not `dataset`; bindings of a scope
      `labelled`, as in `@labelled/tfds_images`, do without use where nothing is scored.
    evaluate: makes the `Evaluation` that scores samples; None for data without scores, such as points.
    probes: what is asked of the generators beside scores, of `evaluation/probes.py`.
    picture: draws samples [n, ...] as one picture, uint8 [h, w, c].
    precision: Keras policy 'float32', 'mixed_bfloat16' or 'mixed_float16'.
    save_every: iterations between checkpoints.
    sample_every: iterations between pictures; before the first of them also at 1, 2, 5, 10, 20, 50, ...
    evaluate_every: iterations between evaluations.
    doctor: whether a diagnosis is made at every evaluation, see `--mode=diagnose`.
    best_score: of the moving average; the checkpoint where it was best is kept in checkpoints/best.

  Raises:
    InputError: an argument does not fit the machine, the data or the folder.
  """

  free = (*_SCORING, *_PROBES, *_EVERY, 'Loop', 'train_gan.picture', 'train_gan.best_score')

  def __init__(
    self,
    execution,
    dataset: Callable = gin.REQUIRED,
    generator: Callable = gin.REQUIRED,
    discriminator: Callable = gin.REQUIRED,
    train_split: str = 'train',
    labelled_dataset: Optional[Callable] = None,
    evaluate: Optional[Callable] = Evaluation,
    probes: Sequence[Callable] = (),
    picture: Callable = images.image_grid,
    precision: Literal['float32', 'mixed_bfloat16', 'mixed_float16'] = 'float32',
    save_every: Count = 1000,
    sample_every: Count = 1000,
    evaluate_every: Count = 10_000,
    doctor: bool = True,
    best_score: Literal['fid', 'kid', 'inception_score', 'modes', 'kl'] = 'fid',
  ):
    self.execution = execution
    self.load = with_folders(dataset, execution.data_dir, execution.cache_dir)
    self.labelled = with_folders(labelled_dataset or dataset, execution.data_dir, execution.cache_dir)
    self.train_split, self.evaluate, self.picture = train_split, evaluate, picture
    self.save_every, self.sample_every, self.evaluate_every = save_every, sample_every, evaluate_every
    self.best_score, self.doctor = best_score, doctor
    self.probes = scoring.Probes(probes, self.load, picture)
    self.gan = Gan(execution, generator, discriminator, precision)

  def train_and_eval(self):
    """Trains with an evaluation every `evaluate_every` iterations and at the end; returns the exit code."""
    return self._alone(self._evaluation)

  def train(self):
    """Trains from the newest checkpoint, or from the start; returns the exit code."""
    return self._alone(lambda: None)

  def _alone(self, make_evaluation):
    """Trains as the only process that writes into the run's folder."""
    with self._folder() as folder, lifecycle.opened(self.execution, self.free, folder, begins=False) as keep:
      return self._train(make_evaluation(), folder, keep)

  @contextlib.contextmanager
  def _folder(self):
    """Yields where to write: the run's folder. Workers beside the chief write to no one's folder, and say nothing."""
    if strategies.is_chief(self.gan.strategy):
      yield self.execution.model_dir
      return
    with tempfile.TemporaryDirectory() as nowhere, contextlib.redirect_stdout(io.StringIO()):
      yield pathlib.Path(nowhere)

  def _train(self, evaluation, folder, keep):
    examples, engine, loop = self.load(self.train_split), self.gan.engine(), Loop()
    trainer = engine.trainer
    resumed = Checkpoints(self.gan.checkpoints_dir, trainer).restore()
    batches = self._batches(examples, trainer)
    progress.announce(self, examples, trainer, resumed, evaluation)
    records, checkpoints = Records(folder), Checkpoints(folder / 'checkpoints', trainer)
    records.rewind(trainer.iteration)
    started = functools.partial(self._started, records, examples, trainer.iteration, evaluation, keep)
    events = self._events(trainer, checkpoints, records, evaluation)
    with naming_damage(examples), users_code('the training'):
      report, paced = (
        functools.partial(progress.report, records, trainer),
        functools.partial(progress.tell_hours, trainer),
      )
      finished = loop.train(engine, batches, report, events, started, paced)
    if not finished:
      checkpoints.save()
    return progress.conclude(self.execution.model_dir, trainer, finished)

  def _keep_network(self, folder, evaluation):
    """Records by which network a run is scored, at its first start: it goes on with the same."""
    network = evaluation.protocol['features'] if evaluation else None
    if isinstance(network, dict) and not (folder / _NETWORK).exists():
      files.write_text(folder / _NETWORK, files.to_json({'network': network['name']}) + '\n')

  def _started(self, records, examples, step, evaluation, keep):
    """After the first iteration gin knows what was used: refuses dead bindings, and keeps the others."""
    real = scoring.real_picture(examples, self.picture)
    keep(but=(*_PROBES, *(() if evaluation else _SCORING)))
    self._keep_network(records.path.parent, evaluation)
    records.text(step, 'operative_config', gin.operative_config_str())
    records.hyper_parameters(bindings.resolved())
    scoring.keep_real(real, records, step)

  def _batches(self, examples, trainer):
    data = pipeline.training_batches(examples, trainer.batch_size, self.execution.seed, first_batch=trainer.position)
    wanted = self.gan.networks.discriminator.input_shape[1:]
    given = tuple(data.element_spec.shape[1:])
    if given != wanted:
      raise InputError(f'the data are {given} and the networks take {wanted}; bind the same image_size and channels')
    labels.check_classes(self.gan.networks.discriminator, examples.classes)
    return strategies.distribute(self.gan.strategy, data)

  def _evaluation(self):
    if not self.evaluate:
      return None
    chosen = {'batch_statistics': True} if self.execution.batch_statistics else {}
    recorded = files.read_json(self.execution.model_dir / _NETWORK) or {}
    if 'recorded' in inspect.signature(self.evaluate).parameters:
      chosen['recorded'] = recorded.get('network')
    evaluation = self.evaluate(self.load, self.labelled, self.execution.cache_dir, **chosen)
    if not evaluation.protocol.get(self.best_score):
      raise InputError(f'train_gan.best_score = {self.best_score!r} is not computed here; bind a score that is')
    return evaluation

  def _events(self, trainer, checkpoints, records, evaluation):
    """Saves last: a run killed before that repeats the whole boundary, so that no record is missing or there twice."""
    events = [Event(self.sample_every, lambda: self._draw(records, trainer), early=True)]
    if evaluation or self.probes:
      score = functools.partial(self._score, evaluation, records, checkpoints, trainer)
      events.append(Event(self.evaluate_every, score))
    if self.doctor:
      doctor = self._doctor()
      events.append(Event(self.evaluate_every, lambda: doctor.tell(trainer, records)))
    return [*events, Event(self.save_every, checkpoints.save)]

  def _doctor(self):
    return diagnose.Doctor(self.gan, functools.partial(self.load, self.train_split))

  def _draw(self, records, trainer):
    scoring.draw(self.gan, self.picture, records, trainer.iteration)
    scoring.draw_curves(records)

  def _score(self, evaluation, records, checkpoints, trainer):
    values = scoring.score(self.gan, evaluation, self.probes, records, trainer.iteration)
    if evaluation:
      best.keep(checkpoints.best, self.best_score, values, trainer.iteration)

  def eval(self):
    """Scores the newest checkpoint, or the images that --images names; returns the exit code."""
    if self.execution.images:
      shape = sampling.example_shape(self.gan.networks.generator)
      return compare.score_images(self._evaluation(), self.execution.images, shape)
    step = self.gan.restore()
    evaluation = self._evaluation()
    if not evaluation and not self.probes:
      raise InputError('train_gan.evaluate is None: there is nothing to score; bind @Evaluation, or train_gan.probes')
    with self._folder() as folder, files.full_disk_is_told(folder):
      folders.check_writable(folder)
      records = Records(folder)
      scoring.score(self.gan, evaluation, self.probes, records, step)
      print(f'scores and their protocol: {records.path}')
    return 0

  def compare(self):
    """Scores a folder of images against another, by the run's features; returns the exit code."""
    return compare.compare(
      self.evaluate, self.execution, self.labelled, sampling.example_shape(self.gan.networks.generator)
    )

  def check(self):
    """Prints what loss and penalty do by themselves, before a training; returns 0 if no sign is wrong, else 1."""
    trainer = self.gan.engine().trainer
    return 0 if self_check.report(trainer.loss, trainer.penalty) else 1

  def diagnose(self):
    """Prints what is wrong with the run and what has cured such; writes diagnosis.json; returns the exit code."""
    with files.full_disk_is_told(self.execution.model_dir):
      self._doctor().report(self.execution.model_dir)
    return 0

  def spectrum(self):
    """Writes eigenvalues of the game at the newest checkpoint, as a table and a figure; returns the exit code."""
    trainer = self.gan.trained().trainer
    if self.gan.strategy.num_replicas_in_sync > 1:
      raise InputError('--mode=spectrum computes on one device; pass --strategy=one_device')
    with self._folder() as folder, files.full_disk_is_told(folder):
      folders.check_writable(folder)
      found = spectrum.spectrum(trainer, self._batches(self.load(self.train_split), trainer))
      spectrum.write(folder / 'spectrum', found, trainer.iteration)
    return 0

  def generate(self):
    """Writes samples of the newest checkpoint; returns the exit code."""
    return generate.generate(self.gan, self.picture)

  def interpolate(self):
    """Writes pictures of ways between samples of the newest checkpoint; returns the exit code."""
    return interpolate.interpolate(self.gan)

  def export(self):
    """Writes the generator as a SavedModel; returns the exit code."""
    return export.export(self.gan)

  def nearest(self):
    """Writes samples beside the training images that are nearest to them; returns the exit code."""
    self.gan.restore()
    return nearest.nearest(self.gan, self._evaluation(), self.load(self.train_split))

  def describe(self):
    """Prints networks, bindings and the cost of an iteration; touches no disk; returns the exit code."""
    return generate.describe(self.gan)
