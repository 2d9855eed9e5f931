"""How every command of ours starts and ends: what a user can mend is one line on stderr and exit code 2."""

import logging as python_logging
import os
import sys
import warnings

from absl import app, flags, logging

from tfgan_landscape.errors import InputError


def run(main, argv=None, takes=None):
  """Parses the flags, calls `main(argv)`, and exits with the code that it returns (None is 0).

  Args:
    main: the command, called with what is no flag.
    argv: words of the command, its name first; None for the process's own.
    takes: ending of the words that are taken without a flag, as '.gin'; None for none.
  """

  def guarded(argv):
    try:
      for word in argv[1:]:
        if not (takes and word.endswith(takes)):
          also = f' and no file that ends with {takes}' if takes else ''
          raise InputError(f'{word!r} is no flag{also}; --help lists the flags')
      code = main(argv)
      sys.stdout.flush()
      sys.exit(code)
    except InputError as error:
      sys.exit(_refuse(error))
    except KeyboardInterrupt:
      print('\ninterrupted', file=sys.stderr)
      sys.exit(130)
    except BrokenPipeError:  # whoever reads, as `| head` does, has seen enough
      os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
      sys.exit(141)

  app.run(guarded, argv, flags_parser=_parse_flags)


def before_tensorflow():
  """Sets what TensorFlow reads at its import, where the user has not set it."""
  os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')  # its errors arrive as exceptions too
  # On by default only where a CPU has AVX-512; on one with AVX2 alone it doubles the speed of these networks.
  os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')
  warnings.filterwarnings('ignore', message='pkg_resources is deprecated')  # by tensorflow-hub
  warnings.filterwarnings('ignore', module='tensorflow_addons')  # it announces its end of life at every import
  python_logging.getLogger('tensorflow').addFilter(lambda record: _can_be_mended(record.getMessage()))


def _can_be_mended(warning):
  """Whether a warning of TensorFlow's is about what the user gave.

  TF-GAN calls what TensorFlow has deprecated, and a study compiles a program for each loss and penalty, as it should.
  But a training that goes on compiling its iterations is slow by what it is made of.
  """
  if 'triggered tf.function retracing' in warning:
    return 'Engine' in warning
  return not any(words in warning for words in ('Instructions for updating', 'AutoGraph could not transform'))


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
  if getattr(error, 'frame', None):
    print(f'  {error.frame}', file=sys.stderr)
  return 2
