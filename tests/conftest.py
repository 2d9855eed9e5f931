"""Every test starts from the same state: no gin bindings, fixed seeds, two virtual CPUs, no network."""

import contextlib
import functools
import gc
import os
import pathlib
import resource

from tfgan_landscape.config import command_line

command_line.before_tensorflow()
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '-1')

import gin  # noqa: E402
import pytest  # noqa: E402
import tensorflow as tf  # noqa: E402

SHARED = pathlib.Path(__file__).parents[2] / 'shared'

tf.config.set_logical_device_configuration(
  tf.config.list_physical_devices('CPU')[0], [tf.config.LogicalDeviceConfiguration()] * 2
)


def pytest_addoption(parser):
  parser.addoption('--all', action='store_true', help='also run the tests that are marked slow')
  parser.addoption('--long', action='store_true', help='also run the cases that even --all leaves out for their time')


def pytest_collection_modifyitems(config, items):
  """Leaves out what is slow, unless --all or --long asks for it, or a test is named by itself."""
  if config.getoption('--all') or config.getoption('--long') or any('::' in name for name in config.args):
    return
  slow = [item for item in items if item.get_closest_marker('slow')]
  config.hook.pytest_deselected(items=slow)
  items[:] = [item for item in items if not item.get_closest_marker('slow')]


def pytest_collection_finish():
  """What the imports made stays: every full collection of garbage would look through it again."""
  gc.collect()
  gc.freeze()


@pytest.fixture(autouse=True)
def _fresh_state():
  gin.clear_config()
  tf.keras.utils.set_random_seed(0)
  yield
  gin.clear_config()
  tf.keras.backend.clear_session()


@pytest.fixture
def shared():
  """The folder with reference arrays and real data beside the repository; skips where it is absent."""
  if not SHARED.is_dir():
    pytest.skip('needs the reference data beside the repository')
  return SHARED


@pytest.fixture
def tfgan_losses():
  """TF-GAN's losses as its `losses.wargs` has them; skips on TensorFlow 2.16 and newer, where they do not import."""
  import tensorflow_gan

  if not hasattr(tensorflow_gan, 'losses'):
    pytest.skip('tensorflow_gan.losses does not import here')
  return tensorflow_gan.losses.wargs


@functools.cache
def _mirrored():
  return tf.distribute.MirroredStrategy(['/cpu:0', '/cpu:1'])


@pytest.fixture
def two_replicas():
  """One MirroredStrategy for all tests: TensorFlow's CPU collectives mix up those of two strategies in one process."""
  return _mirrored()


@pytest.fixture
def files_at_most():
  """A context of a size in bytes: no file can grow beyond it, the system refuses the write as that of a full disk."""

  @contextlib.contextmanager
  def limited(size):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
      yield
    finally:
      resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

  return limited
