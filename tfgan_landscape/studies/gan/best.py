"""The checkpoint of a run where a score was best, kept beside the newest ones."""

import re

from tfgan_landscape.io import files

_RISES = {'inception_score', 'modes'}
_OTHER_WORDS = {'fid': 'fd', 'kid': 'kd', 'inception_score': 'is'}  # through a network that is not Inception


def keep(checkpoints, score, values, step):
  """Saves the trainer where the moving average's score is better than the one that is kept.

  Args:
    checkpoints: `Checkpoints.best`.
    score: 'fid', 'kid', 'inception_score', 'modes' or 'kl'.
    values: {name: value} of this evaluation, e.g. 'ema/fid_10k_test'. A kept score of another protocol gives way.
    step: iterations done.
  """
  words = f'{score}|{_OTHER_WORDS[score]}' if score in _OTHER_WORDS else score
  name = next(name for name in values if re.fullmatch(rf'ema/(\w+_)?({words})_\d+k?(_[a-z]\w*)?(?<!_std)', name))
  path = checkpoints.directory / 'best.json'
  kept = files.read_json(path) or {}
  sign = -1 if score in _RISES else 1
  if kept.get('score') == name and sign * kept.get('value', 0.0) <= sign * values[name] and kept.get('step') != step:
    return
  checkpoints.save()
  files.write_text(path, files.to_json({'score': name, 'value': values[name], 'step': step}) + '\n')
