"""Signs of how a training goes, from a critic and as many real as generated examples, the same for points and images.

None has a unit, and none depends on the loss: a run's signs can be held against those of other data sets. Everything is
computed by TensorFlow, also within a compiled run.
"""

import numpy as np
import tensorflow as tf

# In this order everywhere.
SIGNS = {
  'inverted_pairs': "pairs that the critic has the wrong way round: 0 where it tells all, 1/2 where it can't tell",
  'margin': 'mean of f(x) - f(y) over all pairs of a real and a generated example',
  'slope': "critic's mean slope between a real and a generated example, times the mean distance of two real ones",
  'spread': 'mean distance of two generated examples over that of two real ones',
  'coverage': 'real examples with a generated one within the distance of their 5th neighbour (Naeem et al. 2020)',
  'recall': 'real examples within the distance of a generated one to its 3rd neighbour (Kynkaanniemi et al. 2019)',
}
EXAMPLES = 128  # of each kind that the ready doctor's odds were learned from

_COVERAGE_NEIGHBOUR, _RECALL_NEIGHBOUR = 5, 3
_SLOPES = 32  # pairs between which the critic's slope is taken


def of_batch(critic, real, fake, images=tf.identity):
  """Returns the signs, float32 [6], in the order of `SIGNS`.

  Args:
    critic: examples [n, ...] -> logits [n], or [n / packing] of one that packs.
    real: examples [n, ...], n > 5.
    fake: generated examples [n, ...].
    images: of examples, what distances are measured of: without labels.
  """
  scale, *of_samples = _of_samples(_flat(images(real)), _flat(images(fake)))
  return tf.stack([*_of_pairs(critic(real), critic(fake)), _slope(critic, real, fake) * scale, *of_samples])


def _of_samples(real, fake):
  """Mean distance of two real examples; spread, coverage and recall, of examples [n, d]."""
  own, others, between = _distances(real, real), _distances(fake, fake), _distances(real, fake)
  scale = _mean_of_two(own)
  covered = tf.reduce_min(between, 1) <= _to_neighbour(own, _COVERAGE_NEIGHBOUR)
  recalled = tf.reduce_any(between <= _to_neighbour(others, _RECALL_NEIGHBOUR)[None], 1)
  shares = [tf.reduce_mean(tf.cast(each, tf.float32)) for each in (covered, recalled)]
  return scale, _mean_of_two(others) / scale, *shares


def _of_pairs(real_logits, fake_logits):
  """Inverted pairs and margin."""
  margins = real_logits[:, None] - fake_logits[None]
  inverted = tf.where(margins == 0, 0.5, tf.cast(margins < 0, tf.float32))
  return tf.reduce_mean(inverted), tf.reduce_mean(margins)


def _slope(critic, real, fake):
  """The critic's mean slope half way between pairs."""
  between = (real[:_SLOPES] + fake[:_SLOPES]) / 2
  with tf.GradientTape() as tape:
    tape.watch(between)
    logits = critic(between)
  return tf.reduce_mean(tf.norm(_flat(tape.gradient(logits, between)), axis=1))


def vendi_score(examples):
  """Returns how many different examples [n, ...] hold, between 1 and n (Vendi score, Friedman and Dieng 2023).

  exp of the entropy of the eigenvalues of K / n, K the cosine similarities of the examples as they are.
  """
  points = np.reshape(examples, [len(examples), -1]).astype(np.float64)
  points /= np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-12)
  values = np.linalg.eigvalsh(points @ points.T / len(points))
  values = values[values > 1e-12]
  return float(np.exp(-(values * np.log(values)).sum()))


def _flat(examples):
  return tf.reshape(examples, [tf.shape(examples)[0], -1])


def _distances(first, second):
  """Euclidean distances [n, m] of points [n, d] and [m, d], exact where two are the same."""
  if first.shape[1] is not None and first.shape[1] <= 3:
    return tf.sqrt(tf.reduce_sum(tf.square(first[:, None] - second[None]), -1))
  squares = tf.reduce_sum(first**2, 1)[:, None] + tf.reduce_sum(second**2, 1)[None]
  return tf.sqrt(tf.maximum(squares - 2 * tf.matmul(first, second, transpose_b=True), 0.0))


def _mean_of_two(distances):
  """The mean distance of two different examples, of distances [n, n]."""
  count = tf.cast(tf.shape(distances)[0], tf.float32)
  return tf.reduce_sum(distances) / (count * (count - 1))


def _to_neighbour(distances, k):
  """Distances [n] of each example to its k-th neighbour, or its last, of distances [n, n] among them."""
  return tf.sort(distances, 1)[:, tf.minimum(k, tf.shape(distances)[1] - 1)]
