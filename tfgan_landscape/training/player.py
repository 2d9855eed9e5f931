"""One side of the game: its networks and the optimiser that moves them."""

import tensorflow as tf

from tfgan_landscape import mixture
from tfgan_landscape.training.precision import LossScaleOptimizer, scale, unscale, with_loss_scale


class Player(tf.Module):
  """The generators or the critics of a GAN; build it inside the strategy's scope.

  Args:
    networks: list of one Keras model, which may be a mixture of `mixture.py`.
    optimizer: Keras optimiser; None for networks that are only read.
    more: trainable variables that learn with them, such as a penalty's.
  """

  def __init__(self, networks, optimizer=None, more=()):
    super().__init__()
    self.networks = networks
    self.more = tuple(more)
    if optimizer is not None:
      self.optimizer = with_loss_scale(optimizer)
      self.optimizer.build(self.learned)

  @property
  def components(self):
    """The networks of a mixture, or the one that there is."""
    return mixture.parts(self.networks[0])

  @property
  def shares(self):
    """The weights [T] of a mixture, or None."""
    return mixture.shares(self.networks[0])

  @property
  def entropy(self):
    """The entropy term of a mixture's weights, a scalar, or None."""
    return mixture.entropy(self.networks[0])

  def examples(self, latents):
    """Returns the examples [n, ...] of each component from the same latents [n, latent_dim], in training."""
    own = latents if self.shares is None else latents[:, :-1]
    return [network(own, training=True) for network in self.components]

  def drawn(self, latents, examples):
    """Returns those of the components' examples [n, ...] that the last latent draws."""
    return examples[0] if self.shares is None else self.networks[0].weighing([latents[:, -1], *examples])

  @property
  def learned(self):
    """The variables that `descend` moves."""
    return [variable for network in self.networks for variable in network.trainable_variables] + list(self.more)

  def descend(self, tape, objective):
    """Moves the variables against the gradient of a scalar that `tape` watched, summed over the replicas.

    Returns:
      The gradients' norm over the replicas' number; where float16's loss scale skips the step, 0.
    """
    variables = self.learned
    with tape:
      objective = scale(self.optimizer, objective)
    gradients = tape.gradient(objective, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    gradients = unscale(self.optimizer, gradients)
    replica = tf.distribute.get_replica_context()
    gradients = replica.all_reduce(tf.distribute.ReduceOp.SUM, gradients)
    self.optimizer.apply_gradients(zip(gradients, variables), skip_gradients_aggregation=True)
    norm = tf.linalg.global_norm(gradients) / replica.num_replicas_in_sync
    skips = isinstance(self.optimizer, LossScaleOptimizer)
    return tf.where(tf.math.is_finite(norm), norm, 0.0) if skips else norm
