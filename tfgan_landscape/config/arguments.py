"""What an argument may be, declared at the signature of a configurable, and the one check of it.

  @configurable
  def adam(learning_rate, beta_1: Decay = 0.5, beta_2: Decay = 0.999): ...

Annotations are those of `typing`; `Annotated[int, Range(1)]` adds a range, and the names below are the usual ones. A
value that does not fit is an `InputError` of one line: when gin files have been read, before anything is built (`check`
as gin's finalize hook), and at every call.
"""

import collections.abc
import functools
import inspect
import math
import numbers
import typing
from typing import Annotated, Any, Callable, Literal, NamedTuple, Optional, Union

import gin

from tfgan_landscape.errors import InputError


class Range(NamedTuple):
  """Bounds of a number; None for no bound.

  Attributes:
    at_least: smallest value that fits.
    above: all smaller values and this one do not fit.
    at_most: largest value that fits.
    below: all larger values and this one do not fit.
  """

  at_least: Optional[float] = None
  above: Optional[float] = None
  at_most: Optional[float] = None
  below: Optional[float] = None

  def holds(self, value):
    """Whether a number lies within the bounds."""
    return (
      (self.at_least is None or value >= self.at_least)
      and (self.above is None or value > self.above)
      and (self.at_most is None or value <= self.at_most)
      and (self.below is None or value < self.below)
    )

  def __str__(self):
    low, high = self.at_least, self.at_most
    if low is not None and high is not None:
      return f'from {low} to {high}'
    words = {'at_least': 'from {} up', 'above': 'above {}', 'at_most': 'up to {}', 'below': 'below {}'}
    return ' and '.join(words[name].format(bound) for name, bound in self._asdict().items() if bound is not None)


Count = Annotated[int, Range(1, at_most=10**15)]
Whole = Annotated[int, Range(0, at_most=10**15)]
Size = Annotated[int, Range(1, at_most=2**16)]  # of a layer, a picture or a space
Channels = Literal[1, 3]
Seed = Annotated[int, Range(0, at_most=2**63 - 1)]
Positive = Annotated[float, Range(above=0)]
NonNegative = Annotated[float, Range(0)]
Share = Annotated[float, Range(0, at_most=1)]
Decay = Annotated[float, Range(0, below=1)]  # of an optimiser's moment, which at 1 would never move

_WORDS = {int: 'a whole number', float: 'a number', bool: 'True or False', str: 'a text in quotes'}


def configurable(*arguments, **options):
  """`gin.configurable`, of a function or class whose arguments are checked against its annotations at every call."""
  if len(arguments) == 1 and not isinstance(arguments[0], str):
    return gin.configurable(_checked(arguments[0]), **options)
  return lambda decorated: gin.configurable(*arguments, **options)(_checked(decorated))


def _checked(decorated):
  """The function, or the class with its constructor, so that a call first checks its arguments."""
  if inspect.isclass(decorated):
    decorated.__init__ = _checked_call(decorated.__init__, decorated.__name__)
    return decorated
  return _checked_call(decorated, decorated.__name__)


def _checked_call(function, name):
  signature = inspect.signature(function)
  hints = _hints(function)

  @functools.wraps(function)
  def call(*arguments, **named):
    try:
      given = signature.bind_partial(*arguments, **named).arguments
    except TypeError:  # the call itself says it better
      given = {}
    for argument, value in given.items():
      if argument in hints:
        _refuse_unless_fits(f'{name}.{argument}', value, hints[argument])
    return function(*arguments, **named)

  call.__signature__ = signature  # gin looks for defaults and required arguments, and past no wrapper
  return call


def check(config):
  """Refuses bindings whose values do not fit, where they can be known without calling anything.

  Args:
    config: {(scope, configurable's name): {parameter: value}}, as gin hands it to a finalize hook.

  Raises:
    InputError: names the first binding that does not fit, and what would.
  """
  for (scope, name), bound in config.items():
    hints = _hints(_constructor(gin.get_configurable(name)))
    short = name.rpartition('.')[2]
    for parameter, value in bound.items():
      label = f'{scope}/{short}.{parameter}' if scope else f'{short}.{parameter}'
      _check_binding(label, value, hints.get(parameter, Any), config)


