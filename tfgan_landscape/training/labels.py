"""Conditional GANs: labels ride in the networks' examples, and everything beside the networks sees them by themselves.

A network whose examples hold labels has a `label_code` (`networks/conditional.py`), which splits and joins them. Every
function here takes None for it, of a network without, and then leaves everything as it is.
"""

from tfgan_landscape import mixture
from tfgan_landscape.errors import InputError


def code_of(network):
  """Returns the `label_code` of a network, or of a mixture's components; None where its examples hold no labels."""
  return getattr(mixture.parts(network)[0], 'label_code', None)


def check_classes(network, classes):
  """Refuses data of other classes than the network has, where it has some.

  Raises:
    InputError: says which to bind.
  """
  code = code_of(network)
  if code and code.classes != classes:
    raise InputError(f'the data have {classes} classes and the networks {code.classes}; bind the classes of the data')


def split(batch, code):
  """Returns a `penalties.Batch` of images and labels, each by itself, of one whose examples hold their labels."""
  if code is None:
    return batch
  (real, real_labels), (fake, fake_labels) = code.split(batch.real), code.split(batch.fake)
  return batch._replace(real=real, fake=fake, real_labels=real_labels, fake_labels=fake_labels)


def critic_of(critic, code):
  """Returns the critic as a function of (images, labels)."""
  return critic if code is None else lambda images, labels: critic(code.join(images, labels))


class Generators:
  """Generators as a penalty sees them: `networks` map latents to (images, labels), or to examples without labels.

  Args:
    networks: functions from latents [n, latent_dim] to examples [n, ...].
    code: the `label_code`, or None.
  """

  def __init__(self, networks, code):
    self.networks = list(networks) if code is None else [self._splitting(network, code) for network in networks]

  def _splitting(self, network, code):
    return lambda latents: code.split(network(latents))
