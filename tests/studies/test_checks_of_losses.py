"""A loss of the user's: called once before training, and every mistake is one line that says what is needed."""

import inspect
import logging

import pytest
import tensorflow as tf

from tfgan_landscape import losses
from tfgan_landscape.errors import InputError
from tfgan_landscape.losses import GanLoss
from tfgan_landscape.studies.checks import check_loss

PUBLIC = [getattr(losses, name) for name in dir(losses) if name[0] != '_']
LOSSES = [value for value in PUBLIC if hasattr(value, '__wrapped__')]
OURS = [loss for loss in LOSSES if list(inspect.signature(loss).parameters)[:2] == ['real_logits', 'fake_logits']]


@pytest.mark.parametrize('loss', OURS, ids=lambda loss: loss.__name__)
def test_every_loss_of_ours_passes_without_a_warning(loss, caplog):
  with caplog.at_level(logging.WARNING):
    check_loss('Trainer.loss', loss)
  assert not caplog.text


@pytest.mark.parametrize(
  ('loss', 'words'),
  [
    (lambda real, fake: (fake - real, -fake), 'returns a tuple, and not a tfgan_landscape.losses.GanLoss'),
    (lambda real, fake: None, 'returns None'),
    (lambda real, fake: tf.reduce_mean(fake - real), 'returns a EagerTensor'),
    (lambda real, fake: GanLoss(tf.reduce_mean(fake - real), -fake), r'float32 \[\] for 3 pairs; return float32 \[3\]'),
    (lambda real, fake: GanLoss(fake - real, -fake[:, None]), r"generator's loss is float32 \[3, 1\]"),
    (lambda real, fake: GanLoss(tf.cast(fake, tf.float64), fake), 'float64'),
    (lambda real, fake: GanLoss(None, fake), "discriminator's loss is object"),
    (lambda real, fake: GanLoss([real, fake[:1]], fake), "discriminator's loss is list"),
    (lambda real, fake: GanLoss(tf.math.log(real), fake), 'nan.* must be finite'),
    (lambda real, fake: GanLoss(fake, real / 0.0), 'inf'),
    (lambda real: GanLoss(real, real), 'fails on 3 pairs of logits: TypeError'),
    (lambda real, fake: GanLoss(real @ fake, fake), 'fails on 3 pairs of logits'),
    ('hinge', "is 'hinge'; a loss is a function"),
    (None, 'is None; a loss is a function'),
  ],
)
def test_a_mistake_is_one_line_that_says_what_is_needed(loss, words):
  with pytest.raises(InputError, match=words) as refusal:
    check_loss('Trainer.loss', loss)
  line = str(refusal.value)
  assert line.startswith('Trainer.loss')
  assert len(line.splitlines()) == 1


def test_swapped_losses_get_a_warning(caplog):
  def swapped(real, fake):
    right = losses.hinge(real, fake)
    return GanLoss(right.generator + tf.nn.relu(1.0 + real), right.discriminator)

  with caplog.at_level(logging.WARNING):
    check_loss('Trainer.loss', swapped)
  assert 'falls when real logits fall; are its two losses swapped?' in caplog.text
