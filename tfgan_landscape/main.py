"""Runs the study that gin files describe.

  python -m tfgan_landscape.main --gin_file=gin/rs_stl_resnet.gin

Flags say where and how a study runs, gin files what it is. Without --gin_file the bindings kept in --model_dir are
taken, or else the embedded example, rs_digits_cnn.gin.
"""

import difflib
import logging
import pathlib

import gin
from absl import flags

from tfgan_landscape import command_line
from tfgan_landscape.errors import InputError
from tfgan_landscape.studies import bindings
from tfgan_landscape.studies.execution import MODES, STRATEGIES, Execution, Generate

_DEFAULT = 'rs_digits_cnn.gin'
_HERE = pathlib.Path(__file__).parent
_GIN_FOLDERS = _HERE.parent / 'gin', _HERE / 'gin_files'  # in the repository, and in an installed package

flags.DEFINE_multi_string('gin_file', [], 'Experiment: a path, or the name of one of ours.')
flags.DEFINE_multi_string('gin_param', [], "A binding on top of the files, e.g. 'Trainer.batch_size = 32'.")
flags.DEFINE_string('model_dir', None, "The run's folder. Default: runs/<stem of the last gin file>.")
flags.DEFINE_string('data_dir', None, "Where tensorflow_datasets keeps its data. Default: tensorflow_datasets' own.")
flags.DEFINE_string('cache_dir', '~/.cache/tfgan_landscape', 'Keeps classifiers and statistics of real data.')
flags.DEFINE_enum('mode', 'train_and_eval', MODES, 'What to do with the study.')
flags.DEFINE_enum('strategy', 'mirrored', STRATEGIES, 'Where to compute; mirrored: every GPU, or the CPU.')
flags.DEFINE_string('tpu', '', 'Name or address of the TPU, for --strategy=tpu.')
flags.DEFINE_integer('virtual_devices', 1, 'Split the CPU into so many devices, to try replicas.', lower_bound=1)
flags.DEFINE_integer('seed', 0, 'Seed of everything random.', lower_bound=0)
flags.DEFINE_bool('allow_config_change', False, 'Go on with a run although its bindings have changed.')
flags.DEFINE_string('output', '', 'generate: a folder for PNGs, or an .npz file. Default: generated/ in the run.')
flags.DEFINE_integer('count', 64, 'generate: number of samples.', lower_bound=1)
flags.DEFINE_string('latents', None, 'generate: an .npy of latents [n, latent_dim], in place of --count.')
flags.DEFINE_bool('ema', True, "generate: the generator's moving average, or (--noema) the generator itself.")
flags.DEFINE_bool('batch_statistics', False, 'generate, eval: batch norm by the batch, not by its moving averages.')


@gin.configurable('run', module='main', denylist=['execution'])
def run(execution, study=None):
  """Builds the study that the gin file names, calls its method of the mode's name, and returns the exit code."""
  if study is None:
    raise InputError("no gin file binds run.study; include one of ours, e.g. include 'rs_digits_cnn.gin'")
  built = study(execution)
  if not hasattr(built, execution.mode):
    modes = ', '.join(mode for mode in MODES if hasattr(built, mode))
    raise InputError(f'this study has no --mode={execution.mode}; it has {modes}')
  return getattr(built, execution.mode)()


def main(argv):
  """Parses gin, runs the study, and returns its exit code."""
  del argv
  files = _gin_files()
  command_line.before_tensorflow()
  parse_gin(files, flags.FLAGS.gin_param)
  return run(_execution(files))


def _gin_files():
  """Returns the gin files' paths: those given, or the run's own, or the default."""
  names = flags.FLAGS.gin_file
  if not names and flags.FLAGS.model_dir and bindings.mend_config(flags.FLAGS.model_dir):
    names = [str(pathlib.Path(flags.FLAGS.model_dir) / bindings.CONFIG)]
  return [_find(name) for name in names or [_DEFAULT]]


def _find(name):
  candidates = [pathlib.Path(name), *(folder / pathlib.Path(name).name for folder in _GIN_FOLDERS)]
  for path in candidates:
    if path.is_file():
      return path
  ours = sorted(path.name for folder in _GIN_FOLDERS for path in folder.glob('*.gin'))
  near = difflib.get_close_matches(pathlib.Path(name).name, ours, n=3) or ours[:3]
  raise InputError(f'there is no gin file {name}; ours are called like {", ".join(near)}')


def parse_gin(files, params):
  """Reads gin files and then single bindings; files are found beside each other and among ours.

  Raises:
    InputError: gin cannot read or does not know something of them.
  """
  # gin logs an error for every place where an included file is not; it raises if there is none.
  logging.getLogger().addFilter(lambda record: not record.getMessage().startswith('Path not found'))
  for folder in [*_GIN_FOLDERS, *(path.parent for path in files)]:
    gin.add_config_file_search_path(str(folder))
  try:
    gin.parse_config_files_and_bindings([str(path) for path in files], params)
  except (ValueError, KeyError, SyntaxError, OSError, ImportError) as error:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    raise InputError(f'gin: {" ".join(lines)}; correct the gin file or --gin_param') from error


def _execution(files):
  values = flags.FLAGS
  generate = Generate(values.output, values.count, values.latents, values.ema)
  return Execution(
    mode=values.mode,
    model_dir=pathlib.Path(values.model_dir or pathlib.Path('runs') / files[-1].stem),
    data_dir=values.data_dir,
    cache_dir=pathlib.Path(values.cache_dir).expanduser(),
    strategy=values.strategy,
    tpu=values.tpu,
    virtual_devices=values.virtual_devices,
    seed=values.seed,
    allow_config_change=values.allow_config_change,
    batch_statistics=values.batch_statistics,
    generate=generate,
  )


if __name__ == '__main__':
  command_line.run(main)
