"""Questions to a trained generator beside its scores, such as how its samples change along lines.

A probe is a callable `(Subject) -> Answer`, bound in `train_gan.probes`; `--mode=eval` asks those of a finished run.
"""

from typing import Annotated, Any, Callable, NamedTuple, Optional

import numpy as np
import scipy.spatial
import scipy.stats

from tfgan_landscape.config.arguments import Count, Positive, Range, Share, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation.network_scores import Score

_GRID = 8  # lines drawn, and samples of each


class Subject(NamedTuple):
  """A generator, as a probe sees it.

  Attributes:
    sample: maps latents [n, latent_dim] to examples [n, ...], NumPy arrays.
    latents: count -> the run's own latents [count, latent_dim], NumPy.
    load: split -> Examples of the real data.
    responses: `(train_split, held_out_split, steps, batches, learning_rate) -> {player: Response}`, what each player
      gains by answering the other; None for a generator that no critic plays against, such as a moving average.
  """

  sample: Callable
  latents: Callable
  load: Callable
  responses: Optional[Callable] = None


class Answer(NamedTuple):
  """scores: list of `Score`; pictures: {name: examples [n, ...]}, to be drawn as a grid."""

  scores: list
  pictures: dict[str, Any]


@configurable(denylist=['subject'])
def interpolation(subject, lines: Count = 200, points: Annotated[int, Range(3)] = 33):
  """How evenly samples change on straight lines between two latents (0-GP paper, Figure 9).

  A line of k points has k - 1 steps, Euclidean distances of neighbouring samples. Its *jump* is the largest step over
  the mean one: 1 where the sample changes evenly, k - 1 where all changes in one step. Its *detour* is the sum of the
  steps over the distance of the two ends, at least 1.

  Args:
    subject: `Subject`.
    lines: between pairs of the run's latents.
    points: of a line, ends included.

  Returns:
    `Answer`: medians over lines, `interpolation_jump_200x33` and `interpolation_detour_200x33`; a picture of eight
    lines, eight samples each.
  """
  ends = subject.latents(2 * lines).reshape(lines, 2, -1)
  shares = np.linspace(0, 1, points, dtype=np.float32)[:, None]
  paths = np.stack([subject.sample((1 - shares) * start + shares * end) for start, end in ends])
  steps = np.linalg.norm(np.diff(paths, axis=1).reshape(lines, points - 1, -1), axis=2)
  straight = np.linalg.norm((paths[:, -1] - paths[:, 0]).reshape(lines, -1), axis=1)
  name = f'{lines}x{points}'
  scores = [
    Score(f'interpolation_jump_{name}', _median(steps.max(1), steps.mean(1))),
    Score(f'interpolation_detour_{name}', _median(steps.sum(1), straight)),
  ]
  shown = paths[:_GRID, np.linspace(0, points - 1, _GRID).astype(int)]
  return Answer(scores, {'interpolation': shown.reshape(-1, *paths.shape[2:])})


