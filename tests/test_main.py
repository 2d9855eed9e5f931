"""The command line as a user drives it: what it refuses, in one line with exit code 2, and that nothing is lost."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from tfgan_landscape import main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.errors import InputError

ROOT = pathlib.Path(__file__).parents[1]
TINY = [
  '--gin_file=gin/rs_gaussians_mlp.gin',
  '--gin_param=width = 4',
  '--gin_param=Trainer.iterations = 4',
  '--gin_param=train_gan.sample_every = 4',
]


# A user's shell, in which nothing has set how TensorFlow starts (importing the tests has).
SHELL = {name: value for name, value in os.environ.items() if not name.startswith('TF_')}


def command(*arguments, module='main'):
  program = [sys.executable, '-m', f'tfgan_landscape.{module}', *map(str, arguments)]
  done = subprocess.run(program, cwd=ROOT, env=SHELL, capture_output=True, text=True)
  return done.returncode, done.stdout, done.stderr


def refused(*arguments, module='main'):
  """Returns the one line of a refusal, which is all that stands on the standard error, but for the progress bar."""
  code, out, err = command(*arguments, module=module)
  assert code == 2, err
  assert 'Traceback' not in out
  lines = [line for line in err.splitlines() if line and 'it/s]' not in line]
  assert len(lines) == 1, err
  assert lines[0].startswith('error: ')
  return lines[0][len('error: ') :]


@pytest.fixture(scope='module')
def run(tmp_path_factory):
  """A finished run of four iterations."""
  folder = tmp_path_factory.mktemp('run') / 'points'
  code, out, err = command(*TINY, f'--model_dir={folder}')
  assert code == 0, err
  assert str(folder) in out
  return folder


def test_help_names_the_flags_without_tensorflow():
  code, out, err = command('--help')
  assert code in (0, 1)  # absl's --help exits with 1
  assert not err
  for flag in ('gin_file', 'gin_param', 'model_dir', 'data_dir', 'mode', 'strategy', 'tpu', 'seed', 'latents', 'ema'):
    assert re.search(rf'--(\[no\])?{flag}:', out), flag


@pytest.mark.parametrize('module', ['main', 'import_rsgan'])
def test_a_command_sets_what_tensorflow_reads_at_its_import_before_it(module):
  program = f"import sys, tfgan_landscape.{module}; assert 'tensorflow' not in sys.modules"
  subprocess.run([sys.executable, '-c', program], cwd=ROOT, check=True)


@pytest.mark.parametrize(
  ('arguments', 'words'),
  [
    (['--gin_file=rs_cifar_cn.gin'], 'no gin file rs_cifar_cn.gin.*rs_cifar_cnn'),
    (['--gin_fil=x'], 'gin_fil'),
    (['words'], "'words' is no flag"),
    (['--mode=dance'], 'train_and_eval'),
    (['--gin_param=Trainer.los = 1'], 'los'),
  ],
)
def test_bad_flags_are_refused_in_one_line(arguments, words):
  assert re.search(words, refused(*arguments))


@pytest.mark.parametrize(
  ('name', 'binding', 'words'),
  [
    ('rs_cifar_cnn', 'Trainer.batch_size =', '--gin_param, line 1: '),
    ('rs_cifar_cnn', 'cnn.Generator.widht = 3', 'widht'),
    ('rs_cifar_cnn', 'Trainer.loss = @no_such_loss', 'no_such_loss'),
    ('rs_cifar_cnn', "include 'no_such.gin'", 'no_such.gin'),
    ('rs_stl_resnet', 'image_size = 44', 'image_size 44 is no multiple of 8'),
    ('rs_cifar_cnn', 'image_size = 36', 'no positive multiple of 8'),
    ('rs_church_cnn', 'image_size = 128', 'is not 256'),
    ('rs_cifar_cnn', 'train_gan.precision = "half"', 'precision'),
  ],
)
def test_bad_bindings_are_refused(name, binding, words):
  def describe():
    gin_files.read([ROOT / f'gin/{name}.gin'], [binding], True)
    main.run(Execution('describe', pathlib.Path('unused')))

  with pytest.raises(InputError) as refusal:
    describe()
  assert re.search(words, str(refusal.value).splitlines()[0])


def test_a_gin_file_without_a_study_is_refused(tmp_path):
  (tmp_path / 'empty.gin').write_text('')
  assert 'binds run.study' in refused(f'--gin_file={tmp_path / "empty.gin"}', f'--model_dir={tmp_path / "run"}')
  assert not (tmp_path / 'run').exists()


@pytest.mark.slow
def test_a_dead_binding_is_refused_and_leaves_no_run(tmp_path):
  line = refused(*TINY, '--gin_param=gradient_penalty.weight = 3', f'--model_dir={tmp_path / "run"}')
  assert 'gradient_penalty.weight' in line
  assert not (tmp_path / 'run').exists()


def test_an_unknown_dataset_is_refused(tmp_path):
  line = refused(
    '--gin_file=rs_cifar_cnn.gin', '--mode=train', '--gin_param=tfds_images.name = "cifar1"', f'--data_dir={tmp_path}'
  )
  assert 'cifar10' in line


def test_missing_data_without_a_network_say_where_they_belong(tmp_path, monkeypatch):
  monkeypatch.setenv('http_proxy', 'http://127.0.0.1:9')
  monkeypatch.setenv('https_proxy', 'http://127.0.0.1:9')
  line = refused(
    '--gin_file=rs_cifar_cnn.gin', '--mode=train', f'--data_dir={tmp_path}', f'--model_dir={tmp_path / "run"}'
  )
  assert '--data_dir' in line
  assert 'cifar10' in line
  assert 'tfrecord' in line


def test_a_reader_who_has_seen_enough_is_no_fault():
  command = [sys.executable, '-m', 'tfgan_landscape.main', '--gin_file=dirac.gin', '--mode=describe']
  process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
  process.stdout.close()
  _, err = process.communicate()
  assert process.returncode == 141
  assert not err.strip()


def test_an_unwritable_model_dir_is_refused(tmp_path):
  (tmp_path / 'file').write_text('')
  assert 'cannot be written' in refused(*TINY, f'--model_dir={tmp_path / "file" / "run"}')


def test_a_run_leaves_its_pieces(run):
  names = {path.name for path in run.iterdir()}
  assert {'checkpoints', 'config.gin', 'operative_config.gin', 'samples', 'scores.jsonl', 'tensorboard'} <= names


@pytest.mark.slow
def test_another_experiment_in_the_folder_is_refused_with_the_difference(run):
  before = (run / 'scores.jsonl').read_bytes()
  line = refused(*TINY, '--gin_param=Trainer.generator_learning_rate = 0.5', f'--model_dir={run}')
  assert 'Trainer.generator_learning_rate 0.0001 -> 0.5' in line
  line = refused(*TINY, '--seed=7', f'--model_dir={run}')
  assert '--seed 0 -> 7' in line
  assert (run / 'scores.jsonl').read_bytes() == before


@pytest.mark.slow
def test_the_same_command_again_goes_on_from_the_checkpoint(run):
  code, out, err = command(*TINY, f'--model_dir={run}')
  assert code == 0, err
  assert 'ckpt-4' in out


@pytest.mark.slow
def test_interrupting_saves_and_the_same_command_goes_on(tmp_path):
  arguments = [*TINY, '--gin_param=Trainer.iterations = 1000000', '--gin_param=Loop.log_every = 10']
  arguments = [sys.executable, '-m', 'tfgan_landscape.main', *arguments, f'--model_dir={tmp_path / "run"}']
  process = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
  while not (tmp_path / 'run/scores.jsonl').exists():  # as long as it takes: other processes may have the machine
    assert process.poll() is None
    time.sleep(0.2)
  process.send_signal(signal.SIGINT)
  out, _ = process.communicate()
  assert process.returncode == 130
  assert 'the same command goes on from here' in out
  (index,) = (tmp_path / 'run/checkpoints').glob('ckpt-*.index')
  step = int(index.stem.split('-')[1])
  assert step >= 10
  code, out, err = command(
    *arguments[3:-1], f'--gin_param=Trainer.iterations = {step + 1}', '--allow_config_change', arguments[-1]
  )
  assert code == 0, err
  assert f'iterations {step:,} to {step + 1:,}' in out


@pytest.mark.slow
def test_generate_needs_no_gin_file_and_follows_latents(run, tmp_path):
  latents = np.random.RandomState(0).randn(5, 2).astype(np.float32)
  np.save(tmp_path / 'z.npy', latents)
  for name in 'first', 'second':
    code, _, err = command(
      '--mode=generate', f'--model_dir={run}', f'--latents={tmp_path / "z.npy"}', f'--output={tmp_path / name}.npz'
    )
    assert code == 0, err
  first, second = (np.load(tmp_path / f'{name}.npz')['images'] for name in ('first', 'second'))
  assert first.shape == (5, 2)
  np.testing.assert_array_equal(first, second)


@pytest.mark.slow
def test_generate_refuses_latents_of_another_size(run, tmp_path):
  np.save(tmp_path / 'z.npy', np.zeros([5, 3]))
  assert '[n, 2]' in refused('--mode=generate', f'--model_dir={run}', f'--latents={tmp_path / "z.npy"}')


@pytest.mark.slow
def test_generate_refuses_a_folder_without_checkpoints(tmp_path):
  line = refused('--mode=generate', '--gin_file=rs_gaussians_mlp.gin', f'--model_dir={tmp_path}')
  assert 'holds no checkpoint' in line


@pytest.mark.slow
def test_describe_touches_no_disk_and_ends_with_one_json_object(tmp_path, capsys):
  gin_files.read([ROOT / 'gin/rs_cifar_cnn_quarter.gin'], [], True)
  assert main.run(Execution('describe', tmp_path / 'run')) == 0
  out = capsys.readouterr().out
  assert 'cnn.Generator.width = 16' in out
  assert '(None, 32, 32, 3)' in out
  summary = json.loads(out.splitlines()[-1])
  assert (summary['generator_parameters'], summary['discriminator_parameters']) == (436_995, 185_616)
  assert summary['flops_per_iteration'] == summary['flops_generator_step'] + summary['flops_discriminator_step']
  assert not (tmp_path / 'run').exists()


def test_an_import_that_is_no_generator_is_refused(tmp_path):
  np.savez(tmp_path / 'bad.npz', **{'weights/a.weight': np.zeros([3, 3])})
  line = refused(f'--checkpoint={tmp_path / "bad.npz"}', f'--model_dir={tmp_path / "run"}', module='import_rsgan')
  assert 'no generator of the RS-GAN paper' in line
  assert not (tmp_path / 'run').exists()
