"""Bad input of a hundred kinds: exit code 2, one line that names the cause and the remedy, and nothing written."""

import io
import json
import logging
import os
import pathlib
import re
import zipfile

import gin
import numpy as np
import pytest
from absl import flags

from tfgan_landscape import errors, import_rsgan, main
from tfgan_landscape.config import command_line
from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting.images import save_png
from tfgan_landscape.training import trainer  # noqa: F401  Trainer is bound below

GIN = pathlib.Path(__file__).parents[1] / 'gin'
POINTS = ['--gin_file=rs_gaussians_mlp.gin', '--gin_param=width = 4', '--gin_param=Trainer.iterations = 2']
IMAGES = [
  '--gin_file=rs_folder_cnn.gin',
  '--gin_param=width = 2',
  '--gin_param=Trainer.batch_size = 2',
  '--gin_param=Trainer.iterations = 1',
  '--gin_param=train_gan.evaluate = None',
]
WORKERS = {'cluster': {'worker': ['127.0.0.1:21111', '127.0.0.1:22222']}, 'task': {'type': 'worker', 'index': 0}}


def command(*arguments):
  """Runs the command line within this process; returns its exit code."""
  gin.clear_config()
  for flag in flags.FLAGS:
    flags.FLAGS[flag].unparse()
  with pytest.raises(SystemExit) as end:
    command_line.run(main.main, ['tfgan_landscape', *map(str, arguments)], takes='.gin')
  return end.value.code or 0


@pytest.fixture
def refusal(capsys, tmp_path, monkeypatch):
  """A function that runs the command line and returns the one line that it refuses with; it has written nothing."""
  monkeypatch.chdir(tmp_path)

  def run(*arguments):
    capsys.readouterr()
    before = sorted(tmp_path.rglob('*'))
    assert command(*arguments) == 2
    err = capsys.readouterr().err
    (line,) = re.findall(r'^error: (.+)$', err, re.MULTILINE)
    assert 'Traceback' not in err
    assert len(line) < 500
    assert sorted(tmp_path.rglob('*')) == before
    return line

  return run


@pytest.fixture(scope='module')
def points(tmp_path_factory):
  """A finished run on points, latent dimension 2."""
  folder = tmp_path_factory.mktemp('points') / 'run'
  assert command(*POINTS, f'--model_dir={folder}') == 0
  return folder


FLAGS = [
  (['--gin_fil=x'], 'gin_fil'),
  (['words'], "'words' is no flag"),
  (['--mode=dance'], 'mode=dance: value should be one of'),
  (['--strategy=cpu'], 'strategy=cpu'),
  (['--seed=-1'], 'seed=-1'),
  (['--seed=1.5'], 'seed'),
  ([f'--seed={2**63}'], 'seed'),
  (['--count=0'], 'count=0'),
  (['--count=many'], 'count'),
  ([f'--count={10**16}'], 'count'),
  (['--virtual_devices=0'], 'virtual_devices'),
  (['--ema=perhaps'], 'ema'),
  (['--gin_file=rs_cifar_cn.gin'], 'no gin file rs_cifar_cn.gin; there are rs_cifar_cnn'),
  (['--gin_file=.'], 'no gin file'),
  (['--gin_file=/dev/zero'], 'no gin file'),
  (['--model_dir=nowhere'], 'nowhere holds no run; correct --model_dir'),
  (['--model_dir=.'], 'holds no run'),
  (['--model_dir=gs://bucket/run'], 'gs://bucket/run is an address and no folder; mount it'),
  ([*POINTS, '--model_dir=s3://bucket/run'], 's3://bucket/run is an address and no folder; mount it'),
  (['--mode=generate', '--model_dir=nowhere'], 'nowhere holds no run'),
  (['--mode=compare', '--images=.', '--images=.'], 'none is named; give --model_dir=RUN'),
  (['gin/nowhere.gin'], 'there is no gin file gin/nowhere.gin'),
  ([*POINTS, '--tpu=local'], '--tpu=local is for --strategy=tpu, and the strategy is mirrored'),
  (['--gin_file=two_cluster.gin', '--mode=generate'], 'no --mode=generate; it has'),
  (['--gin_file=two_cluster.gin', '--mode=compare'], 'no --mode=compare; it has'),
  ([*POINTS, '--mode=generate'], 'holds no checkpoint'),
  ([*POINTS, '--mode=eval', '--best'], 'holds no best checkpoint'),
  ([*POINTS, '--mode=compare'], 'no features to compare by'),
  ([*POINTS, '--strategy=tpu'], 'finds no TPU'),
  ([*POINTS, '--strategy=tpu', '--tpu=local'], "finds no TPU at --tpu='local'"),
  ([*POINTS, '--virtual_devices=9'], 'virtual_devices=9 comes too late'),
  ([*POINTS, '--model_dir=/proc/run'], 'cannot be written'),
]


