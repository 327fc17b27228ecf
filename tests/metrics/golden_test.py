"""Tests of tfmixup.metrics.golden, and of this package against it."""

from fractions import Fraction

import numpy as np
import pytest
import tensorflow as tf

from tfmixup import metrics
from tfmixup.metrics import golden

VECTORS = {vector.name: vector for vector in golden.golden_vectors()}
LARGE = "more than 2**24 examples"
RIGHT = [
    name
    for name, vector in VECTORS.items()
    if vector.errors and vector.repeats == 1
]
REFUSED = [name for name, vector in VECTORS.items() if not vector.errors]
METRICS = {
    "ece": metrics.ExpectedCalibrationError,
    "oe": metrics.OverconfidenceError,
    "mce": metrics.MaximumCalibrationError,
}
SCORES = {
    "ece": metrics.expected_calibration_error,
    "oe": metrics.overconfidence_error,
    "mce": metrics.maximum_calibration_error,
}


def arguments(vector):
    return vector.labels, vector.probabilities, vector.weight


@pytest.mark.parametrize("name", RIGHT)
def test_scores_of_arrays_are_exact(name):
    labels, rows, weight = arguments(VECTORS[name])
    bins = metrics.bins_of(
        labels, rows, VECTORS[name].num_bins, sample_weight=weight
    )
    for key, expected in VECTORS[name].errors.items():
        # At most 200 additions of numbers below 200, in float64.
        assert abs(float(SCORES[key](bins)) - float(expected)) < 1e-13


@pytest.mark.parametrize("mode", ["eager", "graph", "compiled"])
@pytest.mark.parametrize("name", RIGHT)
def test_keras_metrics_are_exact(name, mode):
    labels, rows, weight = arguments(VECTORS[name])
    weight = np.ones(len(labels)) if weight is None else weight
    metric = metrics.ExpectedCalibrationError(VECTORS[name].num_bins)
    update = metric.update_state
    if mode != "eager":
        update = tf.function(update, jit_compile=mode == "compiled")
    update(tf.constant(labels), tf.constant(rows), tf.constant(weight))
    expected = VECTORS[name].errors
    assert abs(float(metric.result()) - float(expected["ece"])) < 1e-13
    for key, score in SCORES.items():
        assert abs(float(score(metric.bins)) - float(expected[key])) < 1e-13


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_answer_is_refused(name):
    labels, rows, _ = arguments(VECTORS[name])
    with pytest.raises(ValueError, match="finite|at least one example"):
        metrics.expected_calibration_error(metrics.bins_of(labels, rows))
    metric = metrics.ExpectedCalibrationError()
    update = tf.function(metric.update_state, jit_compile=True)
    update(tf.constant(labels), tf.constant(rows))
    assert np.isnan(tf.function(metric.result)())


@pytest.mark.slow
def test_more_than_two_to_the_24_examples_are_exact():
    vector = VECTORS[LARGE]
    assert len(vector.labels) * vector.repeats > 2**24
    metric = metrics.ExpectedCalibrationError(vector.num_bins)
    labels = np.tile(vector.labels, 2**16)
    rows = np.tile(vector.probabilities, [2**16, 1])
    for _ in range(vector.repeats // 2**16):
        metric.update_state(labels, rows)
    # 2**24 additions of numbers below 2**24, of which 2**30 are exact.
    assert abs(float(metric.result()) - float(vector.errors["ece"])) < 1e-12


def test_repetitions_change_no_answer():
    vector = VECTORS[LARGE]
    once = golden.exact_errors(vector.labels, vector.probabilities, 15)
    labels = np.tile(vector.labels, 3)
    rows = np.tile(vector.probabilities, [3, 1])
    assert golden.exact_errors(labels, rows, 15) == once == vector.errors
    # By hand: two of three right at 3/4, and one of one at 5/8.
    assert once["ece"] == (Fraction(1, 4) + Fraction(3, 8)) / 4


@pytest.mark.parametrize("name", VECTORS)
def test_the_input_is_what_it_says(name):
    vector = VECTORS[name]
    rows = vector.probabilities.astype(np.float64)
    assert len(vector.labels) == len(rows)
    if vector.errors:
        # Half precision keeps three digits.
        np.testing.assert_allclose(rows.sum(axis=1), 1, atol=2e-3)
        assert all(0 <= value <= 1 for value in vector.errors.values())
        assert all(
            isinstance(value, Fraction) for value in vector.errors.values()
        )


def test_one_ulp_decides_the_answer():
    for dtype in ("float32", "float64"):
        values = [
            VECTORS[f"{where} the edges of 15 bins, {dtype}"].errors["ece"]
            for where in ("on", "1 ulp below", "1 ulp above")
        ]
        assert abs(values[0] - values[1]) < 1e-5
        assert abs(values[0] - values[2]) > 1e-3
