"""TensorFlow 2.16 and newer: what the finder gives in place of packages that no longer import as a whole."""

import importlib.metadata
import os
import subprocess
import sys
import textwrap

import pytest

from tfgan_landscape import compat

NEW = tuple(int(part) for part in importlib.metadata.version('tensorflow').split('.')[:2]) >= (2, 16)


def run(code):
  command = [sys.executable, '-c', textwrap.dedent(code)]
  environment = {name: value for name, value in os.environ.items() if name != 'TF_USE_LEGACY_KERAS'}
  return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)


PACKAGES = """
  import sys, importlib.metadata
  sys.path.insert(0, {folder!r})
  importlib.metadata.version = lambda name: {version!r}
  import os
  from tfgan_landscape import compat
"""


@pytest.fixture
def packages(tmp_path):
  """Stand-ins for TF-GAN and TF Addons, whose own code cannot be run."""
  for name, text in {
    'tensorflow_gan/__init__.py': 'raise ImportError("distutils")',
    'tensorflow_gan/python/__init__.py': 'raise ImportError("tensorflow.estimator")',
    'tensorflow_gan/python/eval/__init__.py': 'SIZE = 299',
    'tensorflow_addons/__init__.py': 'raise ImportError("keras.src.engine")',
    'tensorflow_addons/layers/__init__.py': 'raise ImportError("keras.src.engine")',
    'tensorflow_addons/layers/spectral_normalization.py': 'class SpectralNormalization: pass',
  }.items():
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)
  return tmp_path


def test_the_parts_that_are_used_import_where_the_whole_does_not(packages):
  code = (
    PACKAGES.format(folder=str(packages), version='2.20.0')
    + """
  import tensorflow_gan as tfgan
  import tensorflow_addons as tfa
  print(tfgan.eval.SIZE, tfa.layers.SpectralNormalization.__name__, os.environ['TF_USE_LEGACY_KERAS'])
  """
  )
  found = run(code)
  assert found.stdout.split() == ['299', 'SpectralNormalization', '1'], found.stderr


def test_nothing_is_done_on_tensorflow_2_15(packages):
  code = (
    PACKAGES.format(folder=str(packages), version='2.15.1')
    + """
  print('TF_USE_LEGACY_KERAS' in os.environ, any(isinstance(each, compat._Finder) for each in sys.meta_path))
  import tensorflow_gan
  """
  )
  found = run(code)
  assert found.stdout.split() == ['False', 'False']
  assert found.stderr.strip().endswith('ImportError: distutils')


def test_installing_twice_adds_one_finder():
  compat.install()
  before = list(sys.meta_path)
  compat.install()
  assert sys.meta_path == before
  assert any(isinstance(each, compat._Finder) for each in before) == NEW
