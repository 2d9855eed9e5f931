"""Whole trainings as processes: devices, workers, signals, kills, a second process, numbers that break."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / 'tests/reliability'))
import punisher  # noqa: E402

POINTS = ['--gin_file=rs_gaussians_mlp.gin', '--gin_param=width = 4', '--gin_param=train_gan.sample_every = 1000000']
DIGITS = [
  '--gin_file=rs_digits_cnn.gin',
  '--gin_param=width = 2',
  '--gin_param=Loop.log_every = 1',
  '--gin_param=classifier.width = 2',
  '--gin_param=classifier.epochs = 1',
  '--gin_param=classifier.minimum_updates = 1',
  '--gin_param=Evaluation.inception_score_count = 100',
  '--gin_param=Evaluation.fid_count = 100',
]


def bind(**values):
  return [f'--gin_param={name.replace("__", ".")} = {value}' for name, value in values.items()]


def start(folder, *arguments, **environment):
  command = [sys.executable, '-m', 'tfgan_landscape.main', f'--model_dir={folder}', *map(str, arguments)]
  return subprocess.Popen(
    command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
  )


def finish(process, code=0):
  """Waits for a process to end with `code`; returns all that it said."""
  out, err = process.communicate()
  assert process.returncode == code, err[-3000:]
  assert 'Traceback' not in out + err
  return out + err


def run(folder, *arguments, code=0, **environment):
  return finish(start(folder, *arguments, **environment), code)


def lines(folder):
  return [json.loads(line) for line in (folder / 'scores.jsonl').read_text().splitlines()]


def wait_for(condition, process):
  while not condition():  # as long as it takes: other processes may have the machine
    assert process.poll() is None, process.communicate()[1][-3000:]
    time.sleep(0.05)


def worst_difference(folder, other, names=('generator_loss', 'discriminator_loss')):
  pairs = list(zip(lines(folder), lines(other), strict=True))
  return max(abs(one[name] - two[name]) for one, two in pairs for name in names if name in one)


def test_two_virtual_devices_train_evaluate_and_resume(tmp_path):
  cache = f'--cache_dir={tmp_path / "cache"}'
  out = run(tmp_path / 'two', *DIGITS, cache, '--virtual_devices=2', *bind(Trainer__iterations=3))
  assert '2 replica(s)' in out
  assert any('ema/classifier_fid_100_test' in line for line in lines(tmp_path / 'two'))
  more = [*bind(Trainer__iterations=5), '--allow_config_change', '--mode=train']
  out = run(tmp_path / 'two', *DIGITS, cache, '--virtual_devices=2', *more)
  assert 'iterations 3 to 5' in out
  assert lines(tmp_path / 'two')[-1]['step'] == 5


def free_ports(count):
  sockets = [socket.socket() for _ in range(count)]
  for each in sockets:
    each.bind(('127.0.0.1', 0))
  ports = [each.getsockname()[1] for each in sockets]
  for each in sockets:
    each.close()
  return ports


def workers(count, folder, *arguments):
  cluster = {'worker': [f'127.0.0.1:{port}' for port in free_ports(count)]}
  processes = [
    start(
      folder,
      '--strategy=multi_worker',
      *arguments,
      TF_CONFIG=json.dumps({'cluster': cluster, 'task': {'type': 'worker', 'index': index}}),
    )
    for index in range(count)
  ]
  return [finish(process) for process in processes]


@pytest.mark.parametrize(
  ('count', 'experiment'),
  [
    (3, [*POINTS, *bind(Trainer__iterations=20, Loop__log_every=1, train_gan__save_every=10, Trainer__batch_size=126)]),
    # With batch norm, synchronised; Adam amplifies the rounding of later iterations.
    (2, [*DIGITS, *bind(Trainer__iterations=3, train_gan__save_every=2)]),
  ],
  ids=['points', 'digits'],
)
def test_workers_are_one_process(tmp_path, count, experiment):
  chief, *others = workers(count, tmp_path / 'many', '--mode=train', *experiment)
  run(tmp_path / 'one', '--mode=train', *experiment)
  assert worst_difference(tmp_path / 'one', tmp_path / 'many') < 1e-5
  assert 'everything is in' in chief
  assert not any('everything is in' in other for other in others)
  kept = {path.name for path in (tmp_path / 'one/checkpoints').iterdir()}
  assert {path.name for path in (tmp_path / 'many/checkpoints').iterdir()} == kept


def test_scores_shared_by_two_workers_are_those_of_one_process(tmp_path):
  """The same checkpoint, scored by two workers that trained it and then again by one process."""
  experiment = [*DIGITS, *bind(Trainer__iterations=2), f'--cache_dir={tmp_path / "cache"}']
  chief, other = workers(2, tmp_path / 'run', *experiment)
  assert 'classifier_fid_100_test' in chief
  assert 'classifier_fid_100_test' not in other
  shared = scores(tmp_path / 'run')
  workers(2, tmp_path / 'run', '--mode=eval', f'--cache_dir={tmp_path / "cache"}')
  assert scores(tmp_path / 'run') == shared
  run(tmp_path / 'run', '--mode=eval', f'--cache_dir={tmp_path / "cache"}')
  assert scores(tmp_path / 'run') == pytest.approx(shared, rel=1e-5)


def scores(folder):
  (line,) = (line for line in lines(folder) if 'protocol' in line)
  return {name: value for name, value in line.items() if 'classifier' in name}


def test_two_tasks_of_a_slurm_step_are_one_process(tmp_path):
  """As Slurm tells two tasks on one node of each other."""
  experiment = ['--mode=train', *POINTS, *bind(Trainer__iterations=5, Loop__log_every=1)]
  step = {
    'SLURM_JOB_ID': str(os.getpid()),
    'SLURM_STEP_NUM_TASKS': '2',
    'SLURM_STEP_NODELIST': 'localhost',
    'SLURM_STEP_TASKS_PER_NODE': '2',
  }
  processes = [
    start(tmp_path / 'two', '--strategy=multi_worker', *experiment, SLURM_PROCID=str(index), **step)
    for index in range(2)
  ]
  chief, other = (finish(process) for process in processes)
  run(tmp_path / 'one', *experiment)
  assert worst_difference(tmp_path / 'one', tmp_path / 'two') < 1e-5
  assert '2 replica(s)' in chief
  assert 'everything is in' not in other


LONG = bind(Trainer__iterations=401, Loop__log_every=7, Loop__seconds_per_call=0.05, train_gan__save_every=50)
SMALL = """

