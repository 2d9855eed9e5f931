"""The doctor's figures: do its odds come true, and what became of the runs that it called collapsed."""

import numpy as np

from tfgan_landscape.evaluation import survival
from tfgan_landscape.reporting import figures
from tfgan_landscape.studies.doctor import outcomes, treatments


def calibration(path, course):
  """Draws the share of runs that ended collapsed over the forecast probability, on losses and on data not seen.

  Args:
    path: of the PNG.
    course: `outcomes.Course`.
  """
  figure = figures.new(3.4 * len(outcomes.PARTS), 3.6)
  axes = figure.subplots(1, len(outcomes.PARTS), sharey=True)
  forecasts = {'a loss not seen': course.forecasts('loss'), 'data not seen': course.forecasts('setting')}
  for index, (part, axis) in enumerate(zip(outcomes.PARTS, axes)):
    axis.plot([0, 1], [0, 1], color='lightgrey', linewidth=1)
    for name, each in forecasts.items():
      found = outcomes.calibration(each[:, index], course.collapsed)
      _with_intervals(axis.errorbar, [at for at, _, _ in found], [share for _, share, _ in found], label=name)
    axis.set(title=f'after {part:.0%} of the run', xlabel='forecast: it ends collapsed', xlim=(0, 1), ylim=(0, 1))
  axes[0].set_ylabel('share of runs that did')
  axes[0].legend(fontsize=8)
  figures.save(figure, path)


def _with_intervals(draw, at, shares, **style):
  values, low, high = np.array(shares).reshape(-1, 3).T
  draw(at, values, [values - low, high - values], marker='o', markersize=4, capsize=2, linewidth=1, **style)


def treatment(path, treated):
  """Draws the share of ill runs that recovered, by what was done with them.

  Args:
    path: of the PNG.
    treated: {setting: `treatments.Treatment`}.
  """
  told = treatments.told(treated)
  figure = figures.new(1.5 + 2.6 * len(treated), 0.9 + 0.3 * len(told))
  axes = figure.subplots(1, max(1, len(treated)), sharey=True, squeeze=False)[0]
  places = np.arange(len(told))[::-1]
  for setting, axis in zip(treated, axes):
    values, low, high = np.array([survival.share(each[setting]) for each in told.values()]).T
    colors = ['tab:grey' if position < 2 else 'tab:blue' for position in range(len(told))]
    axis.barh(places, values, xerr=[values - low, high - values], color=colors, capsize=2, height=0.7)
    count = len(next(iter(told.values()))[setting])
    axis.set(title=f'{setting}, {count} runs', xlim=(0, 1), xlabel='recovered at the end')
    axis.title.set_fontsize(10)
  axes[0].set_yticks(places, list(told))
  figures.save(figure, path)
