"""What is wrong with a run, how likely it ends collapsed, and what has cured runs like it: `--mode=diagnose`."""

import functools
import json
import logging
import math
from typing import NamedTuple, Optional

import numpy as np
import tensorflow as tf

from tfgan_landscape.datasets import pipeline
from tfgan_landscape.evaluation import doctor, signs
from tfgan_landscape.io import files, folders
from tfgan_landscape.studies.gan import self_check
from tfgan_landscape.training import checkpoints, labels
from tfgan_landscape.training.restored import restored
from tfgan_landscape.training.sampling import SCORES, example_shape, latent_blocks

VERDICTS = {
  'diverging': 'its numbers grow beyond bounds or are no numbers: lower a learning rate or raise the penalty',
  'critic dead': 'the critic tells nothing and is flat, while the samples are not the data: it gives no gradient',
  'critic too strong': 'it tells every real example from every generated one: the generator learns little or nothing',
  'collapsed': 'the samples lack variety: points as in runs that ended without some modes, images half of the real',
  'healthy': 'no sign of the other verdicts',
  'not yet known': 'less than 5 % of the run have passed, or no checkpoint is there to look at',
}
_FLAT = 0.01  # margin of a critic that tells nothing
_NO_PAIR = 1e-3  # share of pairs that the critic has the wrong way round, for none
_CHUNK = 32  # examples that a critic scores at once
_CLAIMED = ('recall', 'coverage', 'memorised', 'modes')


class Diagnosis(NamedTuple):
  """What was found.

  Attributes:
    step: iterations done.
    progress: share of the run, in [0, 1].
    verdict: a key of `VERDICTS`.
    probability: that the run ends collapsed; None where it is not known.
    signs: {name: number}, of `signs.SIGNS`.
    variety: Vendi scores {'generated': number, 'real': number} of `signs.EXAMPLES` each.
  """

  step: int
  progress: float
  verdict: str
  probability: Optional[float]
  signs: dict
  variety: dict


