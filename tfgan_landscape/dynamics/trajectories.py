"""What whole runs recorded, one file a run: an interrupted study goes on where it stopped."""

import pathlib

import numpy as np

from tfgan_landscape.errors import InputError
from tfgan_landscape.io import arrays, files


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

  def save(self, name, seed, **records):
    """Writes the arrays of a run, all or nothing."""
    with files.replacing(self.path(name, seed)) as partial:
      np.savez_compressed(partial, **records)

  def load(self, name, seed):
    """Returns the arrays of a run by name, None where the run is missing or its file is damaged."""
    try:
      return arrays.read_npz(self.path(name, seed))
    except InputError:
      return None
