"""What the README shows works as it is printed."""

import pathlib
import re
import shutil
import subprocess
import sys

import gin
import pytest

from tfgan_landscape import experiment_files, main
from tfgan_landscape.studies.execution import Execution

README = (pathlib.Path(__file__).parents[1] / 'README.md').read_text(encoding='utf-8')
SMALL = ['width = 2', 'Trainer.iterations = 1', 'Trainer.batch_size = 4']


def blocks(language):
  return re.findall(rf'```{language}\n(.+?)```', README, re.DOTALL)


def commands():
  joined = re.sub(r'\\\n\s+', '', README)
  return re.findall(r'^    ((?:launch/|\.venv/bin/).+?)(?:\s+#.*)?$', joined, re.MULTILINE)


@pytest.fixture(scope='module')
def own_loss(tmp_path_factory):
  """A run with the loss that the README writes down, in the folder that it names."""
  tmp_path = tmp_path_factory.mktemp('readme')
  sys.path[:] = [
    folder for folder in sys.path if 'pytest-of' not in folder
  ]  # where other tests have modules of that name
  gin.clear_config()
  (tmp_path / 'mine').mkdir()
  (tmp_path / 'mine/my_losses.py').write_text(blocks('python')[0])
  (tmp_path / 'mine/softened.gin').write_text(blocks('gin')[0])
  experiment_files.read([tmp_path / 'mine/softened.gin'], SMALL, own_files=True)
  assert main.run(Execution('train', tmp_path / 'run', data_dir=str(tmp_path))) == 0
  return tmp_path / 'run'


def test_a_loss_of_ones_own_trains(own_loss):
  assert 'relativistic_softened.temperature = 3.0' in (own_loss / 'config.gin').read_text()


def test_the_run_keeps_the_loss_and_can_be_read_without_the_folder(own_loss):
  shutil.rmtree(own_loss.parent / 'mine')
  command = [sys.executable, '-m', 'tfgan_landscape.main', '--mode=describe', f'--model_dir={own_loss}']
  done = subprocess.run(command, capture_output=True, text=True, cwd=own_loss.parent)
  assert done.returncode == 0, done.stderr
  assert 'Trainer.loss = @relativistic_softened' in done.stdout


def test_the_python_example_runs(own_loss, capsys):
  gin.clear_config()
  exec(blocks('python')[1].replace('runs/rs_digits_cnn', str(own_loss)), {})
  assert '(16, 32, 32, 1)' in capsys.readouterr().out


def test_every_flag_and_file_of_a_command_is_there():
  from absl import flags

  assert len(commands()) > 10
  for command in commands():
    words = re.findall(r"--(\w+)(?:='?([^' ]+))?", command)
    if 'benchmarks' in command or 'pip' in command or 'tensorboard' in command:
      continue
    for flag, value in words:
      assert flag in flags.FLAGS or flag == 'checkpoint', command
      if flag == 'gin_file' and not value.startswith('mine/'):
        assert (pathlib.Path(__file__).parents[1] / value).is_file(), command


def test_every_flag_of_the_command_line_is_told():
  from absl import flags

  for flag in flags.FLAGS.get_flags_for_module(main):
    assert f'--{flag.name}' in README or f'--no{flag.name}' in README, flag.name


def test_every_linked_file_is_there():
  for link in re.findall(r'\]\((?!http)([^)#]+)\)', README):
    assert (pathlib.Path(__file__).parents[1] / link).exists(), link
