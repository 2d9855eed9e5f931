"""Latents: each is a function of its number; what a sampler does to a generator."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_landscape.networks import cnn, mlp
from tfgan_landscape.training.sampling import BLOCK, SCORES, Sampler, latent_blocks


def blocks(first, last, seed=0, **more):
  return [block.numpy() for block in latent_blocks(mlp.Generator(width=2, latent_dim=3), first, last, seed, **more)]


def test_a_block_is_the_same_wherever_the_drawing_starts():
  everything = blocks(0, 4)
  assert [block.shape for block in everything] == [(BLOCK, 3)] * 4
  np.testing.assert_array_equal(blocks(2, 3)[0], everything[2])
  assert len({block.tobytes() for block in everything}) == 4


def test_seeds_and_purposes_have_latents_of_their_own():
  found = [blocks(0, 1, seed)[0] for seed in (0, 1, 2**63 - 1)] + [blocks(0, 1, purpose=SCORES)[0]]
  assert len({block.tobytes() for block in found}) == 4


def test_latents_are_standard_normal():
  latents = np.concatenate(blocks(0, 20))
  assert abs(latents.mean()) < 3 / np.sqrt(latents.size)
  assert abs(latents.var() - 1) < 3 * np.sqrt(2 / latents.size)


@pytest.mark.parametrize('batch_statistics', [False, True])
def test_sampling_leaves_the_moving_averages_as_they_were(batch_statistics):
  generator = cnn.Generator(image_size=8, width=2)
  before = [variable.numpy() for variable in generator.variables]
  sampler = Sampler(generator, batch_statistics=batch_statistics)
  (first,) = sampler([tf.random.stateless_normal([9, 128], [0, 1])])
  (again,) = sampler([tf.random.stateless_normal([9, 128], [0, 1])])
  np.testing.assert_array_equal(first, again)
  for variable, value in zip(generator.variables, before):
    np.testing.assert_array_equal(variable, value)
