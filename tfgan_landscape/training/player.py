"""One side of the game: its networks and the optimiser that moves them."""

import tensorflow as tf

from tfgan_landscape.training.precision import LossScaleOptimizer, scale, unscale, with_loss_scale


class Player(tf.Module):
  """The generators or the critics of a GAN; build it inside the strategy's scope.

  Args:
    networks: list of Keras models; one for every plain GAN.
    optimizer: Keras optimiser; None for networks that are only read.
    more: trainable variables that learn with them, such as a penalty's.
  """

  def __init__(self, networks, optimizer=None, more=()):
    super().__init__()
    self.networks = networks
    self._more = tuple(more)
    if optimizer is not None:
      self.optimizer = with_loss_scale(optimizer)
      self.optimizer.build(self.learned)

  @property
  def learned(self):
    """The variables that `descend` moves."""
    return [variable for network in self.networks for variable in network.trainable_variables] + list(self._more)

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
