"""Every experiment of gin/ runs: one iteration and a tiny evaluation, shrunk by bindings; dead bindings are errors."""

import importlib
import json
import pathlib
import pkgutil
import re

import gin
import matplotlib.figure
import numpy as np
import pytest
import tensorflow as tf

import tfgan_landscape
from tfgan_landscape import main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution
from tfgan_landscape.reporting.images import save_png
from tfgan_landscape.studies.gan.study import TrainGan

GIN = pathlib.Path(__file__).parents[2] / 'gin'
OTHER_STUDIES = sorted(path for path in GIN.glob('*.gin') if '\nrun.study' in path.read_text())
# Studies that have a base and many files: what makes them small.
ONCE = 'seeds = 1', 'record_every = 1', 'drawn = 1'
SMALL = {
  'two_cluster': (*ONCE, 'epochs = 1', 'critic_steps = 1', 'generator_steps = 1'),
  'mode_coverage': (*ONCE, 'iterations = 1', 'samples = 40'),
  'critic_directions': ('seeds = 1', 'iterations = 2', 'records = 1', 'width = 4', 'count = 3', 'grid = 3'),
}
BASES = {'maxgp_directions': 'critic_directions', 'critic_surfaces': 'critic_directions'}  # of a base, and whose it is
STUDY_OF = {
  path: BASES.get(name, name)
  for path in sorted(GIN.glob('*.gin'))
  for name in (*SMALL, *BASES)
  if f'base/{name}' in path.read_text()
}
STUDIES = sorted({*STUDY_OF} - {*OTHER_STUDIES})
FILES = sorted({*GIN.glob('*.gin')} - {*STUDIES, *OTHER_STUDIES})

SHRUNK = [
  'Trainer.iterations = 1',
  'Trainer.batch_size = 2',
  'train_gan.evaluate_every = 1',
  'train_gan.sample_every = 1',
]
SCORES = {
  'Evaluation': ['inception_score_count = 4', 'inception_score_splits = 2', 'fid_count = 4'],
  'StackedModes': ['count = 4'],
}


def parse(path, *bindings):
  gin_files.read([path], [], True)
  text = gin.config_str()
  width = next((width for name, width in {'resnet': 4, 'r3gan': 3}.items() if name in path.name), 2)
  extra = [f'width = {width}'] if '\nwidth = ' in text else []
  scores = 'StackedModes' if '@StackedModes' in text else 'Evaluation'
  extra += [f'{scores}.{binding}' for binding in SCORES[scores]]
  extra += ['stacked_mnist.count = 4'] if '@stacked_mnist' in text else []
  extra += ['MaxGradient.buffer = 1'] if '@MaxGradient' in text else []
  with gin.unlock_config():
    gin.parse_config([*SHRUNK, *extra, *bindings])
  return text


# What the quick tests run: a file of each study, and of each kind of network, data and mixture.
QUICK = (
  *('rs_digits_cnn', 'rs_gaussians_mlp', 'rs_folder_quick', 'wgangp_cifar_cnn', 'hinge_cifar_resnet_bottleneck'),
  *('rsmix3_digits_cnn', 'js_mnist57_cnn', 'two_cluster_cures', 'modes_ring8', 'rs_cifar_cnn_quarter'),
)

# One of each kind of network, critic and penalty is also compiled; the rest runs eagerly, ten times as fast to start.
COMPILED = ('rs_cifar_cnn_quarter', 'js_stl_cnn_nosn', 'wgangp_cifar_cnn', 'rphinge_cifar_resnet_bottleneck')


@pytest.fixture
def unseen(monkeypatch):
  """Figures are made, and empty files in place of their pictures; what they show is seen to in tests of their own."""
  monkeypatch.setattr(matplotlib.figure.Figure, 'savefig', lambda self, path, **_: pathlib.Path(path).touch())


@pytest.fixture
def eagerly():
  tf.config.run_functions_eagerly(True)
  yield
  tf.config.run_functions_eagerly(False)


def apart(*bindings):
  """The experiments that are left when those count as one that differ in numbers and in these bindings alone."""

  def structure(path):
    text = re.sub(
      '|'.join((r'#.*', r'= [-\d._e]+$', *(rf'{each}.*' for each in bindings))), '', path, flags=re.MULTILINE
    )
    return tuple(line.strip() for line in text.splitlines() if line.strip())

  return sorted({structure(path.read_text()): path for path in reversed(FILES)}.values())


# Every loss trains in tests/training/test_trainer.py; --long trains every experiment with its own.
DISTINCT, BUT_FOR_THE_LOSS = apart(), apart(r'Trainer\.loss', r'lipschitz_gan\.phi')


def scored(path):
  """What of an experiment its scores depend on: its bases, and what it binds of scores itself."""
  return tuple(line for line in path.read_text().splitlines() if re.match(r'include|Evaluation|train_gan\.eval', line))


