"""The folded mixture: Lemma 1's selector by hand; Lemma 2's network equals the mixture outside of narrow windows."""

import numpy as np
import pytest
import scipy.stats

from tfgan_landscape.errors import InputError
from tfgan_landscape.landscape import folding


def networks(count, sizes, seed=0):
  random = np.random.default_rng(seed)
  return [[(random.normal(size=[o, i]), random.normal(size=o)) for i, o in zip(sizes, sizes[1:])] for _ in range(count)]


def test_the_selector_by_hand():
  """Thresholds 0 and 2, windows of 1: half-way at the thresholds, a quarter of the way at 0 - 1/4."""
  found = folding.apply(folding.selector([0.0, 2.0], 1.0), np.array([[-3.0], [-0.25], [0.0], [1.0], [2.0], [9.0]]))
  expected = [[1, 0, 0], [0.75, 0.25, 0], [0.5, 0.5, 0], [0, 1, 0], [0, 0.5, 0.5], [0, 0, 1]]
  np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize('sizes', [[3, 7, 2], [3, 5, 6, 4]])
def test_the_folded_network_is_the_mixture(sizes):
  shares, width = np.array([0.2, 0.5, 0.3]), 1e-3
  mixture = networks(3, sizes)
  folded = folding.fold(mixture, shares, width, bound=1e4)
  assert len(folded) == len(sizes)  # one layer more
  random = np.random.default_rng(1)
  latents, h = random.normal(size=[500, sizes[0]]), random.normal(size=[500, 1])
  thresholds = scipy.stats.norm.ppf(np.cumsum(shares)[:-1])
  clear = (np.abs(h - thresholds) > width / 2).all(1)
  which = (h > thresholds).sum(1)
  each = np.stack([folding.apply(network, latents) for network in mixture])
  found = folding.apply(folded, np.hstack([latents, h]))
  np.testing.assert_allclose(found[clear], each[which, np.arange(500)][clear], atol=1e-5)
  assert clear.mean() > 1 - 2 * 2 * width / np.sqrt(2 * np.pi) - 0.01
  np.testing.assert_allclose(np.bincount(which) / 500, shares, atol=0.08)


def test_what_cannot_be_folded_is_refused():
  with pytest.raises(InputError, match='at least two layers'):
    folding.fold(networks(2, [3, 2]), [0.5, 0.5], 0.1, 10.0)
  with pytest.raises(InputError, match='not more than the width'):
    folding.fold(networks(3, [3, 4, 2]), [0.3, 0.01, 0.69], 0.5, 10.0)
