"""What the README shows works as it is printed."""

import copy
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import gin
import pytest
from absl import flags

from tfgan_landscape import main
from tfgan_landscape.config import command_line, gin_files
from tfgan_landscape.config.execution import Execution

ROOT = pathlib.Path(__file__).parents[1]
README = (ROOT / 'README.md').read_text(encoding='utf-8')
FLAGS = (ROOT / 'docs/command_line.md').read_text(encoding='utf-8')
PAGES = [ROOT / 'README.md', *sorted((ROOT / 'docs').glob('*.md')), ROOT / 'gin/README.md']
FILES = sorted((ROOT / 'gin').glob('*.gin'))
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
  gin_files.read([tmp_path / 'mine/softened.gin'], SMALL, own_files=True)
  assert main.run(Execution('train', tmp_path / 'run', data_dir=str(tmp_path))) == 0
  return tmp_path / 'run'


def test_a_loss_of_ones_own_trains(own_loss):
  assert 'relativistic_softened.temperature = 3.0' in (own_loss / 'config.gin').read_text()


@pytest.mark.slow
def test_the_run_keeps_the_loss_and_can_be_read_without_the_folder(own_loss):
  shutil.rmtree(own_loss.parent / 'mine')
  command = [sys.executable, '-m', 'tfgan_landscape.main', '--mode=describe', f'--model_dir={own_loss}']
  done = subprocess.run(command, capture_output=True, text=True, cwd=own_loss.parent)
  assert done.returncode == 0, done.stderr
  assert 'Trainer.loss = @relativistic_softened' in done.stdout


def fresh(program, cwd):
  """Runs Python in a process of its own, as a user would."""
  done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, cwd=cwd)
  assert done.returncode == 0, done.stderr
  return done.stdout


def test_the_python_example_runs(own_loss):
  said = fresh(blocks('python')[1].replace('runs/rs_digits_cnn', str(own_loss)), own_loss.parent)
  assert said.startswith('(16, 32, 32, 1)')


@pytest.mark.parametrize('page', sorted((ROOT / 'docs').glob('*.md')), ids=lambda page: page.name)
def test_python_examples_of_the_docs_run(page, tmp_path):
  examples = re.findall(r'```python\n(.+?)```', page.read_text(), re.DOTALL)
  if not examples:
    pytest.skip('no example')
  fresh('\n'.join(examples), tmp_path)


def launched(text):
  """The arguments of every `launch/local.sh` command of a page, or of a gin file's header."""
  joined = re.sub(r'\\\n[#\s]+', '', text)
  lines = re.findall(r'^(?:    |# Command:  )launch/local\.sh(?: +([^#\n]+?))?(?:\s+#.*)?$', joined, re.MULTILINE)
  lines += re.findall(r'`launch/local\.sh ([^`]+)`', joined)
  return [shlex.split(line) for line in lines]


@pytest.mark.parametrize('page', [*PAGES, *FILES], ids=lambda page: page.name)
def test_commands_of_pages_and_headers_are_read(page):
  """Their flags are known, their gin files are there, and their bindings are of something and fit."""
  found = launched(page.read_text(encoding='utf-8'))
  assert found or page.suffix == '.md'
  for words in found:
    values = flags.FlagValues()
    for module in (main, command_line):
      for flag in flags.FLAGS.get_flags_for_module(module):
        values[flag.name] = copy.deepcopy(flag)
    left = values(['local.sh', *words], known_only=False)[1:]
    files = [*values.gin_file, *left]
    assert all(each.endswith('.gin') for each in left), words
    gin.clear_config()
    ours = [path for path in files if not path.startswith('mine/')]
    gin_files.read([gin_files.find(path) for path in ours], values.gin_param if ours == files else [], True)


def test_nothing_tells_to_run_what_is_not_on_the_path():
  """One style of command: `launch/local.sh`, and what lies in .venv by its path."""
  for page in [*PAGES, *FILES]:
    assert not re.search(r'(?<!bin/)python -m tfgan_landscape|(?<!bin/)\btensorboard --', page.read_text()), page.name


@pytest.mark.slow
def test_samples_and_scores_of_the_readme_can_be_had(own_loss, tmp_path):
  """The commands under the table of results, with the run of the README's own loss and fewer samples."""
  wanted = [words for words in launched(README) if any(word.startswith('--mode=') for word in words)]
  modes = {word for words in wanted for word in words if word.startswith('--mode=')}
  assert {'--mode=generate', '--mode=eval', '--mode=compare'} <= modes
  for index, words in enumerate(
    words for words in wanted if '--mode=generate' in words and 'authors' not in str(words)
  ):
    output = tmp_path / (f'{index}.npz' if 'npz' in str(words) else str(index))
    given = [f'--output={output}' if word.startswith('--output') else word for word in words]
    given = [f'--model_dir={own_loss}' if word.startswith('--model_dir') else word for word in given]
    given = [word.replace('1000', '10').replace('0-99', '0-9') for word in given]
    done = subprocess.run(
      [sys.executable, '-m', 'tfgan_landscape.main', *given], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert output.exists()


def test_every_flag_and_file_of_a_command_is_there():
  from absl import flags

  assert len(commands()) >= 10
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
    assert f'--{flag.name}' in FLAGS or f'--no{flag.name}' in FLAGS, flag.name


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_every_linked_file_is_there(page):
  for link in re.findall(r'\]\((?!http)([^)#]+)\)', page.read_text(encoding='utf-8')):
    assert (page.parent / link).exists(), link


def test_the_readme_is_three_screens():
  assert len(README.splitlines()) <= 150
  assert len(README.split()) <= 1500