SCORED = {scored(path): path for path in reversed(BUT_FOR_THE_LOSS)}.values()  # the first of every kind


@pytest.mark.parametrize('path', sorted(GIN.glob('*.gin')), ids=lambda path: path.stem)
def test_experiment_can_be_read_whatever_else_is_imported(path):
  """No name in it is two things."""
  for module in pkgutil.walk_packages(tfgan_landscape.__path__, 'tfgan_landscape.'):
    importlib.import_module(module.name)
  gin_files.read([path], [], True)
  assert gin.query_parameter('run.study')


def quick(name):
  """A case of a gin file by its name, slow unless it is one of `QUICK`."""
  return pytest.param(name, marks=[] if getattr(name, 'stem', name) in QUICK else pytest.mark.slow)


@pytest.mark.parametrize('path', map(quick, DISTINCT), ids=lambda path: path.stem)
def test_experiment_runs_and_uses_every_binding(path, tmp_path, any_dataset, inception_path, eagerly, unseen, request):
  if path not in BUT_FOR_THE_LOSS and not request.config.getoption('--long'):
    pytest.skip('differs from another in its loss alone; --long runs it')
  check_run(path, tmp_path, inception_path, 'train_and_eval' if path in SCORED else 'train')


@pytest.mark.parametrize('name', map(quick, COMPILED))
def test_compiled_experiment_runs(name, tmp_path, any_dataset, inception_path):
  check_run(GIN / f'{name}.gin', tmp_path, inception_path)


# One of each kind of network, penalty and mixture; --long takes all.
PROGRAMS = (
  *('rs_cifar_cnn_quarter', 'rphinge_cifar_resnet_bottleneck', 'wgangp_cifar_cnn', 'rsmix3_digits_cnn'),
  *('lgan_linear_cifar_resnet', 'js_gaussians_mlp_latent_path', 'js_mnist_dcgan'),
)


@pytest.mark.parametrize('name', map(quick, sorted({*PROGRAMS, *(path.stem for path in DISTINCT)})))
def test_steps_are_programs_for_xla(name, any_dataset, tmp_path, request):
  """What a TPU asks of both steps: every shape is known, every operation has XLA's translation, none calls the host."""
  if name not in PROGRAMS and not request.config.getoption('--long'):
    pytest.skip('takes long; --long runs it')
  with_features(parse(GIN / f'{name}.gin'), tmp_path, tmp_path)
  study = TrainGan(Execution('train', tmp_path, data_dir=str(tmp_path)))
  trainer, real = study.gan.engine().trainer, tf.zeros([2, *study.gan.networks.discriminator.input_shape[1:]])
  for step in (trainer.generator_step, trainer.critic_step):
    program = tf.function(step, jit_compile=True).experimental_get_compiler_ir(real, tf.constant(0, tf.int64))
    assert 'ROOT' in program(stage='hlo')


# One of each base of data, in the modes that use fewer of its bindings.
MODES = {
  'rs_mnist57_cnn_quarter_imbalanced': ('train', 'describe', 'eval', 'generate'),
  'js_stl_resnet_quarter': ('train', 'describe', 'eval', 'generate'),
  'rs_church_cnn': ('train', 'describe'),
  'rs_digits_cnn': ('train', 'describe', 'eval', 'generate'),
  'rs_folder_cnn': ('train', 'describe', 'eval', 'generate'),
  'rs_gaussians_mlp': ('train', 'describe'),
}


@pytest.mark.parametrize('name', map(quick, MODES))
def test_experiment_passes_in_every_mode(name, tmp_path, any_dataset, inception_path, eagerly):
  for mode in MODES[name]:
    gin.clear_config()
    path = GIN / f'{name}.gin'
    with_features(parse(path), tmp_path, inception_path)
    assert main.run(Execution(mode, tmp_path / 'run', data_dir=str(tmp_path), cache_dir=tmp_path / 'cache')) == 0, mode


@pytest.mark.slow
def test_scores_say_by_what_batch_norm_was_taken(tmp_path, any_dataset, inception_path, eagerly):
  """Both ways at one step are two lines, a repeated one is one; they score different images."""
  chosen = ('train', {}), ('eval', {}), ('eval', {'batch_statistics': True}), ('eval', {})
  for mode, flags in chosen:
    gin.clear_config()
    with_features(parse(GIN / 'rs_digits_cnn.gin'), tmp_path, inception_path)
    assert main.run(Execution(mode, tmp_path / 'run', cache_dir=tmp_path / 'cache', **flags)) == 0
  lines = [json.loads(line) for line in (tmp_path / 'run/scores.jsonl').read_text().splitlines()]
  scores = {line['protocol']['batch_norm']: line for line in lines if 'protocol' in line}
  assert len(scores) == sum('protocol' in line for line in lines) == 2
  by_average, by_batch = scores['moving averages'], scores['statistics of batches of 500']
  assert by_average['raw/classifier_fid_4_test'] != by_batch['raw/classifier_fid_4_test']


