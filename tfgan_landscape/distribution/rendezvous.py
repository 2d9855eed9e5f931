"""The workers of a training meet before TensorFlow waits for them: it would wait for an hour, deaf to signals."""

import contextlib
import os
import socket
import time

from tfgan_landscape.errors import InputError

_GO = b'go'
_PAUSE = 0.2  # seconds between two visits
_PATIENCE = 5.0  # seconds for a visitor to say its number


def meet(addresses, index, seconds):
  """Returns once every worker has called it.

  The first worker listens where TensorFlow will; the others tell it their numbers, and all go when all are there.

  Args:
    addresses: 'HOST:PORT' of every worker, the first one's first.
    index: the number of this one.
    seconds: to wait for the others.

  Raises:
    InputError: some have not come, or the first one's port is taken.
  """
  deadline = time.monotonic() + seconds
  host, _, port = addresses[0].rpartition(':')
  if index:
    _visit((host.strip('[]'), int(port)), index, deadline, seconds)
  elif len(addresses) > 1:
    _receive(int(port), addresses, deadline, seconds)


def _receive(port, addresses, deadline, seconds):
  visitors = {}
  with contextlib.ExitStack() as open_ones:
    server = open_ones.enter_context(_server(port))
    while len(visitors) < len(addresses) - 1:
      server.settimeout(max(deadline - time.monotonic(), 0.01))
      try:
        visitor = open_ones.enter_context(server.accept()[0])
      except TimeoutError:
        missing = [each for number, each in enumerate(addresses) if number and number not in visitors]
        raise InputError(_not_there(', '.join(missing), seconds)) from None
      number = _number(visitor)
      if number in range(1, len(addresses)):
        visitors[number] = visitor
      visitors = {each: one for each, one in visitors.items() if _is_there(one)}  # the others have died since
    for visitor in visitors.values():
      visitor.sendall(_GO)


def _server(port):
  try:
    if socket.has_dualstack_ipv6():
      return socket.create_server(('', port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(('', port))
  except OSError as error:
    raise InputError(
      f'port {port} of this worker cannot be opened ({os.strerror(error.errno)}); free it, or give another in TF_CONFIG'
    ) from error


def _number(visitor):
  """What a visitor says, or None where it is no worker of ours."""
  visitor.settimeout(_PATIENCE)
  try:
    return int(visitor.recv(8))
  except (OSError, ValueError):
    return None


def _is_there(visitor):
  visitor.setblocking(False)
  try:
    return visitor.recv(1, socket.MSG_PEEK) != b''
  except BlockingIOError:
    return True
  except OSError:
    return False


def _visit(address, index, deadline, seconds):
  while (left := deadline - time.monotonic()) > 0:
    with contextlib.suppress(OSError), socket.create_connection(address, timeout=left) as first:
      first.sendall(b'%d' % index)
      first.settimeout(max(deadline - time.monotonic(), 0.01))
      if first.recv(len(_GO)) == _GO:
        return
    time.sleep(_PAUSE)
  host, port = address
  raise InputError(_not_there(f'{host}:{port}, or another worker that it waits for,', seconds))


def _not_there(who, seconds):
  return (
    f'{who} has not come within {seconds} s; start every worker of TF_CONFIG, correct it, or give more --worker_timeout'
  )
