"""Modes of stacked digits and their divergence by hand."""

import numpy as np
import pytest

from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation.features import Features
from tfgan_landscape.evaluation.stacked_modes import StackedModes, modes_and_divergence


def test_by_hand():
  """Two classes, eight modes; shares 1/2, 1/4, 1/4: log 8 - 1.5 log 2 = 1.5 log 2."""
  triples = np.array([[0, 0, 0], [0, 0, 0], [1, 0, 1], [0, 1, 1]])
  hit, divergence = modes_and_divergence(triples, 2)
  assert hit == 3
  assert divergence == pytest.approx(1.5 * np.log(2))


def test_a_uniform_generator_has_divergence_0_and_a_collapsed_one_the_most():
  every = np.stack(np.unravel_index(np.arange(1000), (10, 10, 10)), 1)
  assert modes_and_divergence(every, 10) == (1000, pytest.approx(0))
  assert modes_and_divergence(np.tile([[3, 1, 4]], [50, 1]), 10) == (1, pytest.approx(np.log(1000)))


def pixels(**protocol):
  """Features that read the class off the first pixel."""

  def make(labelled, cache_dir):
    return Features(lambda images: (np.eye(3)[images[:, 0, 0, 0]], None), {'name': 'classifier', **protocol})

  return make


def test_each_channel_is_classified_and_surplus_samples_are_left_out():
  batches = [np.array([[0, 1, 2], [2, 2, 2]], np.uint8), np.array([[0, 1, 2], [1, 1, 1]], np.uint8)]
  images = [np.broadcast_to(batch[:, None, None, :], [2, 4, 4, 3]) for batch in batches]
  evaluation = StackedModes(None, None, None, pixels(labels=['0', '1', '2'], test_accuracy=0.5), count=3)
  modes, divergence = evaluation.score(lambda count: iter(images))
  assert (modes.name, modes.value) == ('modes_3', 2)
  assert divergence.name == 'kl_3'
  assert divergence.value == pytest.approx(np.log(27) + 2 / 3 * np.log(2 / 3) + 1 / 3 * np.log(1 / 3))
  assert str(evaluation) == 'modes_3, kl_3 by classifier (50.0% right)'
  assert evaluation.protocol['modes'] == {'count': 3, 'of': 27}


def test_features_without_labels_are_refused():
  with pytest.raises(InputError, match='bind @classifier'):
    StackedModes(None, None, None, pixels())