class Doctor:
  """Looks at a GAN.

  Args:
    gan: `Gan`.
    load: () -> `Examples` to train on.
    odds: `doctor.Odds`; those of the package unless given.
  """

  def __init__(self, gan, load, odds=None):
    self._gan, self._load, self.odds = gan, load, odds or doctor.odds()
    self._told = None

  @functools.cached_property
  def _real(self):
    """Real examples [n, ...] as the critic gets them, always the same."""
    examples = self._load()
    count = min(signs.EXAMPLES, examples.count)
    batches = pipeline.training_batches(
      examples, count, self._gan.execution.seed, cache=False, shuffle_buffer=min(examples.count, 4096)
    )
    return next(iter(batches))

  def look(self, trainer):
    """Returns the `Diagnosis` of a `Trainer` as it is, and leaves it as it is."""
    generator, critic = self._gan.networks[:2]
    real, channels = self._real, example_shape(generator)[-1]
    (latents,) = latent_blocks(generator, 0, 1, self._gan.execution.seed, SCORES)
    code = labels.code_of(critic)
    images = tf.identity if code is None else lambda examples: examples[..., :channels]
    with restored([*generator.non_trainable_variables, *critic.non_trainable_variables]):
      fake = tf.cast(generator(latents[: len(real)], training=False), tf.float32)
      found = signs.of_batch(functools.partial(_logits, critic), real, fake, images).numpy()
    variety = {'generated': signs.vendi_score(images(fake)), 'real': signs.vendi_score(images(real))}
    before = Recorded(self._gan.execution.model_dir).signs(trainer.iteration // 2)
    points = real.shape.rank == 2
    return diagnosis(trainer.iteration, trainer.iterations, found, before, variety, self.odds, points)

  def report(self, folder):
    """Prints the page of the run in a folder, of its newest checkpoint or else its records; writes diagnosis.json."""
    recorded = Recorded(folder)
    if recorded and not checkpoints.paths(self._gan.checkpoints_dir):
      trainer = self._gan.engine().trainer
      found = recorded.diagnosis(trainer.iterations)
    else:
      trainer = self._gan.trained().trainer
      found = self.look(trainer)
    print(page(folder, trainer, found, self.odds))
    folders.check_writable(folder)
    files.write_text(folder / 'diagnosis.json', files.to_json(found._asdict(), indent=1) + '\n')

  def tell(self, trainer, records):
    """Looks at a `Trainer`, records what it sees in `Records`, and prints a line where the verdict is a new one."""
    found = self.look(trainer)
    values = {f'doctor/{name}': value for name, value in found.signs.items()}
    values |= {f'doctor/vendi_{name}': value for name, value in found.variety.items()}
    if found.probability is not None:
      values['doctor/collapse_probability'] = found.probability
    records.scalars(found.step, values, verdict=found.verdict)
    if found.verdict not in (self._told, 'not yet known'):
      odd = '' if found.probability is None else f', P(ends collapsed) {found.probability:.0%}'
      more = f'--mode=diagnose --model_dir={records.path.parent}'
      print(f'\ndoctor at iteration {found.step:,}: {found.verdict}{odd}; more: {more}')
    self._told = found.verdict


def _logits(critic, examples):
  """Logits of examples [n, ...], scored in parts."""
  parts = [examples[first : first + _CHUNK] for first in range(0, len(examples), _CHUNK)]
  return tf.cast(tf.concat([critic(part, training=False)[:, 0] for part in parts], 0), tf.float32)


@functools.cache
def tell_of_a_perfect_critic():
  """Warns, once in a process, that the critic's loss is 0, and says what to do."""
  logging.warning(
    'the critic tells every real example from every generated one, and its loss is 0: the generator learns nothing'
    " more. What helped here (docs/penalties.md): a gradient penalty, --gin_param='Trainer.penalty = @r1_r2' in another"
    ' --model_dir; a smaller Trainer.discriminator_learning_rate. More: --mode=diagnose'
  )


def diagnosis(step, iterations, found, before, variety, odds, points):
  """Returns the `Diagnosis` of signs [6] after so many iterations of all; those at half of the time, or None.

  A probability is told of points alone: of images the odds, learned from points, are wrong (docs/doctor.md).
  """
  progress, named = step / iterations, dict(zip(signs.SIGNS, map(float, found)))
  at = odds.at(progress)
  known = points and at is not None and bool(np.isfinite(found).all())
  probability = float(odds.models[at].probability(doctor.features(found, before))) if known else None
  return Diagnosis(step, progress, verdict(named, probability, variety, at is not None), probability, named, variety)


def verdict(found, probability, variety, begun=True):
  """Returns the verdict, a key of `VERDICTS`; docs/doctor.md has the rules.

  Args:
    found: {sign: number}.
    probability: that the run ends collapsed, or None.
    variety: Vendi scores of 'generated' and 'real' examples.
    begun: whether enough of the run has passed.
  """
  if not all(map(math.isfinite, found.values())) or abs(found['margin']) > 1e4:
    return 'diverging'
  if not begun:
    return 'not yet known'
  lacks = variety['generated'] < variety['real'] / 2 if probability is None else probability > 0.5
  if lacks and abs(found['margin']) < _FLAT and abs(found['inverted_pairs'] - 0.5) < 0.1:
    return 'critic dead'
  if found['inverted_pairs'] < _NO_PAIR:
    return 'critic too strong'
  return 'collapsed' if lacks else 'healthy'


def page(folder, trainer, found, odds):
  """Returns the page of a `Diagnosis` as text, at most 40 lines."""
  part = odds.at(found.progress) or 0
  lines = [
    f'{folder}: iteration {found.step:,} of {trainer.iterations:,} ({found.progress:.0%})',
    f'verdict: {found.verdict}; {VERDICTS[found.verdict]}',
  ]
  healthy = {}
  if found.probability is not None:
    healthy = odds.healthy[part]
    lines.append(f'it ends with less than three quarters of its modes: {found.probability:.0%}')
    lines.append(f'  (learned from small GANs at {odds.parts[part]:.0%} of a run; how far to trust it: docs/doctor.md)')
  lines += ['', f'{"sign":16} {"here":>9}' + ('   of nine in ten healthy runs' if healthy else '')]
  lines += [_line(name, value, healthy.get(name)) for name, value in found.signs.items()]
  if found.variety:
    generated, real = (found.variety[kind] for kind in ('generated', 'real'))
    told = f'Vendi score, how many of {signs.EXAMPLES} differ'
    lines.append(f'{"variety":16} {generated:9.4g}   real examples {real:.4g}: {told}')
  cures = [] if found.verdict in ('healthy', 'not yet known') else ['', *_cures(found, trainer, odds, folder)]
  return '\n'.join([*lines, '', *Recorded(folder).lines(trainer.loss), *cures])


def _line(name, value, healthy):
  """A sign with its healthy range, where one is known."""
  ranged = ''
  if healthy:
    low, high = healthy
    ranged = f' {" " if low <= value <= high else "!"} {low:.3g} to {high:.3g}'
  return f'{name:16} {value:9.4g}{ranged}: {signs.SIGNS[name]}'


def _cures(found, trainer, odds, folder):
  """What helped runs that were called collapsed, the best first; a critic that is too strong is made no faster."""
  lines = ['small GANs that were called collapsed at 20 %, recovered at the end under a cure (and without one):']
  for cure in odds.cures:
    if cure.critic_rate <= 1 or found.verdict != 'critic too strong':
      shares = ', '.join(
        f'{setting} {told[0]:.0%} [{told[1]:.0%}, {told[2]:.0%}] ({told[3]:.0%})'
        for setting, told in cure.settings.items()
      )
      lines += [f'  {shares}', f'    {doctor.words(cure, trainer.discriminator_learning_rate)}']
  return [*lines, f'go on with one of them from here: launch/local.sh --model_dir={folder} --allow_config_change ...']


class Recorded:
  """What a run has written of itself.

  Args:
    folder: of the run.
  """

  def __init__(self, folder):
    path = folder / 'scores.jsonl'
    self._lines = (
      [] if not path.is_file() else [each for each in map(_parsed, path.read_text('utf-8').splitlines()) if each]
    )

  def __bool__(self):
    return bool(self._lines)

  def diagnosis(self, iterations):
    """Returns the `Diagnosis` of a run of so many iterations without a checkpoint: its samples are not known."""
    line = self.last('margin_below_zero')
    found = {'inverted_pairs': line.get('margin_below_zero'), 'margin': line.get('margin')}
    found = {name: value for name, value in found.items() if value is not None}
    step = self._lines[-1]['step']
    told = 'critic too strong' if found.get('inverted_pairs', 1) < _NO_PAIR else 'not yet known'
    return Diagnosis(step, step / iterations, told, None, found, {})

  def signs(self, step):
    """Returns the signs [6] that were seen nearest to a step, or None where none was seen within a quarter of it."""
    seen = [line for line in self._lines if all(f'doctor/{name}' in line for name in signs.SIGNS)]
    line = min(seen, key=lambda line: abs(line['step'] - step), default={'step': -step})
    near = step and abs(line['step'] - step) <= step / 4
    return [line[f'doctor/{name}'] for name in signs.SIGNS] if near else None

  def last(self, name):
    """Returns the last line that has a value of a name, or {}."""
    return next((line for line in reversed(self._lines) if name in line), {})

  def lines(self, loss):
    """Returns what the last reports say: the critic's loss beside its levels, gradients, scores."""
    report, scored = self.last('discriminator_loss'), self.last('protocol')
    levels = ', '.join(f'{value:.3g} {state}' for state, value in self_check.levels(loss).items())
    lines = [f"critic's loss {_number(report.get('discriminator_loss'))} with its penalty; a critic's best: {levels}"]
    norms = [_number(report.get(f'{player}_gradient_norm')) for player in ('discriminator', 'generator')]
    lines.append(f'norms of the gradients: critic {norms[0]}, generator {norms[1]}')
    told = [f'{name} {value:.3g}' for name, value in scored.items() if _is_claimed(name) and value is not None]
    return [*lines, f'scores at iteration {scored["step"]:,}: {", ".join(told)}'] if told else lines


def _parsed(line):
  try:
    found = json.loads(line)
  except ValueError:
    return None
  return found if isinstance(found, dict) and 'step' in found else None


def _is_claimed(name):
  return name.startswith('ema/') and any(word in name for word in _CLAIMED) and not name.endswith('_std')


def _number(value):
  return 'not recorded' if value is None else f'{value:.4g}'
