"""What can be had of a GAN without training it: samples of a run's newest checkpoint, and a description."""

import json
import pathlib

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import images
from tfgan_landscape.studies import bindings, folders
from tfgan_landscape.training import cost
from tfgan_landscape.training.sampling import draw_latents

GRID = 64


def generate(gan, picture):
  """Writes samples of the newest checkpoint: PNGs and their grid, or an .npz; returns the exit code.

  Args:
    gan: `Gan`.
    picture: draws samples [n, ...] as one picture, uint8 [h, w, c].
  """
  wanted = gan.execution.generate
  step = gan.restore()
  network = gan.networks.average if wanted.average else gan.networks.generator
  if wanted.latents:
    latents = _read_latents(wanted.latents, network.input_shape[1])
  else:
    latents = draw_latents(network, wanted.count, gan.execution.seed)
  sampler = gan.samplers(gan.execution.batch_statistics)['ema' if wanted.average else 'raw']
  examples = np.concatenate(list(sampler(latents)))
  output = pathlib.Path(wanted.output or gan.execution.model_dir / 'generated')
  folders.check_writable(output.parent if output.suffix == '.npz' else output)
  if output.suffix == '.npz':
    np.savez_compressed(output, images=examples)
  else:
    _write_pngs(output, examples, picture)
  print(f'{len(examples)} samples of iteration {step}: {output}')
  return 0


def _write_pngs(folder, examples, picture):
  if examples.ndim != 4:
    raise InputError('points are no pictures; write them with --output=FILE.npz')
  for index, image in enumerate(images.to_uint8(examples)):
    images.save_png(folder / f'{index:05d}.png', image)
  images.save_png(folder / 'grid.png', picture(examples[:GRID]))


def _read_latents(path, dimensions):
  try:
    latents = np.load(path, allow_pickle=False)
  except (OSError, ValueError) as error:
    raise InputError(f'--latents={path} cannot be read ({error}); give a .npy array [n, {dimensions}]') from error
  if latents.ndim != 2 or latents.shape[1] != dimensions or not np.isfinite(latents).all():
    raise InputError(f'--latents={path} holds {latents.shape}; give finite numbers [n, {dimensions}]')
  return latents.astype(np.float32)


def describe(gan):
  """Prints networks, bindings and the cost of an iteration; touches no disk; returns the exit code."""
  trainer = gan.engine().trainer
  for network in gan.networks[:2]:
    network.summary(print_fn=print)
  print('\n'.join(f'{name} = {value}' for name, value in bindings.resolved().items()))
  print(cost.FORMULA)
  print(json.dumps(cost.summary(trainer)))
  return 0