width = 4
train_gan.sample_every = 1000000
"""
MAX_GRADIENT = """
import tfgan_landscape.penalties
include 'rs_gaussians_mlp.gin'

Trainer.penalty = @MaxGradient()
MaxGradient.shape = (2,)
MaxGradient.buffer = 32
"""
EVERYTHING_KEPT = """
import tfgan_landscape.mixture
import tfgan_landscape.penalties
include 'rs_gaussians_mlp.gin'

train_gan.generator = @mixture.generators
train_gan.discriminator = @mixture.discriminators
mixture.generators.components = [@mlp.Generator, @mlp.Generator]
mixture.discriminators.components = [@mlp.Discriminator, @mlp.Discriminator]
Trainer.penalty = @together()
together.penalties = [@LatentPath(), @MaxGradient()]
LatentPath.encoder = @mlp.Encoder
mlp.Encoder.latent_dim = 3
MaxGradient.shape = (2,)
MaxGradient.buffer = 32
"""


@pytest.mark.parametrize(
  ('kept', 'devices', 'long'),
  [
    ("include 'rs_gaussians_mlp.gin'", 1, True),  # what the next one does besides is a mixture and two penalties
    (EVERYTHING_KEPT, 1, False),
    (EVERYTHING_KEPT, 2, True),
    (MAX_GRADIENT, 1, True),
  ],
)
def test_an_interrupted_run_ends_as_an_uninterrupted_one_in_every_bit(request, tmp_path, kept, devices, long):
  """Stopped in each of three ways in turn; also with mixtures, an encoder that learns, and the buffer S_max."""
  if long and not request.config.getoption('--long'):
    pytest.skip('takes long; --long runs it')
  experiment, whole, cut = tmp_path / 'kept.gin', tmp_path / 'whole', tmp_path / 'cut'
  experiment.write_text(kept + SMALL)
  arguments = [f'--gin_file={experiment}', f'--virtual_devices={devices}', *LONG]
  run(whole, *arguments)
  for step, number in ((80, signal.SIGINT), (180, signal.SIGTERM), (280, signal.SIGKILL)):
    process = start(cut, *arguments)
    wait_for(lambda step=step: (cut / 'scores.jsonl').exists() and _last_step(cut) >= step, process)
    process.send_signal(number)
    finish(process, {signal.SIGKILL: -signal.SIGKILL}.get(number, 130))
  run(cut, *arguments)
  assert punisher.differences(whole, cut) == []


SLOW = '''
import pathlib, time
import gin
import numpy as np

@gin.configurable
def endless_picture(samples, path):
  """The first one is of real examples."""
  if pathlib.Path(path).exists():
    pathlib.Path(path).write_text('sleeps')
    time.sleep(600)
  pathlib.Path(path).touch()
  return np.zeros([8, 8, 3], np.uint8)
'''


def test_a_run_stopped_at_a_long_event_saves_at_once_and_ends_as_an_uninterrupted_one(tmp_path):
  """As in an evaluation of many minutes."""
  (tmp_path / 'slow.py').write_text(SLOW)
  (tmp_path / 'slow.gin').write_text(
    "import slow\ninclude 'rs_gaussians_mlp.gin'\ntrain_gan.picture = @endless_picture\n"
    f"endless_picture.path = '{tmp_path / 'begun'}'\n"
  )
  settings = ['--gin_param=width = 4', '--mode=train']
  settings += bind(Trainer__iterations=600, train_gan__sample_every=200, train_gan__save_every=150)
  run(tmp_path / 'whole', '--gin_file=rs_gaussians_mlp.gin', *settings)
  process = start(tmp_path / 'cut', f'--gin_file={tmp_path / "slow.gin"}', *settings)
  wait_for(lambda: (tmp_path / 'begun').exists() and (tmp_path / 'begun').read_text(), process)
  process.send_signal(signal.SIGTERM)
  begun = time.monotonic()
  finish(process, 130)
  assert time.monotonic() - begun < 10
  assert (tmp_path / 'cut/checkpoints/ckpt-1.index').exists()
  run(tmp_path / 'cut', '--gin_file=rs_gaussians_mlp.gin', *settings, '--allow_config_change')
  assert punisher.differences(tmp_path / 'whole', tmp_path / 'cut') == []
  assert (tmp_path / 'cut/samples/ema-000001.png').exists()


def _last_step(folder):
  steps = re.findall(r'"step": (\d+)', (folder / 'scores.jsonl').read_text())
  return int(steps[-1]) if steps else 0


def test_a_second_training_is_refused_while_samples_can_be_read(tmp_path):
  long = [*POINTS, *bind(Trainer__iterations=10**7, train_gan__save_every=200)]
  process = start(tmp_path / 'run', *long)
  wait_for(lambda: list((tmp_path / 'run').glob('checkpoints/*.index')), process)
  said = run(tmp_path / 'run', *long, code=2)
  assert re.findall(r'^error: (.+)$', said, re.MULTILINE) == [
    f'{tmp_path / "run"} is in use by process {process.pid}, which trains there; wait for it, stop it, or take another'
    ' --model_dir'
  ]
  run(tmp_path / 'run', '--mode=generate', '--count=3', f'--output={tmp_path / "x.npz"}')
  assert np.load(tmp_path / 'x.npz')['images'].shape == (3, 2)
  process.kill()
  process.communicate()
  more = start(tmp_path / 'run', *long)  # the lock died with its owner
  wait_for(lambda: str(more.pid) in (tmp_path / 'run/.lock').read_text(), more)
  more.kill()
  more.communicate()


def test_a_run_that_breaks_names_what_and_when_and_keeps_its_last_checkpoint(tmp_path):
  settings = [*bind(Trainer__iterations=10, train_gan__save_every=2), '--mode=train']
  run(tmp_path / 'run', *POINTS, *settings)
  breaking = [*bind(Trainer__generator_learning_rate='1e38', Trainer__iterations=40), '--allow_config_change']
  said = run(tmp_path / 'run', *POINTS, *settings, *breaking, code=2)
  (line,) = re.findall(r'^error: (.+)$', said, re.MULTILINE)
  assert re.match(r'.*(loss|norm|logit).* is not finite at iteration 1\d', line)
  newest = max(int(path.stem[5:]) for path in (tmp_path / 'run/checkpoints').glob('*.index'))
  run(tmp_path / 'run', '--mode=generate', '--count=3', f'--output={tmp_path / "x.npz"}')
  assert np.isfinite(np.load(tmp_path / 'x.npz')['images']).all()
  assert 10 <= newest < 40


def test_damaged_small_files_stop_no_good_run(tmp_path):
  """Each kind of damage to each file by itself: tests/reporting/test_records.py and test_bindings.py."""
  folder = tmp_path / 'run'
  run(folder, *POINTS, *bind(Trainer__iterations=4, Loop__log_every=1))
  (folder / 'scores.jsonl').write_bytes(b'\x00\xff\x00')
  config = (folder / 'config.gin').read_bytes()
  (folder / 'config.gin').write_bytes(config[: len(config) // 2])
  said = run(folder, '--mode=train')
  assert said.count('is damaged: kept as') == 2
  assert 'goes on from' in said
  (folder / 'run.json').write_bytes(b'')
  assert run(folder, '--mode=train').count('is damaged: kept as') == 1
  assert (folder / 'config.gin').read_bytes() == config
