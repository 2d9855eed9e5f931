"""Any decoded image as a uint8 square of the asked size and number of channels.

The official RS-GAN code resizes with PIL's bilinear filter, which is antialiased when it shrinks; so is this
one. One deviation: PIL rounds to uint8 between its two passes, here there is one rounding, so that a level in
a few differs by 1.
"""

import tensorflow as tf

# ITU-R BT.601, the weights of PIL's mode 'L' and of JPEG.
LUMINANCE = (0.299, 0.587, 0.114)


def fit(image, image_size, channels, crop=None, method='bilinear'):
  """Crops the centre, resizes, converts the channels and rounds.

  Args:
    image: uint8 [h, w, 1 | 2 | 3 | 4]; the last of 2 or 4 channels is opacity and is dropped.
    image_size: side of the result in pixels.
    channels: 1 or 3; grey becomes colour by repetition, colour becomes grey by its luminance.
    crop: side of the centred square that is cut out, in pixels; None for the largest one.
    method: 'bilinear' or 'bicubic' (tf.image.resize), antialiased when it shrinks. An image of the right size
      stays as it is, to the bit.

  Returns:
    uint8 [image_size, image_size, channels].

  Raises:
    tf.errors.InvalidArgumentError: the image is smaller than `crop` (when the image is read).
  """
  square = centre_square(image, crop)
  resized = tf.image.resize(square, [image_size, image_size], method=method, antialias=True)
  coloured = with_channels(resized, channels)
  fitted = tf.cast(tf.clip_by_value(tf.round(coloured), 0.0, 255.0), tf.uint8)
  return tf.ensure_shape(fitted, [image_size, image_size, channels])


def centre_square(image, crop=None):
  """The centred square of `crop` pixels of [h, w, c], or the largest; an odd pixel is lost below or right."""
  if image.shape[0] is not None and image.shape[0] == image.shape[1] == (crop or image.shape[0]):
    return image
  shape = tf.shape(image)
  shorter = tf.minimum(shape[0], shape[1])
  side = shorter if crop is None else crop
  enough = tf.debugging.Assert(side <= shorter, [f'an image is smaller than crop={crop}'])
  with tf.control_dependencies([enough] if enough is not None else []):
    top, left = (shape[0] - side) // 2, (shape[1] - side) // 2
    return image[top : top + side, left : left + side]


def with_channels(image, channels):
  """Float [h, w, 1 | 2 | 3 | 4] as float [h, w, channels], with `channels` 1 or 3."""
  colours = image[..., :1] if image.shape[-1] in (1, 2) else image[..., :3]
  if colours.shape[-1] == channels:
    return colours
  if channels == 3:
    return tf.repeat(colours, 3, axis=-1)
  return tf.reduce_sum(colours * tf.constant(LUMINANCE), axis=-1, keepdims=True)
