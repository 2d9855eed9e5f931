"""A killed worker of a training takes nothing along."""

import killed_worker
import pytest

POINTS = [
  '--mode=train',
  '--gin_file=rs_gaussians_mlp.gin',
  '--gin_param=width = 4',
  '--gin_param=Trainer.iterations = 201',
  '--gin_param=Loop.log_every = 10',
  '--gin_param=Loop.seconds_per_call = 0.2',
  '--gin_param=train_gan.save_every = 50',
  '--gin_param=train_gan.sample_every = 1000000',
]

needs_launcher = pytest.mark.skipif(
  not (killed_worker.LAUNCHER.parents[1] / '.venv').exists(), reason='needs the environment that launch/test.sh makes'
)


@pytest.mark.slow
@needs_launcher
def test_all_start_again_and_the_end_is_that_of_an_undisturbed_training(tmp_path):
  assert killed_worker.compare(POINTS, tmp_path, after=50) == []


@needs_launcher
def test_a_training_that_ends_before_the_kill_is_told(tmp_path):
  launcher = killed_worker.start(['--workers=0'], tmp_path)
  with pytest.raises(RuntimeError, match='ended before its iteration 100'):
    killed_worker.kill_a_worker(launcher, tmp_path / 'run', after=100)
