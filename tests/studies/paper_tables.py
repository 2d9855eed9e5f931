"""What the papers print about the experiments of gin/: scores, sizes and settings, copied from their tables.

RS-GAN paper: Tables 2, 4, 5, 6, 13 and Appendix E.1; LGAN paper: Table 2; 0-GP paper: Appendix E; MIX+GAN: its released
code. `reports` makes the words of a gin file's header of them, `settings` what its paper binds.
"""

import re
from typing import NamedTuple, Optional


class Score(NamedTuple):
  """Inception Score and FID with what the paper prints behind +-; the FID gap and the size that it prints beside."""

  inception_score: str
  fid: str
  gap: Optional[str] = None
  size: Optional[str] = None


# Table 2: {(data, network): {loss: Score}}; gap = FID of JS-GAN less that of RS-GAN, printed without a sign.
TABLE_2 = {
  ('cifar', 'real'): Score('11.24±0.19', '5.18'),
  ('stl', 'real'): Score('24.45±0.41', '5.34'),
  ('cifar', 'cnn'): {
    'js_nosn': Score('6.27±0.10', '49.13', '15.34', '100'),
    'rs_nosn': Score('7.02±0.07', '33.79'),
    'wgangp': Score('6.68±0.06', '39.66'),
    'js': Score('7.42±0.08', '28.07', '0.91', '100'),
    'rs': Score('7.32±0.08', '27.16'),
    'js_half': Score('6.85±0.08', '33.90', '1.16', '29.0'),
    'rs_half': Score('6.74±0.04', '32.74'),
    'js_quarter': Score('5.83±0.07', '52.63', '7.26', '9.2'),
    'rs_quarter': Score('5.94±0.09', '45.37'),
  },
  ('stl', 'cnn'): {
    'js_nosn': Score('8.01±0.07', '50.38', '2.16', '100'),
    'rs_nosn': Score('7.62±0.08', '52.54'),
    'wgangp': Score('8.11±0.09', '55.64'),
    'js': Score('8.32±0.10', '44.06', '0.18', '100'),
    'rs': Score('8.29±0.13', '43.88'),
    'js_half': Score('7.69±0.05', '57.16', '4.69', '32.9'),
    'rs_half': Score('7.95±0.10', '52.47'),
    'js_quarter': Score('6.90±0.06', '72.96', '9.35', '11.9'),
    'rs_quarter': Score('7.27±0.11', '63.61'),
  },
  ('cifar', 'resnet'): {
    'js': Score('8.12±0.14', '20.13', '0.82', '100'),
    'rs': Score('7.92±0.13', '19.31'),
    'js_half': Score('7.67±0.04', '23.29', '1.51', '27.5'),
    'rs_half': Score('7.63±0.07', '21.78'),
    'js_quarter': Score('6.65±0.06', '45.20', '13.94', '10.4'),
    'rs_quarter': Score('7.08±0.05', '31.26'),
    'js_bottleneck': Score('7.60±0.07', '26.98', '1.54', '16.8'),
    'rs_bottleneck': Score('7.57±0.09', '25.44'),
  },
  ('stl', 'resnet'): {
    'js': Score('8.87±0.07', '36.33', '1.56', '100'),
    'rs': Score('8.96±0.10', '34.77'),
    'js_half': Score('8.45±0.05', '44.39', '2.21', '29.0'),
    'rs_half': Score('8.47±0.09', '42.18'),
    'js_quarter': Score('8.21±0.12', '53.57', '1.48', '9.2'),
    'rs_quarter': Score('8.46±0.11', '52.09'),
    'js_bottleneck': Score('8.29±0.05', '50.38', '3.80', '19.2'),
    'rs_bottleneck': Score('8.52±0.11', '46.58'),
  },
}