@pytest.mark.parametrize(('arguments', 'words'), FLAGS, ids=[' '.join(each) for each, _ in FLAGS])
def test_flags(refusal, arguments, words):
  assert words in refusal(*arguments)


VALUES = [
  ('Trainer.iterations = 0', 'iterations = 0 does not fit; give a whole number from 1'),
  ('Trainer.iterations = -5', '-5'),
  ('Trainer.iterations = 2.5', '2.5'),
  ('Trainer.iterations = 1e5', 'as 100000'),
  ('Trainer.iterations = "many"', "'many'"),
  ('Trainer.iterations = True', 'True'),
  ('Trainer.iterations = None', 'None'),
  ('Trainer.iterations = @hinge', '@hinge does not fit'),
  ('Trainer.batch_size = 0', 'batch_size = 0'),
  ('Trainer.batch_size = 10_000_000', '10000 records, fewer than a batch'),
  ('Trainer.discriminator_updates = 0', 'discriminator_updates'),
  ('Trainer.generator_learning_rate = -1e-4', '-0.0001'),
  ('Trainer.discriminator_learning_rate = "fast"', 'a number from 0 up'),
  ('Trainer.loss = @hinge()', 'lacks real_logits, fake_logits; write @hinge'),
  ('Trainer.loss = "hinge"', 'give a reference, as @name'),
  ('Trainer.loss = None', 'None does not fit; give a reference'),
  ('Trainer.penalty = None', 'None does not fit; give a reference'),
  ('Trainer.penalty = 3', 'give a reference'),
  ('Trainer.schedule = 0.5', 'give a reference'),
  ('adam.beta_1 = 1.0', 'below 1'),
  ('adam.beta_2 = -0.1', 'below 1'),
  ('adam.epsilon = 0', 'above 0'),
  ('exponential_moving_average.decay = 1.5', 'from 0 to 1'),
  ('LinearDecay.start = 2', 'from 0 to 1'),
  ('width = 0', '%width = 0 does not fit'),
  ('width = -8', '%width = -8'),
  ('width = None', '%width = None'),
  ('width = 10**9', '--gin_param, line '),
  ('width = 1_000_000_000', 'from 1 to 65536'),
  ('mlp.Generator.latent_dim = 0', 'latent_dim = 0'),
  ('mlp.Generator.depth = -1', 'depth = -1'),
  ('mlp.Discriminator.slope = "steep"', 'slope'),
  ('mlp.Discriminator.normalization = None', 'a reference'),
  ('train_gan.save_every = 0', 'save_every = 0'),
  ('train_gan.sample_every = -1', 'sample_every = -1'),
  ('train_gan.evaluate_every = 1.5', 'evaluate_every = 1.5'),
  ('train_gan.precision = "half"', "'float32' or 'mixed_bfloat16' or 'mixed_float16'"),
  ('train_gan.dataset = "digits"', 'a reference'),
  ('train_gan.train_split = 3', 'a text in quotes'),
  ('train_gan.best_score = "beauty"', "'fid' or 'kid'"),
  ('Loop.log_every = 0', 'log_every = 0'),
  ('Loop.seconds_per_call = 0', 'above 0'),
  ('Engine.jit_compile = "yes"', 'True or False'),
  ('gaussians.std = -1', 'std = -1'),
  ('gaussians.std = 1e999', 'inf'),
  ('gaussians.per_mode = 0', 'per_mode = 0'),
  ('gaussians.centres = [[0, 1], [2]]', 'centres are not [modes, d]'),
  ('gaussians.centres = "five"', 'centres are not [modes, d]'),
  ('gaussians.centres = [[0.0]]', 'the data are (1,) and the networks take (2,)'),
  ('train_gan.train_split = "valid"', "no split 'valid'"),
  ('gradient_penalty.weight = 3', 'nothing uses the binding of gradient_penalty.weight'),
  ('heigth = 3', 'nothing uses the binding of heigth'),
  ('Trainer.batch_size = %bach', '%bach is used, and nothing binds bach'),
  ('Trainer.los = @hinge', 'Trainer has no parameter los'),
  ('Trianer.loss = @hinge', 'nothing is called Trianer'),
  ('Trainer.loss = @hing', 'nothing is called hing'),
  ('Trainer.batch_size =', '--gin_param, line '),
  ('Trainer.batch_size 3', '--gin_param, line '),
  ("include 'no_such.gin'", 'there is no gin file no_such.gin'),
  ('import no_such_module', 'no module is called no_such_module'),
]


