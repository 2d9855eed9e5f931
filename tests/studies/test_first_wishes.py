"""What a newcomer asks of a finished run: its samples by number, its generator in Python, scores of two folders."""

import json
import re

import gin
import numpy as np
import pytest

import tfgan_landscape
from tfgan_landscape import main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution, Generate
from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import descriptions
from tfgan_landscape.reporting.images import read_png, save_png
from tfgan_landscape.studies.gan import diagnose, scoring

DIGITS = [
  'width = 2',
  'Trainer.iterations = 2',
  'Trainer.batch_size = 4',
  'train_gan.evaluate_every = 1',
  'train_gan.sample_every = 1',
  'Loop.log_every = 1',
  'classifier.epochs = 1',
  'classifier.minimum_updates = 1',
  'classifier.width = 2',
  'Evaluation.inception_score_count = 20',
  'Evaluation.fid_count = 20',
]


def run(mode, folder, params=None, **options):
  gin.clear_config()
  name = gin_files.find('rs_digits_cnn.gin') if params else folder / 'config.gin'
  gin_files.read([name], params or [], own_files=bool(params))
  execution = Execution(mode, folder, data_dir=str(folder.parent), cache_dir=folder.parent / 'cache', **options)
  assert main.run(execution) == 0


@pytest.fixture(scope='module')
def digits(tmp_path_factory):
  """A finished run on the digits, scored twice."""
  folder = tmp_path_factory.mktemp('digits') / 'run'
  run('train_and_eval', folder, DIGITS)
  return folder


def samples(folder, output, **wanted):
  run('generate', folder, generate=Generate(output=str(output), **wanted))
  with np.load(output) as file:
    return file['images']


def test_a_sample_is_the_same_whatever_else_is_asked_for(digits, tmp_path):
  few, many = (samples(digits, tmp_path / f'{count}.npz', count=count) for count in (3, 501))
  assert (few.shape, many.shape) == ((3, 32, 32, 1), (501, 32, 32, 1))
  np.testing.assert_array_equal(few, many[:3])
  chosen = samples(digits, tmp_path / 'chosen.npz', seeds='500,1-2')
  np.testing.assert_array_equal(chosen, many[[1, 2, 500]])
  assert len({sample.tobytes() for sample in many}) == 501


def test_pictures_are_named_by_number_and_their_grid_lies_outside(digits, tmp_path):
  run('generate', digits, generate=Generate(output=str(tmp_path / 'out'), seeds='7,100-102'))
  assert sorted(path.name for path in (tmp_path / 'out').iterdir()) == [f'{n:05d}.png' for n in (7, 100, 101, 102)]
  assert sorted(path.name for path in tmp_path.iterdir()) == ['out']
  assert (digits / 'samples/generated.png').stat().st_size > 0


def test_samples_are_replaced_only_when_it_is_said(digits, tmp_path):
  output = tmp_path / 'out'
  run('generate', digits, generate=Generate(output=str(output), count=3))
  with pytest.raises(InputError, match='holds samples already'):
    run('generate', digits, generate=Generate(output=str(output), count=2))
  assert len(list(output.iterdir())) == 3
  run('generate', digits, generate=Generate(output=str(output), count=2, overwrite=True))
  assert len(list(output.iterdir())) == 2


def test_nothing_is_left_where_the_disk_fills(digits, tmp_path, monkeypatch):
  written = []

  def save_until_full(path, image):
    if len(written) == 2:
      raise OSError(28, 'No space left on device')
    written.append(path)
    save_png(path, image)

  monkeypatch.setattr('tfgan_landscape.reporting.images.save_png', save_until_full)
  with pytest.raises(InputError, match='out cannot be written .No space left'):
    run('generate', digits, generate=Generate(output=str(tmp_path / 'out'), count=5))
  assert not list(tmp_path.iterdir())


def test_the_generator_is_a_keras_model_in_python(digits, tmp_path):
  generator = tfgan_landscape.load_generator(digits)
  latents = np.random.RandomState(0).randn(5, 128).astype(np.float32)
  np.save(tmp_path / 'z.npy', latents)
  made = samples(digits, tmp_path / 'x.npz', latents=str(tmp_path / 'z.npy'))
  np.testing.assert_allclose(generator(latents), made, atol=1e-6)
  raw = tfgan_landscape.load_generator(digits, average=False)
  assert np.abs(raw(latents) - made).max() > 1e-4
  with pytest.raises(InputError, match='holds no run'):
    tfgan_landscape.load_generator(tmp_path)


def test_the_best_checkpoint_can_be_sampled(digits, tmp_path):
  best = json.loads((digits / 'checkpoints/best/best.json').read_text())
  scores = [json.loads(line) for line in (digits / 'scores.jsonl').read_text().splitlines()]
  values = {line['step']: line[best['score']] for line in scores if best['score'] in line}
  assert set(values) == {1, 2}
  assert best['value'] == min(values.values()) == values[best['step']]
  run('generate', digits, generate=Generate(output=str(tmp_path / 'x.npz'), count=1), best=True)


def test_a_run_is_drawn(digits):
  assert (digits / 'curves.svg').stat().st_size > 0
  assert read_png(digits / 'curves.png') is not None
  assert read_png(digits / 'samples/real.png').shape == read_png(digits / 'samples/ema-000002.png').shape