def parameters(name):
  """Returns the names of a configurable's parameters."""
  return list(inspect.signature(_constructor(gin.get_configurable(name))).parameters)


def _check_binding(label, value, hint, config):
  if not isinstance(value, gin.config.ConfigurableReference):
    _refuse_unless_fits(label, value, hint)
  elif value.configurable.wrapped is gin.config.macro:
    macro = config.get(value.config_key, {})
    if 'value' in macro:
      _check_binding(f'{label} = {value}', macro['value'], hint, config)
  elif value.evaluate:
    _refuse_unless_complete(label, value, config)
  else:
    _refuse_unless_fits(label, value.scoped_configurable_fn, hint, shown=str(value))


def _refuse_unless_complete(label, reference, config):
  """`@name()` calls what `@name` names: refused where that is a function with arguments that nothing binds."""
  function = reference.configurable.wrapped
  if inspect.isclass(function):
    return
  bound = {**config.get(('', reference.configurable.selector), {}), **config.get(reference.config_key, {})}
  parameters = inspect.signature(function).parameters
  lacking = [name for name, each in parameters.items() if each.default is each.empty and name not in bound]
  if lacking:
    raise InputError(
      f'{label} = {reference} lacks {", ".join(lacking)}; write {str(reference)[:-2]}, which calls nothing'
    )


def _refuse_unless_fits(label, value, hint, shown=None):
  if not _fits(value, hint):
    example = f', as {int(value)}' if isinstance(value, float) and _fits(_whole(value), hint) else ''
    raise InputError(f'{label} = {shown or _short(value)} does not fit; give {_describe(hint)}{example}')


def _whole(number):
  return int(number) if number.is_integer() else None


def _fits(value, hint):
  origin, parts = typing.get_origin(hint), typing.get_args(hint)
  if value is gin.REQUIRED or hint in (Any, inspect.Parameter.empty) or getattr(value, 'evaluate', False):
    return True  # what gin evaluates within a list, such as a macro, is checked at the call
  if origin is Annotated:
    return _fits(value, parts[0]) and all(bounds.holds(value) for bounds in parts[1:])
  if origin is Union:
    return any(_fits(value, part) for part in parts)
  if origin is Literal:
    return any(value == part and type(value) is type(part) for part in parts)
  if origin is collections.abc.Callable or hint is Callable:
    return callable(value) or isinstance(value, gin.config.ConfigurableReference)
  if origin is dict:
    return (
      isinstance(value, dict)
      and bool(value)
      and all(_fits(k, parts[0]) and _fits(v, parts[1]) for k, v in value.items())
    )
  if origin is collections.abc.Sequence:
    return _is_sequence(value) and len(value) > 0 and all(_fits(each, parts[0]) for each in value)
  return _is_plain(value, hint)


def _is_sequence(value):
  return isinstance(value, collections.abc.Sequence) and not isinstance(value, str)


def _is_plain(value, hint):
  if hint is int:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)
  if hint is float:
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value)
  return isinstance(value, hint)


def _describe(hint):
  origin, parts = typing.get_origin(hint), typing.get_args(hint)
  if origin is Annotated:
    return f'{_describe(parts[0])} {" ".join(map(str, parts[1:]))}'
  if origin is Union:
    return ' or '.join(map(_describe, parts))
  if origin is Literal:
    return ' or '.join(map(repr, parts))
  if origin is collections.abc.Callable or hint is Callable:
    return 'a reference, as @name'
  if origin is dict:
    return f"a dict {{'NAME': {_describe(parts[1])}}} with a name for each"
  if origin is collections.abc.Sequence:
    return f'a list, of which each is {_describe(parts[0])}'
  return 'None' if hint is type(None) else _WORDS.get(hint, getattr(hint, '__name__', str(hint)))


def _short(value):
  text = repr(value)
  return text if len(text) <= 60 else f'{text[:57]}...'


def _constructor(decorated):
  return decorated.__init__ if inspect.isclass(decorated) else decorated


@functools.cache
def _hints(function):
  function = inspect.unwrap(function)
  hints = typing.get_type_hints(function, include_extras=True) if hasattr(function, '__annotations__') else {}
  return {name: hint for name, hint in hints.items() if name != 'return'}
