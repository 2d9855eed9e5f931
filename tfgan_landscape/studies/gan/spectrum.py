"""The eigenvalues of a trained pair's game, `--mode=spectrum`."""

import itertools
from typing import Annotated, Literal

import numpy as np
import tensorflow as tf

from tfgan_landscape.config.arguments import Count, Positive, Range, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import figures, results
from tfgan_landscape.training.game_spectrum import GameJacobian, Side, eigenvalues


@configurable('spectrum', denylist=['trainer', 'batches'])
def spectrum(
  trainer,
  batches,
  count: Annotated[int, Range(1, at_most=200)] = 20,
  which: Literal['largest', 'leftmost'] = 'largest',
  number_of_batches: Count = 4,
  tolerance: Positive = 1e-3,
  products: Count = 2_000,
):
  """Returns eigenvalues, complex [count], of the Jacobian of both players' gradients where the run is.

  The objectives are those of training, as means over a few of its batches, with the optimiser left out: of plain
  gradient play, whatever optimiser made the run.

  Args:
    trainer: `Trainer`.
    batches: iterator over real batches [n, ...].
    count: how many eigenvalues.
    which: those of 'largest' absolute value, or the 'leftmost', of smallest real part.
    number_of_batches: that the objectives are means over.
    tolerance: relative, of an eigenvalue; networks compute in float32.
    products: the most products with the Jacobian.

  Raises:
    InputError: they are not found within `products`.
  """
  real = list(itertools.islice(batches, number_of_batches))
  positions = tf.range(len(real), dtype=tf.int64)
  sides = [
    Side(lambda: _mean(trainer.generator_objective, real, positions), trainer.generators.learned),
    Side(lambda: _mean(lambda *each: trainer.critic_objective(*each)[0], real, positions), trainer.critics.learned),
  ]
  learned = {variable.ref() for side in sides for variable in side.variables}
  changing = [variable for variable in trainer.variables if variable.ref() not in learned]
  try:
    return eigenvalues(GameJacobian(sides, changing), count, which, tolerance, products)
  except InputError as error:
    raise InputError(f'{error}: spectrum.count, spectrum.tolerance, spectrum.products') from None


def _mean(objective, real, positions):
  return tf.add_n([objective(each, position) for each, position in zip(real, tf.unstack(positions))]) / len(real)


def write(folder, found, step):
  """Writes and prints eigenvalues, complex [count], of a run at an iteration: results.json and a figure."""
  results.write(folder, _rows(found, step))
  _draw(folder / 'eigenvalues.png', found, step)
  print(results.table(_rows(found, step)))
  left = int((found.real < 0).sum())
  print(f'{left} of these {len(found)} have a negative real part: directions in which plain gradient play runs away')
  print(f'everything is in {folder}: results.json | eigenvalues.png')


def _rows(found, step):
  protocol = f'Jacobian of both gradients at iteration {step:,}'
  parts = ((f'eigenvalue {index}', each) for index, each in enumerate(found, 1))
  return [
    results.Row(name, kind, float(value), protocol=protocol)
    for name, each in parts
    for kind, value in (('real part', each.real), ('imaginary part', each.imag))
  ]


def _draw(path, found, step):
  """Draws eigenvalues in the complex plane; those left of the dashed line are directions that run away."""
  figure = figures.new(5.2, 4.2)
  axis = figure.subplots()
  axis.axvline(0, color='grey', linestyle='--', linewidth=0.8)
  axis.plot(found.real, found.imag, 'o', markersize=5, alpha=0.8)
  reach = 1.2 * max(np.abs(found.imag).max(), 0.05 * np.abs(found).max(), 1e-12)
  axis.set(xlabel='real part', ylabel='imaginary part', ylim=(-reach, reach))
  axis.set_title(f'eigenvalues of the game at iteration {step:,}', fontsize=10)
  axis.grid(linewidth=0.3)
  figures.save(figure, path)
