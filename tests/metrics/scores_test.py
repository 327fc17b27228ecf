"""Tests of tfmixup.metrics.scores."""

import numpy as np
import pytest
import tensorflow as tf

from tests import reference
from tests.metrics import cases
from tfmixup.metrics import bins as bins_lib
from tfmixup.metrics import scores

CASES = cases.all_cases()
OF_BINS = [
    "expected_calibration_error",
    "overconfidence_error",
    "maximum_calibration_error",
    "root_mean_square_calibration_error",
]
ALL_OF_BINS = OF_BINS + ["accuracy", "mean_confidence", "confidence_gap"]


@pytest.mark.parametrize("score", OF_BINS)
@pytest.mark.parametrize("num_bins", [1, 15, 100])
@pytest.mark.parametrize("name", CASES)
def test_a_score_of_probabilities_equals_the_reference(name, num_bins, score):
    labels, rows = CASES[name]
    bins = reference.bins(*reference.winners(labels, rows), num_bins)
    found = getattr(scores, score)(bins_lib.bins_of(labels, rows, num_bins))
    # Sums of n <= 3000 terms in another order, and num_bins quotients.
    expected = getattr(reference, score)(*bins)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("score", OF_BINS)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_a_score_of_logits_equals_the_reference(dtype, score):
    rng = np.random.default_rng(8)
    logits = (4 * rng.normal(size=(2000, 10))).astype(dtype)
    labels = rng.integers(0, 10, 2000)
    rows = reference.softmax(logits)
    bins = reference.bins(*reference.winners(labels, rows), 15)
    found = getattr(scores, score)(
        bins_lib.bins_of(labels, logits, from_logits=True)
    )
    # float32 confidences are off by 1e-7; with this seed none crosses an
    # edge (one that did would move a count and show here).
    np.testing.assert_allclose(
        found, getattr(reference, score)(*bins), atol=1e-6
    )


def test_saturated_logits_score_as_their_limit():
    logits = 1e4 * np.eye(3, dtype=np.float32)[[0, 0, 1, 2]]
    bins = bins_lib.bins_of([0, 1, 1, 2], logits, from_logits=True)
    assert float(scores.expected_calibration_error(bins)) == 0.25
    assert float(scores.overconfidence_error(bins)) == 0.25
    assert float(scores.accuracy(bins)) == 0.75
    assert float(scores.mean_confidence(bins)) == 1


def test_a_million_examples_in_one_array_equal_the_reference():
    # torchmetrics 1.9 is off by 1e-3 here: it sums in float32.
    labels, rows = cases.random_case(7, 1_000_000, num_classes=3)
    confidence, correct = reference.winners(labels, rows)
    edges = np.arange(1, 15, dtype=np.float32) / np.float32(15)
    place = (confidence[:, None] > edges).sum(1)
    bins = np.zeros([3, 15])
    for m in range(15):
        held = place == m
        bins[:, m] = (
            held.sum(),
            confidence[held].sum(dtype=np.float64),
            correct[held].sum(),
        )
    found = bins_lib.bins_of(labels, rows)
    for score in OF_BINS:
        np.testing.assert_allclose(
            getattr(scores, score)(found),
            getattr(reference, score)(*bins),
            rtol=0,
            atol=1e-10,
        )


def test_the_overconfidence_error_carries_the_factor_confidence():
    bins = bins_lib.Bins([4.0], [3.6], [2.0])
    np.testing.assert_allclose(
        scores.overconfidence_error(bins), 0.9 * (0.9 - 0.5), rtol=1e-15
    )


def test_underconfidence_is_no_overconfidence():
    bins = bins_lib.Bins([4.0], [2.0], [3.0])
    assert float(scores.overconfidence_error(bins)) == 0
    assert float(scores.confidence_gap(bins)) == -0.25
    assert float(scores.expected_calibration_error(bins)) == 0.25


def test_gaps_of_opposite_sign_in_two_bins_do_not_cancel():
    bins = bins_lib.Bins([2.0, 2.0], [1.0, 1.8], [1.5, 1.3])
    np.testing.assert_allclose(
        scores.expected_calibration_error(bins), 0.25, rtol=1e-15
    )
    assert abs(float(scores.confidence_gap(bins))) < 1e-15


@pytest.mark.parametrize("score", ALL_OF_BINS)
def test_leading_dimensions_are_scored_one_by_one(score):
    rng = np.random.default_rng(0)
    count = rng.integers(0, 3, size=(4, 5, 15)).astype(float)
    bins = bins_lib.Bins(
        count, count * rng.random(count.shape), np.floor(count / 2)
    )
    found = getattr(scores, score)(bins)
    assert found.shape == (4, 5) and found.dtype == np.float64
    for place in np.ndindex(4, 5):
        one = bins_lib.Bins(*[field[place] for field in bins])
        # Vectorised and single sums may be ordered differently.
        np.testing.assert_allclose(
            found[place], getattr(scores, score)(one), atol=1e-15
        )


@pytest.mark.parametrize("score", ALL_OF_BINS)
@pytest.mark.parametrize("compiled", [False, True])
def test_no_example_is_an_error_eagerly_and_nan_in_a_graph(score, compiled):
    function = getattr(scores, score)
    empty = bins_lib.Bins(*np.zeros([3, 15]))
    with pytest.raises(ValueError, match="at least one example.*Received"):
        function(empty)
    tensors = bins_lib.Bins(*[tf.constant(field) for field in empty])
    assert np.isnan(tf.function(function, jit_compile=compiled)(tensors))


@pytest.mark.parametrize("score", ALL_OF_BINS)
@pytest.mark.parametrize("compiled", [False, True])
def test_spoilt_bins_score_nan(score, compiled):
    function = getattr(scores, score)
    spoilt = bins_lib.Bins(*np.full([3, 15], np.nan))
    assert np.isnan(function(spoilt))
    tensors = bins_lib.Bins(*[tf.constant(field) for field in spoilt])
    assert np.isnan(tf.function(function, jit_compile=compiled)(tensors))


def test_fields_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match=r"one shape.*\(2,\), \(3,\), \(2,\)"):
        scores.accuracy(bins_lib.Bins([1, 1], [1, 1, 1], [1, 1]))
