"""R1 by finite differences beside the exact one: bias and spread over directions, on the critics of the experiments.

  python tests/benchmarks/difference_penalties.py

Prints a table for docs/penalties.md: for each critic, fresh from its start, the mean of the estimates over many
directions over the exact mean of ||grad f||^2, with its standard error, and the standard deviation of one batch's
estimate, relative too. Where f is linear the bias is 0 and one example's deviation is sqrt 2.
"""

import argparse
import types

from tfgan_landscape.config import command_line

WIDTHS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--draws', type=int, default=400, help='directions of each example')
  parser.add_argument('--batch', type=int, default=64, help='examples')
  arguments = parser.parse_args()
  command_line.before_tensorflow()
  import numpy as np
  import tensorflow as tf

  from tfgan_landscape import penalties
  from tfgan_landscape.layers import unnormalized
  from tfgan_landscape.networks import cnn, mlp

  tf.keras.utils.set_random_seed(0)
  critics = {
    'perceptron, 2 dimensions': (mlp.Discriminator(width=64), [2]),
    'CNN of width 16, 32 x 32 x 3': (cnn.Discriminator(width=16, normalization=unnormalized), [32, 32, 3]),
  }
  random = types.SimpleNamespace(normal=tf.random.normal)
  print('| critic | width of the difference | mean over exact | standard deviation of a batch of 64 over exact |')
  print('|---|---|---|---|')
  for name, (network, shape) in critics.items():
    points = tf.random.uniform([arguments.batch, *shape], -1, 1)

    def critic(examples, network=network):
      return network(examples, training=False)[:, 0]

    exact = float(tf.reduce_mean(penalties.exact_squares(critic, points, None)))
    for width in WIDTHS:
      estimate = tf.function(lambda c=critic, p=points, w=width: penalties.difference_squares(c, p, random, w))
      found = np.array([float(tf.reduce_mean(estimate())) for _ in range(arguments.draws)]) / exact
      error = found.std(ddof=1) / np.sqrt(len(found))
      print(f'| {name} | {width:g} | {found.mean():.3f} +- {error:.3f} | {found.std(ddof=1):.2f} |', flush=True)


if __name__ == '__main__':
  main()
