"""Tests of tfmixup.metrics.classwise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from tests import reference
from tests.metrics import cases
from tests.metrics import strategies
from tfmixup.metrics import classwise
from tfmixup.metrics.bins import bins_of


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


def test_labels_and_predictions_are_scored_as_their_bins_by_class():
    labels, rows = cases.random_case(0, 60, num_classes=4)
    weight = np.random.default_rng(0).integers(0, 3, 60)
    bins = classwise.class_bins_of(labels, np.log(rows), 7, True, weight)
    found = classwise.classwise_calibration_error(
        labels, np.log(rows), 7, True, weight
    )
    assert found == classwise.classwise_calibration_error(bins)


def test_bins_of_another_kind_are_refused():
    bins = bins_of(*cases.random_case(0, 60))
    with pytest.raises(ValueError, match="kind by_class.*equal_width"):
        classwise.classwise_calibration_error(bins)


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


def test_an_example_of_weight_zero_is_left_out():
    rows = np.float32([[0.75, 0.25], [np.nan, 0.5]])
    weight = [1.0, 0.0]
    bins = classwise.class_bins_of([0, 7], rows, sample_weight=weight)
    assert bins.count.sum() == 2
    found = classwise.thresholded_adaptive_calibration_error(
        [0, 7], rows, sample_weight=weight
    )
    assert found == 0.25
