"""What the weights of a network look like from outside."""

import numpy as np


def spectral_norms(network):
  """Returns {variable's name: largest singular value} of every kernel, read as [product of other axes, last axis].

  Where a layer is spectrally normalised this is the norm of the raw kernel, not of the normalised one, which has 1.
  """
  kernels = [variable for variable in network.trainable_variables if variable.shape.rank > 1]
  matrices = {kernel.name.partition(':')[0]: np.reshape(kernel.numpy(), [-1, kernel.shape[-1]]) for kernel in kernels}
  return {name: float(np.sqrt(np.linalg.eigvalsh(_gram(matrix))[-1])) for name, matrix in matrices.items()}


def _gram(matrix):
  """The smaller of W W^T and W^T W, in float64: the same largest eigenvalue, and faster than singular values."""
  matrix = matrix.astype(np.float64)
  return matrix @ matrix.T if len(matrix) < matrix.shape[1] else matrix.T @ matrix
