"""Tests of tfmixup.metrics.targets."""

import numpy as np

from tfmixup.metrics.inputs import read
from tfmixup.metrics.targets import targets_of

ROWS = [[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]]


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