@pytest.mark.parametrize(('binding', 'words'), VALUES, ids=[binding for binding, _ in VALUES])
def test_values(refusal, binding, words):
  assert words in refusal(*POINTS, f'--gin_param={binding}', '--model_dir=run')


@pytest.mark.parametrize('mode', ['describe', 'eval', 'generate'])
def test_a_misspelt_macro_is_named_in_every_mode(refusal, mode):
  line = refusal(*POINTS, '--gin_param=widht = 3', f'--mode={mode}', '--model_dir=run')
  assert line == 'nothing uses the binding of widht; did you mean width?'


GIN_FILES = [
  ('', 'binds run.study'),
  ('# nothing but words', 'binds run.study'),
  ("include 'mine.gin'", 'includes itself (mine.gin -> mine.gin)'),
  ("include 'rs_gaussian_mlp.gin'", 'did you mean rs_gaussians_mlp.gin?'),
  ("include 'rs_gaussians_mlp.gin'\nimport my_loses", 'did you mean my_losses?'),
  ("include 'rs_gaussians_mlp.gin'\nimport broken", 'NameError'),
  ("include 'rs_gaussians_mlp.gin'\nhinge.scale = 2.0", 'nothing uses the binding of hinge.scale'),
  ('run.study = 3', 'run.study = 3 does not fit; give a reference'),
  ("include 'rs_gaussians_mlp.gin'\nTrainer.penalty = @lazily()", "lazily needs bindings of ['penalty']"),
  ("include 'rs_gaussians_mlp.gin'\nTrainer.penalty = @hinge", 'Trainer.penalty fails'),
  ("include 'base/train_gan.gin'", "train_gan needs bindings of ['dataset', 'generator', 'discriminator']"),
]


@pytest.mark.parametrize(('text', 'words'), GIN_FILES, ids=[repr(text) for text, _ in GIN_FILES])
def test_gin_files(refusal, tmp_path, text, words):
  (tmp_path / 'mine.gin').write_text(text)
  (tmp_path / 'my_losses.py').write_text('')
  (tmp_path / 'broken.py').write_text('no_such_name')
  assert words in refusal('--gin_file=mine.gin', '--gin_param=Trainer.iterations = 2', '--model_dir=run')


@pytest.mark.parametrize(
  ('config', 'words'),
  [
    (None, 'needs the environment variable TF_CONFIG'),
    ('{', 'TF_CONFIG cannot be read'),
    ('[]', 'TF_CONFIG cannot be read'),
    ('{"cluster": {}}', 'TF_CONFIG cannot be read'),
    ({**WORKERS, 'task': {'type': 'worker', 'index': 2}}, 'this is worker 2, and the cluster has 2 worker'),
    ({**WORKERS, 'task': {'type': 'chief', 'index': 0}}, 'this is chief 0'),
    ({**WORKERS, 'task': {'type': 'worker', 'index': 'one'}}, 'this is worker one'),
    ({**WORKERS, 'cluster': {'worker': ['a:1', 'a:1']}}, 'names an address twice'),
    ({**WORKERS, 'cluster': {'worker': ['a']}}, 'no "HOST:PORT"'),
  ],
)
def test_clusters(refusal, monkeypatch, config, words):
  monkeypatch.delenv('TF_CONFIG', raising=False)
  if config is not None:
    monkeypatch.setenv('TF_CONFIG', config if isinstance(config, str) else json.dumps(config))
  assert words in refusal(*POINTS, '--strategy=multi_worker', '--model_dir=run')


