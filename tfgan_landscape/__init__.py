"""tfgan_landscape: why a GAN collapses and what cures it, in TensorFlow 2.

Importing this package does no work and does not import TensorFlow; it sees which TensorFlow is installed.
"""

from tfgan_landscape import compat

__version__ = '0.1.0'

compat.install()


def load_generator(model_dir, average=True, best=False):
  """Returns the trained generator of a run as a Keras model, from latents [n, latent_dim] to examples [n, ...].

  Reads the run's bindings into gin, in place of those that were there.

  Args:
    model_dir: the run's folder.
    average: whether to take the generator's moving average, or the generator itself.
    best: whether to take the checkpoint with the best score, or the newest.

  Raises:
    tfgan_landscape.errors.InputError: the folder holds no run, or no checkpoint that is whole.
  """
  from tfgan_landscape.studies.gan import loading

  return loading.generator(model_dir, average, best)
