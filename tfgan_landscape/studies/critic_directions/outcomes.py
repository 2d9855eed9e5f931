"""How trained critics stand beside the exact optimum: angles of their gradients, distances of their values."""

import numpy as np


def numbers(runs, optima):
  """Returns {quantity: its value in each run}.

  Args:
    runs: list of {record: array}.
    optima: the `OptimalCritic` of each run, or none of them.
  """
  pairs = list(zip(optima, runs))
  exact = {
    'angle to a bounding real point, degrees': [angle(optimum, run['gradients']) for optimum, run in pairs],
    'angle to the nearest real point, degrees': [nearest(optimum, run['gradients']) for optimum, run in pairs],
    'distance to f*, of its range': [distance(optimum, run) for optimum, run in pairs],
    'k of the optimum': [optimum.k for optimum in optima],
  }
  return {
    **(exact if optima else {}),
    'largest slope': [run['slopes'].max() for run in runs],
    'spread of the mean of f, last half': [run['means'][len(run['means']) // 2 :].std() for run in runs],
  }


def angle(optimum, gradients):
  """Returns the mean over the fake points of the angle to the nearest bounding real point; 90 degrees for no slope."""
  angles = optimum.angles(gradients)
  bounded = np.array([len(each) > 0 for each in optimum.directions()])
  return np.where(np.isnan(angles), 90.0, angles)[bounded].mean()


def nearest(optimum, gradients):
  """Returns the mean over the fake points of the angle to the real point that the gradient points at best."""
  towards = optimum.real - optimum.fake[:, None]
  cosines = (towards * gradients[:, None]).sum(-1) / np.linalg.norm(towards, axis=-1)
  lengths = np.linalg.norm(gradients, axis=1)
  return np.degrees(np.arccos(np.clip(cosines.max(1) / np.where(lengths > 0, lengths, 1), -1, 1))).mean()


def distance(optimum, run):
  """Returns the mean |f - f*| over the points, both without their mean, over the range of f*."""
  exact = np.concatenate([optimum.real_values, optimum.fake_values])
  trained = np.concatenate([run['real_values'], run['fake_values']]).astype(float)
  return np.abs((trained - trained.mean()) - (exact - exact.mean())).mean() / max(np.ptp(exact), 1e-12)
