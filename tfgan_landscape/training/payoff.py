"""What two players play for: F(G, D) of one generator and one critic, and its expectation where they are mixtures."""

import tensorflow as tf

from tfgan_landscape import mixture
from tfgan_landscape.losses import GanLoss
from tfgan_landscape.training import labels


def payoff(loss, penalty, critic_pair, generators, critics):
  """Returns the `Payoff` between two players, the `ExpectedPayoff` where one of them is a mixture.

  Args:
    loss: `(real_logits [n], fake_logits [n]) -> GanLoss`.
    penalty: `penalties.Penalty`.
    critic_pair: `(critic, batches) -> list of logits [n]`, how a critic scores several batches.
    generators: `Player`.
    critics: `Player`.
  """
  mixed = generators.shares is not None or critics.shares is not None
  return (ExpectedPayoff if mixed else Payoff)(loss, penalty, critic_pair, generators, critics)


class Payoff:
  """Examples, logits, losses and the penalty of one generator and one critic."""

  def __init__(self, loss, penalty, critic_pair, generators, critics):
    self._loss, self._penalty, self._pair = loss, penalty, critic_pair
    self._generators, self._critics = generators, critics
    self._label_code = labels.code_of(critics.network)
    self.reads_real = getattr(loss, 'generator_reads_real', True)

  def sample(self, latents):
    """Returns the generator's examples [n, ...] of latents [n, latent_dim], in training."""
    return self._generators.network(latents, training=True)

  def drawn(self, latents, fake):
    """Returns the examples [n, ...] that a penalty sees, of what `sample` made of the latents."""
    del latents
    return fake

  def score(self, real, fake):
    """Returns the logits of real and of fake examples, [n] each, in one pass or two, as `critic_pair` says."""
    return self._pair(self._logits(self._critics.network), [real, fake])

  def score_for_generator(self, real, fake):
    """Returns the logits that a generator learns by; real ones are 0 where its loss reads none."""
    critic = self._logits(self._critics.network)
    real_logits = critic(real) if self.reads_real else None
    fake_logits = critic(fake)
    return tf.zeros_like(fake_logits) if real_logits is None else real_logits, fake_logits

  def loss(self, real_logits, fake_logits):
    """Returns the `GanLoss` [n] of logits."""
    return self._loss(real_logits, fake_logits)

  def penalty(self, batch):
    """Returns the penalty's terms, {name: [n]}, of a `penalties.Batch`."""
    return self._penalty_of(self._critics.network, batch)

  def mean_logits(self, real_logits, fake_logits):
    """Returns the logits that a report shows, [n] each."""
    return real_logits, fake_logits

  @staticmethod
  def _logits(network):
    """A critic as a function from examples [n, ...] to logits [n], or [n / packing] of one that packs."""
    return lambda examples: tf.squeeze(network(examples, training=True), 1)

  def _penalty_of(self, network, batch):
    critic, generators = labels.critic_of(self._logits(network), self._label_code), [self._generators.network]
    return self._penalty(critic, labels.split(batch, self._label_code), labels.Generators(generators, self._label_code))


class ExpectedPayoff(Payoff):
  """sum_ij w_i v_j F(G_i, D_j) of mixtures (MIX+GAN paper, Section 5).

  Examples are a list by generator, real logits a list by critic, fake logits a list by critic of lists by generator.
  """

  def sample(self, latents):
    """Returns the examples [n, ...] of each generator from the same latents."""
    own = latents if self._generators.shares is None else latents[:, :-1]
    return [network(own, training=True) for network in self._generators.components]

  def drawn(self, latents, fake):
    """Returns those of the generators' examples [n, ...] that the last latent draws."""
    return fake[0] if self._generators.shares is None else self._generators.network.weighing([latents[:, -1], *fake])

  def score(self, real, fake):
    """Returns the logits of real examples by critic, and of fake ones by critic and generator."""
    scored = [self._pair(self._logits(critic), [real, *fake]) for critic in self._critics.components]
    return [logits[0] for logits in scored], [logits[1:] for logits in scored]

  def score_for_generator(self, real, fake):
    """Returns the logits that generators learn by, as `score`; real ones are 0 where their loss reads none."""
    critics = [self._logits(critic) for critic in self._critics.components]
    real_logits = [critic(real) for critic in critics] if self.reads_real else None
    fake_logits = [[critic(fake[0])] if len(fake) == 1 else self._pair(critic, fake) for critic in critics]
    return real_logits or [tf.zeros_like(logits[0]) for logits in fake_logits], fake_logits

  def loss(self, real_logits, fake_logits):
    """Returns the expected `GanLoss` [n]."""
    by_critic = [
      self._over_generators([self._loss(real, fake) for fake in fakes]) for real, fakes in zip(real_logits, fake_logits)
    ]
    return GanLoss(*(mixture.expected(values, self._critics.shares) for values in zip(*by_critic)))

  def _over_generators(self, losses):
    return GanLoss(*(mixture.expected(values, self._generators.shares) for values in zip(*losses)))

  def penalty(self, batch):
    """Returns the penalty's terms, {name: [n]}, expected over the critics."""
    found = [self._penalty_of(critic, batch) for critic in self._critics.components]
    return {name: mixture.expected([terms[name] for terms in found], self._critics.shares) for name in found[0]}

  def mean_logits(self, real_logits, fake_logits):
    """Returns the expected logits, [n] each."""
    fake = [mixture.expected(logits, self._generators.shares) for logits in fake_logits]
    return tuple(mixture.expected(logits, self._critics.shares) for logits in (real_logits, fake))
