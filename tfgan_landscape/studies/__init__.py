"""What a gin file runs: the only rooms that know all the others; and the one call to it, `run`."""

import contextlib
import re
from typing import Callable, Optional

from tfgan_landscape.config.arguments import configurable
from tfgan_landscape.config.execution import MODES
from tfgan_landscape.errors import InputError


@configurable('run', module='main', denylist=['execution'])
def run(execution, study: Optional[Callable] = None):
  """Builds the study that the gin file names, calls its method of the mode's name, and returns the exit code."""
  if study is None:
    raise InputError("no gin file binds run.study; include one of ours, e.g. include 'rs_digits_cnn.gin'")
  from tfgan_landscape.distribution import (
    determinism,  # imports TensorFlow, which --help and a misspelt flag do without
  )

  determinism.enable(execution.strict_determinism)
  with _missing_bindings_are_told():
    built = study(execution)
    if not hasattr(built, execution.mode):
      raise InputError(_without_mode(built, execution.mode))
    if execution.part.count > 1 and not hasattr(built, 'stages'):
      raise InputError('--part is for studies of many runs, and this is none; leave it out')
    return getattr(built, execution.mode)()


def report(folder, output):
  """Writes one page of all runs below a folder and of every claim, an .html, or the claims alone, an .md; returns 0."""
  from tfgan_landscape.reporting import page

  if not output.endswith(('.html', '.md')):
    raise InputError(f'--output={output} is no page; give a name that ends in .html, or in .md for the claims alone')
  studies, runs = page.write(folder, output)
  print(f'{output}: {studies} studies, {runs} runs of GANs below {folder}, and the claims of the papers')
  return 0


def _without_mode(built, mode):
  modes = ', '.join(each for each in MODES if hasattr(built, each))
  if not modes:
    return f'run.study made a {type(built).__name__}, which is no study; bind one, as run.study = @train_gan'
  return f'this study has no --mode={mode}; it has {modes}'


@contextlib.contextmanager
def _missing_bindings_are_told():
  """Turns gin's complaint about a required binding into an InputError."""
  try:
    yield
  except RuntimeError as error:
    required = re.search(r'Required bindings for `(.+?)` not provided in config: (.+)', str(error))
    if not required:
      raise
    raise InputError(
      f'{required[1]} needs bindings of {required[2]}; bind them, or include one of our files'
    ) from error
