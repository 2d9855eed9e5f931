"""The released generators give the authors' images; any width, size and kind is read off the shapes."""

import numpy as np
import pytest

from tfgan_landscape import import_rsgan, main
from tfgan_landscape.config import gin_files
from tfgan_landscape.config.execution import Execution, Generate
from tfgan_landscape.errors import InputError
from tfgan_landscape.networks import cnn, resnet

RELEASED = ['ref_RSGAN-CNN-quater-cifar.npz', 'ref_RSGAN-ResNet-bottleneck-cifar.npz']


@pytest.mark.parametrize('name', RELEASED)
def test_released_generator_gives_the_authors_images(shared, tmp_path, name):
  reference = np.load(shared / 'reference' / name)
  run = tmp_path / 'run'
  import_rsgan.write(import_rsgan.recognise(import_rsgan.read(shared / 'reference' / name)), run)
  np.save(tmp_path / 'z.npy', reference['z'])
  gin_files.read([run / 'config.gin'], [], False)
  for batch_statistics, key in (True, 'images_batch_stats'), (False, 'images_running_stats'):
    output = tmp_path / f'{key}.npz'
    flags = Generate(str(output), latents=str(tmp_path / 'z.npy'))
    assert main.run(Execution('generate', run, batch_statistics=batch_statistics, generate=flags)) == 0
    np.testing.assert_allclose(np.load(output)['images'], reference[key], atol=1e-4)


def _torch_layout(generator, family):
  """The released file that would hold this Keras generator."""
  layers = [layer for layer in generator.layers if layer.weights]
  height, width, channels = generator.layers[1].output_shape[1:]
  kernel, bias = layers[0].get_weights()
  kernel = kernel.reshape(-1, height, width, channels).transpose(3, 1, 2, 0).reshape(-1, len(kernel))
  modules = {'l1': [kernel, bias.reshape(height, width, channels).transpose(2, 0, 1).ravel()]}
  for i, layer in enumerate(layers[1:], 2):
    if hasattr(layer, 'shortcut'):
      parts = zip(('c1', 'c2', 'b1', 'b2', 'c_sc'), [*layer.convs, *layer.norms, layer.shortcut])
      modules |= {f'block{i}.{part}': _module(inner) for part, inner in parts}
    else:
      modules[f'{family}{i}'] = _module(layer)
  names = ('weight', 'bias', 'running_mean', 'running_var')
  return {f'{m}.{name}': value for m, values in modules.items() for name, value in zip(names, values)}


def _module(layer):
  values = layer.get_weights()
  return [values[0].transpose(3, 2, 0, 1), values[1]] if len(values) == 2 else values


@pytest.mark.parametrize(
  ('family', 'settings'),
  [
    (cnn, {'image_size': 32, 'width': 5}),
    (cnn, {'image_size': 48, 'width': 3, 'channels': 1}),
    (resnet, {'image_size': 32, 'width': 6, 'bottleneck': False}),
    (resnet, {'image_size': 48, 'width': 4, 'bottleneck': True}),
    (resnet, {'image_size': 48, 'width': 4, 'bottleneck': False, 'output_kernel': 3}),
  ],
)
def test_every_kind_is_recognised_by_its_shapes(family, settings):
  generator = family.Generator(**settings)
  for layer in generator.layers:
    layer.set_weights([np.random.RandomState(0).uniform(0.5, 1, w.shape) for w in layer.get_weights()])
  released = import_rsgan.recognise(_torch_layout(generator, family.__name__.rpartition('.')[2]))
  assert settings.items() <= released.settings.items()
  copy = family.Generator(**released.settings)
  import_rsgan.assign(copy, released)
  latents = np.random.RandomState(1).randn(3, 128).astype(np.float32)
  np.testing.assert_allclose(copy(latents), generator(latents), atol=1e-6)


def test_a_torch_file_is_read_like_the_arrays(shared):
  pytest.importorskip('torch')
  for name in 'RSGAN-CNN-quater-cifar', 'RSGAN-ResNet-bottleneck-cifar':
    state = import_rsgan.read(shared / 'reference' / f'{name}.pth')
    arrays = import_rsgan.read(shared / 'reference' / f'ref_{name}.npz')
    for key, value in arrays.items():
      np.testing.assert_array_equal(state[key], value)


def test_a_full_folder_is_left_alone(tmp_path):
  (tmp_path / 'mine').write_text('precious')
  with pytest.raises(InputError, match='not empty'):
    import_rsgan.write(None, tmp_path)


def test_a_cut_file_is_refused(tmp_path):
  np.savez(tmp_path / 'whole.npz', **{'weights/a.weight': np.zeros([30, 30])})
  (tmp_path / 'cut.npz').write_bytes((tmp_path / 'whole.npz').read_bytes()[:200])
  with pytest.raises(InputError, match='cannot be read'):
    import_rsgan.read(tmp_path / 'cut.npz')


def test_a_missing_file_is_refused(tmp_path):
  with pytest.raises(InputError, match='No such file'):
    import_rsgan.read(tmp_path / 'none.npz')
