"""Workers meet, as threads of one process; those that do not come are named."""

import concurrent.futures
import socket
import time

import pytest

from tfgan_landscape.distribution import rendezvous
from tfgan_landscape.errors import InputError


@pytest.fixture
def addresses():
  """Three of this machine whose ports are free."""
  sockets = [socket.create_server(('127.0.0.1', 0)) for _ in range(3)]
  names = [f'127.0.0.1:{each.getsockname()[1]}' for each in sockets]
  for each in sockets:
    each.close()
  return names


def meeting(addresses, indices, seconds):
  """What came of `meet` for each of some workers: None, or the error's words."""

  def call(index):
    try:
      return rendezvous.meet(addresses, index, seconds)
    except InputError as error:
      return str(error)

  with concurrent.futures.ThreadPoolExecutor() as pool:
    return list(pool.map(call, indices))


def test_all_go_when_all_are_there(addresses):
  assert meeting(addresses, [2, 1, 0], 20) == [None, None, None]
  assert meeting(addresses, [0, 1, 2], 20) == [None, None, None]  # and again, at the same ports


def test_one_that_does_not_come_is_named_and_all_give_up(addresses):
  first, second = meeting(addresses, [0, 1], 1)
  assert first.startswith(f'{addresses[2]} has not come within 1 s; start every worker')
  assert second.startswith(f'{addresses[0]}, or another worker that it waits for, has not come within 1 s')


def test_without_the_first_the_others_give_up(addresses):
  assert all('has not come within 1 s' in said for said in meeting(addresses, [1, 2], 1))


def say(port, words):
  """Connects to a port, says something, and goes."""
  for _ in range(1000):
    try:
      with socket.create_connection(('127.0.0.1', port)) as stranger:
        return stranger.sendall(words)
    except OSError:
      time.sleep(0.01)
  raise AssertionError('nobody listens')


def test_strangers_and_workers_that_died_are_not_counted(addresses):
  port = int(addresses[0].rpartition(':')[2])
  with concurrent.futures.ThreadPoolExecutor() as pool:
    host = pool.submit(rendezvous.meet, addresses, 0, 20)
    for words in (b'GET / HT', b'7', b'-1', b'1', b'1'):
      say(port, words)
    second = pool.submit(rendezvous.meet, addresses, 2, 20)
    time.sleep(0.5)
    assert not host.done()
    assert not second.done()
    assert rendezvous.meet(addresses, 1, 20) is None
    assert host.result() is None
    assert second.result() is None


def test_a_taken_port_is_named(addresses):
  port = int(addresses[0].rpartition(':')[2])
  with socket.create_server(('', port)):
    (said,) = meeting(addresses, [0], 1)
  assert said.startswith(f'port {port} of this worker cannot be opened (Address already in use)')


def test_a_single_worker_waits_for_no_one(addresses):
  assert rendezvous.meet(addresses[:1], 0, 0) is None
