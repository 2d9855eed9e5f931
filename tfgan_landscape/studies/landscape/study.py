"""The landscape drawn: values of the states of two points, of two clusters, as surfaces, and the graph x_i -> y_i.

Figures 4, 10, 25 and 26 of the RS-GAN paper, by `landscape/`, beside losses that the paper does not draw; and the
critics of the LGAN paper (Figure 1) and the objectives of Lipschitz GANs (Figure 12).
"""

import functools
from collections.abc import Sequence
from typing import Annotated

import numpy as np

from tfgan_landscape import landscape
from tfgan_landscape.config.arguments import Count, Range, configurable
from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import results
from tfgan_landscape.studies import lifecycle
from tfgan_landscape.studies.landscape import figures

LANDSCAPES = {
  'JS-GAN': landscape.js.value,
  'RS-GAN, kept pairs': landscape.rs.value,
  'RS-GAN, all pairs': landscape.rs_all.value,
  'LS-GAN': landscape.least_squares.value,
  'hinge-GAN': landscape.hinge.value,
  'W-GAN': landscape.wasserstein_value,
}
# Of two points: Claims 3.1 and 3.2; for W-GAN, whose value depends on places, x = (0, 1), elsewhere = 2 and 3.
STATES = {'no recovery': [2, 3], 'mode dropping': [0, 2], 'mode collapse': [0, 0], 'perfect': [0, 1]}
PAPER = {
  'JS-GAN': {'no recovery': '0', 'mode dropping': '-0.3466', 'mode collapse': '-0.4774', 'perfect': '-0.6931'},
  'RS-GAN, kept pairs': {
    'no recovery': '0',
    'mode dropping': '-0.3466',
    'mode collapse': '-0.3466',
    'perfect': '-0.6931',
  },
}


@configurable('landscape_figures', denylist=['execution'])
class LandscapeFigures(lifecycle.Study):
  """Tables and figures of the exact landscape.

  Args:
    execution: `Execution`, what the flags say.
    shares: of the real points in the first of two clusters, a panel each (Figure 10).
    points: real and generated ones of the two clusters.
    graphs: {title: y_i as an index of x_i, -1 for a y that lies on none}, drawn as graphs (Figure 25).
    surface: places of a generated point along each side of the surfaces, odd, so that x1 and x2 are among them.

  Raises:
    InputError: a value makes no sense.
  """

  free = ('landscape_figures',)  # everything is computed anew
  protocol = 'exact, X = (x1, x2); W-GAN: x = (0, 1), elsewhere = 2 and 3'

  def __init__(
    self,
    execution,
    graphs: dict[str, Sequence[int]],
    shares: Sequence[Annotated[float, Range(above=0, below=1)]] = (1 / 2, 2 / 3),
    points: Annotated[int, Range(2, at_most=10**6)] = 300,
    surface: Count = 61,
  ):
    super().__init__(execution)
    self.graphs, self.shares, self.points, self.surface = graphs, shares, points, surface
    for title, heads in graphs.items():
      if not all(-1 <= head < len(heads) for head in heads):
        raise InputError(f'figures.graphs: {title!r} has an index outside -1 to {len(heads) - 1}')
    if surface % 4 != 1:
      raise InputError(f'figures.surface = {surface} does not meet x1 and x2; give 4 k + 1, as 61')

  @property
  def sizes(self):
    """Numbers of landscapes and of values."""
    return {'landscapes': len(LANDSCAPES), 'values': len(LANDSCAPES) * self.surface**2}

  def findings(self):
    """Returns the `Findings`: values of the states of two points, and the figures."""
    states = {name: _states(value) for name, value in LANDSCAPES.items() if name != 'W-GAN'}
    clusters = {f'{share:.3g} of the points in cluster 1': self._ways(share) for share in self.shares}
    places, surfaces = self._surfaces()
    two_lines = [_critics(moved) for moved in (0, 1)]
    outputs = np.linspace(-4, 4, 201)
    drawn = {
      'states': functools.partial(figures.states, landscapes=states),
      'clusters': functools.partial(figures.clusters, panels=clusters),
      'surfaces': functools.partial(figures.surfaces, places=places, values=surfaces),
      'graphs': functools.partial(figures.graphs, patterns=self.graphs),
      'graph_path': functools.partial(figures.graphs, patterns=_first_move(next(iter(self.graphs.values())))),
      'two_lines': functools.partial(figures.two_lines, rows=two_lines),
      'objectives': functools.partial(figures.objectives, outputs=outputs, family=landscape.FAMILY),
    }
    return lifecycle.Findings({'': _state_rows(self.protocol)}, drawn, corner='state of two points')

  def _ways(self, share):
    """(generated points on the clusters [steps, 2], value) of the way to collapse and of that to recovery."""
    value = functools.partial(landscape.two_cluster_value, n=self.points, alpha=share, loss=landscape.js)
    due = round(share * self.points)
    collapse = np.stack([np.arange(self.points + 1), np.zeros(self.points + 1, int)], 1)
    recovery = np.stack([np.full(self.points - due + 1, due), np.arange(self.points - due + 1)], 1)
    ways = {'to collapse': collapse, 'to recovery': recovery}
    return due, {name: (way, np.array([value(*counts) for counts in way.tolist()])) for name, way in ways.items()}

  def _surfaces(self):
    """(places [s], {landscape: values [s, s] for y1 along the columns and y2 along the rows}), X = (0, 1)."""
    places = np.linspace(-0.5, 1.5, self.surface)
    places[[np.argmin(np.abs(places)), np.argmin(np.abs(places - 1))]] = 0.0, 1.0
    found = {}
    for name in LANDSCAPES:
      value = _on_the_line(name)
      found[name] = np.array([[value([y1, y2]) for y1 in places] for y2 in places])
    return places, found


