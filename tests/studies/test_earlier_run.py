"""A run that an earlier version of this package made, with its modules' names of then, goes on with today's."""

import pathlib
import subprocess
import sys
import tarfile

import pytest

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path):
  """The folder of a GAN on digits, stopped at iteration 4, made before the studies had folders of their own."""
  with tarfile.open(pathlib.Path(__file__).with_name('earlier_run.tar.gz')) as archive:
    archive.extractall(tmp_path)
  return tmp_path / 'earlier_run'


def command(folder, *arguments):
  program = [sys.executable, '-m', 'tfgan_landscape.main', f'--model_dir={folder}', f'--cache_dir={folder.parent}']
  done = subprocess.run([*program, *arguments], cwd=ROOT, capture_output=True, text=True)
  assert done.returncode == 0, done.stderr
  return done.stdout


@pytest.mark.slow
def test_an_earlier_run_goes_on_by_its_own_bindings(run):
  assert 'tfgan_landscape.studies.train_gan' in (run / 'config.gin').read_text()
  found = command(run, '--mode=train', '--gin_param=Trainer.iterations = 6')
  assert 'goes on from' in found
  assert 'iteration 6 of 6' in found
  assert (run / 'checkpoints/ckpt-6.index').exists()


@pytest.mark.slow
def test_an_earlier_run_generates_and_is_scored(run):
  command(run, '--mode=generate', '--count=3', f'--output={run / "samples.npz"}')
  assert (run / 'samples.npz').exists()
  assert 'scores at iteration 4' in command(run, '--mode=eval', '--gin_param=Evaluation.inception_score_count = 60')
