"""Records of runs: all or nothing on disk, damage is absence."""

import os

import numpy as np
import pytest

from tfgan_landscape.dynamics.trajectories import Trajectories


def test_what_is_saved_is_loaded(tmp_path):
  kept = Trajectories(tmp_path / 'runs')
  kept.save('JS-GAN', 3, loss=np.arange(4.0))
  np.testing.assert_array_equal(kept.load('JS-GAN', 3)['loss'], np.arange(4.0))
  assert kept.load('JS-GAN', 4) is None
  assert [path.name for path in (tmp_path / 'runs').iterdir()] == ['JS-GAN-00003.npz']


@pytest.mark.parametrize('damage', ['empty', 'cut', 'flipped'])
def test_a_damaged_file_is_a_missing_run(tmp_path, damage):
  kept = Trajectories(tmp_path)
  kept.save('RS', 0, loss=np.random.default_rng(0).normal(size=1000))
  content = bytearray(kept.path('RS', 0).read_bytes())
  if damage == 'flipped':
    content[len(content) // 2] ^= 255
  length = {'empty': 0, 'cut': len(content) // 2, 'flipped': len(content)}[damage]
  kept.path('RS', 0).write_bytes(content[:length])
  assert kept.load('RS', 0) is None


@pytest.mark.parametrize('put', [os.mkdir, os.mkfifo, lambda path: path.symlink_to(path.name)])
def test_what_is_in_the_place_of_a_run_is_a_missing_run_and_makes_way(tmp_path, put):
  kept = Trajectories(tmp_path)
  put(kept.path('RS', 0))
  assert kept.load('RS', 0) is None
  kept.save('RS', 0, loss=np.arange(4.0))
  np.testing.assert_array_equal(kept.load('RS', 0)['loss'], np.arange(4.0))


def test_python_objects_are_not_loaded(tmp_path):
  kept = Trajectories(tmp_path)
  np.savez(kept.path('RS', 0), loss=np.array([{}], dtype=object))
  assert kept.load('RS', 0) is None
