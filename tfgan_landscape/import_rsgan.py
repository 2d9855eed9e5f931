"""Turns a generator released with the RS-GAN paper into a run's folder that can be sampled and scored.

  python -m tfgan_landscape.import_rsgan --checkpoint=FILE --model_dir=DIR
  launch/local.sh --mode=generate --model_dir=DIR --batch_statistics

FILE is the released .pth, or an .npz with keys `weights/<their name>`; PyTorch is not needed. Architecture, size and
width are read off the shapes: the CNN (Table 7) and the ResNets (Tables 9 to 12) of any width. The authors evaluate
with batch norm by the batch, `--batch_statistics`.
"""

import math
import pathlib
import pickle
import zipfile
from typing import NamedTuple

from absl import flags

from tfgan_landscape.config import command_line
from tfgan_landscape.errors import InputError
from tfgan_landscape.io import arrays, torch_files

_ITERATIONS = 100_000  # of the authors' runs; their files do not say
_UNREADABLE = (OSError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, pickle.UnpicklingError)


class Released(NamedTuple):
  """A released generator.

  Attributes:
    family: 'cnn' or 'resnet', the module of `networks`.
    settings: of that module's `Generator`.
    linear: the parameters of the first layer, {'weight', 'bias'} in PyTorch layouts, like all that follow.
    blocks: those of each block, {name: parameters}: `conv` and `norm` of the CNN, the authors' c1, c2, b1, b2, c_sc.
    tail: those of the layers after the blocks, in order.
  """

  family: str
  settings: dict
  linear: dict
  blocks: list
  tail: list


def read(path):
  """Returns {parameter name: array} of a released state dict, in its order.

  Raises:
    InputError: the file is missing, damaged or of another kind.
  """
  path = pathlib.Path(path)
  arrays.check_regular(path)
  try:
    weights = _read_npz(path) if path.suffix == '.npz' else torch_files.read(path)
  except InputError:
    raise
  except _UNREADABLE as error:
    raise InputError(f'{path} cannot be read ({type(error).__name__}); give a released .npz or .pth') from error
  if not weights:
    raise InputError(f'{path} holds no weights by name; give a released .npz or .pth')
  return weights


def _read_npz(path):
  arrays_by_name = arrays.read_npz(path)
  return {name[len('weights/') :]: array for name, array in arrays_by_name.items() if name.startswith('weights/')}


def recognise(weights):
  """Returns the `Released` generator that names and shapes tell.

  Args:
    weights: {parameter name: array} in PyTorch layouts.

  Raises:
    InputError: they are no CNN's or ResNet's generator.
  """
  modules = {}
  for name, value in weights.items():
    module, _, parameter = name.rpartition('.')
    modules.setdefault(module, {})[parameter] = value
  try:
    blocks = sorted({name.split('.')[0] for name in modules if name.endswith('.c_sc')})
    return _resnet(modules, blocks) if blocks else _cnn(modules)
  except (KeyError, IndexError, ValueError, AttributeError) as error:
    raise InputError(
      f'these weights are no generator of the RS-GAN paper ({type(error).__name__}: {error}); its CNNs and ResNets'
      ' can be read'
    ) from error


def _cnn(modules):
  norms = [module for _, module in sorted(modules.items()) if 'running_mean' in module]
  convs = [module for _, module in sorted(modules.items()) if module['weight'].ndim == 4]
  deconvs = [module for module in convs if module['weight'].shape[2] == 4]
  (linear,) = (module for module in modules.values() if module['weight'].ndim == 2)
  (output,) = (module for module in convs if module['weight'].shape[2] != 4)
  channels, width = output['weight'].shape[:2]
  settings = _common(linear, deconvs[0]['weight'].shape[0], channels)
  blocks = [{'conv': conv, 'norm': norm} for conv, norm in zip(deconvs, norms)]
  return Released('cnn', {**settings, 'width': width}, linear, blocks, [output])


