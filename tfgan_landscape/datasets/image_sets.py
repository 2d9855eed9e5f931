"""Finished samples of any software: a folder of images, an .npz, or a zip of images such as StyleGAN writes."""

from tfgan_landscape.datasets.image_folder import image_folder


def image_set(path, image_size, channels):
  """Returns the `Examples` of all images of a folder, an .npz or a zip, cropped to a square and resized.

  Args:
    path: of the images, see `image_folder.py`.
    image_size: pixels a side.
    channels: 1 or 3.

  Raises:
    InputError: there is no such file or folder, it holds no image, or one that cannot be read.
  """
  return image_folder('all', path=str(path), image_size=image_size, channels=channels)


def evenly(examples, count):
  """Yields uint8 batches of `count` examples, evenly spread over their order."""
  total = examples.count
  chosen = examples.records.enumerate().filter(lambda i, _: (i + 1) * count // total > i * count // total)
  for _, batch in chosen.batch(256):
    yield batch['example'].numpy()
