"""Tests of tfmixup.metrics.ranked."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import settings

from tests.metrics import cases
from tests.metrics import strategies
from tfmixup.metrics import ranked
from tfmixup.metrics import scores
from tfmixup.metrics.bins import Bins
from tfmixup.metrics.winners import Winners
from tfmixup.metrics.winners import winners_of


def test_the_edges_rise_from_0_to_1_and_are_exact_in_float32():
    edges = ranked.sketch_edges()
    assert edges[0] == 0 and edges[-1] == 1
    assert len(edges) == ranked.NUM_SKETCH_BINS + 1
    assert (np.diff(edges) > 0).all()


def test_a_bin_is_as_narrow_as_promised():
    edges = ranked.sketch_edges()
    widths, left = np.diff(edges)[:-1], edges[:-2]
    assert (widths <= np.maximum(1 / 512, (1 - left) / 32)).all()
    assert (widths[left >= 0.5] <= (1 - left[left >= 0.5]) / 32).all()


def test_the_sketch_keeps_the_total_sums():
    labels, rows = cases.random_case(0, 500)
    found = winners_of(labels, rows)
    sketch = ranked.sketch_of_winners(found)
    np.testing.assert_allclose(
        [field.sum() for field in sketch],
        [
            found.weight.sum(),
            found.confidence.astype(np.float64).sum(),
            found.correct.sum(),
        ],
        rtol=1e-13,
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("compiled", [False, True])
def test_a_graph_sorts_as_numpy_does(dtype, compiled):
    inner = ranked.sketch_edges()[1:-1].astype(dtype)
    number = inner.dtype.type
    values = np.concatenate(
        [inner, np.nextafter(inner, number(0)), np.nextafter(inner, number(1))]
    )
    ones = np.ones(len(values))
    expected = ranked.sketch_of_winners(Winners(values, ones, ones))

    @tf.function(jit_compile=compiled)
    def sort(values):
        return ranked.sketch_of_winners(Winners(values, ones, ones))

    for one, other in zip(sort(tf.constant(values)), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-14)


@settings(max_examples=30, deadline=None)
@given(strategies.confidences())
def test_distinct_bins_hold_each_confidence_once(made):
    confidence, correct = made
    found = ranked.distinct_bins_of(*strategies.inputs_of(confidence, correct))
    values = sorted(set(confidence))
    assert found.count.tolist() == [
        (confidence == value).sum() for value in values
    ]
    assert found.correct.tolist() == [
        correct[confidence == value].sum() for value in values
    ]
    np.testing.assert_allclose(found.confidence / found.count, values)


def test_examples_of_weight_zero_make_no_bin():
    found = ranked.distinct_bins_of(
        [0, 0], [[0.75, 0.25], [np.nan, 1]], sample_weight=[2.0, 0.0]
    )
    assert found.count.tolist() == [2]


def test_no_examples_make_no_bin_and_no_score():
    found = ranked.distinct_bins_of(np.zeros(0, int), np.zeros([0, 3]))
    assert found.count.shape == (0,)
    with pytest.raises(ValueError, match="at least one example"):
        scores.accuracy(found)


def test_the_largest_share_is_a_fraction_of_the_whole():
    assert ranked.largest_share(Bins([1.0, 4.0], [0, 0], [0, 0])) == 0.8
