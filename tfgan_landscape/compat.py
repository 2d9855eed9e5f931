"""TensorFlow 2.16 and newer in place of 2.15: Keras 2 as `tf-keras`, and parts of TF-GAN and TF Addons alone.

TensorFlow 2.16 made Keras 3 its Keras, and TF-GAN 2.1 and TF Addons 0.23, which were written for Keras 2, no longer
import as a whole. Their parts that are used here do: `tensorflow_gan.eval`, and
`tensorflow_addons.layers.SpectralNormalization`. `install` makes an import of the two packages load these parts alone.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import os
import sys

# Modules whose own code would import what is no longer there: of each, what it keeps, {name: module[:attribute]}.
_PARTS = {
  'tensorflow_gan': {'eval': 'tensorflow_gan.python.eval'},
  'tensorflow_gan.python': {},
  'tensorflow_addons': {'layers': 'tensorflow_addons.layers'},
  'tensorflow_addons.layers': {
    'SpectralNormalization': 'tensorflow_addons.layers.spectral_normalization:SpectralNormalization'
  },
}


def install():
  """Prepares this process, before it imports TensorFlow; nothing is done where TensorFlow is 2.15 or not there."""
  try:
    version = importlib.metadata.version('tensorflow')
  except importlib.metadata.PackageNotFoundError:
    return
  if tuple(int(part) for part in version.split('.')[:2]) < (2, 16):
    return
  os.environ.setdefault('TF_USE_LEGACY_KERAS', '1')
  if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
    sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder):
  """Finds the packages of `_PARTS` where they lie, and gives them to `_Loader`."""

  def find_spec(self, name, path=None, target=None):
    """Returns a spec, or None for every other module."""
    if name not in _PARTS:
      return None
    found = importlib.machinery.PathFinder.find_spec(name, path, target)
    if found is None:
      return None
    spec = importlib.machinery.ModuleSpec(name, _Loader(), origin=found.origin, is_package=True)
    spec.submodule_search_locations = found.submodule_search_locations
    return spec


class _Loader(importlib.abc.Loader):
  """Fills a module with its parts in place of running its code."""

  def create_module(self, spec):
    """Returns None: an ordinary module."""
    del spec

  def exec_module(self, module):
    """Imports the parts, which may need the module itself."""
    for name, part in _PARTS[module.__name__].items():
      source, _, attribute = part.partition(':')
      found = importlib.import_module(source)
      setattr(module, name, getattr(found, attribute) if attribute else found)