@pytest.mark.parametrize('index', [0, 1])
def test_workers_that_do_not_come(refusal, monkeypatch, index):
  monkeypatch.setenv('TF_CONFIG', json.dumps({**WORKERS, 'task': {'type': 'worker', 'index': index}}))
  line = refusal(*POINTS, '--strategy=multi_worker', '--worker_timeout=1', '--model_dir=run')
  assert 'has not come within 1 s; start every worker' in line


def promise(shape, dtype='<f8', rest=b''):
  """An .npy whose header promises an array, followed by `rest`."""
  file = io.BytesIO()
  np.lib.format.write_array_header_1_0(file, {'descr': dtype, 'fortran_order': False, 'shape': shape})
  return file.getvalue() + rest


def npy(array):
  file = io.BytesIO()
  np.save(file, array, allow_pickle=True)
  return file.getvalue()


LATENTS = {
  'not there': (None, 'No such file'),
  'a folder': ('folder', 'is a folder'),
  'a FIFO': ('fifo', 'is no regular file'),
  'words': (b'latents', 'cannot be read'),
  'empty': (b'', 'cannot be read'),
  'Python objects': (npy(np.array([{}, {}])), 'cannot be read'),
  'records': (npy(np.zeros(3, [('a', 'f4'), ('b', 'f4')])), 'give finite numbers [n, 2]'),
  'text': (npy(np.array([['a', 'b']])), 'give finite numbers'),
  'complex numbers': (npy(np.ones([3, 2], complex)), 'holds complex128'),
  'truth values': (npy(np.ones([3, 2], bool)), 'holds bool'),
  'numbers beyond float32': (npy(np.full([3, 2], 1e300)), 'beyond float32'),
  'a NaN': (npy(np.full([3, 2], np.nan)), 'a NaN'),
  'no rows': (npy(np.zeros([0, 2])), 'holds [0, 2]'),
  'another size': (npy(np.zeros([3, 5])), 'holds [3, 5]; give finite numbers [n, 2]'),
  'one number': (npy(np.float32(1)), 'holds []'),
  'a header of 51 TB': (promise((3_200_000_000_000, 2)), 'cannot be read'),
  'a cut file': (promise((100, 2), rest=b'0' * 50), 'cannot be read'),
  'an archive': ('npz', 'is an archive of arrays'),
}


@pytest.mark.parametrize('kind', LATENTS)
def test_latents(refusal, points, tmp_path, kind):
  content, words = LATENTS[kind]
  path = tmp_path / 'z.npy'
  if content == 'folder':
    path.mkdir()
  elif content == 'fifo':
    os.mkfifo(path)
  elif content == 'npz':
    with path.open('wb') as file:
      np.savez(file, z=np.zeros([3, 2]))
  elif content is not None:
    path.write_bytes(content)
  line = refusal('--mode=generate', f'--model_dir={points}', f'--latents={path}', '--output=x.npz')
  assert words in line


OUTPUTS = [
  (['--output=folder.npz'], 'is a folder; name a file'),
  (['--output=file'], 'is a file; name a folder'),
  (['--output=old.npz'], 'holds samples already'),
  (['--output=full'], 'holds samples already'),
  (['--output=file/x.npz'], 'cannot be written'),
  (['--output=x'], 'points are no pictures'),
  (['--output=x.gif'], 'is the name of a file; samples are PNGs in a folder'),
  (['--output=x.npz', f'--count={10**12}'], 'samples need about'),
  (['--output=x.npz', '--seeds=0-999999999999'], 'samples need about'),
  (['--output=x.npz', '--seeds=a-b'], 'no list of whole numbers'),
  (['--output=x.npz', '--seeds=1,,2'], 'no list of whole numbers'),
  (['--output=x.npz', '--seeds=9-3'], 'a range that is empty'),
  (['--output=x.npz', '--seeds=1-5,4'], 'a number twice'),
]


