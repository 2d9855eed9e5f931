"""What a run's pictures are made of."""

import numpy as np

from tfgan_landscape.reporting import images
from tfgan_landscape.studies.gan import scoring


def test_the_history_of_a_long_run_reads_few_pictures(tmp_path, monkeypatch):
  """All of them would grow with the run, in memory too."""
  for step in range(0, 4100, 100):
    images.save_png(tmp_path / f'ema-{step:06d}.png', np.full([16, 16, 3], step // 100, np.uint8))
  read, whole = [], images.read_png
  monkeypatch.setattr(images, 'read_png', lambda path: read.append(path) or whole(path))
  levels = [int(picture.max()) for picture in scoring._history(tmp_path, 'ema', 4000, (16, 16, 3))]
  assert len(read) == len(levels) == 16
  assert levels == sorted(levels)
  assert (levels[0], levels[-1]) == (0, 40)
  assert [int(picture.max()) for picture in scoring._history(tmp_path, 'ema', 200, (16, 16, 3))] == [0, 1, 2]
