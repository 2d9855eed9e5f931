"""Runs the study that gin files describe.

  launch/local.sh --gin_file=gin/rs_stl_resnet.gin

Flags say where and how a study runs, gin files what it is. Without --gin_file the bindings kept in --model_dir are
taken; without either, the example rs_digits_cnn.gin.
"""

import pathlib

from absl import flags

from tfgan_landscape.config import bindings, command_line, execution, gin_files
from tfgan_landscape.config.execution import MODES, STRATEGIES, Execution, Generate
from tfgan_landscape.errors import InputError
from tfgan_landscape.studies import report, run

_DEFAULT = 'rs_digits_cnn.gin'

flags.DEFINE_multi_string('gin_file', [], 'Experiment: a path, or the name of one of ours.')
flags.DEFINE_multi_string('gin_param', [], "A binding on top of the files, e.g. 'Trainer.batch_size = 32'.")
flags.DEFINE_string('model_dir', None, "The run's folder. Default: runs/<stem of the last gin file>.")
flags.DEFINE_string('data_dir', None, "Where tensorflow_datasets keeps its data. Default: tensorflow_datasets' own.")
flags.DEFINE_string('cache_dir', '~/.cache/tfgan_landscape', 'Keeps classifiers and statistics of real data.')
flags.DEFINE_enum('mode', 'train_and_eval', MODES, 'What to do with the study.')
flags.DEFINE_enum('strategy', 'mirrored', STRATEGIES, 'Where to compute; mirrored: every GPU, or the CPU.')
flags.DEFINE_string('tpu', '', 'Name or address of the TPU, for --strategy=tpu.')
flags.DEFINE_integer('virtual_devices', 1, 'Split the CPU into so many devices, to try replicas.', lower_bound=1)
flags.DEFINE_integer('worker_timeout', 600, 'multi_worker: seconds to wait for the other workers.', lower_bound=1)
flags.DEFINE_integer('seed', 0, 'Seed of everything random.', lower_bound=0, upper_bound=2**63 - 1)
flags.DEFINE_string('part', '', 'Studies of many runs: make the runs of one of several processes alone, as 2/8.')
flags.DEFINE_bool('strict_determinism', False, 'On GPUs: kernels that repeat bit by bit, several times slower.')
flags.DEFINE_bool('allow_config_change', False, 'Go on with a run although its bindings have changed.')
flags.DEFINE_string(
  'output',
  '',
  'Where to write. generate: a folder or .npz; interpolate, export: a folder; nearest: .png; report: .html or .md.',
)
flags.DEFINE_integer('count', 64, 'generate: number of samples.', lower_bound=1, upper_bound=10**15)
flags.DEFINE_string('seeds', '', 'generate: numbers of the samples, as 0-99 or 3,17,40-49, in place of --count.')
flags.DEFINE_integer(
  'frames', 16, 'interpolate: pictures from one sample to the next.', lower_bound=2, upper_bound=1000
)
flags.DEFINE_bool('overwrite', False, 'generate, interpolate, export: replace what --output holds.')
flags.DEFINE_string('latents', None, 'generate: an .npy of latents [n, latent_dim], in place of --count.')
flags.DEFINE_bool('ema', True, "generate: the generator's moving average, or (--noema) the generator itself.")
flags.DEFINE_bool('best', False, 'generate, eval: the checkpoint with the best score in place of the newest.')
flags.DEFINE_multi_string('images', [], 'compare: images, as a folder, .npz or .zip; give two. eval: images to score.')
flags.DEFINE_bool('batch_statistics', False, 'generate, eval: batch norm by the batch, not by its moving averages.')


def main(argv):
  """Parses gin, runs the study, and returns its exit code."""
  if flags.FLAGS.mode == 'report':
    return report(flags.FLAGS.model_dir or 'runs', flags.FLAGS.output or 'report.html')
  files, own = _gin_files(argv[1:])
  command_line.before_tensorflow()
  return run(_execution(files, gin_files.read(files, flags.FLAGS.gin_param, own)))


def _gin_files(words):
  """Returns the paths of the gin files, and whether they are the user's: those given, or the run's own, or our example.

  Raises:
    InputError: there is no such file, or no experiment in the folder that was named.
  """
  names, folder = [*flags.FLAGS.gin_file, *words], flags.FLAGS.model_dir
  if '://' in (folder or ''):
    raise InputError(f'--model_dir={folder} is an address and no folder; mount it (gcsfuse, s3fs), and give the folder')
  if names:
    return [gin_files.find(name) for name in names], True
  if folder is None:
    if flags.FLAGS.mode == 'compare':
      raise InputError(
        'compare looks through the features of an experiment, and none is named; give --model_dir=RUN, or e.g.'
        ' --gin_file=gin/rs_cifar_cnn.gin for those of photographs'
      )
    return [gin_files.find(_DEFAULT)], False
  if not bindings.mend_config(folder):
    raise InputError(f'{folder} holds no run; correct --model_dir, or name an experiment, e.g. --gin_file={_DEFAULT}')
  return [pathlib.Path(folder) / bindings.CONFIG], False


def _execution(files, own):
  values = flags.FLAGS
  if values.tpu and values.strategy != 'tpu':
    raise InputError(
      f'--tpu={values.tpu} is for --strategy=tpu, and the strategy is {values.strategy}; give both or none'
    )
  generate = Generate(
    values.output, values.count, values.seeds, values.latents, values.ema, values.overwrite, values.frames
  )
  return Execution(
    mode=values.mode,
    model_dir=pathlib.Path(values.model_dir or pathlib.Path('runs') / files[-1].stem),
    data_dir=values.data_dir,
    cache_dir=pathlib.Path(values.cache_dir).expanduser(),
    strategy=values.strategy,
    tpu=values.tpu,
    virtual_devices=values.virtual_devices,
    worker_timeout=values.worker_timeout,
    seed=values.seed,
    allow_config_change=values.allow_config_change,
    strict_determinism=values.strict_determinism,
    batch_statistics=values.batch_statistics,
    best=values.best,
    images=tuple(values.images),
    own=own,
    generate=generate,
    part=execution.part(values.part),
  )


def cli():
  """The console script `tfgan-landscape`."""
  command_line.run(main, takes='.gin')


if __name__ == '__main__':
  cli()
