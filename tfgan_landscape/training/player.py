"""One side of the game: its networks and the optimiser that moves them."""

import tensorflow as tf

from tfgan_landscape import mixture
from tfgan_landscape.training.precision import LossScaleOptimizer, scale, unscale, with_loss_scale


class Player(tf.Module):
  """The generator or the critic of a GAN, or a mixture of them; build it inside the strategy's scope.

  Args:
    network: Keras model, which may be a mixture of `mixture.py`.
    optimizer: Keras optimiser; None for a network that is only read.
    more: trainable variables that learn with it, such as a penalty's.
  """

  def __init__(self, network, optimizer=None, more=()):
    super().__init__()
    self.networks = [network]  # a list, as checkpoints name it
    self.more = tuple(more)
    if optimizer is not None:
      self.optimizer = with_loss_scale(optimizer)
      self.optimizer.build(self.learned)

  @property
  def network(self):
    """The Keras model."""
    return self.networks[0]

  @property
  def components(self):
    """The networks of a mixture, or a list of the one that there is."""
    return mixture.parts(self.network)

  @property
  def shares(self):
    """The weights [T] of a mixture, or None."""
    return mixture.shares(self.network)

  @property
  def entropy(self):
    """The entropy term of a mixture's weights, a scalar, or None."""
    return mixture.entropy(self.network)

  @property
  def learned(self):
    """The variables that `descend` moves."""
    return [*self.network.trainable_variables, *self.more]

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
