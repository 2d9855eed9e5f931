"""Every gin file beside its paper: what its header reports, and every setting that is not the paper's is said."""

import inspect
import pathlib
import re

import gin
import paper_tables
import pytest

from tfgan_landscape import main  # noqa: F401  run.study is bound
from tfgan_landscape.config import gin_files  # noqa: F401  run.study is bound

GIN = pathlib.Path(__file__).parents[2] / 'gin'
FILES = sorted(GIN.glob('*.gin'))
NAMES = [path.stem for path in FILES]


def field(path, name):
  """A field of a file's header, its lines joined."""
  header = path.read_text().partition('\ninclude')[0]
  found = re.search(rf'^# {name}: *((?:.|\n)+?)(?=^# \w+:|\Z)', header, re.MULTILINE)
  return ' '.join(found[1].replace('#', ' ').split()) if found else ''


@pytest.mark.parametrize('path', FILES, ids=NAMES)
def test_header_and_table_report_what_the_paper_prints(path):
  expected = paper_tables.reports(path.stem)
  if expected is None:
    pytest.skip('the papers have no table of it')
  assert field(path, 'Reports') == expected
  (row,) = re.findall(rf'^\| \[{path.name}\].*', (GIN / 'README.md').read_text(), re.MULTILINE)
  assert row.split(' | ')[2] == expected.replace(' +- ', '±')


def test_the_table_has_the_row_of_real_data():
  table = (GIN / 'README.md').read_text()
  for data in ('cifar', 'stl'):
    score = paper_tables.TABLE_2[data, 'real']
    assert f'IS {score.inception_score}, FID {score.fid}' in table


def test_scores_are_those_of_the_papers_texts(shared):
  """Each Inception Score and its FID stand beside each other in the text, whose tables lose some signs."""
  appendix, text, lgan = (
    re.sub(r'[\s|±$\\pm{}]+', '', (shared / f'papers/{name}.txt').read_text())
    for name in ('rs-gan-appendix', 'rs-gan', 'lipschitz-gan')
  )

  def squeezed(*words):
    return re.sub(r'[\s+\-±pm]+', '', ''.join(words))

  for scores in paper_tables.TABLE_2.values():
    for score in scores.values() if isinstance(scores, dict) else [scores]:
      assert squeezed(score.inception_score, score.fid, score.gap or '') in text, score
  rows = [row for table in (paper_tables.TABLE_4, paper_tables.TABLE_5) for row in table.values()]
  for score in (score for row in rows for cells in row.values() for score in cells):
    assert squeezed(score.inception_score, score.fid, score.gap or '') in appendix, score
  for score in (score for row in paper_tables.TABLE_6.values() for score in row.values()):
    assert squeezed(score.inception_score, score.fid) in appendix.replace('-', ''), score
  for score, fid in (cell for row in paper_tables.LGAN.values() for cell in row):
    assert squeezed(fid, score) in lgan, fid


def test_the_tables_of_gaps_are_the_differences():
  for scores in (each for key, each in paper_tables.TABLE_2.items() if key[1] != 'real'):
    for name, score in scores.items():
      if score.gap:
        other = scores[name.replace('js', 'rs')]
        assert abs(float(score.fid) - float(other.fid)) == pytest.approx(float(score.gap), abs=0.006)


@pytest.mark.parametrize('path', FILES, ids=NAMES)
def test_a_setting_is_the_papers_or_said_to_differ(path):
  """'Differs' names the paper's value."""
  expected = paper_tables.settings(path.stem)
  if not expected:
    pytest.skip('its paper prints no settings')
  gin_files.read([path], [], True)
  differs = field(path, 'Differs')
  silent = {
    name: (value, there)
    for name, value in expected.items()
    if (there := _bound(name)) != value and not _said(value, differs)
  }
  assert not silent, f'{path.name}: (paper, here) {silent}; "Differs: {differs}"'


def _shown(value):
  if value is True:
    return 'mirroring'
  return (
    f'{value:,}' if isinstance(value, int) else f'{value:g}' if value > 9e-4 else f'{value:.0e}'.replace('e-0', 'e-')
  )


def _bound(name):
  """The value of a binding, of a macro, or the default; None where there is none."""
  if name == 'latent_dim':
    network = _reference('train_gan.generator')
    while network.rpartition('.')[2] in ('generators', 'conditional_generator'):
      inner = gin.query_parameter(f'{network}.{"components" if network.endswith("generators") else "generator"}')
      network = str(inner[0] if isinstance(inner, (list, tuple)) else inner).lstrip('@')
    return _value(f'{network}.latent_dim')
  if name == 'fives_to_sevens':
    fives, sevens = gin.query_parameter('fives_and_sevens/tfds_images.proportions')
    return sevens // fives
  return _value(name)


def _reference(name):
  return str(gin.query_parameter(name)).lstrip('@').replace('()', '')


def _value(name):
  try:
    value = gin.query_parameter(name if '.' in name else f'{name}/gin.macro.value')
  except ValueError:
    selector, _, parameter = name.rpartition('.')
    if not selector:
      return None
    value = inspect.signature(_constructor(gin.get_configurable(selector))).parameters[parameter].default
  if isinstance(value, gin.config.ConfigurableReference):
    return _value(str(value).lstrip('%'))
  return value


def _constructor(configurable):
  return configurable.__init__ if inspect.isclass(configurable) else configurable


def _said(value, words):
  """Whether a number stands in a sentence by itself, and not as a part of another."""
  return re.search(rf'(?<![\w.,\[-]){re.escape(_shown(value))}(?![\w\]]|[.,]\d)', words)