# Table 4, at least three seeds, ResNets: {width: {loss: (CIFAR-10, CIFAR-10 + average, STL-10 + average)}}.
TABLE_4 = {
  '': {
    'js': (
      Score('8.03±0.10', '20.06±0.18'),
      Score('8.41±0.09', '17.79±0.43'),
      Score('9.14±0.12', '33.06'),
    ),
    'rs': (
      Score('7.94±0.09', '19.79±0.57'),
      Score('8.37±0.10', '17.75±0.56'),
      Score('9.23±0.08', '31.87'),
    ),
  },
  'half': {
    'js': (
      Score('7.77±0.08', '23.36±0.46'),
      Score('8.24±0.08', '20.55±0.59'),
      Score('8.69±0.08', '42.05'),
    ),
    'rs': (
      Score('7.76±0.07', '21.63±0.51'),
      Score('8.21±0.09', '18.91±0.45'),
      Score('8.77±0.13', '39.31'),
    ),
  },
  'quarter': {
    'js': (
      Score('6.75±0.06', '44.39±4.38'),
      Score('7.18±0.06', '38.75±6.28'),
      Score('8.42±0.06', '52.38'),
    ),
    'rs': (
      Score('7.20±0.07', '31.40±0.78'),
      Score('7.60±0.06', '26.85±0.56'),
      Score('8.43±0.10', '48.92'),
    ),
  },
  'bottleneck': {
    'js': (
      Score('7.51±0.07', '27.33±1.05'),
      Score('7.99±0.10', '23.71±0.86'),
      Score('8.37±0.08', '47.97'),
    ),
    'rs': (
      Score('7.52±0.10', '25.05±0.35'),
      Score('8.06±0.11', '21.29±0.22'),
      Score('8.48±0.06', '44.60'),
    ),
  },
}

# Table 5, CIFAR-10 ResNets: {width: {loss: (plain, average)}}; gap = FID of Hinge-GAN less that of Rp-Hinge-GAN.
TABLE_5 = {
  '': {
    'hinge': (Score('7.92±0.08', '21.30'), Score('8.44±0.10', '17.43')),
    'rphinge': (Score('7.84±0.09', '19.10', '2.20'), Score('8.21±0.09', '17.19', '0.24')),
  },
  'half': {
    'hinge': (Score('7.63±0.05', '27.21'), Score('7.90±0.08', '24.35')),
    'rphinge': (Score('7.77±0.08', '21.10', '6.11'), Score('8.34±0.11', '19.19', '5.17')),
  },
  'quarter': {
    'hinge': (Score('6.79±0.09', '37.51'), Score('7.39±0.07', '34.45')),
    'rphinge': (Score('7.21±0.11', '29.41', '8.10'), Score('7.77±0.08', '25.57', '8.88')),
  },
  'bottleneck': {
    'hinge': (Score('7.16±0.10', '33.24'), Score('7.91±0.09', '26.56')),
    'rphinge': (Score('7.52±0.07', '23.28', '9.96'), Score('8.05±0.07', '22.03', '4.53')),
  },
}

# Table 6, CIFAR-10 CNNs; gap = FID of LS-GAN less that of Rp-LS-GAN.
TABLE_6 = {
  '': {'ls': Score('6.91±0.10', '32.93'), 'rpls': Score('7.09±0.07', '34.78', '-1.85')},
  'half': {'ls': Score('6.63±0.08', '37.83'), 'rpls': Score('6.94±0.04', '34.34', '3.49')},
  'quarter': {'ls': Score('5.69±0.10', '48.63'), 'rpls': Score('6.22±0.10', '42.86', '5.77')},
}

# LGAN paper, Table 2: {phi: {data: Score}}.
LGAN = {
  'linear': (('7.66±0.03', '19.64±0.23'), ('8.20±0.05', '18.81±0.58'), ('21.66±0.22', '9.74±0.63')),
  'exponential': (
    ('7.79±0.03', '19.82±0.13'),
    ('8.06±0.05', '20.45±0.15'),
    ('21.91±0.22', '9.90±0.72'),
  ),
  'hyperbolic': (
    ('8.04±0.04', '15.76±0.13'),
    ('8.35±0.09', '16.83±0.41'),
    ('21.96±0.19', '9.16±0.52'),
  ),
  'softplus': (('8.49±0.11', '16.36±0.09'), ('8.42±0.04', '15.94±0.33'), ('21.82±0.11', '9.40±0.49')),
  'softplus_and_linear': (
    ('7.75±0.04', '18.32±0.15'),
    ('8.47±0.10', '16.09±0.23'),
    ('21.91±0.20', '9.50±0.39'),
  ),
  'unit_hinge': (
    ('7.43±0.04', '21.58±0.21'),
    ('8.58±0.08', '16.22±0.33'),
    ('21.91±0.18', '9.72±0.51'),
  ),
}

