"""What a training says: before it starts, now and then, and at its end."""

import pathlib
import sys

from tfgan_landscape.dynamics.trajectories import INTERRUPTED
from tfgan_landscape.studies.gan import diagnose
from tfgan_landscape.training import cost, diagnostics


def tell_hours(trainer, seconds):
  """Says how long a training takes that is no matter of minutes, and how to have a shorter one."""
  if seconds > 1800:
    hours = f'{seconds / 3600:,.1f} hours' if seconds < 48 * 3600 else f'{seconds / 86400:,.1f} days'
    print(
      f'\nabout {hours} from here to iteration {trainer.iterations:,} on this machine, evaluations not counted; Ctrl-C'
      " saves and stops; fewer: --gin_param='Trainer.iterations = N' in another --model_dir",
      flush=True,
    )


def announce(study, examples, trainer, resumed, evaluation):
  """Says in five lines what a training is about to do."""
  generator, discriminator = (cost.parameters(network) for network in study.gan.networks[:2])
  score = f'every {study.evaluate_every:,} iterations: {evaluation}' if evaluation else 'none'
  start = f'goes on from {resumed}' if resumed else 'starts afresh'
  print(
    f'data        {examples.source["name"]} {study.train_split}: {examples.count:,} examples, '
    f'{tuple(examples.records.element_spec["example"].shape)}'
  )
  print(f'networks    generator {generator:,} parameters, discriminator {discriminator:,}')
  print(
    f'training    iterations {trainer.iteration:,} to {trainer.iterations:,}, batch {trainer.batch_size} on '
    f'{study.gan.strategy.num_replicas_in_sync} replica(s), {trainer.discriminator_updates} critic update(s) each'
  )
  print(f'evaluation  {score}')
  print(f'run         {study.execution.model_dir} ({start})', flush=True)


def conclude(folder, trainer, finished):
  """Says where everything is; returns the exit code."""
  print(f'\niteration {trainer.iteration:,} of {trainer.iterations:,}; everything is in {folder}:')
  print('  samples/ pictures | scores.jsonl, curves.png losses and scores | checkpoints/ | config.gin the bindings')
  print(f'  {pathlib.Path(sys.executable).with_name("tensorboard")} --logdir={folder}/tensorboard')
  if finished:
    return 0
  print('stopped on request and saved; the same command goes on from here')
  return INTERRUPTED


def report(records, trainer, step, means, samples, speeds):
  """Writes losses, norms and logits of a window of iterations, and tells of a critic that separates everything."""
  pairs = diagnostics.of_pairs(samples['real'], samples['fake'])
  if diagnostics.critic_is_perfect(means['discriminator_loss'], pairs):
    diagnose.tell_of_a_perfect_critic()
  records.scalars(step, {**means, **pairs, **trainer.learning_rates()}, shown=speeds)
  records.histograms(step, {f'logits/{kind}': values for kind, values in samples.items()})
