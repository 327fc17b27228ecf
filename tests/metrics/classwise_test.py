"""Tests of tfmixup.metrics.classwise."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from tests import reference
from tests.metrics import cases
from tests.metrics import strategies
from tfmixup.metrics import classwise


@settings(max_examples=40, deadline=None)
@given(strategies.examples(), st.integers(1, 20))
def test_the_classwise_error_equals_the_reference(made, num_bins):
    labels, rows = made
    bins = classwise.class_bins_of(labels, rows, num_bins)
    np.testing.assert_allclose(
        bins, reference.class_bins(labels, rows, num_bins), atol=1e-13
    )
    np.testing.assert_allclose(
        classwise.classwise_calibration_error(bins),
        reference.classwise_calibration_error(labels, rows, num_bins),
        atol=1e-13,
    )


@settings(max_examples=30, deadline=None)
@given(
    strategies.examples(max_size=25),
    st.integers(1, 8),
    st.sampled_from([0.0, 0.01, 0.3, 0.99]),
)
def test_the_thresholded_error_equals_the_reference(made, num_bins, least):
    labels, rows = made
    np.testing.assert_allclose(
        classwise.thresholded_adaptive_calibration_error(
            labels, rows, num_bins, least
        ),
        reference.thresholded_adaptive_calibration_error(
            labels, rows, num_bins, least
        ),
        atol=1e-12,
    )


def test_relabelling_the_classes_changes_nothing():
    labels, rows = cases.random_case(0, 300, num_classes=6)
    order = np.random.default_rng(1).permutation(6)
    again = np.argsort(order)[labels], rows[:, order]
    for function in (
        lambda y, p: classwise.classwise_calibration_error(
            classwise.class_bins_of(y, p)
        ),
        classwise.thresholded_adaptive_calibration_error,
    ):
        np.testing.assert_allclose(
            function(labels, rows), function(*again), rtol=1e-12
        )


def test_logits_are_softmaxed():
    rng = np.random.default_rng(0)
    logits, labels = 3 * rng.normal(size=(200, 5)), rng.integers(0, 5, 200)
    rows = reference.softmax(logits)
    np.testing.assert_allclose(
        classwise.class_bins_of(labels, logits, from_logits=True),
        classwise.class_bins_of(labels, rows),
        atol=1e-12,
    )
    np.testing.assert_allclose(
        classwise.thresholded_adaptive_calibration_error(
            labels, logits, from_logits=True
        ),
        classwise.thresholded_adaptive_calibration_error(labels, rows),
        atol=1e-12,
    )


@pytest.mark.parametrize("batch_size", [64, 1000])
@pytest.mark.parametrize("compiled", [False, True])
def test_the_metric_equals_the_whole_arrays(batch_size, compiled):
    labels, rows = cases.random_case(0, 256, num_classes=4)
    metric = classwise.ClasswiseCalibrationError(4)
    update = tf.function(metric.update_state, jit_compile=compiled)
    for start in range(0, 256, batch_size):
        part = slice(start, start + batch_size)
        update(tf.constant(labels[part]), tf.constant(rows[part]))
    bins = classwise.class_bins_of(labels, rows)
    np.testing.assert_allclose(
        metric.result(),
        classwise.classwise_calibration_error(bins),
        atol=1e-13,
    )


def test_another_number_of_classes_is_refused():
    metric = classwise.ClasswiseCalibrationError(3)
    with pytest.raises(ValueError, match=r"`num_classes` must.*\(1, 2\)"):
        metric.update_state([0], [[0.5, 0.5]])


@pytest.mark.parametrize("threshold", [-0.1, 1.0, np.nan])
def test_a_threshold_outside_the_unit_interval_is_refused(threshold):
    with pytest.raises(ValueError, match="`threshold` must be"):
        classwise.thresholded_adaptive_calibration_error(
            [0], [[0.5, 0.5]], threshold=threshold
        )


def test_wrong_input_and_no_example_are_refused():
    rows = np.float32([[0.5, np.nan]])
    thresholded = classwise.thresholded_adaptive_calibration_error
    for function in (classwise.class_bins_of, thresholded):
        with pytest.raises(ValueError, match="finite"):
            function([0], rows)
    with pytest.raises(ValueError, match="at least one example"):
        thresholded(np.zeros(0, int), np.zeros([0, 2]))
    metric = classwise.ClasswiseCalibrationError(2)
    with pytest.raises(ValueError, match="at least one example"):
        metric.result()
    update = tf.function(metric.update_state, jit_compile=True)
    update(tf.constant([0]), tf.constant(rows))
    assert np.isnan(metric.result())


def test_an_example_of_weight_zero_is_left_out():
    rows = np.float32([[0.75, 0.25], [np.nan, 0.5]])
    weight = [1.0, 0.0]
    bins = classwise.class_bins_of([0, 7], rows, sample_weight=weight)
    assert bins.count.sum() == 2
    found = classwise.thresholded_adaptive_calibration_error(
        [0, 7], rows, sample_weight=weight
    )
    assert found == 0.25