WIDTHS = ('half', 'quarter', 'bottleneck')
# Model sizes of Table 2 that neither the paper's tables nor the released code give, and what the networks here have.
OTHER_SIZES = {
  ('stl', 'cnn', 'half'): '32.43',
  ('stl', 'cnn', 'quarter'): '11.83',
  ('cifar', 'resnet', 'quarter'): '8.14',
}


def parts(name):
  """Returns (loss, data, network, width or '', whether without spectral norm) of an experiment's name."""
  loss, data, network, *more = name.split('_')
  return loss, data, network, next((each for each in more if each in WIDTHS), ''), 'nosn' in more


def reports(name):
  """Returns what the paper's tables print of an experiment, in the words of its header; None where they have none."""
  if name.startswith('lgan_'):
    phi, data = re.fullmatch(r'lgan_(\w+)_(cifar|tiny|flowers)_resnet', name).groups()
    score, fid = LGAN[phi][('cifar', 'tiny', 'flowers').index(data)]
    return f'FID {fid}, IS {score}'.replace('±', ' +- ')
  if len(name.split('_')) < 3 or name.endswith('all_pairs'):
    return None
  loss, data, network, width, without = parts(name)
  if data not in ('cifar', 'stl') or network not in ('cnn', 'resnet'):
    return None
  if loss in ('hinge', 'rphinge'):
    plain, average = TABLE_5[width][loss]
    return f'{_words(plain, "Hinge-GAN")}; moving average {_words(average, "Hinge-GAN")}'
  if loss in ('ls', 'rpls'):
    return _words(TABLE_6[width][loss], 'LS-GAN')
  found = TABLE_2[data, network].get('_'.join(filter(None, [loss, 'nosn' * without or width])))
  if found is None:
    return None
  sign = (
    [' (printed without its sign: RS-GAN has the higher FID)'] if (data, loss, without) == ('stl', 'js', True) else []
  )
  return '; '.join(
    [
      ''.join([_words(found, 'RS-GAN'), *sign]),
      *_size(found, data, network, width),
      *_seeds(loss, data, network, width),
    ]
  )


def _words(score, other):
  gap = f', FID gap {"to" if other == "RS-GAN" else "from"} {other} {score.gap}' if score.gap else ''
  return f'IS {score.inception_score}, FID {score.fid}{gap}'.replace('±', ' +- ')


def _size(score, data, network, width):
  if not score.size or score.size == '100':
    return []
  other = OTHER_SIZES.get((data, network, width))
  return [f'size {score.size} %' + (f' (built: {other} %)' if other else '')]


def _seeds(loss, data, network, width):
  """Table 4, which has no column of STL-10 without the average."""
  if network != 'resnet':
    return []
  plain, average, stl = TABLE_4[width][loss]
  if data == 'stl':
    return [f'moving average (Table 4) {_words(stl, "")}']
  return [f'three seeds (Table 4) {_words(plain, "")}', f'moving average {_words(average, "")}']


# Table 13: {(data, network): {width, 'nosn' for no normalisation: RS-GAN's learning rate of the generator}}.
TABLE_13 = {
  ('cifar', 'cnn'): {'nosn': 2e-4, '': 5e-4, 'half': 5e-4, 'quarter': 2e-4},
  ('stl', 'cnn'): {'nosn': 5e-4, '': 5e-4, 'half': 5e-4, 'quarter': 5e-4},
  ('cifar', 'resnet'): {'': 1.5e-3, 'half': 1.5e-3, 'quarter': 1e-3, 'bottleneck': 1e-3},
  ('stl', 'resnet'): {'': 1e-3, 'half': 1e-3, 'quarter': 5e-4, 'bottleneck': 1e-3},
}
_RATES = ('Trainer.generator_learning_rate', 'Trainer.discriminator_learning_rate')


