"""Faults of the data become one line; faults of ours do not."""

import pytest
import tensorflow as tf

from tfgan_landscape.datasets.examples import describe, first_line, reading
from tfgan_landscape.errors import InputError

SOURCE = {'loader': 'tfds', 'name': 'mnist', 'version': '3.0.1', 'split': 'test'}


def test_a_fault_of_the_data_names_them_in_one_line():
  fault = tf.errors.DataLossError(None, None, '{{function_node f}} corrupted record\nat 5 [Op:IteratorGetNext]')
  expected = '^mnist 3.0.1, split test cannot be read: corrupted record at 5; '
  with pytest.raises(InputError, match=expected) as error, reading(SOURCE):
    raise fault
  assert len(str(error.value).splitlines()) == 1
  assert 'function_node' not in str(error.value)
  assert 'Op:' not in str(error.value)


def test_other_faults_pass_unchanged():
  with pytest.raises(ZeroDivisionError), reading(SOURCE):
    raise ZeroDivisionError


def test_data_are_described_in_words():
  assert describe(SOURCE) == 'mnist 3.0.1, split test'
  assert describe({'loader': 'gaussians', 'split': 'train'}) == 'gaussians, split train'


def test_the_first_line_is_short_and_plain():
  assert first_line(ValueError('one\n two')) == 'one two'
  assert len(first_line(ValueError('x' * 1000))) == 300
