"""Where examples come from, as tf.data pipelines."""