@configurable(denylist=['subject'])
def support_size(subject, samples: Annotated[int, Range(2)] = 1000, near: Share = 0.1, split: str = 'train'):
  """How many different examples a generator has, by the birthday paradox (Arora and Zhang 2017).

  Of N equally likely examples two samples are the same one with probability 1 / N, so that s samples have on average
  s (s - 1) / 2N pairs of duplicates. Samples count as duplicates here when they are nearer to each other than `near`
  times the median distance of a real example to its nearest neighbour among as many: look at the picture whether they
  are.

  Args:
    subject: `Subject`.
    samples: s, at least 2; a support of up to s^2 can be told from a larger one.
    near: in [0, 1]; 0 counts equal samples alone.
    split: of the real examples.

  Returns:
    `Answer`: `duplicates_1000`, the pairs found; `support_size_at_least_1000`, with 95 % confidence; where there are
    duplicates also `support_size_1000`. A picture of the 32 nearest pairs, side by side.

  Raises:
    InputError: fewer real examples than samples.
  """
  generated = subject.sample(subject.latents(samples))
  distances = scipy.spatial.distance.pdist(_flat(generated))
  threshold = near * np.median(_nearest(_flat(_real(subject, split, samples))))
  found, pairs = int((distances <= threshold).sum()), len(distances)
  name = str(samples)
  scores = [
    Score(f'duplicates_{name}', float(found)),
    Score(f'support_size_at_least_{name}', pairs / (0.5 * float(scipy.stats.chi2.ppf(0.95, 2 * found + 2)))),
  ]
  if found:
    scores.append(Score(f'support_size_{name}', pairs / found))
  else:
    print(
      f'no two of {samples:,} samples are near duplicates: too few for an estimate of the support, which is at least '
      f'{scores[-1].value:,.0f}; support_size.samples = {2 * samples} finds duplicates in four times as much'
    )
  firsts, seconds = np.triu_indices(samples, 1)
  nearest = np.argsort(distances, kind='stable')[: _GRID * _GRID // 2]
  shown = np.stack([firsts[nearest], seconds[nearest]], 1).reshape(-1)
  return Answer(scores, {'nearest_pairs': generated[shown]})


@configurable(denylist=['subject'])
def equilibrium_gap(
  subject,
  steps: Annotated[int, Range(10)] = 500,
  batches: Count = 20,
  learning_rate: Positive = 2e-4,
  split: str = 'train',
  held_out: str = 'test',
):
  """How far a run is from an equilibrium: what each player gains by answering the other (MIX+GAN paper, Definition 2).

  Each player in turn is trained alone, by Adam from where it is, against the other as it is; its gain is by how much
  its own objective falls on held-out examples. An answer that is not the best one gains less: the true epsilon is at
  least the one given. Of a game with one pay-off (a zero-sum loss, as `saturating`, without a penalty) half the sum of
  both gains is the least epsilon of the definition; any other game has none.

  Args:
    subject: `Subject`.
    steps: of an answer.
    batches: held-out batches, of the run's size.
    learning_rate: of an answer.
    split: of the examples that an answer learns from.
    held_out: split of the examples that judge it.

  Returns:
    `Answer`: `critic_gain_500`, `generator_gain_500` and, of one pay-off, `equilibrium_epsilon_500`, in units
    of the loss; nothing for a moving average.
  """
  if subject.responses is None:
    return Answer([], {})
  responses, one_payoff = subject.responses(split, held_out, steps, batches, learning_rate)
  for player, response in responses.items():
    late = response.late - response.after
    if late > 0.1 * abs(response.gain):
      print(
        f'the {player} gains {response.gain:.4g} in {steps} steps, {late:.4g} of it in the last tenth: it goes on; '
        f'equilibrium_gap.steps = {4 * steps} would say more'
      )
  gains = {player: response.gain for player, response in responses.items()}
  scores = [Score(f'{player}_gain_{steps}', gain) for player, gain in gains.items()]
  if one_payoff:
    scores.append(Score(f'equilibrium_epsilon_{steps}', sum(gains.values()) / 2))
  return Answer(scores, {})


def _real(subject, split, count):
  """The first real examples of a split, as the generator makes them, [count, ...]."""
  examples = subject.load(split)
  if examples.count < count:
    raise InputError(
      f"support_size.samples = {count} is more than the {examples.count} examples of '{split}'; lower it"
    )
  real = next(iter(examples.records.batch(count)))['example'].numpy()
  return real.astype(np.float32) / 127.5 - 1 if real.dtype == np.uint8 else real


def _flat(examples):
  return np.asarray(examples).reshape(len(examples), -1)


def _nearest(points):
  """The distance of each point to its nearest neighbour."""
  distances = scipy.spatial.distance.squareform(scipy.spatial.distance.pdist(points))
  np.fill_diagonal(distances, np.inf)
  return distances.min(1)


def _median(values, parts):
  """The median of values / parts, 1 where both are 0."""
  return float(np.median(np.where(parts > 0, values / np.where(parts > 0, parts, 1), 1.0)))
