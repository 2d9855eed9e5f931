"""Pictures and scores of a GAN's two generators, the moving average ('ema') and the one that is trained ('raw')."""

import functools
import gc

import numpy as np

from tfgan_landscape.distribution import strategies
from tfgan_landscape.evaluation.probes import Subject
from tfgan_landscape.reporting import curves, images, results
from tfgan_landscape.training import spectra
from tfgan_landscape.training.sampling import BLOCK, SCORES, latent_blocks


def draw(gan, picture, records, step):
  """Writes a picture of the same latents' samples by each generator, their history, and what the weights look like.

  Args:
    gan: `Gan`.
    picture: draws samples [n, ...] as one picture, uint8 [h, w, c].
    records: `Records` of the run.
    step: iterations done.
  """
  (latents,) = latent_blocks(gan.networks.generator, 0, 1, gan.execution.seed)
  folder = records.path.parent / 'samples'
  for kind, sampler in gan.samplers().items():
    samples = np.concatenate(list(sampler([latents[: images.GRID]])))
    image = picture(samples)
    images.save_png(folder / f'{kind}-{step:06d}.png', image)
    records.image(step, f'samples/{kind}', image)
    if samples.ndim == 4:
      records.image(step, f'history/{kind}', images.strip(_history(folder, kind, step, image.shape)))
  _draw_components(gan, picture, records, step, latents[: images.GRID, :-1])
  for name, network in zip(('generator', 'discriminator'), gan.networks):
    norms = spectra.spectral_norms(network)
    records.scalars(step, {}, shown={f'spectral_norm/{name}/{key}': value for key, value in norms.items()})
    records.histograms(step, {f'weights/{name}/{each.name}': each for each in network.trainable_variables})


def _draw_components(gan, picture, records, step, latents):
  """Writes a picture of the samples of each component of a mixture, of the moving average, from the same latents."""
  components = gan.component_samplers()
  for index, sampler in enumerate(components if len(components) > 1 else ()):
    image = picture(np.concatenate(list(sampler([latents]))))
    images.save_png(records.path.parent / 'samples' / f'ema-component{index}-{step:06d}.png', image)
    records.image(step, f'samples/ema-component{index}', image)


def _history(folder, kind, step, shape):
  """Some pictures of a generator up to a step, those of the same shape, the oldest first."""
  steps = sorted(int(path.stem.rpartition('-')[2]) for path in folder.glob(f'{kind}-[0-9]*.png'))
  shown = images.evenly([each for each in steps if each <= step])  # all of them would fill the memory of a long run
  pictures = (images.read_png(folder / f'{kind}-{each:06d}.png') for each in shown)
  return [picture for picture in pictures if picture is not None and picture.shape == shape]


def real_picture(examples, picture):
  """Returns some of `Examples`, of all labels, as `picture` draws samples [n, ...], uint8 [h, w, c]."""
  records = examples.few(images.GRID) if examples.few else examples.records
  real = next(iter(records.batch(images.GRID)))['example'].numpy()
  return picture(real.astype(np.float32) / 127.5 - 1 if real.dtype == np.uint8 else real)


def keep_real(image, records, step):
  """Writes the picture of real examples to the folder of `Records`, at a step."""
  images.save_png(records.path.parent / 'samples' / 'real.png', image)
  records.image(step, 'real', image)


def score(gan, evaluation, probes, records, step):
  """Scores each generator with an `Evaluation`, asks the probes, records, draws and prints; returns {name: value}.

  Args:
    gan: `Gan`.
    evaluation: `Evaluation`-like, or None.
    probes: `Probes`.
    records: `Records` of the run.
    step: iterations done.
  """
  by_batch = bool(evaluation and evaluation.batch_statistics)
  values, rows, protocol = {}, [], _protocol(evaluation, probes, by_batch)
  words = f'iteration {step}, seed {gan.execution.seed}, {evaluation or "probes"}'
  share = functools.partial(strategies.shared, gan.strategy)
  for kind, sampler in gan.samplers(by_batch).items():
    scores = evaluation.score(functools.partial(_images, gan, sampler), share) if evaluation else []
    for found in scores + probes.ask(gan, sampler, kind, records, step):
      values[f'{kind}/{found.name}'] = found.value
      if found.std is not None:
        values[f'{kind}/{found.name}_std'] = found.std
      rows.append(results.Row(found.name, kind, found.value, protocol=words))
  records.scalars(step, values, protocol=protocol, seed=gan.execution.seed)
  results.write(records.path.parent, rows)
  draw_curves(records)
  names = getattr(evaluation, 'label_names', ())
  print(f'\nscores at iteration {step:,}, batch norm by {protocol["batch_norm"]}; all of them: {records.path}')
  print('\n'.join(_lines(values, names)), flush=True)
  return values


