"""Tests of tfmixup.metrics.bins."""

from fractions import Fraction

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import reference
from tests.metrics import cases
from tfmixup.metrics import bins as bins_lib
from tfmixup.metrics.winners import Winners

CASES = cases.all_cases()


def assert_bins_equal(found, expected, num_examples):
    # The terms are exact in float64; adding n of them in another order moves
    # a sum by at most n * n * 2**-53.
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(
            one, other, rtol=0, atol=num_examples**2 * 2**-53 + 1e-300
        )


@pytest.mark.parametrize("num_bins", [1, 10, 15, 100])
@pytest.mark.parametrize("name", CASES)
def test_bins_of_probabilities_equal_the_reference(name, num_bins):
    labels, rows = CASES[name]
    confidence, correct = reference.winners(labels, rows)
    assert_bins_equal(
        bins_lib.bins_of(labels, rows, num_bins),
        reference.bins(confidence, correct, num_bins),
        len(labels),
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("num_bins", [1, 2, 3, 7, 10, 15, 49, 100, 1000])
def test_an_edge_is_the_closest_number_to_the_fraction(num_bins, dtype):
    for m, edge in enumerate(bins_lib.edges(num_bins, dtype)):
        neighbors = np.nextafter(edge, dtype([0, 2]))
        exact = Fraction(m, num_bins)
        error = abs(Fraction(float(edge)) - exact)
        for other in neighbors[neighbors != edge]:
            assert error <= abs(Fraction(float(other)) - exact)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("num_bins", [1, 2, 10, 15, 100])
def test_a_bin_is_open_on_the_left_and_closed_on_the_right(num_bins, dtype):
    inner = bins_lib.edges(num_bins, dtype)[1:-1]
    own = np.arange(num_bins - 1)
    np.testing.assert_array_equal(bins_lib.index(inner, num_bins), own)
    below = np.nextafter(inner, dtype(0))
    np.testing.assert_array_equal(bins_lib.index(below, num_bins), own)
    above = np.nextafter(inner, dtype(1))
    np.testing.assert_array_equal(bins_lib.index(above, num_bins), own + 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_zero_is_in_the_first_bin_and_all_above_one_in_the_last(dtype):
    confidence = np.array([0, 1e-30, 1, 1 + 1e-6, np.nextafter(1, 2)], dtype)
    found = bins_lib.index(confidence, 15)
    np.testing.assert_array_equal(found, [0, 0, 14, 14, 14])


def test_the_index_keeps_the_shape():
    confidence = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
    assert bins_lib.index(confidence, 5).shape == (3, 4)


@pytest.mark.parametrize("num_bins", [0, -1, 2.0, "15", None, True])
def test_a_number_of_bins_that_is_none_is_refused(num_bins):
    with pytest.raises(ValueError, match="`num_bins` must be.*Received"):
        bins_lib.edges(num_bins)


def test_weights_count_like_repeated_examples():
    labels, rows = CASES["random float32"]
    times = np.random.default_rng(0).integers(0, 4, len(labels))
    repeated = bins_lib.bins_of(
        np.repeat(labels, times), np.repeat(rows, times, axis=0)
    )
    weighted = bins_lib.bins_of(
        labels, rows, sample_weight=times.astype(np.float32)
    )
    assert_bins_equal(weighted, repeated, times.sum())


def test_more_than_two_to_the_24_examples_are_all_counted():
    # A float32 count stays at 2**24 when 1 is added.
    many = Winners(
        np.array([0.9, 0.9], np.float32), [True, False], [2.0**24, 1.0]
    )
    found = bins_lib.bins_of_winners(many, 2)
    assert found.count.tolist() == [0, 2**24 + 1]
    twice = bins_lib.merge(found, found)
    assert twice.count.tolist() == [0, 2**25 + 2]


def test_one_nan_spoils_every_sum():
    bad = Winners([0.1, np.nan], [True, True], [1, 1])
    for field in bins_lib.bins_of_winners(bad, 4):
        assert np.isnan(field).all()


@pytest.mark.parametrize("parts", [2, 3, 50])
def test_the_bins_of_parts_add_up_to_those_of_the_whole(parts):
    labels, rows = CASES["random float32"]
    whole = bins_lib.bins_of(labels, rows)
    pieces = [
        bins_lib.bins_of(y, p)
        for y, p in zip(
            np.array_split(labels, parts),
            np.array_split(rows, parts),
            strict=True,
        )
    ]
    assert_bins_equal(bins_lib.merge(*pieces), whole, len(labels))


def test_large_arrays_are_read_in_pieces_to_the_same_sums(monkeypatch):
    labels, rows = CASES["random float32"]
    whole = bins_lib.bins_of(labels, rows)
    monkeypatch.setattr("tfmixup.metrics.inputs._CHUNK", 128)
    assert_bins_equal(bins_lib.bins_of(labels, rows), whole, len(labels))


def test_no_examples_make_bins_of_zeros():
    found = bins_lib.bins_of(np.zeros(0, np.int64), np.zeros((0, 3)))
    for field in found:
        np.testing.assert_array_equal(field, np.zeros(15))


def test_a_wrong_example_of_a_later_piece_is_named(monkeypatch):
    monkeypatch.setattr("tfmixup.metrics.inputs._CHUNK", 40)
    labels, rows = random = cases.random_case(0, 50)
    rows[37, 4] = np.nan
    with pytest.raises(ValueError, match="finite.*at example 37"):
        bins_lib.bins_of(*random)


def test_lists_tensors_and_arrays_are_alike():
    labels, rows = cases.random_case(0, 50)
    expected = bins_lib.bins_of(labels, rows)
    kinds = [tf.constant, tf.Variable, keras.Variable, np.ndarray.tolist]
    for kind in kinds:
        found = bins_lib.bins_of(kind(labels), kind(rows))
        assert_bins_equal(found, expected, 50)


def test_the_bins_of_each_class_are_summed_apart():
    rows = np.array([[0.75, 0.25], [0.25, 0.75], [0.6, 0.4]])
    sums = bins_lib.sums_by_class([np.ones([3, 2]), rows], rows, 2)
    assert sums[0].tolist() == [[1, 2], [2, 1]]
    np.testing.assert_allclose(sums[1], [[0.25, 1.35], [0.65, 0.75]])
