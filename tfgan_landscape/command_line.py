"""How every command of ours starts and ends: what a user can mend is one line on stderr and exit code 2."""

import logging as python_logging
import os
import sys
import warnings

from absl import app, flags, logging

from tfgan_landscape.errors import InputError


def run(main, argv=None):
  """Parses the flags, calls `main(argv)`, and exits with the code that it returns (None is 0).

  Args:
    main: the command, called with what is no flag.
    argv: words of the command, its name first; None for the process's own.
  """

  def guarded(argv):
    try:
      if len(argv) > 1:
        raise InputError(f'{argv[1]!r} is no flag; --help lists them')
      sys.exit(main(argv))
    except InputError as error:
      sys.exit(_refuse(error))
    except KeyboardInterrupt:
      print('\ninterrupted', file=sys.stderr)
      sys.exit(130)

  app.run(guarded, argv, flags_parser=_parse_flags)


def before_tensorflow():
  """Sets what TensorFlow reads at its import, where the user has not set it."""
  os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')  # its errors arrive as exceptions too
  # On by default only where a CPU has AVX-512; on one with AVX2 alone it doubles the speed of these networks.
  os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')
  warnings.filterwarnings('ignore', module='tensorflow_addons')  # it announces its end of life at every import
  # TF-GAN calls what TensorFlow has deprecated, and a study compiles a program for each loss and penalty, as it should:
  # nothing that a user can mend.
  told = 'Instructions for updating', 'triggered tf.function retracing'
  python_logging.getLogger('tensorflow').addFilter(
    lambda record: not any(words in record.getMessage() for words in told)
  )


def _parse_flags(argv):
  try:
    arguments = flags.FLAGS(argv)
  except flags.Error as error:
    sys.exit(_refuse(error))
  if flags.FLAGS['verbosity'].using_default_value:
    flags.FLAGS.verbosity = logging.WARNING  # tensorflow_datasets tells every file that it opens
  logging.get_absl_handler().setFormatter(python_logging.Formatter('warning: %(message)s'))
  return arguments


def _refuse(error):
  print(f'error: {str(error).splitlines()[0]}', file=sys.stderr)
  return 2
