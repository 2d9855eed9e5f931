"""The peer of the speed tables: the work of our experiments in eager PyTorch, as its users write it.

  python tests/benchmarks/torch_peer.py cnn --width=64
  python tests/benchmarks/torch_peer.py resnet --width=64 --channels_last --bfloat16
  python tests/benchmarks/torch_peer.py cnn --width=16 --channels_last --gamma=0.05
  python tests/benchmarks/torch_peer.py two_cluster

RS-GAN's losses and step order: the generator first, then the critic (five times for the ResNet), Adam, batches of 64
random images of 32 pixels. Prints the median seconds of an iteration, or of 1000 epochs of the two-cluster experiment;
with --on_request, the mean seconds of an iteration for every line of the standard input. Needs PyTorch alone.
"""

import argparse
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate, leaky_relu, relu, softplus
from torch.nn.utils import spectral_norm

BATCH, SIZE, LATENTS = 64, 32, 128


def cnn(width):
  """Generator and critic of the RS-GAN paper's Table 7."""
  channels = [8 * width, 4 * width, 2 * width, width]
  up = []
  for i, o in zip(channels, channels[1:]):
    up += [nn.ConvTranspose2d(i, o, 4, stride=2, padding=1), nn.BatchNorm2d(o), nn.ReLU()]
  start = [nn.Linear(LATENTS, 4 * 4 * 8 * width), nn.Unflatten(1, (8 * width, 4, 4))]
  generator = nn.Sequential(*start, *up, nn.Conv2d(width, 3, 3, padding=1), nn.Tanh())
  down, i = [], 3
  for kernel, stride, factor in ((3, 1, 1), (4, 2, 1), (3, 1, 2), (4, 2, 2), (3, 1, 4), (4, 2, 4), (3, 1, 8)):
    conv = nn.Conv2d(i, factor * width, kernel, stride=stride, padding=1)
    down += [spectral_norm(conv), nn.LeakyReLU(0.1)]
    i = factor * width
  output = spectral_norm(nn.Linear(4 * 4 * 8 * width, 1, bias=False))
  return generator, nn.Sequential(*down, nn.Flatten(), output)


class Up(nn.Module):
  """A residual block that doubles the resolution (Table 9)."""

  def __init__(self, width):
    super().__init__()
    self.convs = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
    self.norms = nn.ModuleList(nn.BatchNorm2d(width) for _ in range(2))
    self.shortcut = nn.Conv2d(width, width, 1)

  def forward(self, inputs):
    outputs = self.convs[0](self._double(relu(self.norms[0](inputs))))
    outputs = self.convs[1](relu(self.norms[1](outputs)))
    return outputs + self.shortcut(self._double(inputs))

  @staticmethod
  def _double(images):
    return interpolate(images, scale_factor=2, mode='bilinear')


class Down(nn.Module):
  """A residual block that halves the resolution; the first one starts with a convolution."""

  def __init__(self, inputs, width, first):
    super().__init__()
    self.first = first
    self.convs = nn.ModuleList(spectral_norm(nn.Conv2d(i, width, 3, padding=1)) for i in (inputs, width))
    self.shortcut = spectral_norm(nn.Conv2d(inputs, width, 1))

  def forward(self, inputs):
    outputs = inputs if self.first else leaky_relu(inputs, 0.1)
    outputs = self.convs[1](leaky_relu(self.convs[0](outputs), 0.1))
    return avg_pool2d(outputs + self.shortcut(inputs), 2)


class Score(nn.Module):
  """Sums over the pixels, then a line."""

  def __init__(self, width):
    super().__init__()
    self.output = spectral_norm(nn.Linear(width, 1, bias=False))

  def forward(self, inputs):
    return self.output(leaky_relu(inputs, 0.1).sum((2, 3)))


def resnet(width):
  """Generator and critic of Table 9."""
  start = [nn.Linear(LATENTS, 4 * 4 * width), nn.Unflatten(1, (width, 4, 4))]
  end = [nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, 3, 1), nn.Tanh()]
  generator = nn.Sequential(*start, Up(width), Up(width), Up(width), *end)
  half = width // 2
  blocks = [Down(3 if first else half, half, first) for first in (True, False, False, False)]
  return generator, nn.Sequential(*blocks, Score(half))


