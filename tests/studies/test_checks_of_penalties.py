"""The call of a penalty before training: what passes, what is refused in one line, and that it leaves no trace."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape import penalties
from tfgan_landscape.errors import InputError
from tfgan_landscape.networks import cnn, mlp
from tfgan_landscape.networks.conditional import conditional_discriminator, conditional_generator
from tfgan_landscape.networks.packing import packed
from tfgan_landscape.studies import checks
from tfgan_landscape.training.trainer import Networks

TOGETHER = penalties.Together([penalties.r1, penalties.zero_centered])


def networks():
  return Networks(mlp.Generator(width=4), mlp.Discriminator(width=4), mlp.Generator(width=4))


class Counting(tf.Module):
  """A penalty that counts its calls."""

  def __init__(self):
    super().__init__()
    self.calls = tf.Variable(0.0)

  def __call__(self, critic, batch, generators):
    self.calls.assign_add(1.0)
    return {'calls': self.calls + 0.0 * critic(batch.real)}


@pytest.mark.parametrize('penalty', [penalties.none, penalties.gradient_penalty, penalties.dragan, TOGETHER])
def test_penalties_of_the_package_pass(penalty):
  checks.check_penalty('it', penalty, 3)
  checks.check_penalty_in_training('it', penalty, networks())


def test_a_penalty_with_an_encoder_passes():
  path = penalties.LatentPath(functools.partial(mlp.Encoder, width=4))
  checks.check_penalty_in_training('it', path, networks())


def test_the_penalty_of_a_critic_that_packs_passes():
  size = {'image_size': 8, 'width': 2}
  critic = packed(functools.partial(cnn.Discriminator, channels=6, **size), packing=2)
  made = Networks(cnn.Generator(**size), critic, cnn.Generator(**size))
  checks.check_penalty_in_training('it', penalties.r1, made)


@pytest.mark.parametrize('penalty', [penalties.gradient_penalty, penalties.dragan, penalties.MaxGradient(), TOGETHER])
def test_the_penalty_of_a_conditional_gan_is_given_images_and_labels(penalty):
  made = conditional_networks()
  seen = []

  def watching(critic, batch, generators):
    examples, labels = generators.networks[0](batch.latents)
    seen.extend([batch.real.shape, batch.fake.shape, examples.shape, labels.dtype, batch.fake_labels.dtype])
    return penalty(critic, batch, generators)

  checks.check_penalty_in_training('it', watching, made)
  assert seen == [(2, 8, 8, 3)] * 3 + [tf.int32] * 2


def conditional_networks():
  size = {'image_size': 8, 'width': 2}
  generator = functools.partial(conditional_generator, functools.partial(cnn.Generator, latent_dim=12, **size))
  critic = conditional_discriminator(functools.partial(cnn.Discriminator, channels=13, **size))
  return Networks(generator(), critic, generator())


def test_it_leaves_no_trace():
  penalty, made = Counting(), networks()
  before = [variable.numpy() for network in made for variable in network.variables]
  checks.check_penalty_in_training('it', penalty, made)
  assert penalty.calls.numpy() == 0.0
  for old, variable in zip(before, (variable for network in made for variable in network.variables)):
    np.testing.assert_array_equal(old, variable)


def broken(critic, batch, generators):
  raise KeyError('gamma')


@pytest.mark.parametrize(
  ('penalty', 'words'),
  [
    (3, 'it is 3; a penalty is a function'),
    (broken, "it fails on some examples: KeyError: 'gamma'; a penalty is"),
    (lambda critic, batch, generators: None, 'it fails on some examples: AttributeError'),
    (lambda critic, batch, generators: {'odd': batch.real}, 'its term odd is'),
    (lambda critic, batch, generators: {'odd': batch.real[:, 0] * np.nan}, r'its term odd is \[nan'),
  ],
)
def test_what_is_no_penalty_is_refused(penalty, words):
  with pytest.raises(InputError, match=words):
    checks.check_penalty('it', penalty)
  with pytest.raises(InputError, match=words):
    checks.check_penalty_in_training('it', penalty, networks())