@pytest.mark.parametrize(('arguments', 'words'), OUTPUTS, ids=[' '.join(each) for each, _ in OUTPUTS])
def test_outputs(refusal, points, tmp_path, arguments, words):
  (tmp_path / 'folder.npz').mkdir()
  (tmp_path / 'file').write_text('kept')
  (tmp_path / 'old.npz').write_text('kept')
  (tmp_path / 'full').mkdir()
  (tmp_path / 'full/00000.png').write_text('kept')
  assert words in refusal('--mode=generate', f'--model_dir={points}', *arguments)


def test_a_refused_training_leaves_a_run_as_it_was(refusal, points):
  before = {path: path.stat().st_mtime_ns for path in points.rglob('*') if path.is_file() and path.name != '.lock'}
  line = refusal(*POINTS, '--gin_param=Trainer.generator_learning_rate = 0.5', f'--model_dir={points}')
  assert 'holds another experiment (Trainer.generator_learning_rate' in line
  assert 'holds another experiment (--seed' in refusal(*POINTS, '--seed=7', f'--model_dir={points}')
  assert {path: path.stat().st_mtime_ns for path in before} == before


IMAGE_FOLDERS = {
  'not there': (lambda folder: folder.rmdir(), 'is not a folder'),
  'empty': (lambda folder: None, 'has no image'),
  'only text': (lambda folder: (folder / 'a.txt').write_text('x'), 'has no image'),
  'only a FIFO': (lambda folder: os.mkfifo(folder / 'a.png'), 'has no image'),
  'a link to its parent': (lambda folder: (folder / 'up').symlink_to(folder.parent), 'has no image'),
  'an endless file': (lambda folder: (folder / 'a.png').symlink_to('/dev/zero'), 'has no image'),
  'a damaged image': (lambda folder: (folder / '00.png').write_bytes(b'\x89PNG\r\n\x1a\n'), '00.png cannot be decoded'),
  'an empty image': (lambda folder: (folder / '0.jpg').write_bytes(b''), '0.jpg cannot be decoded'),
}


@pytest.mark.parametrize('kind', IMAGE_FOLDERS)
def test_image_folders(refusal, tmp_path, kind):
  folder = tmp_path / 'images'
  folder.mkdir()
  make, words = IMAGE_FOLDERS[kind]
  if 'image' in kind:
    for index in range(9):
      save_png(folder / f'{index}.png', np.zeros([8, 8, 3], np.uint8))
  make(folder)
  assert words in refusal(*IMAGES, f'--gin_param=image_folder.path = "{folder}"', '--model_dir=run')


LABELS = {
  'three classes': (['a', 'b', 'c'], 'the data have 3 classes and the networks 2; bind the classes of the data'),
  'one class': (['a'], 'has images of one class alone; leave out training_batches.condition'),
}


@pytest.mark.parametrize('kind', LABELS)
def test_labels_that_the_networks_do_not_have(refusal, tmp_path, kind):
  classes, words = LABELS[kind]
  for name in classes:
    for index in range(9):
      save_png(tmp_path / 'images' / name / f'{index}.png', np.zeros([8, 8, 3], np.uint8))
  bindings = [*IMAGES[1:], f'--gin_param=image_folder.path = "{tmp_path / "images"}"', '--gin_param=classes = 2']
  assert words in refusal('--gin_file=rs_folder_conditional.gin', *bindings, '--model_dir=run')


IMPORTS = {
  'not there': (None, 'No such file'),
  'words': (b'weights', 'cannot be read'),
  'no weights': ({'other': npy(np.zeros(3))}, 'holds no weights by name'),
  'no generator': ({'weights/a.weight': npy(np.zeros([3, 3]))}, 'no generator of the RS-GAN paper'),
  'Python objects': ({'weights/a.weight': npy(np.array([{}]))}, 'cannot be read'),
  'a header of 51 TB': ({'weights/a.weight': promise((6_400_000_000_000,))}, 'cannot be read'),
  'a header beyond counting': ({'weights/a.weight': promise((2**62, 2**62))}, 'cannot be read'),
  'a cut archive': ('cut', 'cannot be read'),
}


