"""The distances between two sets of images (folders, .npz or zip), by the features that a run is scored with."""

import functools

from tfgan_landscape.datasets.examples import evenly
from tfgan_landscape.datasets.image_folder import image_folder
from tfgan_landscape.errors import InputError


def compare(evaluate, execution, labelled, shape):
  """Prints scores of the images of the second folder against those of the first; returns the exit code.

  Both sides are as many images as the smaller folder has, evenly spread over its sorted names, at the size and with the
  channels that the run has.

  Args:
    evaluate: makes an `Evaluation`, or None.
    execution: `Execution`, with two `images`.
    labelled: loader that features may learn from.
    shape: (size, size, channels) of the run's images.

  Raises:
    InputError: there are not two sets of images, or no scores in this experiment.
  """
  if not evaluate:
    raise InputError('train_gan.evaluate is None: there are no features to compare by; name an experiment with scores')
  if len(execution.images) != 2:
    raise InputError('--mode=compare takes two sets of images: --images=REAL --images=GENERATED')
  first, second = (
    image_folder('all', path=str(path), image_size=shape[0], channels=shape[2]) for path in execution.images
  )
  if first.source['content'] == second.source['content']:
    print(f'{execution.images[0]} and {execution.images[1]} hold the same images: every distance is 0')
    return 0
  count = min(first.count, second.count)
  evaluation = evaluate(
    lambda split: first,
    labelled,
    execution.cache_dir,
    test_split='all',
    fid_count=count,
    inception_score_count=count,
    inception_score_splits=1,
  )
  found = evaluation.score(functools.partial(evenly, second))
  print(f'real       {execution.images[0]}: {count} of {first.count} images, {shape[0]} pixels')
  print(f'generated  {execution.images[1]}: {count} of {second.count} images')
  print(f'features   {_features(evaluation)}')
  _print(found)
  return 0


def _features(evaluation):
  """What the images are looked at with, and what that was trained on."""
  protocols = evaluation.protocol['features']
  return ' and '.join(map(_network, protocols if isinstance(protocols, list) else [protocols]))


def _network(protocol):
  learned = protocol.get('train', {})
  data = ' '.join(str(learned[key]) for key in ('name', 'version') if learned.get(key))
  accuracy = f', {protocol["test_accuracy"]:.1%} of its test images right' if 'test_accuracy' in protocol else ''
  return protocol['name'] + (f', trained on {data}{accuracy}' if data else accuracy)


def _error(score):
  return '' if score.std is None else f' +- {score.std:.2g}'


def score_images(evaluation, paths, shape):
  """Prints scores of finished images against the real data of an experiment; returns the exit code.

  Args:
    evaluation: `Evaluation`.
    paths: of folders, .npz or zip files; each is scored by itself.
    shape: (size, size, channels) of the experiment's images.

  Raises:
    InputError: the experiment has no scores, or there are too few images for its counts.
  """
  if not evaluation:
    raise InputError('train_gan.evaluate is None: there is nothing to score by; name an experiment with scores')
  for path in paths:
    images = image_folder('all', path=str(path), image_size=shape[0], channels=shape[2])
    if images.count < evaluation.count:
      raise InputError(
        f'{path} has {images.count} images, and the scores take {evaluation.count}; bind'
        f' Evaluation.inception_score_count and Evaluation.fid_count to {images.count} or less'
      )
    print(f'{path}: {evaluation.count} of {images.count} images')
    _print(evaluation.score(functools.partial(evenly, images)))
  return 0


def _print(scores):
  shown = [score for score in scores if '_share_' not in score.name]
  print('\n'.join(f'  {score.name:40} {score.value:10.4f}{_error(score)}' for score in shown), flush=True)
