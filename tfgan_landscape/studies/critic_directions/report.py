"""The files that the study of critics' directions leaves: a table and a figure for each pair of sets."""

import numpy as np

from tfgan_landscape.evaluation import survival
from tfgan_landscape.io import files
from tfgan_landscape.reporting import images, results
from tfgan_landscape.reporting.results import row
from tfgan_landscape.studies.critic_directions import figures

_ALONG = 6  # pictures along a gradient


def write(study):
  """Writes `results.json`, `table.md` and the figures of a `CriticDirections`; returns the table."""
  folder = study.execution.model_dir
  runs = {name: study.runs.load(name, study.seeds) for name in study.cases}
  rows = [row for name in study.cases for row in _rows(study, name, runs[name])]
  results.write(folder, rows)
  table = results.table(rows, corner='sets, objective, penalty')
  files.write_text(folder / 'table.md', f'{study.protocol}\n\n{table}')
  files.folder(folder / 'figures')
  for name in study.sets:
    _draw(study, name, runs, folder / 'figures')
  figures.means(folder / 'figures' / 'means.png', _means(study, runs), study.iterations)
  return table


def _rows(study, name, runs):
  sets, phi, penalty = study.cases[name]
  numbers = {
    'largest slope': [run['slopes'].max() for run in runs],
    'spread of the mean of f, last half': [run['means'][len(run['means']) // 2 :].std() for run in runs],
  }
  if study.weight:
    pairs = [(study.optimum(sets, phi, seed), run) for seed, run in enumerate(runs)]
    numbers = {
      'angle to a bounding real point, degrees': [_angle(optimum, run['gradients']) for optimum, run in pairs],
      'angle to the nearest real point, degrees': [_nearest(optimum, run['gradients']) for optimum, run in pairs],
      'distance to f*, of its range': [_distance(optimum, run) for optimum, run in pairs],
      'k of the optimum': [optimum.k for optimum, _ in pairs],
      **numbers,
    }
  label = f'{sets}, {phi}, {penalty}'
  return [row(label, what, survival.mean(values), protocol=study.protocol) for what, values in numbers.items()]


def _angle(optimum, gradients):
  """Mean over the fake points of the angle to the nearest bounding real point; of a zero gradient 90 degrees."""
  angles = optimum.angles(gradients)
  bounded = np.array([len(each) > 0 for each in optimum.directions()])
  return np.where(np.isnan(angles), 90.0, angles)[bounded].mean()


def _nearest(optimum, gradients):
  """Mean over the fake points of the angle to the real point that the gradient points at best."""
  towards = optimum.real - optimum.fake[:, None]
  cosines = (towards * gradients[:, None]).sum(-1) / np.linalg.norm(towards, axis=-1)
  lengths = np.linalg.norm(gradients, axis=1)
  return np.degrees(np.arccos(np.clip(cosines.max(1) / np.where(lengths > 0, lengths, 1), -1, 1))).mean()


def _distance(optimum, run):
  """Mean |f - f*| over the points, both without their mean, over the range of f*."""
  exact = np.concatenate([optimum.real_values, optimum.fake_values])
  trained = np.concatenate([run['real_values'], run['fake_values']]).astype(float)
  return np.abs((trained - trained.mean()) - (exact - exact.mean())).mean() / max(np.ptp(exact), 1e-12)


def _means(study, runs):
  """{title: {phi: mean of f by record}} of the first set and seed, a title a penalty."""
  first = next(iter(study.sets))
  return {
    penalty: {phi: runs[f'{first}-{phi}-{penalty}'][0]['means'] for phi in study.phis} for penalty in study.penalties
  }


def _draw(study, name, runs, folder):
  real, fake = study.points(name, 0)
  if study.image_shape:
    _draw_images(study, name, runs, folder)
  if real.shape[1] != 2:
    return
  x, y = study.axes(name)
  places = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
  panels = {}
  for phi in study.phis if study.weight else ():
    optimum = study.optimum(name, phi, 0)
    middle = 0.5 * (optimum.lowest(places) + optimum.highest(places))
    arrows = [each.mean(0) if len(each) else np.zeros(2) for each in optimum.directions()]
    panels[f'{phi}, exact'] = middle.reshape(len(y), len(x)), np.array(arrows)
  for penalty in study.penalties:
    for phi in study.phis:
      run = runs[f'{name}-{phi}-{penalty}'][0]
      panels[f'{phi}, {penalty}'] = run['surface'], run['gradients']
  columns = len(study.phis) if len(study.phis) > 1 else len(panels)
  figures.surfaces(folder / f'{name}.png', (x, y), panels, (real, fake), columns)


def _draw_images(study, name, runs, folder):
  """Draws of each fake point a row: it, its gradient, points along it, and the real one that these come nearest to."""
  real, fake = study.points(name, 0)
  for case, (sets, phi, penalty) in study.cases.items():
    if sets == name:
      rows = [
        row for point, gradient in zip(fake, runs[case][0]['gradients']) for row in _gradation(point, gradient, real)
      ]
      pictures = images.to_uint8(np.reshape(rows, [-1, *study.image_shape]).astype(np.float32))
      images.save_png(folder / f'{name}-{phi}-{penalty}.png', images.enlarge(images.in_rows(pictures, _ALONG + 3)))


def _gradation(point, gradient, real):
  """The pictures of a row, [_ALONG + 3, d]; those along the gradient end at the distance of the real one."""
  unit = gradient / max(np.linalg.norm(gradient), 1e-12)
  towards = real - point
  length = np.linalg.norm(towards, axis=1)
  nearest = np.argmax(towards @ unit / length)
  steps = point + np.linspace(0, length[nearest], _ALONG + 1)[1:, None] * unit
  return [point, gradient / max(np.abs(gradient).max(), 1e-12), *steps, real[nearest]]
