"""Pictures and scores of a GAN's two generators, the moving average ('ema') and the one that is trained ('raw')."""

import functools

import numpy as np

from tfgan_landscape.reporting import images, results
from tfgan_landscape.studies.generate import GRID
from tfgan_landscape.training.sampling import draw_latents


def draw(gan, picture, records, step):
  """Writes a picture of the same latents' samples by each generator.

  Args:
    gan: `Gan`.
    picture: draws samples [n, ...] as one picture, uint8 [h, w, c].
    records: `Records` of the run.
    step: iterations done.
  """
  latents = draw_latents(gan.networks.generator, GRID, gan.execution.seed)
  for kind, sampler in gan.samplers().items():
    image = picture(np.concatenate(list(sampler(latents))))
    images.save_png(records.path.parent / 'samples' / f'{kind}-{step:06d}.png', image)
    records.image(step, f'samples/{kind}', image)


def score(gan, evaluation, records, step):
  """Scores each generator with an `Evaluation`, records the scores, and prints them."""
  values, rows = {}, []
  protocol = f'iteration {step}, seed {gan.execution.seed}, {evaluation}'
  for kind, sampler in gan.samplers(evaluation.batch_statistics).items():
    for found in evaluation.score(functools.partial(_images, gan, sampler)):
      values[f'{kind}/{found.name}'] = found.value
      if found.std is not None:
        values[f'{kind}/{found.name}_std'] = found.std
      rows.append(results.Row(found.name, kind, found.value, protocol=protocol))
  records.scalars(step, values, protocol=evaluation.protocol, seed=gan.execution.seed)
  results.write(records.path.parent, rows)
  print(f'\nscores at iteration {step:,}, batch norm by {evaluation.protocol["batch_norm"]}')
  print('\n'.join(f'  {name:40} {value:10.4f}' for name, value in values.items()))


def _images(gan, sampler, count):
  latents = draw_latents(gan.networks.generator, count, gan.execution.seed + 1)
  return map(images.to_uint8, sampler(latents))
