"""Arguments: what fits an annotation and what is refused, at a call and in gin's bindings."""

from collections.abc import Sequence
from typing import Annotated, Any, Callable, Literal, Optional

import gin
import numpy as np
import pytest

from tfgan_landscape.config import arguments
from tfgan_landscape.config.arguments import Count, Decay, NonNegative, Positive, Range, Seed, Share, configurable
from tfgan_landscape.errors import InputError


@configurable(module='ranges_test', denylist=['water'])
def soak(water, minutes: Count = 3, share: Optional[Share] = None, how: Callable = abs, kinds: Sequence[Count] = (1,)):
  return water, minutes, share, how, kinds


@configurable(module='ranges_test')
class Pot:
  def __init__(self, size: Positive = 1.0, shape: Literal['round', 'square'] = 'round', lid: bool = True):
    self.size, self.shape, self.lid = size, shape, lid


@configurable(module='ranges_test')
def steam(pressure: NonNegative = 1.0):
  return pressure


def call(value, hint):
  def function(argument: hint):
    return argument

  return arguments.configurable(f'f{abs(hash((str(value), str(hint))))}', module='ranges_test')(function)(value)


@pytest.mark.parametrize(
  ('value', 'hint'),
  [
    (1, Count),
    (np.int64(7), Count),
    (2**63 - 1, Seed),
    (0.0, Decay),
    (0, Decay),
    (0.999, Decay),
    (1.0, Share),
    (1, Positive),
    (np.float32(0.5), Positive),
    (None, Optional[Count]),
    ('a', Literal['a', 'b']),
    ({'a': abs}, dict[str, Callable]),
    ([[1.0, 2], (3,)], Sequence[Sequence[float]]),
    (abs, Callable),
    ('anything', Any),
  ],
)
def test_what_fits_passes(value, hint):
  assert call(value, hint) is value


@pytest.mark.parametrize(
  ('value', 'hint', 'words'),
  [
    (0, Count, '= 0 does not fit; give a whole number from 1 '),
    (-5, Count, '= -5 '),
    (2.5, Count, '= 2.5 .* a whole number'),
    (100.0, Count, ', as 100'),
    (True, Count, '= True '),
    ('64', Count, "= '64' "),
    (None, Count, '= None '),
    (10**30, Count, 'a whole number from 1 to 1000000000000000'),
    (-1, Seed, 'from 0 to 9223372036854775807'),
    (2**63, Seed, 'from 0 to 9223372036854775807'),
    (1.0, Decay, 'a number from 0 up and below 1'),
    (-0.1, Decay, '-0.1'),
    (float('nan'), Share, '= nan '),
    (float('inf'), Positive, '= inf '),
    (0.0, Positive, 'above 0'),
    (-1e-9, NonNegative, 'from 0 up'),
    (1, bool, 'give True or False'),
    (3, str, 'a text in quotes'),
    ('c', Literal['a', 'b'], "give 'a' or 'b'"),
    (1, Literal[True], 'True'),
    ('abs', Callable, "= 'abs' .* a reference, as @name"),
    (None, Callable, 'a reference'),
    ({}, dict[str, Callable], "a dict {'NAME': a reference"),
    ({'a': 3}, dict[str, Callable], 'a dict'),
    ([abs], dict[str, Callable], 'a dict'),
    ((), Sequence[Count], 'a list'),
    ('12', Sequence[Count], 'a list'),
    ([1, 0], Sequence[Count], 'each is a whole number'),
    (3, Optional[Annotated[int, Range(at_most=2)]], 'up to 2 or None'),
  ],
)
def test_what_does_not_fit_is_refused_with_what_would(value, hint, words):
  with pytest.raises(InputError, match=words) as refusal:
    call(value, hint)
  assert len(str(refusal.value).splitlines()[0]) < 200


def refusal(config):
  gin.parse_config(config)
  with pytest.raises(InputError) as error:
    gin.finalize()
  return str(error.value)


@pytest.fixture(autouse=True)
def hook():
  if arguments.check not in gin.config._FINALIZE_HOOKS:
    gin.config.register_finalize_hook(arguments.check)


@pytest.mark.parametrize(
  ('config', 'words'),
  [
    ('soak.minutes = 0', 'soak.minutes = 0 does not fit; give a whole number from 1'),
    ('scope/soak.minutes = 2.5', 'scope/soak.minutes = 2.5 does not fit'),
    ('long = -3\nsoak.minutes = %long', 'soak.minutes = %long = -3 does not fit'),
    ('soak.minutes = @steam', 'soak.minutes = @steam does not fit; give a whole number'),
    ('soak.how = @soak()', 'soak.how = @soak() lacks water; write @soak,'),
    ('soak.how = "steam"', "soak.how = 'steam' does not fit; give a reference, as @name"),
    ('Pot.size = -1', 'Pot.size = -1 does not fit; give a number above 0'),
    ('Pot.shape = "flat"', "Pot.shape = 'flat' does not fit; give 'round' or 'square'"),
    ('Pot.lid = 1', 'give True or False'),
    ("soak.kinds = 'green'", 'a list, of which each is a whole number'),
  ],
)
def test_a_binding_that_does_not_fit_is_named_before_anything_is_called(config, words):
  assert words in refusal(config)


def test_bindings_that_fit_pass_and_arrive():
  gin.parse_config('quick = 1\nsoak.minutes = %quick\nsoak.how = @steam\nPot.size = 2\nsoak.share = @steam()')
  gin.finalize()
  water, minutes, share, how, _ = soak('hot')
  assert (water, minutes, share, how()) == ('hot', 1, 1.0, 1.0)
  assert Pot().size == 2


def test_a_value_that_gin_computes_is_checked_at_the_call():
  gin.parse_config('steam.pressure = 7.0\nsoak.share = @steam()')
  gin.finalize()
  with pytest.raises(InputError, match='soak.share = 7.0 does not fit; give a number from 0 to 1 or None'):
    soak('hot')


def test_a_class_stays_a_class():
  class Kettle(Pot):
    pass

  assert Kettle(3.0).size == 3.0
  with pytest.raises(InputError, match='Pot.size'):
    Kettle(size=0)


def test_gin_still_sees_defaults_and_what_is_required():
  @configurable(module='ranges_test')
  def grind(beans=gin.REQUIRED, coarse: Positive = 2.0):
    return beans, coarse

  with pytest.raises(RuntimeError, match='Required bindings'):
    grind()
  gin.parse_config('grind.beans = "good"')
  assert grind() == ('good', 2.0)
  assert 'grind.coarse = 2.0' in gin.operative_config_str()


def test_a_macro_within_a_list_is_checked_at_the_call():
  gin.parse_config(['soak.kinds = [%few, 2]', 'few = 3'])
  arguments.check(gin.config._CONFIG)
  assert soak(1)[-1] == [3, 2]
  gin.clear_config()
  gin.parse_config(['soak.kinds = [%few, 2]', 'few = 0'])
  with pytest.raises(InputError, match=r'soak.kinds = \[0, 2\] does not fit'):
    soak(1)
