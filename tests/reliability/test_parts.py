"""Processes that share a study's folder, one of them killed: each run is made once, and as by one process."""

import os
import pathlib
import subprocess
import sys
import time

import pytest

from tfgan_landscape.dynamics.trajectories import Trajectories
from tfgan_landscape.io import folders

LOSSES = "two_cluster.losses = {'JS-GAN': @nonsaturating}"
SEEDS = 8
STUDY = [
  *('--gin_file=two_cluster.gin', f'--gin_param=two_cluster.seeds = {SEEDS}', f'--gin_param={LOSSES}'),
  *(f'--gin_param=two_cluster.{each}' for each in ('drawn = 1', 'epochs = 2000', 'record_every = 10')),
]


def start(folder, *arguments):
  command = [sys.executable, '-m', 'tfgan_landscape.main', *STUDY, f'--model_dir={folder}', *arguments]
  environment = {**os.environ, 'TF_CPP_MIN_LOG_LEVEL': '3'}
  return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)


def made(folder):
  """{name of a run's file: when it was written}, without what a kill left half written."""
  return {path.name: path.stat().st_mtime_ns for path in pathlib.Path(folder, 'trajectories').glob('JS-GAN-?????.npz')}


@pytest.mark.slow
def test_parts_of_a_study_make_each_run_once_and_the_same(tmp_path):
  shared, alone = tmp_path / 'shared', tmp_path / 'alone'
  first, second = start(shared, '--part=1/2'), start(shared, '--part=2/2')
  deadline = time.monotonic() + 300
  while len(made(shared)) < 2 and time.monotonic() < deadline:
    time.sleep(0.02)
  second.kill()
  second.wait()
  said, _ = first.communicate(timeout=300)
  assert first.returncode == 0, said
  before = made(shared)
  assert SEEDS / 2 <= len(before) <= SEEDS
  assert {f'JS-GAN-{seed:05d}.npz' for seed in range(0, SEEDS, 2)} <= set(before)
  again = start(shared, '--part=2/2')
  said, _ = again.communicate(timeout=300)
  assert again.returncode == 0, said
  assert f'{SEEDS - len(before)} of {SEEDS // 2} runs to do' in said
  whole = start(shared)
  said, _ = whole.communicate(timeout=300)
  assert whole.returncode == 0, said
  assert f'0 of {SEEDS} runs to do' in said
  after = made(shared)
  assert len(after) == SEEDS
  assert {name: after[name] for name in before} == before
  start(alone).communicate(timeout=300)
  assert (shared / 'results.json').read_bytes() == (alone / 'results.json').read_bytes()
  for seed in range(SEEDS):
    theirs, ours = (Trajectories(folder / 'trajectories').load('JS-GAN', seed) for folder in (shared, alone))
    assert {name: array.tobytes() for name, array in theirs.items()} == {
      name: array.tobytes() for name, array in ours.items()
    }


def test_a_part_keeps_away_the_whole_and_itself_but_no_other_part(tmp_path):
  folder = tmp_path / 'run'
  with folders.locked(folder, '1-of-2'):
    with folders.locked(folder, '2-of-2'):
      pass
    for name in (None, '1-of-2'):
      with pytest.raises(ValueError, match='is in use by process'), folders.locked(folder, name):
        pass
  whole, held = folders.locked(folder), pytest.raises(ValueError, match='is in use by process')
  with whole, held, folders.locked(folder, '1-of-2'):
    pass
