"""One page of everything that was measured: `--mode=report`, a single HTML file that asks the network for nothing.

It is made from what lies on disk alone: `results.json` and `scores.jsonl` of every run below a folder, the bindings and
newest pictures beside them, and the ledger of claims. Studies without a run of one's own show their committed rows.
"""

import base64
import json
import pathlib
import statistics
from typing import NamedTuple

from tfgan_landscape.config import bindings, gin_files
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import files
from tfgan_landscape.reporting import curves, ledger, results

COMMITTED = pathlib.Path(__file__).parents[2] / 'docs' / 'results'  # of a clone; an installed copy has none
_PICTURES = 400_000  # bytes of all pictures of a run, at most
_CURVES = ('discriminator_loss', 'generator_loss', 'margin_below_zero', 'doctor/collapse_probability')
_POINTS = 200  # of a curve


class Study(NamedTuple):
  """The rows of a study.

  Attributes:
    name: of its gin file, or of the run's folder.
    where: the folder, or 'committed' for the rows of the documentation.
    command: that makes them.
    groups: [(quantity, [`Dot`])], of the quantities with the most to see first.
    protocol: in a line.
  """

  name: str
  where: str
  command: str
  groups: list
  protocol: str


class Dot(NamedTuple):
  """A row as a mark on an axis from 0 to 100: `at`, `low` and `high` are places on it, or None."""

  subject: str
  text: str
  paper: str
  at: float
  low: float
  high: float


class Run(NamedTuple):
  """A GAN's run.

  Attributes:
    name: of its folder.
    experiment: runs of one experiment are seeds of it.
    state: 'finished', 'stopped at iteration n of m', or what is wrong with it.
    whole: whether it is finished.
    scores: [(name, number)] of the last evaluation.
    differs: [(binding, value)] that not all runs of the page share.
    pictures: [(what, data URI)].
    verdict: the doctor's last, or ''.
    protocol: of its scores.
    speed: at its last report, or ''.
  """

  name: str
  experiment: str
  state: str
  whole: bool
  scores: list
  differs: list
  pictures: list
  verdict: str
  protocol: str
  speed: str


class Curve(NamedTuple):
  """A quantity of an experiment over iterations, all seeds: points of an SVG of 100 by 40."""

  name: str
  line: str
  band: str
  seeds: int
  ends: tuple


def write(folder, output):
  """Writes the page of all runs below a folder; returns how many studies and GANs it has.

  Args:
    folder: that holds runs; without one, and without runs in it, the page has the committed rows alone.
    output: the file, .html, or .md for the claims alone.

  Raises:
    InputError: nothing is there to show.
  """
  own, runs, broken = _below(pathlib.Path(folder))
  by_study = {path.stem: rows(path) for path in sorted(COMMITTED.glob('*.json'))}
  by_study |= {name: found for name, (_, found) in own.items()}
  if not by_study and not runs and not broken:
    raise InputError(f'{folder} holds no run, and no committed rows are at hand; give --model_dir=FOLDER_OF_RUNS')
  studies = [_study(name, own[name][0] if name in own else 'committed', found) for name, found in by_study.items()]
  entries = ledger.entries(ledger.read(), by_study)
  text = ledger.markdown(entries) if output.endswith('.md') else _html(entries, studies, runs, broken, folder)
  files.write_text(pathlib.Path(output), text)
  return len(studies), len(runs)


def _html(entries, studies, runs, broken, folder):
  import jinja2  # needed by this page alone

  loader = jinja2.FileSystemLoader(pathlib.Path(__file__).parent)
  environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
  environment.globals.update(here=ledger.here, papers=ledger.PAPERS, verdicts=ledger.VERDICTS)
  return environment.get_template('page.html').render(
    entries=sorted(entries, key=lambda entry: (entry.verdict == 'not run', entry.claim.protocol == 'exact')),
    counts={verdict: sum(entry.verdict == verdict for entry in entries) for verdict in ledger.VERDICTS},
    studies=studies,
    runs=[run for run, _ in runs],
    curves=_curves(runs),
    protocols=len({run.protocol for run, _ in runs if run.protocol}),
    broken=broken,
    folder=str(folder),
  )


def _below(folder):
  """({name: (folder, rows)} of studies, [(`Run`, series)] of GANs, [(folder, what is wrong)])."""
  studies, gans, broken = {}, [], []
  for path in sorted(folder.rglob(bindings.CONFIG)) if folder.is_dir() else []:
    home = path.parent
    try:
      if (home / 'scores.jsonl').is_file() or (home / 'checkpoints').is_dir():
        gans.append(home)
      elif (home / 'results.json').is_file():
        studies[home.name] = str(home), rows(home / 'results.json')
      else:
        broken.append((str(home), 'begun, without results yet'))
    except InputError as error:
      broken.append((str(home), str(error)))
  own = {home: bindings.parse(_text(home / bindings.CONFIG)) for home in gans}
  shared, names = _shared(own.values()), _experiments(own)
  return studies, [(_run(home, own[home], shared, names[home]), _series(home)) for home in gans], broken


def _experiments(own):
  """{folder: its experiment}: the name without the seed, and a number where runs of one name have other bindings."""
  kinds = {}
  for home, bound in own.items():
    kind = tuple(sorted(bound.items()))
    kinds.setdefault(home.name.partition('-seed')[0], {}).setdefault(kind, []).append(home)
  return {
    home: name + (f' (bindings {number} of {len(each)})' if len(each) > 1 else '')
    for name, each in kinds.items()
    for number, homes in enumerate(each.values(), 1)
    for home in homes
  }


