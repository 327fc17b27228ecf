"""Tests of tfmixup.metrics.arrays: arrays and tensors are treated alike."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfmixup.metrics import arrays

RANDOM = np.random.default_rng(0).normal(size=(20, 30))
TIED = np.array([[1.0, 2.0, 2.0], [3.0, 3.0, 3.0], [0.0, -1.0, 0.0]])


def in_graph(function, *values, compiled=False):
    return tf.function(function, jit_compile=compiled)(
        *[tf.constant(value) for value in values]
    )


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    "function",
    [
        arrays.row_sums,
        arrays.first_highest,
        lambda x: arrays.any_below(x, -2.0),
        lambda x: arrays.cast(x, "float32"),
        lambda x: arrays.cosine_transform(x[:, 0]),
        lambda x: arrays.inverse_cosine_transform(x[:, 0]),
        lambda x: arrays.digamma(x**2 + 1),
        arrays.erf,
        lambda x: arrays.interpolate(
            x[0], arrays.namespace(x).cumsum(x[1] ** 2), x[2]
        ),
        lambda x: arrays.repeat(3, lambda s: (s[0] * 2, s[1] + s[0]), (x, x)),
    ],
)
def test_a_graph_computes_what_numpy_does(function, compiled):
    expected = function(RANDOM)
    found = in_graph(function, RANDOM, compiled=compiled)
    for one, other in zip(
        tf.nest.flatten(found), tf.nest.flatten(expected), strict=True
    ):
        # Sums of 30 terms and library functions good to a few ulp.
        np.testing.assert_allclose(one, other, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("compiled", [False, True])
def test_the_first_of_equal_values_is_the_highest(compiled):
    _, index = arrays.first_highest(TIED)
    assert index.tolist() == [1, 0, 0]
    _, index = in_graph(arrays.first_highest, TIED, compiled=compiled)
    assert index.numpy().tolist() == [1, 0, 0]


def test_row_sums_of_float32_are_good_to_the_rounding():
    rows = np.random.default_rng(0).random((50, 10_000), dtype=np.float32)
    exact = rows.sum(axis=1, dtype=np.float64)
    # Partial sums of at most n / 8 terms each.
    np.testing.assert_allclose(
        arrays.row_sums(rows), exact, rtol=1250 * 2.0**-24
    )


def test_interpolation_passes_over_equal_points():
    x = np.array([0.0, 0.5, 0.5, 0.5, 1.0, 1.0])
    y = np.array([0.0, 2.0, 2.0, 2.0, 3.0, 3.0])
    at = np.array([-1.0, 0.0, 0.25, 0.5, 0.75, 1.0, 2.0])
    expected = [0, 0, 1, 2, 2.5, 3, 3]
    np.testing.assert_array_equal(arrays.interpolate(at, x, y), expected)
    found = in_graph(arrays.interpolate, at, x, y)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("compiled", [False, True])
def test_sums_by_index_leave_no_bin_out_and_nan_spoils_all(compiled):
    index = np.array([2, 0, 2], np.int32)

    def sums(terms):
        place = index if isinstance(terms, np.ndarray) else tf.constant(index)
        return arrays.sum_by_index([terms, 2 * terms], place, 4)

    terms = np.array([1.0, 2.0, 4.0])
    expected = [[2, 0, 5, 0], [4, 0, 10, 0]]
    np.testing.assert_array_equal(sums(terms), expected)
    found = in_graph(sums, terms, compiled=compiled)
    np.testing.assert_array_equal(found, expected)
    terms[1] = np.nan
    assert np.isnan(sums(terms)).all()
    assert np.isnan(in_graph(sums, terms, compiled=compiled)).all()


def test_known_values_become_arrays_and_symbolic_ones_tensors():
    variable = keras.Variable([1.0])
    values = [[1.0], np.ones(1), tf.ones(1), tf.Variable([1.0]), variable]
    found = arrays.alike(*values, None)
    assert all(isinstance(value, np.ndarray) for value in found[:-1])
    assert found[-1] is None

    @tf.function
    def mixed(symbolic):
        found = arrays.alike(np.ones(1), symbolic, None)
        assert tf.is_tensor(found[0]) and tf.is_tensor(found[1])
        assert found[2] is None
        return found[0]

    mixed(tf.ones(1))


def test_lower_bound_counts_what_is_below():
    edges = np.array([0.25, 0.5])
    values = np.array([[0.0, 0.25], [0.3, 0.75]])
    assert arrays.lower_bound(edges, values).tolist() == [[0, 0], [1, 2]]
    found = in_graph(lambda x: arrays.lower_bound(edges, x), values)
    assert found.numpy().tolist() == [[0, 0], [1, 2]]


def test_scores_of_arrays_import_neither_tensorflow_nor_keras():
    code = (
        "import sys, time\n"
        "from tests.offered import offered_by\n"
        "from tfmixup import metrics\n"
        "names = [n for n in offered_by(metrics) if n[0].islower()]\n"
        "for name in names: getattr(metrics, name)\n"
        "p, y = [[0.75, 0.25], [0.25, 0.75]], [0, 1]\n"
        "assert metrics.expected_calibration_error(y, p) == 0.25\n"
        "assert metrics.smooth_calibration_error(y, p) > 0\n"
        "print(sorted({'tensorflow', 'keras', 'torch'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.stdout == "[]\n", done.stderr
