"""Records of runs: all or nothing on disk, damage is absence."""

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