def draw_curves(records):
  """Draws the losses and the scores that a run has reported so far, where it has any."""
  series = curves.read(records.path) if records.path.is_file() else {}
  if series:
    curves.draw(records.path.parent / 'curves.png', series, records.path.parent.name)
    gc.collect()  # a figure is 2 MB of objects in cycles, of which Python by itself frees dozens at once, late


def _lines(values, label_names):
  """A line for each generator's scores, and one for what a classifier takes the moving average's samples for."""
  lines = []
  for kind in dict.fromkeys(name.partition('/')[0] for name in values):
    own = {name.partition('/')[2]: value for name, value in values.items() if name.startswith(f'{kind}/')}
    words = [f'{name} {value:.4g}' + _spread(own.get(f'{name}_std')) for name, value in own.items() if _is_score(name)]
    lines.append(f'  {kind:4} {", ".join(words)}')
  shares = {
    name.rpartition('/')[2]: value for name, value in values.items() if name.startswith('ema/') and _SHARE in name
  }
  named = [f'{_label(label, label_names)} {value:.0%}' for label, value in shares.items()]
  return lines + ([f'  ema taken for: {", ".join(named)}'] if named else [])


_SHARE = '_share_'


def _is_score(name):
  return _SHARE not in name and not name.endswith('_std')


def _spread(std):
  return '' if std is None else f' +- {std:.2g}'


def _label(label, names):
  return names[int(label)] if label.isdigit() and int(label) < len(names) else label


def _protocol(evaluation, probes, by_batch):
  if evaluation:
    return evaluation.protocol | ({'probes': probes.names} if probes else {})
  return {'probes': probes.names, 'batch_norm': 'statistics of batches of 500' if by_batch else 'moving averages'}


class Probes:
  """The probes of a study, of `evaluation/probes.py`, and how their pictures are drawn.

  Args:
    probes: callables `(Subject) -> Answer`.
    load: split -> Examples of the real data.
    picture: draws samples [n, ...] as one picture, uint8 [h, w, c].
  """

  def __init__(self, probes, load, picture):
    self._probes, self._load, self._picture = probes, load, picture

  def __bool__(self):
    return bool(self._probes)

  @property
  def names(self):
    """Of the probes."""
    return [probe.__name__ for probe in self._probes]

  def ask(self, gan, sampler, kind, records, step):
    """Returns the `Score`s of all probes of a generator; writes their pictures to `samples/`."""
    network = gan.networks.generator

    def latents(count):
      blocks = latent_blocks(network, 0, -(-count // BLOCK), gan.execution.seed, SCORES)
      return np.concatenate([block.numpy() for block in blocks])[:count]

    def sample(points):
      parts = [points[first : first + BLOCK] for first in range(0, len(points), BLOCK)]
      return np.concatenate([examples.numpy() for examples in sampler(parts)])

    responses = functools.partial(gan.responses, self._load) if kind == 'raw' else None
    answers = [probe(Subject(sample, latents, self._load, responses)) for probe in self._probes]
    for name, examples in (item for answer in answers for item in answer.pictures.items()):
      image = self._picture(examples)
      images.save_png(records.path.parent / 'samples' / f'{name}-{kind}-{step:06d}.png', image)
      records.image(step, f'{name}/{kind}', image)
    return [score for answer in answers for score in answer.scores]


def _images(gan, sampler, count):
  blocks = latent_blocks(gan.networks.generator, 0, -(-count // BLOCK), gan.execution.seed, SCORES)
  return map(images.to_uint8, sampler(latents[: count - number * BLOCK] for number, latents in enumerate(blocks)))
