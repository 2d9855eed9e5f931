"""Ways between samples of a trained generator, and what its samples are for latents drawn towards their mean."""

import pathlib

import numpy as np
from PIL import Image

from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import images
from tfgan_landscape.studies.gan import generate
from tfgan_landscape.training.sampling import example_shape

_SHOWN = 9  # samples of a row of the grid
_SCALES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
_MILLISECONDS = 60  # a frame


def interpolate(gan):
  """Writes ways.png, ways.gif and truncation.png of a checkpoint; returns the exit code.

  A row of ways.png is the way from one sample to the next; the film goes along all of them and back to the first.
  A row of truncation.png is a sample, its latents times 0 (all samples are one), 0.25 and so on to 1.5.

  Args:
    gan: `Gan`.

  Raises:
    InputError: fewer than two samples are asked for, or they are no images; what generate refuses.
  """
  wanted = gan.execution.generate
  numbers = generate.numbers_of(wanted._replace(seeds=wanted.seeds or '0-7'))
  output = pathlib.Path(wanted.output or gan.execution.model_dir / 'interpolation')
  step = gan.restore()
  network = gan.networks.average if wanted.average else gan.networks.generator
  generate.check_output(output, wanted.overwrite, example_shape(network))
  ends = _latents(network, numbers, gan.execution.seed)
  if output.suffix == '.npz' or len(ends) < 2:
    raise InputError('--mode=interpolate writes pictures between two samples or more: --seeds=0-7 --output=FOLDER')
  draw = _drawing(gan.samplers()['ema' if wanted.average else 'raw'])
  ways = np.concatenate([between(a, b, wanted.frames) for a, b in zip(ends, np.roll(ends, -1, axis=0))])
  with generate.whole(output) as partial:
    partial.mkdir(parents=True)
    _write(partial, draw, ends, ways, wanted.frames)
  print(f'{len(ends)} samples of iteration {step} and the ways between them: {output}')
  return 0


def between(start, end, count):
  """Returns `count` latents on the way from one to another, the first included: [count, d].

  The direction turns evenly and the length changes evenly, so that on the way latents are as long as those drawn from
  N(0, I); a straight line's middle is shorter (White 2016, "Sampling Generative Networks").
  """
  shares = np.linspace(0, 1, count, endpoint=False, dtype=np.float32)[:, None]
  lengths = np.linalg.norm(start), np.linalg.norm(end)
  angle = np.arccos(np.clip(start @ end / (lengths[0] * lengths[1]), -1, 1))
  if np.sin(angle) < 1e-6:
    return (1 - shares) * start + shares * end
  turned = np.sin((1 - shares) * angle) * start / lengths[0] + np.sin(shares * angle) * end / lengths[1]
  return (turned / np.sin(angle) * ((1 - shares) * lengths[0] + shares * lengths[1])).astype(np.float32)


def _latents(network, numbers, seed):
  """Returns the latents of samples by their numbers [n, d]."""
  wanted = [number for each in numbers for number in each]
  blocks = {first: np.asarray(latents) for first, latents in generate.drawn(network, numbers, seed)}
  return np.stack(
    [next(each[n - first] for first, each in blocks.items() if 0 <= n - first < len(each)) for n in wanted]
  )


def _drawing(sampler):
  return lambda latents: images.to_uint8(next(iter(sampler([latents]))))


def _write(folder, draw, ends, ways, frames):
  film = draw(ways)
  shown = np.linspace(0, frames, _SHOWN).round().astype(int)
  rows = [film[(index * frames + shown) % len(film)] for index in range(len(ends))]
  images.save_png(folder / 'ways.png', images.enlarge(images.in_rows(np.concatenate(rows), _SHOWN)))
  scaled = np.concatenate([np.float32(_SCALES)[:, None] * end for end in ends])
  images.save_png(folder / 'truncation.png', images.enlarge(images.in_rows(draw(scaled), len(_SCALES))))
  first, *others = (Image.fromarray(np.squeeze(images.enlarge(frame, 256))) for frame in film)
  first.save(folder / 'ways.gif', save_all=True, append_images=others, duration=_MILLISECONDS, loop=0)
