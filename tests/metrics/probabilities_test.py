"""Tests of tfmixup.metrics.probabilities."""

import numpy as np
import pytest

from tests import reference
from tfmixup.metrics.inputs import read
from tfmixup.metrics.probabilities import probabilities_of
from tfmixup.metrics.probabilities import targets_and_probabilities
from tfmixup.metrics.probabilities import targets_of

ROWS = [[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_logits_are_softmaxed_in_the_dtype_asked_for(dtype):
    logits = np.random.default_rng(0).normal(size=(20, 5)).astype("float32")
    rows, fault = probabilities_of(read(np.zeros(20), logits), True, dtype)
    assert rows.dtype == dtype and fault == 0
    np.testing.assert_allclose(
        rows, reference.softmax(logits), rtol=8 * np.finfo(dtype).eps
    )


def test_probabilities_are_handed_on():
    inputs = read([0], [[0.25, 0.75]])
    rows, fault = probabilities_of(inputs, False)
    assert rows is inputs.predictions and fault == 0


def test_wrong_rows_have_a_fault():
    logits = np.float32([[np.nan, 0], [np.inf, 0], [-np.inf, 0]])
    _, fault = probabilities_of(read([0, 0, 0], logits), True)
    assert (fault > 0).tolist() == [True, True, False]


def test_classes_become_one_hot_rows():
    targets, fault = targets_of(read([2, 0], ROWS))
    assert targets.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert fault == 0


def test_soft_labels_stay_as_they_are():
    labels = [[0.5, 0.5, 0], [1, 0, 0]]
    targets, _ = targets_of(read(labels, ROWS))
    assert targets.tolist() == labels and targets.dtype == np.float64


def test_a_class_out_of_range_has_a_fault():
    _, fault = targets_of(read([3, 0], ROWS))
    assert (fault > 0).tolist() == [True, False]


def test_labels_and_predictions_share_a_fault():
    rows = np.float32([ROWS[0], [np.nan, 0, 1], ROWS[0]])
    targets, found, fault = targets_and_probabilities(
        read([3, 0, 1], rows), False
    )
    assert targets[2].tolist() == [0, 1, 0] and found.dtype == np.float64
    assert (fault > 0).tolist() == [True, True, False]