@pytest.mark.parametrize('kind', IMPORTS)
def test_imports(tmp_path, kind):
  content, words = IMPORTS[kind]
  path = tmp_path / 'released.npz'
  if isinstance(content, bytes):
    path.write_bytes(content)
  elif content is not None:
    members = {'weights/a.weight': npy(np.zeros([3, 3]))} if content == 'cut' else content
    with zipfile.ZipFile(path, 'w') as archive:
      for name, data in members.items():
        archive.writestr(f'{name}.npy', data)
    if content == 'cut':
      path.write_bytes(path.read_bytes()[:-30])
  with pytest.raises(InputError, match=words) as refusal:
    import_rsgan.recognise(import_rsgan.read(path))
  assert len(str(refusal.value).splitlines()) == 1


def test_the_largest_seed_trains_and_samples(tmp_path):
  seed = f'--seed={2**63 - 1}'
  assert command(*POINTS, seed, f'--model_dir={tmp_path / "run"}') == 0
  assert command('--mode=generate', seed, f'--model_dir={tmp_path / "run"}', f'--output={tmp_path / "x.npz"}') == 0
  small = (
    '--gin_param=two_cluster.seeds = 1',
    '--gin_param=two_cluster.epochs = 10',
    '--gin_param=two_cluster.drawn = 1',
  )
  losses = "--gin_param=two_cluster.losses = {'JS': @nonsaturating}"
  assert command('--gin_file=two_cluster.gin', *small, losses, seed, f'--model_dir={tmp_path / "two"}') == 0


@pytest.mark.slow
def test_an_included_file_may_bind_what_ones_own_file_leaves_without_use(tmp_path):
  """two_cluster.gin binds a scale of JS-GAN's loss; with other losses nothing uses it."""
  (tmp_path / 'mine.gin').write_text("include 'two_cluster.gin'\ntwo_cluster.losses = {'RS': @relativistic_logistic}\n")
  small = [f'--gin_param=two_cluster.{name}' for name in ('seeds = 1', 'epochs = 10', 'drawn = 1', 'paper = None')]
  assert command(f'--gin_file={tmp_path / "mine.gin"}', *small, f'--model_dir={tmp_path / "run"}') == 0
  assert command('--mode=eval', f'--model_dir={tmp_path / "run"}') == 0


@pytest.mark.slow
def test_a_disk_that_fills_is_told_and_the_last_checkpoint_stays(tmp_path, capsys, monkeypatch):
  folder = tmp_path / 'run'
  often = '--gin_param=train_gan.save_every = 1', '--gin_param=train_gan.sample_every = 2'
  steps = '--gin_param=Trainer.iterations = 4'
  assert command(*POINTS, *often, '--gin_param=Trainer.iterations = 1', f'--model_dir={folder}') == 0

  def full(path, image):
    raise OSError(28, 'No space left on device')

  monkeypatch.setattr('tfgan_landscape.reporting.images.save_png', full)
  capsys.readouterr()
  assert command(*POINTS, *often, steps, f'--model_dir={folder}') == 2
  assert 'takes no more (No space left on device); make room' in capsys.readouterr().err
  monkeypatch.undo()
  assert command(*POINTS, *often, steps, f'--model_dir={folder}') == 0


@pytest.mark.slow
@pytest.mark.parametrize('size', [0, 400, 4_000, 16_000])
def test_a_disk_that_takes_no_more_bytes_is_told_and_loses_nothing(tmp_path, capsys, size, files_at_most):
  """The first write, the reports, a checkpoint's parts, a picture: whatever comes first that is larger."""
  folder = tmp_path / 'run'
  often = [f'--gin_param={each}' for each in ('train_gan.save_every = 1', 'Loop.log_every = 1')]
  steps = '--gin_param=Trainer.iterations = 6'
  assert command(*POINTS, *often, f'--model_dir={folder}') == 0
  before = {path.name: path.read_bytes() for path in (folder / 'checkpoints').glob('ckpt-*')}
  capsys.readouterr()
  with files_at_most(size):
    assert command(*POINTS, *often, steps, f'--model_dir={folder}') == 2
  (line,) = re.findall(r'^error: (.+)$', capsys.readouterr().err, re.MULTILINE)
  assert 'File too large' in line
  kept = {path.name: path.read_bytes() for path in (folder / 'checkpoints').glob('ckpt-*')}
  assert kept.items() >= before.items()
  assert command(*POINTS, *often, steps, f'--model_dir={folder}') == 0
  told = map(json.loads, (folder / 'scores.jsonl').read_text().splitlines())
  steps = [line['step'] for line in told if 'verdict' not in line]  # the doctor's lines stand beside
  assert steps == [1, 2, 3, 4, 5, 6]


