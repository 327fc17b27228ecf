import numpy as np
import pytest

from tests.tensorboard.fake_provider import table
from tfmixup.tensorboard.reader.points import fault_of


def changed(row, place, value):
    found = table()
    found[row, place] = value
    return found


def test_bins_are_sound():
    assert fault_of(table()) is None


def test_empty_bins_and_bins_of_no_width_are_sound():
    assert fault_of(np.array([[0.5], [0.5], [0.0], [0.0], [0.0]])) is None


@pytest.mark.parametrize(
    "array, reason",
    [
        (np.zeros([3, 15]), "shape"),
        (np.zeros([5, 0]), "shape"),
        (np.zeros([5]), "shape"),
        (np.float64(1), "shape"),
        (np.zeros([5, 1001]), "1001 bins"),
        (table().astype(np.float32), "dtype is float32"),
        (np.full([5, 15], "<script>"), "dtype is str"),
        (np.full([5, 15], b"<script>", object), "dtype is object"),
        (changed(3, 7, np.nan), "NaN"),
        (changed(0, 0, -np.inf), "NaN or infinity"),
        (changed(0, 0, -0.1), "edges"),
        (changed(1, 14, 1.1), "edges"),
        (changed(1, 3, 0.9), "edges"),
        (changed(0, 3, 0.9), "edges"),
        (changed(2, 3, -1), "negative"),
        (changed(4, 3, 1e6), "more correct"),
        (changed(4, 3, -1), "more correct"),
        (changed(3, 3, 1e6), "mean confidence"),
        (changed(3, 3, -1), "mean confidence"),
    ],
)
def test_what_is_no_bins_is_named(array, reason):
    assert reason in fault_of(np.asarray(array))


def test_a_confidence_that_rounding_takes_above_one_is_sound():
    # A float32 softmax may be 1 + 2**-23.
    row = [[0.0], [1.0], [10.0], [10.0 * (1 + 2**-23)], [10.0]]
    assert fault_of(np.array(row)) is None