def _first_move(heads):
  """{title: y_i as an index of x_i} before and after the first move of Claim J.1's path (Figure 26)."""
  angles = 2 * np.pi * np.arange(len(heads)) / len(heads)
  real = np.stack([np.cos(angles), np.sin(angles)], 1)
  outside = 3 + np.arange(2 * len(heads)).reshape(-1, 2)
  way = landscape.escape_path(real, np.where(np.array(heads)[:, None] < 0, outside, real[np.array(heads)]))
  values, patterns = [], []
  for places, value in zip(way.points, way.values):
    found = (places[:, None] == real).all(2)
    if not values or value < values[-1]:
      values.append(value)
      patterns.append(np.where(found.any(1), found.argmax(1), -1))
  names = ('before', 'after one point has moved')
  return {f'{name}: value {value:.4f}': heads for name, value, heads in zip(names, values, patterns)}


def _states(value):
  """{state of two points: its value}."""
  return {state: value([0, 1], pattern) for state, pattern in STATES.items()}


def _on_the_line(name):
  """Y of two points -> the value for X = (0, 1); computed once for each state where only the state counts."""
  if name == 'W-GAN':
    return functools.partial(LANDSCAPES[name], [0.0, 1.0])
  of_state = functools.cache(lambda *pattern: LANDSCAPES[name]([0.0, 1.0], list(pattern)))
  return lambda generated: of_state(*(y if y in (0.0, 1.0) else 9.0 + i for i, y in enumerate(generated)))


def _critics(moved, count=9):
  """Panels of `figures.two_lines`: generated points at x = 1, real ones at x = 0, moved up by so much."""
  heights = np.linspace(0, 1, count)
  real, fake = np.stack([0 * heights, heights + moved], 1), np.stack([0 * heights + 1, heights], 1)
  density = np.repeat([1 / count, 0], count)
  local = landscape.local_critic('least_squares', density, density[::-1])
  compact = landscape.compact_wasserstein_critic(real, fake)
  lipschitz = landscape.optimal_critic(real, fake, landscape.js, weight=0.1)
  directions = np.array([each.mean(0) for each in lipschitz.directions()])
  return {
    'least squares': (real, local[:count], fake, local[count:], None),
    'compact Wasserstein dual': (real, compact[0], fake, compact[1], None),
    'Lipschitz penalty': (real, lipschitz.real_values, fake, lipschitz.fake_values, directions),
  }


def _state_rows(protocol):
  rows = []
  for name, exact in LANDSCAPES.items():
    rows += [
      results.Row(state, name, value, paper=PAPER.get(name, {}).get(state, ''), protocol=protocol)
      for state, value in _states(exact).items()
    ]
  return rows
