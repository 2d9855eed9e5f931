"""Questions to a trained generator beside its scores, such as how its samples change along lines.

A probe is a callable `(Subject) -> Answer`, bound in `train_gan.probes`; `--mode=eval` asks those of a finished run.
"""

from typing import Annotated, Any, Callable, NamedTuple

import numpy as np

from tfgan_landscape.evaluation.scores import Score
from tfgan_landscape.ranges import Count, Range, configurable

_GRID = 8  # lines drawn, and samples of each


class Subject(NamedTuple):
  """A generator, as a probe sees it.

  Attributes:
    sample: maps latents [n, latent_dim] to examples [n, ...], NumPy arrays.
    latents: count -> the run's own latents [count, latent_dim], NumPy.
    load: split -> Examples of the real data.
  """

  sample: Callable
  latents: Callable
  load: Callable


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


def _median(values, parts):
  """The median of values / parts, 1 where both are 0."""
  return float(np.median(np.where(parts > 0, values / np.where(parts > 0, parts, 1), 1.0)))
