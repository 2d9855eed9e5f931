"""The one exception that means "what the user gave cannot be used", and where in the user's code it came about."""

import contextlib
import linecache
import pathlib
import re
import sys
import sysconfig
import traceback

_HERE = pathlib.Path(__file__).parent
_INSTALLED = [pathlib.Path(path) for path in {*sysconfig.get_paths().values(), sys.prefix, sys.base_prefix}]


class InputError(ValueError):
  """Bad input: its text is one line that names the cause and the remedy.

  The command line prints the text without a traceback and exits with code 2; every other exception is a
  defect of ours and keeps its traceback.

  Args:
    text: the line.
    frame: where in the user's own code it came about, of `users_frame`; it is printed below the line.
  """

  def __init__(self, text, frame=None):
    super().__init__(text)
    self.frame = frame


def users_frame(error):
  """Returns 'FILE, line N: CODE' of the innermost place in the user's code that an exception passed; None for none.

  TensorFlow's compiler gives its errors a traceback of its own, within their text.
  """
  found = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
  found += [(file, int(line)) for file, line in re.findall(r'File "(.+?)", line (\d+), in ', str(error))]
  own = [(file, line) for file, line in found if _is_users(file)]
  if not own:
    return None
  file, line = own[-1]
  return f'{file}, line {line}: {linecache.getline(file, line).strip()}'


def _is_users(file):
  path = pathlib.Path(file)
  return path.is_file() and '__autograph_generated_file' not in file and not {_HERE, *_INSTALLED} & set(path.parents)


@contextlib.contextmanager
def users_code(label):
  """Turns an exception that comes from the user's own code into an InputError; any other stays what it is.

  Args:
    label: what of the user's is called, e.g. 'train_gan.generator'.
  """
  try:
    yield
  except (InputError, OSError):  # a disk's or a network's fault, wherever it was met
    raise
  except Exception as error:
    frame = users_frame(error)
    if frame is None:
      raise
    raise InputError(f'{label} fails: {said(error)}; correct it', frame) from error


def said(error):
  """Returns an exception's name and what it says, in one line; of TensorFlow's compiler, the error within its text."""
  lines = [line.strip() for line in str(error).splitlines() if line.strip()]
  lines = [line for line in lines if not line.startswith('In call to configurable')] or ['']
  return lines[-1] if any('in user code:' in line for line in lines) else f'{type(error).__name__}: {lines[0]}'
