"""Tests of tfmixup.metrics.debiased."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from tests import reference
from tests.metrics import strategies
from tfmixup.metrics import debiased
from tfmixup.metrics.bins import Bins
from tfmixup.metrics.bins import bins_of
from tfmixup.metrics.scores import expected_calibration_error

SCORES = [
    debiased.debiased_calibration_error,
    debiased.debiased_root_mean_square_calibration_error,
]


@settings(max_examples=40, deadline=None)
@given(strategies.examples(), st.integers(1, 20))
@pytest.mark.parametrize("score", SCORES)
def test_a_score_equals_the_reference(score, made, num_bins):
    labels, rows = made
    bins = reference.bins(*reference.winners(labels, rows), num_bins)
    # The reference integrates a kink on a grid of 1e-4 deviations.
    np.testing.assert_allclose(
        score(bins_of(labels, rows, num_bins)),
        getattr(reference, score.__name__)(*bins),
        atol=1e-7,
    )


def simulate(truth, size, seed, num_runs=400, num_bins=15):
    """Bins of runs whose accuracy at a confidence c is truth(c)."""
    rng = np.random.default_rng(seed)
    confidence = rng.beta(5, 1.5, size=(num_runs, size))
    correct = rng.random((num_runs, size)) < truth(confidence)
    place = np.minimum((confidence * num_bins).astype(int), num_bins - 1)
    place += num_bins * np.arange(num_runs)[:, None]
    shape = [num_runs, num_bins]
    terms = [np.ones(place.size), confidence.ravel(), correct.ravel()]
    return Bins(
        *[
            np.bincount(place.ravel(), term, np.prod(shape)).reshape(shape)
            for term in terms
        ]
    )


@pytest.mark.parametrize("size", [1000, 10_000])
def test_the_bias_of_a_calibrated_model_is_2_less_root_2_times_as_large(size):
    bins = simulate(lambda c: c, size, seed=0)
    plain = expected_calibration_error(bins).mean()
    corrected = debiased.debiased_calibration_error(bins).mean()
    # Any value is bias. A gap g ~ N(0, s) has E|g| = s * sqrt(2/pi), and
    # draws around it E|N(g, s)| = sqrt(2) times that. Bins are not quite
    # normal, and 400 runs leave 1 to 2 %.
    assert abs(corrected / plain - (2 - np.sqrt(2))) < 0.05


@pytest.mark.parametrize("size", [1000, 10_000])
def test_a_large_error_is_found_without_bias(size):
    # Every bin is overconfident by 0.1: the error is 0.1 times the mass that
    # is above 0.1, which is all of it.
    bins = simulate(lambda c: np.maximum(c - 0.1, 0), size, seed=1)
    plain = expected_calibration_error(bins)
    corrected = debiased.debiased_calibration_error(bins)
    assert abs(corrected.mean() - 0.1) < abs(plain.mean() - 0.1) + 1e-4
    assert abs(corrected.mean() - 0.1) < 4 * corrected.std() / np.sqrt(400)


def test_the_squared_estimate_is_unbiased():
    # One bin, off by 0.1: the mean of the squares must be 0.01.
    rng = np.random.default_rng(0)
    right = rng.binomial(50, 0.8, size=20_000).astype(float)[:, None]
    bins = Bins(np.full_like(right, 50), np.full_like(right, 45), right)
    raw = (right / 50 - 0.9) ** 2 - right / 50 * (1 - right / 50) / 49
    value = debiased.debiased_root_mean_square_calibration_error(bins)
    np.testing.assert_allclose(value**2, np.maximum(raw, 0)[:, 0], atol=1e-12)
    # Standard error of the mean of the 20,000 squares.
    assert abs(raw.mean() - 0.01) < 4 * raw.std() / np.sqrt(20_000)


def test_a_bin_of_one_example_tells_nothing_about_squares():
    bins = Bins([1, 0], [0.9, 0], [0, 0])
    assert debiased.debiased_root_mean_square_calibration_error(bins) == 0


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("compiled", [False, True])
def test_a_graph_gives_the_same_score(score, compiled):
    bins = simulate(lambda c: c**2, 200, seed=1, num_runs=5)
    found = tf.function(score, jit_compile=compiled)(
        Bins(*[tf.constant(field) for field in bins])
    )
    np.testing.assert_allclose(found, score(bins), atol=1e-13)


@pytest.mark.parametrize("score", SCORES)
def test_spoilt_bins_score_nan_and_no_example_is_an_error(score):
    assert np.isnan(score(Bins(*np.full([3, 5], np.nan))))
    with pytest.raises(ValueError, match="at least one example"):
        score(Bins(*np.zeros([3, 5])))
