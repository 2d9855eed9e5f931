"""What can be had of a GAN without training it: samples of a run's checkpoint, and a description."""

import contextlib
import itertools
import os
import pathlib
import re
import shutil
import zipfile

import numpy as np
import tqdm

from tfgan_landscape.config import bindings
from tfgan_landscape.distribution import devices
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import arrays, folders
from tfgan_landscape.reporting import images
from tfgan_landscape.training import cost
from tfgan_landscape.training.sampling import BLOCK, example_shape, latent_blocks

_OTHER_FILES = {'.gif', '.png', '.jpg', '.jpeg', '.webp', '.bmp', '.svg', '.pdf', '.mp4', '.npy', '.zip', '.tar', '.gz'}
_OTHER_FILES |= {'.pt', '.pth', '.pkl', '.h5', '.tfrecord', '.csv', '.json', '.txt'}


def generate(gan, picture):
  """Writes samples of a checkpoint: PNGs, and their grid among the run's pictures, or an .npz; returns the exit code.

  Sample k is the same whatever else is asked for.

  Args:
    gan: `Gan`.
    picture: draws samples [n, ...] as one picture, uint8 [h, w, c].

  Raises:
    InputError: what is asked for cannot be read or made; nothing is left of it then.
  """
  wanted = gan.execution.generate
  numbers = numbers_of(wanted)
  output = pathlib.Path(wanted.output or gan.execution.model_dir / 'generated')
  step = gan.restore()
  network = gan.networks.average if wanted.average else gan.networks.generator
  if wanted.latents:
    latents = _read_latents(wanted.latents, network.input_shape[1])
    numbers = [range(len(latents))]
    blocks = ((first, latents[first : first + BLOCK]) for first in range(0, len(latents), BLOCK))
  else:
    blocks = drawn(network, numbers, gan.execution.seed)
  count = sum(map(len, numbers))
  shape = example_shape(network)
  check_output(output, wanted.overwrite, shape)
  _check_room(output, count, shape)
  folders.check_writable(output.parent)
  sampler = gan.samplers(gan.execution.batch_statistics)['ema' if wanted.average else 'raw']
  samples = tqdm.tqdm(_samples(sampler, blocks, numbers), total=count, unit='sample', dynamic_ncols=True)
  with whole(output) as partial:
    if output.suffix == '.npz':
      _write_npz(partial, samples, count, shape)
    else:
      first = _write_pngs(partial, samples)
  print(f'{count} samples of iteration {step}: {output}')
  if output.suffix != '.npz':
    grid = gan.execution.model_dir / 'samples' / 'generated.png'
    images.save_png(grid, picture(first))
    print(f'the first {len(first)} in one picture: {grid}')
  return 0


def numbers_of(wanted):
  """The ranges of sample numbers that are asked for, in rising order."""
  if not wanted.seeds:
    return [range(wanted.count)]
  found = [re.fullmatch(r'\s*(\d{1,15})(?:-(\d{1,15}))?\s*', part) for part in wanted.seeds.split(',')]
  if not all(found):
    raise InputError(f'--seeds={wanted.seeds} is no list of whole numbers; write it as 0-99 or 3,17,40-49')
  ranges = sorted((range(int(each[1]), int(each[2] or each[1]) + 1) for each in found), key=lambda each: each.start)
  if not all(map(len, ranges)) or any(a.stop > b.start for a, b in zip(ranges, ranges[1:])):
    raise InputError(f'--seeds={wanted.seeds} has a range that is empty, or a number twice; write it as 0-99,120')
  return ranges


