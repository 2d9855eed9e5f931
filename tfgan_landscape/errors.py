"""The one exception that means "what the user gave cannot be used"."""


class InputError(ValueError):
  """Bad input: its text is one line that names the cause and the remedy.

  The command line prints the text without a traceback and exits with code 2; every other exception is a
  defect of ours and keeps its traceback.
  """