def _resnet(modules, names):
  outside = [module for name, module in modules.items() if '.' not in name]
  (linear,) = (module for module in outside if module['weight'].ndim == 2)
  (norm,) = (module for module in outside if 'running_mean' in module)
  (output,) = (module for module in outside if module['weight'].ndim == 4)
  blocks = [{part: modules[f'{name}.{part}'] for part in ('c1', 'c2', 'b1', 'b2', 'c_sc')} for name in names]
  channels, width, kernel_size, _ = output['weight'].shape
  hidden = blocks[-1]['c1']['weight'].shape[0]
  settings = _common(linear, blocks[0]['c1']['weight'].shape[1], channels)
  settings |= {'width': width, 'bottleneck': hidden == width // 2, 'output_kernel': kernel_size}
  return Released('resnet', settings, linear, blocks, [norm, output])


def _common(linear, first, channels):
  units, latent_dim = linear['weight'].shape
  return {'image_size': 8 * math.isqrt(units // first), 'channels': channels, 'latent_dim': latent_dim}


def assign(generator, released):
  """Copies the released parameters into a Keras generator that was built with `released.settings`."""
  layers = [layer for layer in generator.layers if layer.weights]
  tail = len(layers) - len(released.tail)
  side = generator.layers[1].output_shape[1:]
  layers[0].set_weights(_dense(released.linear, side))
  if released.family == 'cnn':
    targets = [{'conv': conv, 'norm': norm} for conv, norm in zip(layers[1:tail:2], layers[2:tail:2])]
  else:
    targets = [
      {**dict(zip(('c1', 'c2'), b.convs)), **dict(zip(('b1', 'b2'), b.norms)), 'c_sc': b.shortcut}
      for b in layers[1:tail]
    ]
  for target, block in zip(targets, released.blocks):
    for name, layer in target.items():
      layer.set_weights(_arrays(block[name]))
  for layer, module in zip(layers[tail:], released.tail):
    layer.set_weights(_arrays(module))


def _arrays(module):
  if 'running_mean' in module:
    return [module[name] for name in ('weight', 'bias', 'running_mean', 'running_var')]
  return [
    module['weight'].transpose(2, 3, 1, 0),
    module['bias'],
  ]  # the same axes for both kinds of convolution


def _dense(module, shape):
  """PyTorch's units run over (channel, row, column), ours over (row, column, channel)."""
  height, width, channels = shape
  kernel = module['weight'].reshape(channels, height, width, -1).transpose(3, 1, 2, 0)
  bias = module['bias'].reshape(channels, height, width).transpose(1, 2, 0)
  return [kernel.reshape(len(kernel), -1), bias.ravel()]


def write(released, model_dir):
  """Makes a run's folder: a checkpoint whose generator and moving average are the released one, and its bindings.

  Raises:
    InputError: the folder holds something already, cannot be written, or the networks do not take these shapes.
  """
  from tfgan_landscape.networks import cnn, resnet
  from tfgan_landscape.training.checkpoints import Checkpoints
  from tfgan_landscape.training.trainer import Networks, Sampled

  model_dir = pathlib.Path(model_dir)
  if model_dir.exists() and any(model_dir.iterdir()):
    raise InputError(f'{model_dir} is not empty; name a new --model_dir')
  family = {'cnn': cnn, 'resnet': resnet}[released.family]
  generator, average = (family.Generator(**released.settings) for _ in range(2))
  try:
    assign(generator, released)
    assign(average, released)
  except ValueError as error:
    raise InputError(f'a layer of {released.family} {released.settings} has another shape: {error}') from error
  sampled = Sampled(Networks(generator, None, average))
  sampled.step.assign(_ITERATIONS)
  try:
    Checkpoints(model_dir / 'checkpoints', sampled).save()
    (model_dir / 'config.gin').write_text(config(released))
  except OSError as error:
    raise InputError(f'{model_dir} cannot be written ({error.strerror}); name another --model_dir') from error


def config(released):
  """Returns the bindings of the imported run, as gin text."""
  settings = dict(released.settings)
  data = {32: 'cifar', 48: 'stl'}.get(settings['image_size'], 'cifar')
  macros = {name: settings.pop(name) for name in ('image_size', 'channels', 'width', 'bottleneck') if name in settings}
  lines = [
    '# A generator released with the RS-GAN paper, imported by tfgan_landscape.import_rsgan.',
    f"include 'base/{released.family}.gin'",
    f"include 'base/{data}.gin'",
    'Trainer.loss = @relativistic_logistic',
    *(f'{name} = {value}' for name, value in macros.items()),
    *(f'{released.family}.Generator.{name} = {value}' for name, value in settings.items()),
  ]
  return '\n'.join(lines) + '\n'


def main(argv):
  """Reads the file, writes the folder, and says what it was."""
  del argv
  command_line.before_tensorflow()
  released = recognise(read(flags.FLAGS.checkpoint))
  write(released, flags.FLAGS.model_dir)
  print(f'{released.family}.Generator {released.settings} is in {flags.FLAGS.model_dir}; look at it with')
  print(f'  launch/local.sh --mode=generate --model_dir={flags.FLAGS.model_dir} --batch_statistics')


if __name__ == '__main__':
  flags.DEFINE_string('checkpoint', None, 'The released .npz or .pth.', required=True)
  flags.DEFINE_string('model_dir', None, "The run's folder to make.", required=True)
  command_line.run(main)