def drawn(network, numbers, seed):
  """Yields (number of the first latent, latents) of every block in which a number lies."""
  done = 0
  for each in numbers:
    first, last = max(done, each.start // BLOCK), (each.stop - 1) // BLOCK + 1
    for block, latents in zip(itertools.count(first), latent_blocks(network, first, last, seed)):
      yield block * BLOCK, latents
    done = last


def _samples(sampler, blocks, numbers):
  """Yields (number, sample) of the numbers, in their order, which is that of the blocks."""
  firsts, latents = itertools.tee(blocks)
  for (first, _), examples in zip(firsts, sampler(latents for _, latents in latents)):
    examples = np.asarray(examples)
    for each in numbers:
      for number in range(max(each.start, first), min(each.stop, first + len(examples))):
        yield number, examples[number - first]


def check_output(output, overwrite, shape):
  """Refuses what cannot be written, or holds something that would be lost."""
  if output.suffix == '.npz':
    if output.is_dir():
      raise InputError(f'--output={output} is a folder; name a file, or a folder without .npz')
    taken = output.exists()
  else:
    if output.suffix.lower() in _OTHER_FILES and not output.is_dir():
      raise InputError(f'--output={output} is the name of a file; samples are PNGs in a folder, or FILE.npz')
    if output.exists() and not output.is_dir():
      raise InputError(f'--output={output} is a file; name a folder, or a file that ends with .npz')
    taken = output.is_dir() and any(output.iterdir())
  if taken and not overwrite:
    raise InputError(f'{output} holds samples already; name another --output, or replace them with --overwrite')
  if output.suffix != '.npz' and len(shape) != 3:
    raise InputError('points are no pictures; write them with --output=FILE.npz')


def _check_room(output, count, shape):
  """Refuses more samples than the disk has room for, as far as that can be told before."""
  needed = count * int(np.prod(shape)) * (4 if output.suffix == '.npz' else 1) // 4  # a rough guess of the compression
  there = next(folder for folder in output.absolute().parents if folder.is_dir())
  free = shutil.disk_usage(there).free
  if needed > free:
    sizes = f'need about {_size(needed)}, and {there} has {_size(free)} free'
    raise InputError(f'{count:,} samples {sizes}; lower --count')


def _size(count):
  """A number of bytes in words."""
  unit, word = next(
    ((2**power, word) for power, word in ((30, 'GiB'), (20, 'MiB'), (10, 'KiB')) if count >= 2**power), (1, 'bytes')
  )
  return f'{count / unit:,.3g} {word}' if unit > 1 else f'{count:,} {word}'


@contextlib.contextmanager
def whole(output):
  """Yields a path beside `output` that takes its place at the end; nothing is left of it where that fails."""
  partial = output.with_name(f'.{output.name}.partial')
  remove(partial)
  try:
    yield partial
    remove(output)
    os.replace(partial, output)
  except OSError as error:
    raise InputError(f'{output} cannot be written ({error.strerror}); make room, or name another --output') from error
  finally:
    remove(partial)


def remove(path):
  """Removes a file or a folder, if it is there."""
  if path.is_dir():
    shutil.rmtree(path)
  else:
    path.unlink(missing_ok=True)


def _write_npz(path, samples, count, shape):
  """Writes `images` [count, ...] as they come: they need not fit into memory."""
  header = {'descr': '<f4', 'fortran_order': False, 'shape': (count, *shape)}
  with (
    zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive,
    archive.open('images.npy', 'w', force_zip64=True) as file,
  ):
    np.lib.format.write_array_header_2_0(file, header)
    for _, sample in samples:
      file.write(np.ascontiguousarray(sample, '<f4').tobytes())


def _write_pngs(folder, samples):
  """Writes a PNG each, named by number; returns the first ones for the grid, [at most GRID, ...]."""
  folder.mkdir()
  first = []
  for number, sample in samples:
    images.save_png(folder / f'{number:05d}.png', images.to_uint8(sample[None])[0])
    if len(first) < images.GRID:
      first.append(sample)
  return np.stack(first)


def _read_latents(path, dimensions):
  latents = arrays.read_npy(path)
  wanted = f'give finite numbers [n, {dimensions}]'
  if latents.dtype.kind not in 'fiu':
    raise InputError(f'--latents={path} holds {latents.dtype.name} values; {wanted}')
  if latents.ndim != 2 or latents.shape[1] != dimensions or not len(latents):
    raise InputError(f'--latents={path} holds {list(latents.shape)}; {wanted}')
  with np.errstate(over='ignore'):
    latents = latents.astype(np.float32)
  if not np.isfinite(latents).all():
    raise InputError(f'--latents={path} holds a NaN, an infinity or a number beyond float32; {wanted}')
  return latents


def describe(gan):
  """Prints networks, bindings and the cost of an iteration; touches no disk; returns the exit code."""
  trainer = gan.engine().trainer
  for network in gan.networks[:2]:
    network.summary(print_fn=print)
  print('\n'.join(devices.described()))
  print(cost.FORMULA)
  return bindings.describe(cost.summary(trainer))