def _text(path):
  return path.read_text(encoding='utf-8', errors='replace') if path.is_file() else ''


def rows(path):
  """Returns the `results.Row`s of a results.json.

  Raises:
    InputError: it is damaged.
  """
  try:
    return [results.Row(**row) for row in json.loads(path.read_text(encoding='utf-8'))]
  except (ValueError, TypeError) as error:
    raise InputError(
      f'{path} is damaged ({error}); make the study again, with --mode=eval where its runs are kept'
    ) from error


def _study(name, where, rows):
  groups = {}
  for row in rows:
    groups.setdefault(row.quantity, []).append(row)
  drawn = [(quantity, _dots(each)) for quantity, each in groups.items()]
  try:
    gin_files.find(f'{name}.gin')
    command = f'launch/local.sh gin/{name}.gin'
  except InputError:
    command = ''
  return Study(name, where, command, drawn, next((row.protocol for row in rows if row.protocol), ''))


def _dots(rows):
  numbers = [each for row in rows for each in (row.value, row.low, row.high) if each is not None]
  low, high = min([0.0, *numbers]), max([0.0, *numbers])
  width = (high - low) or 1.0

  def place(number):
    return None if number is None else round(100 * (number - low) / width, 2)

  return [Dot(row.subject, str(row), row.paper, place(row.value), place(row.low), place(row.high)) for row in rows]


def _shared(configs):
  """The bindings that all runs have alike."""
  return set.intersection(*(set(each.items()) for each in configs)) if configs else set()


def _run(home, own, shared, experiment):
  lines = list(_lines(home))
  step = max((line['step'] for line in lines), default=0)
  last = own.get('Trainer.iterations', '').replace('_', '')
  whole = last.isdigit() and step >= int(last)
  scored = next((line for line in reversed(lines) if 'protocol' in line), {})
  scores = [(name, f'{value:.4g}') for name, value in scored.items() if _is_score(name, value)]
  verdict = next((line['verdict'] for line in reversed(lines) if 'verdict' in line), '')
  state = (
    'finished'
    if whole
    else f'stopped or running, iteration {step:,}' + (f' of {int(last):,}' if last.isdigit() else '')
  )
  differs = sorted(item for item in own.items() if item not in shared)
  return Run(
    home.name,
    experiment,
    state if lines else 'no report yet',
    whole,
    scores,
    differs,
    _pictures(home),
    verdict,
    json.dumps(scored.get('protocol', '')),
    _speed(home),
  )


def _speed(home):
  """The speed of training, in words; '' where it is not known."""
  try:
    found = json.loads(_text(home / results.SPEED))
    return f'{found["images_per_second"]:,.0f} images/s, {found["iterations_per_second"]:.3g} iterations/s'
  except (ValueError, TypeError, KeyError):  # a run of an earlier version, or a damaged file
    return ''


def _is_score(name, value):
  return isinstance(value, float) and '_share_' not in name and not name.endswith('_std')


def _lines(home):
  for line in _text(home / 'scores.jsonl').splitlines():
    try:
      found = json.loads(line)
    except ValueError:
      continue
    if isinstance(found, dict) and isinstance(found.get('step'), int):
      yield found


def _series(home):
  path = home / 'scores.jsonl'
  return curves.read(path) if path.is_file() else {}


def _pictures(home):
  """The newest samples of the moving average beside real data, as data URIs."""
  newest = sorted((home / 'samples').glob('ema-[0-9]*.png'))[-1:]
  found = [('generated', path) for path in newest] + [('real', home / 'samples' / 'real.png')]
  return [
    (what, f'data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}')
    for what, path in found
    if path.is_file() and path.stat().st_size < _PICTURES
  ]


def _curves(runs):
  """{quantity: [`Curve` of an experiment]}: mean over seeds, and a band from the smallest to the largest."""
  groups = {}
  for run, series in runs:
    for name in _CURVES:
      if name in series:
        groups.setdefault(name, {}).setdefault(run.experiment, []).append(dict(series[name]))
  return {name: _scaled(each) for name, each in groups.items()}


def _scaled(experiments):
  points = [(step, value) for each in experiments.values() for seed in each for step, value in seed.items()]
  right = max(step for step, _ in points) or 1
  values = sorted(value for _, value in points)
  low, high = values[len(values) // 50], values[-1 - len(values) // 50]
  width = (high - low) or 1.0

  def place(step, value):
    return f'{100 * step / right:.2f},{40 - 40 * min(1, max(0, (value - low) / width)):.2f}'

  return [_curve(name, seeds, place, (low, high, right)) for name, seeds in experiments.items()]


def _curve(name, seeds, place, ends):
  steps = sorted(set.intersection(*map(set, seeds)))
  steps = steps[:: max(1, len(steps) // _POINTS)]
  by_step = [[seed[step] for seed in seeds] for step in steps]
  line = ' '.join(place(step, statistics.fmean(each)) for step, each in zip(steps, by_step))
  upper = [place(step, max(each)) for step, each in zip(steps, by_step)]
  lower = [place(step, min(each)) for step, each in zip(steps, by_step)]
  return Curve(name, line, ' '.join(upper + lower[::-1]), len(seeds), ends)
