"""Tests of tfmixup.mixing.coefficient."""

import math

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from tfmixup.keys import seed_key
from tfmixup.mixing.coefficient import draw_coefficients

ALPHAS = [0.001, 0.01, 0.1, 0.4, 1, 8]
N = 20_000


def eagerly(alpha, key, dtype):
    return draw_coefficients(alpha, [N], key, dtype)


def in_a_dataset(alpha, key, dtype):
    dataset = tf.data.Dataset.from_tensors(key)
    return next(iter(dataset.map(lambda k: eagerly(alpha, k, dtype))))


# TensorFlow Probability has two samplers, and TensorFlow's graph optimizer
# takes another one inside of datasets than runs elsewhere.
@pytest.mark.parametrize("draw", [eagerly, in_a_dataset])
@pytest.mark.parametrize("dtype", [tf.float32, tf.float64])
@pytest.mark.parametrize("alpha", ALPHAS)
def test_draws_follow_scipys_beta_distribution(alpha, dtype, draw):
    draws = draw(alpha, seed_key(11), dtype).numpy()
    # On a grid away from 0 and 1: for small alpha most of the mass lies
    # nearer to them than float32 resolves. The largest gap between an
    # empirical and the true distribution function exceeds eps with
    # probability 2 exp(-2 n eps^2) at most (Massart, 1990): 1e-9 here.
    eps = math.sqrt(math.log(2 / 1e-9) / (2 * N))
    grid = np.concatenate(
        [np.geomspace(1e-4, 0.5, 40), 1 - np.geomspace(1e-4, 0.5, 40)]
    )
    empirical = np.searchsorted(np.sort(draws), grid, side="right") / N
    truth = scipy.stats.beta(alpha, alpha).cdf(grid)
    assert np.abs(empirical - truth).max() < eps


@pytest.mark.parametrize("draw", [eagerly, in_a_dataset])
@pytest.mark.parametrize("alpha", [0.001, 0.01])
def test_small_alpha_hardly_mixes(alpha, draw):
    # A float32 ratio of gamma draws is exactly 0.5 in 84 % and 18 % of the
    # draws here; truly Beta has no atom.
    draws = draw(alpha, seed_key(3), tf.float32).numpy()
    assert np.mean(draws == 0.5) < 1e-3
    assert np.all((draws >= 0) & (draws <= 1))


def test_alpha_zero_is_exactly_no_mixing():
    draws = draw_coefficients(0, [5], seed_key(1))
    np.testing.assert_array_equal(draws, np.ones(5, np.float32))


def test_draws_are_a_function_of_the_key():
    first = draw_coefficients(0.4, [8], seed_key(1))
    again = draw_coefficients(0.4, [8], seed_key(1))
    other = draw_coefficients(0.4, [8], seed_key(2))
    np.testing.assert_array_equal(first, again)
    assert not np.any(first.numpy() == other.numpy())


def test_large_alpha_concentrates_at_one_half():
    draws = draw_coefficients(1e4, [N], seed_key(5)).numpy()
    # The standard deviation of Beta(a, a) is 1 / (2 sqrt(2 a + 1)).
    assert abs(draws.std() * 2 * math.sqrt(2e4 + 1) - 1) < 0.05


@pytest.mark.parametrize("alpha", [-1, -1e-9, math.nan, math.inf, "x", None])
def test_an_alpha_that_is_no_strength_is_refused(alpha):
    with pytest.raises(ValueError, match="`alpha` must be.*Received: alpha="):
        draw_coefficients(alpha, [1], seed_key(0))
