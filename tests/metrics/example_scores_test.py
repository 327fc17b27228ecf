"""Tests of tfmixup.metrics.example_scores."""

import numpy as np
import pytest
import tensorflow as tf

from tests import reference
from tests.metrics import cases
from tfmixup.metrics import example_scores
from tfmixup.metrics.inputs import read

FUNCTIONS = [example_scores.log_losses, example_scores.squared_distances]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("compiled", [False, True])
def test_a_wrong_example_is_nan_and_one_of_weight_zero_is_0(function, compiled):
    rows = np.float32([[0.5, 0.5], [np.nan, 0.5], [np.nan, 0.5]])

    @tf.function(jit_compile=compiled)
    def run(rows):
        inputs = read([0, 0, 0], rows, [1.0, 1.0, 0.0])
        return function(inputs, from_logits=False)

    values, fault = run(rows)
    np.testing.assert_array_equal(np.isnan(values), [False, True, False])
    assert values[2] == 0
    np.testing.assert_array_equal(fault.numpy() > 0, [False, True, False])


def test_a_probability_rounded_below_zero_counts_as_zero():
    inputs = read([0], np.float32([[-1e-7, 1.0]]))
    losses, fault = example_scores.log_losses(inputs, from_logits=False)
    assert np.isinf(losses) and fault == 0


@pytest.mark.parametrize("function", FUNCTIONS)
def test_values_are_float64_for_all_inputs(function):
    for dtype in (tf.float16, tf.bfloat16, tf.float32, tf.float64):
        inputs = read([0], tf.cast([[0.5, 0.5]], dtype))
        values, _ = function(inputs, from_logits=False)
        assert values.dtype == np.float64


@pytest.mark.parametrize("score", ["negative_log_likelihood", "brier_score"])
def test_no_example_has_no_proper_score(score):
    with pytest.raises(ValueError, match="at least one example"):
        getattr(example_scores, score)(np.zeros(0, int), np.zeros([0, 3]))
    with pytest.raises(ValueError, match="at least one example"):
        getattr(example_scores, score)([0], [[0.5, 0.5]], sample_weight=[0.0])


@pytest.mark.parametrize("score", ["negative_log_likelihood", "brier_score"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_proper_score_equals_the_reference(dtype, score, monkeypatch):
    monkeypatch.setattr("tfmixup.metrics.inputs._CHUNK", 1000)
    labels, rows = cases.random_case(0, 700, dtype=dtype)
    expected = getattr(reference, score)(labels, rows.astype(np.float64))
    found = getattr(example_scores, score)(labels, rows)
    # 700 terms, each computed in float64.
    np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize("score", ["negative_log_likelihood", "brier_score"])
def test_a_proper_score_of_logits_is_that_of_their_softmax(score):
    rng = np.random.default_rng(0)
    logits, labels = 5 * rng.normal(size=(300, 4)), rng.integers(0, 4, 300)
    function = getattr(example_scores, score)
    np.testing.assert_allclose(
        function(labels, logits, from_logits=True),
        function(labels, reference.softmax(logits)),
        rtol=1e-13,
    )


@pytest.mark.parametrize("score", ["negative_log_likelihood", "brier_score"])
def test_weights_of_a_proper_score_are_repetitions(score):
    labels, rows = cases.random_case(0, 100)
    times = np.arange(100) % 3
    function = getattr(example_scores, score)
    np.testing.assert_allclose(
        function(labels, rows, sample_weight=times),
        function(np.repeat(labels, times), np.repeat(rows, times, axis=0)),
        rtol=1e-13,
    )


def test_the_likelihood_of_tiny_probabilities_is_not_rounded_away():
    logits = np.float32([[0, 1e4], [0, 1e4]])
    found = example_scores.negative_log_likelihood(
        [0, 1], logits, from_logits=True
    )
    assert float(found) == 5000
    assert np.isinf(example_scores.negative_log_likelihood([0], [[0.0, 1.0]]))
    assert float(example_scores.negative_log_likelihood([1], [[0.0, 1.0]])) == 0


def test_soft_labels_give_the_cross_entropy_and_their_distance():
    labels, rows = [[0.25, 0.75, 0.0]], [[0.5, 0.5, 0.0]]
    np.testing.assert_allclose(
        example_scores.negative_log_likelihood(labels, rows),
        np.log(2),
        rtol=1e-15,
    )
    assert float(example_scores.brier_score(labels, rows)) == 2 * 0.25**2