OWN = """
import gin
import tensorflow as tf
from tfgan_landscape.losses import GanLoss

calls = []


@gin.configurable
def bad_loss(real_logits, fake_logits):
  return GanLoss(tf.nn.softplus(-real_logits) + missing, fake_logits)


@gin.configurable
def bad_in_training(real_logits, fake_logits):
  calls.append(True)
  if len(calls) > 4:
    fake_logits = fake_logits[:, None] @ tf.ones([3, 3])
  return GanLoss(tf.nn.softplus(-real_logits), fake_logits)


@gin.configurable
def bad_network():
  latents = tf.keras.Input([4])
  return tf.keras.Model(latents, tf.keras.layers.Dense(3)(latent))


@gin.configurable
def bad_penalty(critic, batch, generators):
  return {'bad': critic(batch.real)[None] * undefined}
"""


@pytest.mark.parametrize(
  ('binding', 'line', 'code'),
  [
    ('Trainer.loss = @bad_loss', "NameError: name 'missing'", 'return GanLoss(tf.nn.softplus(-real_logits) + missing'),
    ('Trainer.loss = @bad_in_training', 'ValueError: Dimensions must be equal', 'fake_logits = fake_logits[:, None] @'),
    ('train_gan.generator = @bad_network', "NameError: name 'latent'", 'return tf.keras.Model(latents, tf.keras.'),
    ('Trainer.penalty = @bad_penalty', "NameError: name 'undefined'", "return {'bad': critic(batch.real)[None] *"),
  ],
)
def test_a_mistake_in_ones_own_code_is_one_line_and_its_place(tmp_path, capsys, binding, line, code):
  """Its file, line and code below the line that says what fails; of an error while a program is compiled too."""
  name = f'own_{binding.rpartition("_")[2]}_{len(binding)}'
  (tmp_path / f'{name}.py').write_text(OWN)
  binding = binding.replace('@', f'@{name}.')
  text = f"import {name}\ninclude 'rs_gaussians_mlp.gin'\n{binding}\nTrainer.iterations = 2\n"
  (tmp_path / 'a.gin').write_text(text)
  assert command(f'--gin_file={tmp_path}/a.gin', f'--model_dir={tmp_path}/run') == 2
  said, place = capsys.readouterr().err.splitlines()[-2:]
  assert said.startswith('error: ')
  assert line in said
  assert place.startswith(f'  {tmp_path}/{name}.py, line ')
  assert code in place


def test_a_place_in_the_package_or_in_an_installed_one_is_not_the_users():
  with pytest.raises(ValueError, match='Expecting') as caught:
    json.loads('{')
  assert errors.users_frame(caught.value).startswith(__file__)
  assert errors.users_frame(caught.value.with_traceback(caught.value.__traceback__.tb_next)) is None


def test_a_training_that_goes_on_compiling_is_told_and_a_study_that_compiles_each_loss_is_not():
  log = logging.getLogger('tensorflow')
  words = '5 out of the last 5 calls to <function {} at 0x7f> triggered tf.function retracing. Tracing is expensive'
  passes = [
    log.filter(log.makeRecord('tensorflow', logging.WARNING, '', 0, words.format(name), (), None))
    for name in ('Engine._iterate', 'compiled.<locals>.run')
  ]
  assert list(map(bool, passes)) == [True, False]


@pytest.mark.parametrize(
  ('study', 'part', 'words'),
  [
    (POINTS, '1/2', '--part is for studies of many runs, and this is none; leave it out'),
    (['--gin_file=two_cluster.gin'], '3/2', '--part=3/2 is no part of a study; give e.g. 2/8 for the second of eight'),
    (['--gin_file=two_cluster.gin'], '0/2', '--part=0/2 is no part of a study'),
    (['--gin_file=two_cluster.gin'], 'half', '--part=half is no part of a study'),
  ],
)
def test_parts_that_are_none(refusal, tmp_path, study, part, words):
  assert words in refusal(*study, f'--part={part}', f'--model_dir={tmp_path / "run"}')