def own_images(text, tmp_path):
  """Returns the binding of a folder of ten images, where the experiment wants one."""
  if '@image_folder' not in text:
    return []
  for index in range(10):
    folder = f'images/{index}' if '@label_channel' in text else 'images'
    save_png(tmp_path / folder / f'{index}.png', np.full([40, 36, 3], 20 * index, np.uint8))
  return [f'image_folder.path = "{tmp_path / "images"}"']


def with_features(text, tmp_path, inception_path):
  """Binds what the experiment's scores and images need."""
  quick_classifier = 'classifier.epochs = 1\nclassifier.minimum_updates = 1'
  features = quick_classifier if '@classifier' in text else f'inception.path = "{inception_path}"'
  with gin.unlock_config():
    gin.parse_config([features, *own_images(text, tmp_path)])


def check_run(path, tmp_path, inception_path, mode='train_and_eval'):
  text = parse(path)
  with_features(text, tmp_path, inception_path)
  execution = Execution(mode, tmp_path / 'run', data_dir=str(tmp_path), cache_dir=tmp_path / 'cache')
  assert main.run(execution) == 0
  lines = [json.loads(line) for line in (tmp_path / 'run/scores.jsonl').read_text().splitlines()]
  has_scores = any('fid' in name or 'modes' in name for line in lines for name in line)
  assert has_scores == (mode == 'train_and_eval' and 'train_gan.evaluate = None' not in text)
  assert (tmp_path / 'run/samples/ema-000001.png').stat().st_size > 0
  assert (tmp_path / 'run/checkpoints/ckpt-1.index').exists()


@pytest.mark.parametrize('path', sorted(GIN.glob('*.gin')), ids=lambda path: path.stem)
def test_experiment_opens_with_paper_command_and_status(path):
  header = path.read_text().split('include')[0]
  for field in ('# Paper:', '# Command:', '# Differs:', '# Status:'):
    assert field in header, field
  assert f'--gin_file=gin/{path.name}' in header


def test_no_file_holds_a_placeholder():
  words = re.compile(r'\b(STATUS\w*|TODO|TBD|FIXME|XXX|PLACEHOLDER)\b(?!:)')
  pages = [*GIN.glob('*.md'), *GIN.parent.glob('*.md'), *GIN.parent.glob('docs/*.md')]
  found = {path.name: words.findall(path.read_text()) for path in [*GIN.rglob('*.gin'), *pages]}
  assert not {name: words for name, words in found.items() if words}


@pytest.mark.parametrize('path', sorted(GIN.glob('*.gin')), ids=lambda path: path.stem)
def test_experiment_names_its_status_in_known_words(path):
  status = re.search(r'# Status: *(.+)', path.read_text())[1]
  assert re.match(r'(runs|measured|reproduced|[\d,]+ (iterations|seeds|runs)|no run)\b', status), status


def test_every_experiment_has_a_row_in_the_table():
  table = (GIN / 'README.md').read_text()
  missing = [path.name for path in GIN.glob('*.gin') if f'[{path.name}]({path.name})' not in table]
  assert not missing


@pytest.mark.slow
def test_a_dead_binding_is_an_error(tmp_path, any_dataset, inception_path):
  from tfgan_landscape.errors import InputError

  parse(GIN / 'rs_cifar_cnn_quarter.gin', f'inception.path = "{inception_path}"', 'gradient_penalty.weight = 3')
  execution = Execution('train_and_eval', tmp_path / 'run', data_dir=str(tmp_path), cache_dir=tmp_path / 'cache')
  with pytest.raises(InputError, match='nothing uses the binding of gradient_penalty.weight'):
    main.run(execution)
  assert not (tmp_path / 'run').exists()


def test_every_other_study_runs_whole_in_a_test_of_its_own():
  """Beside this file, by the name of its gin file."""
  tests = pathlib.Path(__file__).parent
  assert OTHER_STUDIES
  assert not [path.name for path in OTHER_STUDIES if not (tests / f'test_{path.stem}.py').exists()]


@pytest.mark.parametrize('path', map(quick, STUDIES), ids=lambda path: path.stem)
def test_study_runs_and_uses_every_binding(path, tmp_path, any_dataset, eagerly, unseen):
  name = STUDY_OF[path]
  few = ['images_and_noise.places = (5, 6, 7)'] if '@images_and_noise' in path.read_text() else []
  gin_files.read([path], [*few, *(f'{name}.{binding}' for binding in SMALL[name])], True)
  assert main.run(Execution('train_and_eval', tmp_path)) == 0
  assert (tmp_path / 'table.md').read_text()
