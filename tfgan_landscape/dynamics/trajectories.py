"""What whole runs recorded, one file a run: an interrupted study goes on where it stopped."""

import os
import pathlib
import zipfile
import zlib

import numpy as np


class Trajectories:
  """The records of runs in a folder, by (name, seed).

  Args:
    folder: made at the first save.
  """

  def __init__(self, folder):
    self.folder = pathlib.Path(folder)

  def path(self, name, seed):
    """Returns the file of a run."""
    return self.folder / f'{name}-{seed:05d}.npz'

  def save(self, name, seed, **arrays):
    """Writes the arrays of a run, all or nothing."""
    path = self.path(name, seed)
    self.folder.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix('.partial')
    with open(partial, 'wb') as file:
      np.savez_compressed(file, **arrays)
    os.replace(partial, path)

  def load(self, name, seed):
    """Returns the arrays of a run by name, None where the run is missing or its file is damaged."""
    try:
      with np.load(self.path(name, seed), allow_pickle=False) as file:
        return dict(file)
    except (FileNotFoundError, ValueError, EOFError, zipfile.BadZipFile, zlib.error):
      return None
