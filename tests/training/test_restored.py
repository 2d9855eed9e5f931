"""Variables have their values again however their use ends."""

import pytest
import tensorflow as tf

from tfgan_landscape.training.restored import restored


class Interrupted:
  """Stands in for a variable whose restoration is ended by a signal."""

  def __init__(self, value):
    self.value, self.assigned = value, 0

  def numpy(self):
    return self.value

  def assign(self, value):
    self.assigned += 1
    if self.assigned == 2:
      raise KeyboardInterrupt
    self.value = value


def used(variables, error=None):
  with restored(variables):
    for variable in variables:
      variable.assign(7.0)
    if error:
      raise error


@pytest.mark.parametrize('error', [ValueError, KeyboardInterrupt])
def test_values_come_back_however_it_ends(error):
  variables = [tf.Variable(1.0), tf.Variable(3.0)]
  with pytest.raises(error):
    used(variables, error)
  used(variables)
  assert [variable.numpy() for variable in variables] == [1.0, 3.0]


def test_a_signal_in_the_restoration_leaves_it_whole():
  variables = [tf.Variable(1.0), Interrupted(2.0), tf.Variable(3.0)]
  with pytest.raises(KeyboardInterrupt):
    used(variables)
  assert [variable.numpy() for variable in variables] == [1.0, 2.0, 3.0]
