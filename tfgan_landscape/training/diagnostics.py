"""What the critic says of a batch: its logits, and how well it tells real examples from generated ones."""

import math

import numpy as np
import tensorflow as tf


def of_critic(real_logits, fake_logits):
  """Returns {name: [n]} of which a run reports the means over its steps: logits f, probabilities sigmoid(f) of both.

  Args:
    real_logits: f(x) [n], of this replica.
    fake_logits: f(y) [n], of this replica.
  """
  return {
    'real_logit': real_logits,
    'fake_logit': fake_logits,
    'real_probability': tf.sigmoid(real_logits),
    'fake_probability': tf.sigmoid(fake_logits),
  }


def critic_is_perfect(loss, pairs):
  """Whether the critic's loss is 0 and it has no pair of the last batch the wrong way round: nothing is left to learn.

  Args:
    loss: of the critic, with its penalties.
    pairs: what `of_pairs` returns.
  """
  return 0 <= loss < 1e-3 and pairs['margin_below_zero'] == 0


def of_pairs(real_logits, fake_logits):
  """Returns diagnostics of the margins f(x_i) - f(y_j) over all n^2 pairs of a batch, {name: mean}.

  A constant added to the critic does not change them. A run reports those of the last critic step before the report:

  * 'margin': of f(x) - f(y); above 0 where the critic prefers real examples.
  * 'margin_below_zero': share of pairs that it has the wrong way round, in [0, 1]; 1/2 where it cannot tell.
  * 'all_pairs_loss_minus_log_2': of log(1 + exp(f(y) - f(x))), RS-GAN's loss, less its value for a constant critic: 0
    where it cannot tell, -log 2 where it tells every pair, above 0 where it is wrong.
  * 'kept_minus_all_pairs_loss': the same loss of the pairs i <-> i, which training descends, less that of all pairs,
    which it descends in expectation (docs/landscape.md); 0 on average where every batch draws its pairs anew.

  Args:
    real_logits: f(x) [n], of all replicas.
    fake_logits: f(y) [n], likewise.
  """
  real_logits, fake_logits = np.asarray(real_logits, np.float64), np.asarray(fake_logits, np.float64)
  margins = real_logits[:, None] - fake_logits[None, :]
  all_pairs = np.logaddexp(0, -margins).mean()
  return {
    'margin': margins.mean(),
    'margin_below_zero': (margins < 0).mean(),
    'all_pairs_loss_minus_log_2': all_pairs - math.log(2),
    'kept_minus_all_pairs_loss': np.logaddexp(0, fake_logits - real_logits).mean() - all_pairs,
  }
