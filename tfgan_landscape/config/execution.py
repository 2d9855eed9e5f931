"""How and where a study runs: what the command line's flags say, as opposed to the science in gin files."""

import pathlib
from typing import NamedTuple, Optional

MODES = (
  'train_and_eval',
  'train',
  'eval',
  'generate',
  'describe',
  'compare',
  'spectrum',
  'check',
  'diagnose',
  'report',
)
STRATEGIES = ('mirrored', 'one_device', 'multi_worker', 'tpu')


class Generate(NamedTuple):
  """What `--mode=generate` writes."""

  output: str = ''
  count: int = 64
  seeds: str = ''
  latents: Optional[str] = None
  average: bool = True
  overwrite: bool = False


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
