"""The peer in JAX of the two-cluster study: one compiled program, `scan` over epochs, `vmap` over seeds.

  python tests/benchmarks/jax_peer.py --seeds=8 --epochs=1000

RS-GAN's losses, ten critic and ten generator steps an epoch by momentum, 50 + 50 points, widths 10 and 5. Prints the
median seconds per 1000 epochs and seed of three goes after the compilation, of one seed and of all at once. Needs JAX
alone.
"""

import argparse
import statistics
import time

import jax
import jax.numpy as jnp

POINTS, STEPS, RATE, MOMENTUM, RECORD = 100, 10, 0.01, 0.9, 10


def layers(key, sizes):
  """PyTorch's default start."""
  made = []
  for fan_in, fan_out in zip(sizes, sizes[1:]):
    key, *keys = jax.random.split(key, 3)
    bound = fan_in**-0.5
    shapes = (fan_in, fan_out), (fan_out,)
    made.append([jax.random.uniform(each, shape, minval=-bound, maxval=bound) for each, shape in zip(keys, shapes)])
  return made


def perceptron(weights, inputs, activation):
  *hidden, (kernel, bias) = weights
  for each, shift in hidden:
    inputs = activation(inputs @ each + shift)
  return inputs @ kernel + bias


def margins(critic, generator, real, latents):
  """f(x_i) - f(y_i), [n]."""
  fake = perceptron(generator, latents, jnp.tanh)
  return (perceptron(critic, real, jax.nn.sigmoid) - perceptron(critic, fake, jax.nn.sigmoid))[:, 0]


def critic_loss(critic, generator, real, latents):
  return jax.nn.softplus(-margins(critic, generator, real, latents)).mean()


def generator_loss(generator, critic, real, latents):
  return jax.nn.softplus(margins(critic, generator, real, latents)).mean()


def descend(loss, player, *others):
  """Ten steps of (weights, velocities)."""

  def step(_, player):
    weights, velocities = player
    velocities = jax.tree.map(lambda v, g: MOMENTUM * v + g, velocities, jax.grad(loss)(weights, *others))
    return jax.tree.map(lambda w, v: w - RATE * v, weights, velocities), velocities

  return jax.lax.fori_loop(0, STEPS, step, player)


def run(seed, epochs):
  keys = jax.random.split(jax.random.key(seed), 4)
  real = 0.3 * jax.random.uniform(keys[0], (POINTS, 1)) + jnp.repeat(jnp.array([0.0, 4.0]), POINTS // 2)[:, None]
  latents = jax.random.normal(keys[1], (POINTS, 1))
  starts = layers(keys[2], (1, 10, 10, 1)), layers(keys[3], (1, 5, 5, 1))
  players = tuple((each, jax.tree.map(jnp.zeros_like, each)) for each in starts)

  def epoch(players, _):
    critic, generator = players
    critic = descend(critic_loss, critic, generator[0], real, latents)
    return (critic, descend(generator_loss, generator, critic[0], real, latents)), None

  def record(players, _):
    players, _ = jax.lax.scan(epoch, players, None, length=RECORD)
    (critic, _), (generator, _) = players
    return players, (critic_loss(critic, generator, real, latents), perceptron(generator, latents, jnp.tanh)[:, 0])

  return jax.lax.scan(record, players, None, length=epochs // RECORD)[1]


def seconds(program, seeds, epochs):
  """Median seconds per 1000 epochs and seed."""
  jax.block_until_ready(program(seeds))
  taken = []
  for _ in range(3):
    start = time.perf_counter()
    jax.block_until_ready(program(seeds))
    taken.append(time.perf_counter() - start)
  return statistics.median(taken) / seeds.size / epochs * 1000


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--seeds', type=int, default=8)
  parser.add_argument('--epochs', type=int, default=1000)
  arguments = parser.parse_args()
  one = jax.jit(lambda seed: run(seed, arguments.epochs))
  alone = seconds(one, jnp.asarray(0), arguments.epochs)
  together = seconds(jax.jit(jax.vmap(one)), jnp.arange(arguments.seeds), arguments.epochs)
  print(f'one seed {alone:.4f} s per 1000 epochs, {arguments.seeds} seeds {together:.4f} s each')


if __name__ == '__main__':
  main()
