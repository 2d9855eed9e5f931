"""A run's networks for Python programs, without the command line."""

import pathlib

import gin

from tfgan_landscape.config import (
  bindings,  # noqa: F401  run.study is bound in every config
  gin_files,
)
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.errors import InputError


def generator(model_dir, average, best):
  """Returns a generator of a run; see `tfgan_landscape.load_generator`."""
  folder = pathlib.Path(model_dir)
  if not bindings.mend_config(folder):
    raise InputError(f'{folder} holds no run; give the --model_dir of a training')
  gin.clear_config()
  gin_files.read([folder / bindings.CONFIG], [], own_files=False)
  study = gin.query_parameter('run.study').scoped_configurable_fn(Execution('generate', folder, best=best))
  if not hasattr(study, 'gan'):
    raise InputError(f'{folder} is of a study that trains no single generator; give the folder of a GAN')
  study.gan.restore()
  return study.gan.networks.average if average else study.gan.networks.generator
