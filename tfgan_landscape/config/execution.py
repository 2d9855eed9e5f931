"""How and where a study runs: what the command line's flags say, as opposed to the science in gin files."""

import pathlib
import re
from typing import NamedTuple, Optional

from tfgan_landscape.errors import InputError

MODES = (
  'train_and_eval',
  'train',
  'eval',
  'generate',
  'interpolate',
  'export',
  'nearest',
  'describe',
  'compare',
  'spectrum',
  'check',
  'diagnose',
  'report',
)
STRATEGIES = ('mirrored', 'one_device', 'multi_worker', 'tpu')


class Generate(NamedTuple):
  """What `--mode=generate`, `interpolate`, `export` and `nearest` write."""

  output: str = ''
  count: int = 64
  seeds: str = ''
  latents: Optional[str] = None
  average: bool = True
  overwrite: bool = False
  frames: int = 16


class Part(NamedTuple):
  """One of `count` processes that share the runs of a study; `number` is 0 for the first."""

  number: int = 0
  count: int = 1

  def of(self, keys):
    """Returns this part's share of a list."""
    return keys[self.number :: self.count]


def part(text):
  """Returns the `Part` of a flag's text, '2/8' for the second of eight; '' for all.

  Raises:
    InputError: it is none.
  """
  if not text:
    return Part()
  found = re.fullmatch(r'(\d+)/(\d+)', text)
  if not found or not 1 <= int(found[1]) <= int(found[2]):
    raise InputError(f'--part={text} is no part of a study; give e.g. 2/8 for the second of eight')
  return Part(int(found[1]) - 1, int(found[2]))


class Execution(NamedTuple):
  """Where and how a study runs; none of it changes a result but `seed`.

  `own` has the names of the bindings that the user wrote; None for all of them. One of these that nothing uses is a
  mistake, while an included file may bind what the experiment leaves without use.
  """

  mode: str
  model_dir: pathlib.Path
  data_dir: Optional[str] = None
  cache_dir: Optional[str] = None
  strategy: str = 'mirrored'
  tpu: str = ''
  virtual_devices: int = 1
  worker_timeout: int = 600
  seed: int = 0
  allow_config_change: bool = False
  strict_determinism: bool = False
  batch_statistics: bool = False
  best: bool = False
  images: tuple = ()
  own: Optional[frozenset] = None
  generate: Generate = Generate()
  part: Part = Part()
