"""The pay-off between two players, each one network or a mixture: expectations over all pairs (MIX+GAN, Section 5)."""

import functools

import tensorflow as tf

from tfgan_landscape import mixture
from tfgan_landscape.training import labels


class Game:
  """A loss and a penalty between generators and critics.

  Args:
    loss: `(real_logits [n], fake_logits [n]) -> GanLoss`.
    penalty: `penalties.Penalty`.
    generators: `Player`.
    critics: `Player`.
    critic_pair: `(critic, batches) -> list of logits [n]`, how a critic scores several batches.
  """

  def __init__(self, loss, penalty, generators, critics, critic_pair):
    self._loss, self._penalty, self._critic_pair = loss, penalty, critic_pair
    self._generators, self._critics = generators, critics

  def critics(self):
    """The critics, functions from examples [n, ...] to logits [n], one for each pack where the critic packs."""
    return [functools.partial(_score, network) for network in self._critics.components]

  def scores(self, real, fakes):
    """Returns the logits of real examples, [n] by critic, and of fake ones, [n] by critic and generator: a pass each.

    Args:
      real: [n, ...], or None for logits that are not read.
      fakes: [n, ...] of each generator.
    """
    if real is None:
      return None, [self._of_fakes(critic, fakes) for critic in self.critics()]
    scored = [self._critic_pair(critic, [real, *fakes]) for critic in self.critics()]
    return [logits[0] for logits in scored], [logits[1:] for logits in scored]

  def _of_fakes(self, critic, fakes):
    return [critic(fakes[0])] if len(fakes) == 1 else self._critic_pair(critic, fakes)

  def losses(self, real_logits, fake_logits, side):
    """Returns the expected loss [n] of 'generator' or 'discriminator' of logits as `scores` has them."""
    by_critic = []
    for index, fakes in enumerate(fake_logits):
      real = real_logits[index] if real_logits else tf.zeros_like(fakes[0])
      by_generator = [getattr(self._loss(real, fake), side) for fake in fakes]
      by_critic.append(mixture.expected(by_generator, self._generators.shares))
    return mixture.expected(by_critic, self._critics.shares)

  def penalties(self, batch):
    """Returns the penalty's terms {name: [n]}, expected over the critics."""
    code = labels.code_of(self._critics.networks[0])
    batch, generators = labels.split(batch, code), labels.Generators(self._generators.networks, code)
    found = [self._penalty(labels.critic_of(critic, code), batch, generators) for critic in self.critics()]
    return {name: mixture.expected([terms[name] for terms in found], self._critics.shares) for name in found[0]}

  def expected_logits(self, real_logits, fake_logits):
    """Returns (real [n], fake [n]) of logits as `scores` has them."""
    fake = [mixture.expected(logits, self._generators.shares) for logits in fake_logits]
    return tuple(mixture.expected(logits, self._critics.shares) for logits in (real_logits, fake))


def _score(network, examples):
  return tf.squeeze(network(examples, training=True), 1)