def _rates(generator, critic):
  return dict(zip(_RATES, (generator, critic)))


def _adam(beta_1, beta_2):
  return {'adam.beta_1': beta_1, 'adam.beta_2': beta_2}


def settings(name):
  """Returns {binding: the paper's value} of an experiment, what the paper prints of it; {} where it prints nothing."""
  loss = name.split('_')[0]
  if loss == 'lgan':
    return _LGAN
  if name.endswith('imagenet64'):
    critic_steps = 5 if loss == 'wgangp' else 1
    return _ZERO_GP_IMAGENET | {'Trainer.discriminator_updates': critic_steps}
  if re.search(r'_mnist_mlp(_momentum)?$', name):
    return _ZERO_GP_MNIST | (_adam(0.9, 0.99) if name.endswith('momentum') else _adam(0.5, 0.9))
  if 'mix' in loss and 'digits' not in name and 'ring' not in name and 'cluster' not in name:
    return _MIX_WGAN if loss == 'wmix5' else _MIX
  if name.startswith('js_mnist_dcgan'):
    return _MIX
  if 'mnist57' in name:
    return _RS_GAN | {'Trainer.iterations': 30_000, 'fives_to_sevens': 5 if 'imbalanced' in name else 1}
  return _of_rs_gan(name, loss)


def _of_rs_gan(name, loss):
  """Appendix E.1 and Table 13; Appendix F for LSUN."""
  if not re.match(r'(js|rs|hinge|rphinge|ls|rpls|wgangp)_(cifar|stl|church|tower)_', name):
    return {}
  if loss == 'wgangp':
    return _RS_GAN | _rates(1e-4, 1e-4) | _adam(0.5, 0.9) | _WGAN_GP
  _, data, network, width, without = parts(name)
  found = dict(_RS_GAN)
  if (data, network) == ('cifar', 'resnet'):
    found |= _adam(0.0, 0.9)
  found['Trainer.discriminator_updates'] = 5 if network == 'resnet' else 1
  rate = 2e-4
  if loss.startswith('r'):
    rate = 1e-3 if data in ('church', 'tower') else TABLE_13[data, network]['nosn' if without else width]
  return found | _rates(rate, 2e-4)


_RS_GAN = {
  'Trainer.batch_size': 64,
  'Trainer.iterations': 100_000,
  'Trainer.discriminator_updates': 1,
  'Trainer.discriminator_learning_rate': 2e-4,
  'exponential_moving_average.decay': 0.9999,
  'latent_dim': 128,
  **_adam(0.5, 0.999),
}
_WGAN_GP = {'Trainer.discriminator_updates': 5, 'gradient_penalty.weight': 10.0}
# Appendix K: Adam (0, 0.9); batch, learning rate and steps as the released code.
_LGAN = {
  'Trainer.batch_size': 64,
  'Trainer.iterations': 100_000,
  'Trainer.discriminator_updates': 5,
  'image_size': 32,  # Table 3 prints 3 x 32 x 32 for all data sets
  'latent_dim': 128,
  **_rates(2e-4, 2e-4),
  **_adam(0.0, 0.9),
}
_ZERO_GP_MNIST = {
  'Trainer.batch_size': 128,
  'Trainer.iterations': 10_000,
  'Trainer.discriminator_updates': 1,
  'latent_dim': 50,
  'width': 512,
  **_rates(3e-3, 3e-3),
}
_ZERO_GP_IMAGENET = {
  'Trainer.batch_size': 64,
  'exponential_moving_average.decay': 0.999,
  'latent_dim': 128,
  'scale_images.flip': True,
  **_rates(1e-4, 3e-4),
}
# The released code of CIFAR-10; the paper prints no settings.
_MIX = {'latent_dim': 50, **_rates(1e-4, 1e-4), **_adam(0.5, 0.999)}
_MIX_WGAN = {'latent_dim': 50}
