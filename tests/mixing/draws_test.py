"""Tests of tfmixup.mixing.draws; stages_test.py has the laws of pipelines."""

import math

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from tfmixup.keys import seed_key
from tfmixup.mixing.draws import BatchDraws
from tfmixup.mixing.draws import ExampleDraws

KINDS = [BatchDraws, ExampleDraws]


def rows(draws, steps, first_step=0, batch_size=None, seed=3, alpha=1.0):
    # The integer 0 is that of a stage that never mixes.
    alpha = 0 if isinstance(alpha, int) else tf.constant(alpha)
    dataset = draws.sequence(seed_key(seed), alpha, first_step, batch_size)
    return list(dataset.take(steps).as_numpy_iterator())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("alpha", [0.001, 0.01, 0.1, 0.4, 1, 8])
def test_the_coefficients_follow_scipys_beta_distribution(alpha, kind):
    steps = 20 * 1024 if kind is BatchDraws else 160
    drawn = [row[2] for row in rows(kind(), steps, alpha=float(alpha))]
    values = np.sort(np.concatenate(drawn))
    # As in coefficient_test.py: a grid away from 0 and 1, where float32
    # resolves the distribution, and Massart's bound at 1e-9.
    eps = math.sqrt(math.log(2 / 1e-9) / (2 * len(values)))
    grid = np.geomspace(1e-4, 0.5, 40)
    grid = np.concatenate([grid, 1 - grid])
    empirical = np.searchsorted(values, grid, side="right") / len(values)
    truth = scipy.stats.beta(alpha, alpha).cdf(grid)
    assert np.abs(empirical - truth).max() < eps
    assert len(values) == 20_480


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_numbered_by_their_step(kind):
    steps = [row[1] for row in rows(kind(), 3, first_step=31)]
    assert steps == [31, 32, 33]


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_steps_share_a_pairing_or_a_coefficient(kind):
    seen = rows(kind(), 2100 if kind is BatchDraws else 70)
    assert len({tuple(row[3]) for row in seen}) == len(seen)
    assert len({row[2][0] for row in seen}) > 0.999 * len(seen)


def test_two_seeds_share_no_pairing():
    first = {tuple(row[3]) for row in rows(BatchDraws(), 50, seed=1)}
    second = {tuple(row[3]) for row in rows(BatchDraws(), 50, seed=2)}
    assert not first & second


def test_columns_do_not_depend_on_the_batch_size():
    narrow = rows(ExampleDraws(), 3, batch_size=4)
    wide = rows(ExampleDraws(), 3, batch_size=300)
    for a, b in zip(narrow, wide, strict=True):
        assert len(a[2]) == 128 and len(b[2]) == 384
        np.testing.assert_array_equal(a[2], b[2][:128])


@pytest.mark.parametrize("kind", KINDS)
def test_alpha_zero_draws_ones(kind):
    for row in [*rows(kind(), 3, alpha=0.0), *rows(kind(), 3, alpha=0)]:
        np.testing.assert_array_equal(row[2], np.ones_like(row[2]))