def test_two_folders_are_compared_by_the_runs_features(digits, tmp_path, capsys):
  random = np.random.RandomState(0)
  for name, level in (('same', 0), ('also', 0), ('bright', 200)):
    for index in range(24):
      save_png(tmp_path / name / f'{index}.png', random.randint(level, level + 50, [40, 36, 3]).astype(np.uint8))
  distances = {}
  for other in ('also', 'bright'):
    run('compare', digits, images=(str(tmp_path / 'same'), str(tmp_path / other)))
    out = capsys.readouterr().out
    assert re.search(
      rf'real +{tmp_path}/same: 24 of 24 images, 32 pixels\ngenerated +{tmp_path}/{other}: 24 of 24', out
    )
    assert re.search(r'features +classifier, trained on sklearn_digits 1.0.0, \d+.\d% of its test images right', out)
    assert len(out.splitlines()) < 10  # two of them say what the folders hold
    distances[other] = float(out.split('classifier_fid_24_all')[1].split()[0])
  assert 0 <= distances['also'] < distances['bright']
  run('compare', digits, images=(str(tmp_path / 'same'), str(tmp_path / 'same')))
  assert 'hold the same images: every distance is 0' in capsys.readouterr().out


def test_an_evaluation_is_four_lines_and_classes_have_names(digits, capsys):
  run('eval', digits)
  lines = capsys.readouterr().out.partition('scores at iteration')[2].splitlines()
  assert len(lines) == 5  # the fifth says where they are
  assert re.match(r'  ema  classifier_inception_score_\d+ [\d.]+ \+- [\d.e-]+, classifier_fid', lines[1])
  assert re.match(r'  raw  classifier_inception_score_', lines[2])
  assert re.match(r'  ema taken for: 0 \d+%, 1 \d+%', lines[3])
  assert scoring._label('3', ('plane', 'car', 'bird', 'cat')) == 'cat'


def test_a_file_in_the_place_of_a_folder_is_set_aside(digits, tmp_path, capsys):
  folder = tmp_path / 'run'
  folder.mkdir()
  for name in ('samples', 'tensorboard', 'checkpoints'):
    (folder / name).write_text('mine')
  (tmp_path / 'cache').symlink_to(digits.parent / 'cache')
  run('train', folder, DIGITS)
  for name in ('samples', 'tensorboard', 'checkpoints'):
    assert (folder / name).is_dir()
    assert (folder / f'{name}.damaged').read_text() == 'mine'


def test_pictures_and_curves_are_there_early_without_scores(digits, tmp_path):
  (tmp_path / 'cache').symlink_to(digits.parent / 'cache')
  more = ['train_gan.evaluate = None', 'train_gan.sample_every = 100', 'Trainer.iterations = 3', 'Loop.log_every = 1']
  run('train_and_eval', tmp_path / 'run', [*(each for each in DIGITS if 'Evaluation' not in each), *more])
  names = {path.name for path in (tmp_path / 'run/samples').iterdir()}
  assert {'ema-000001.png', 'ema-000002.png', 'ema-000003.png', 'real.png'} <= names
  assert (tmp_path / 'run/curves.png').stat().st_size > 0


def test_quantities_are_described_in_tensorboard():
  for name in (
    'generator_loss',
    'margin',
    'ema/classifier_fid_10k_test',
    'weights/kernel:0',
    'r1',
    'images_per_second',
  ):
    assert descriptions.of(name)
  assert 'weight of one network' in descriptions.of('generator_weight/0')
  assert descriptions.of('ema/x_share_50k/5').startswith('share of the samples')


def test_a_longer_run_goes_on_and_says_so(digits, capsys):
  run('train', digits, [*DIGITS, 'Trainer.iterations = 3'])
  out = capsys.readouterr().out
  assert 'a longer run of the same experiment: Trainer.iterations 2 -> 3' in out
  assert 'iterations 2 to 3' in out


def test_a_best_score_that_is_not_computed_is_refused_before_training(digits, tmp_path):
  (tmp_path / 'cache').symlink_to(digits.parent / 'cache')
  more = ['train_gan.best_score = "kid"', 'Evaluation.kid = False']
  with pytest.raises(InputError, match="best_score = 'kid' is not computed here"):
    run('train_and_eval', tmp_path / 'run', [*DIGITS, *more])
  assert not (tmp_path / 'run').exists()


def test_a_perfect_critic_is_told_once_with_what_helps(caplog, monkeypatch):
  diagnose.tell_of_a_perfect_critic.cache_clear()
  for _ in range(3):
    diagnose.tell_of_a_perfect_critic()
  (record,) = caplog.records
  assert 'Trainer.penalty = @r1_r2' in record.getMessage()


def test_finished_images_are_scored_against_the_runs_data(digits, tmp_path, capsys):
  images = np.random.default_rng(0).integers(0, 256, [24, 32, 32, 1], np.uint8)
  np.savez(tmp_path / 'images.npz', images=images)
  np.savez(tmp_path / 'few.npz', images=images[:4])
  run('eval', digits, images=(str(tmp_path / 'images.npz'),))
  assert 'classifier_fid_20_test' in capsys.readouterr().out
  with pytest.raises(InputError, match='few.npz has 4 images, and the scores take 20; bind'):
    run('eval', digits, images=(str(tmp_path / 'few.npz'),))


def test_the_network_that_scored_first_is_kept(digits):
  assert json.loads((digits / 'scored_by.json').read_text()) == {'network': 'classifier'}