def images(networks, critic_steps, channels_last, bfloat16, gamma):
  """Returns a function that makes one iteration of RS-GAN, with R1 and R2 where gamma is not 0."""
  layout = torch.channels_last if channels_last else torch.contiguous_format
  generator, critic = (network.to(memory_format=layout) for network in networks)
  real = torch.empty(BATCH, 3, SIZE, SIZE).uniform_(-1, 1).to(memory_format=layout)
  rates = 5e-4, 2e-4  # the RS-GAN paper's on CIFAR-10
  optimizers = [
    torch.optim.Adam(network.parameters(), rate, (0.5, 0.999)) for network, rate in zip((generator, critic), rates)
  ]

  def update(optimizer, sign, detached):
    optimizer.zero_grad()
    with torch.autocast('cpu', dtype=torch.bfloat16, enabled=bfloat16):
      fake = generator(torch.randn(BATCH, LATENTS))
      examples = [real, fake.detach() if detached else fake]
      if gamma and detached:
        examples = [each.detach().requires_grad_() for each in examples]
      logits = [critic(each) for each in examples]
    loss = softplus(sign * (logits[0] - logits[1]).float()).mean()
    if gamma and detached:
      loss = loss + gamma / 2 * sum(squared_slope(*pair) for pair in zip(logits, examples))
    loss.backward()
    optimizer.step()

  def iteration():
    update(optimizers[0], 1, detached=False)
    for _ in range(critic_steps):
      update(optimizers[1], -1, detached=True)

  return iteration


def squared_slope(logits, examples):
  """The mean over a batch of the squared norm of the critic's gradient by its input."""
  (gradient,) = torch.autograd.grad(logits.sum(), examples, create_graph=True)
  return gradient.float().square().flatten(1).sum(1).mean()


def two_cluster():
  """Returns a function that makes one epoch: ten full-batch steps of the critic, ten of the generator."""

  def network(width, activation):
    return nn.Sequential(
      *(nn.Linear(1, width), activation(), nn.Linear(width, width), activation(), nn.Linear(width, 1))
    )

  critic, generator = network(10, nn.Sigmoid), network(5, nn.Tanh)
  critic_optimizer, generator_optimizer = (
    torch.optim.SGD(each.parameters(), lr=0.01, momentum=0.9) for each in (critic, generator)
  )
  real = 4.0 * (torch.arange(100) % 2)[:, None] + 0.3 * torch.rand(100, 1)
  latents = torch.empty(100, 1).uniform_(-5, 5)

  def update(optimizer, loss):
    optimizer.zero_grad()
    loss().mean().backward()
    optimizer.step()

  def epoch():
    fake = generator(latents).detach()
    for _ in range(10):
      update(critic_optimizer, lambda: softplus(critic(fake) - critic(real)))
    for _ in range(10):
      update(generator_optimizer, lambda: softplus(critic(real) - critic(generator(latents))))

  return epoch


def answer(function, count):
  """Prints the mean time of `count` calls for every line of the standard input."""
  for _ in sys.stdin:
    start = time.perf_counter()
    for _ in range(count):
      function()
    print((time.perf_counter() - start) / count, flush=True)


def median_seconds(function, count, warm_up):
  """Returns the median time of `count` calls, after some that are not timed."""
  seconds = []
  for _ in range(warm_up + count):
    start = time.perf_counter()
    function()
    seconds.append(time.perf_counter() - start)
  return statistics.median(seconds[warm_up:])


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('work', choices=['cnn', 'resnet', 'two_cluster'])
  parser.add_argument('--width', '--channels', type=int, default=64)
  parser.add_argument('--iterations', type=int, default=10)
  parser.add_argument('--channels_last', action='store_true')
  parser.add_argument('--bfloat16', action='store_true')
  parser.add_argument(
    '--on_request', action='store_true', help='time --iterations for every line of the standard input'
  )
  parser.add_argument('--gamma', type=float, default=0.0, help='of R1 and R2')
  arguments = parser.parse_args()
  torch.set_flush_denormal(True)  # a saturated critic's gradients are denormal numbers, on which it is slow
  if arguments.work == 'two_cluster':
    torch.set_num_threads(1)  # faster than two for networks of this size
    print(f'two_cluster: {1000 * median_seconds(two_cluster(), 200, 20):.2f} s per 1000 epochs')
    return
  make, critic_steps = {'cnn': (cnn, 1), 'resnet': (resnet, 5)}[arguments.work]
  networks = make(arguments.width)
  size = sum(parameter.numel() for network in networks for parameter in network.parameters())
  iteration = images(networks, critic_steps, arguments.channels_last, arguments.bfloat16, arguments.gamma)
  if arguments.on_request:
    answer(iteration, arguments.iterations)
    return
  seconds = median_seconds(iteration, arguments.iterations, 2)
  print(f'{arguments.work} {arguments.width}: {size:,} parameters, {seconds:.4f} s per iteration')


if __name__ == '__main__':
  main()
