"""Tests of tfmixup.metrics.inputs: what is refused, and how."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from tests.metrics import cases
from tfmixup.metrics import bins as bins_lib
from tfmixup.metrics import example_scores
from tfmixup.metrics import inputs
from tfmixup.metrics.winners import winners_of

ONE_HOT = [[1.0, 0.0], [0.0, 1.0]]
ROWS = np.float32([[0.75, 0.25], [0.5, 0.5]])
LOGITS = ROWS + 3


def with_entry(value, rows=ROWS):
    changed = np.array(rows)
    changed[1, 0] = value
    return changed


# name -> (labels, predictions, from_logits, weight, part of the message)
WRONG_VALUES = {
    "nan probability": ([0, 1], with_entry(np.nan), False, None, "finite"),
    "nan logit": ([0, 1], with_entry(np.nan), True, None, "finite"),
    "infinite probability": (
        [0, 1],
        with_entry(np.inf),
        False,
        None,
        "finite",
    ),
    "infinite logit": ([0, 1], with_entry(np.inf), True, None, "finite"),
    "no class possible": (
        [0, 1],
        np.full([2, 2], -np.inf, np.float32),
        True,
        None,
        "finite",
    ),
    "logits above 1": ([0, 1], with_entry(3.0), False, None, "from_logits"),
    "logits below 0": (
        [0, 1],
        np.float32([[0.5, 0.5], [-0.1, 1.1]]),
        False,
        None,
        "If these are logits",
    ),
    "a little above 1": (
        [0, 1],
        np.float32([[1, 0], [1.00001, 0]]),
        False,
        None,
        "If these are logits",
    ),
    "sum of 1.2": ([0, 1], with_entry(0.7), False, None, "sum to 1"),
    "class too high": ([0, 2], ROWS, False, None, r"in \[0, num_classes\)"),
    "class below 0": ([0, -1], LOGITS, True, None, r"in \[0, num_classes\)"),
    "half a class": ([0.0, 0.5], ROWS, False, None, "whole numbers"),
    "nan class": ([0.0, np.nan], ROWS, False, None, "whole numbers"),
    "zero label row": (
        [[1.0, 0.0], [0.0, 0.0]],
        ROWS,
        False,
        None,
        "must be a distribution",
    ),
    "two labels": (
        [[1.0, 0.0], [1.0, 1.0]],
        LOGITS,
        True,
        None,
        "must be a distribution",
    ),
    "nan label": (
        [[1.0, 0.0], [np.nan, 1.0]],
        ROWS,
        False,
        None,
        "must be a distribution",
    ),
    "negative label": (
        [[1.0, 0.0], [-0.5, 1.5]],
        ROWS,
        False,
        None,
        "must be a distribution",
    ),
    "probabilities": ([0, 1], ROWS, True, None, "are no logits"),
    "percentages": ([0, 1], 100 * ROWS, True, None, "are no logits"),
    "huge weight": ([0, 1], ROWS, False, [1.0, 1e308], "sample_weight"),
    "negative weight": ([0, 1], ROWS, False, [1.0, -1.0], "sample_weight"),
    "nan weight": ([0, 1], ROWS, False, [1.0, np.nan], "sample_weight"),
    "infinite weight": ([0, 1], LOGITS, True, [1.0, np.inf], "sample_weight"),
}


@pytest.mark.parametrize("name", WRONG_VALUES)
def test_a_wrong_value_raises_eagerly(name):
    labels, rows, from_logits, weight, message = WRONG_VALUES[name]
    for function in (
        winners_of,
        lambda y, p, *rest: bins_lib.bins_of(y, p, 15, *rest),
        example_scores.negative_log_likelihood,
        example_scores.brier_score,
    ):
        with pytest.raises(ValueError, match=f"{message}.*Received"):
            function(labels, rows, from_logits, weight)


@pytest.mark.parametrize("name", WRONG_VALUES)
def test_a_wrong_value_raises_in_a_graph(name):
    labels, rows, from_logits, weight, message = WRONG_VALUES[name]

    @tf.function
    def function(labels, rows, weight):
        return winners_of(labels, rows, from_logits, weight)

    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        function(tf.constant(labels), tf.constant(rows), weight)


@pytest.mark.parametrize("name", WRONG_VALUES)
def test_a_wrong_value_spoils_the_bins_when_compiled(name):
    labels, rows, from_logits, weight, _ = WRONG_VALUES[name]

    @tf.function(jit_compile=True)
    def function(labels, rows, weight):
        found = winners_of(labels, rows, from_logits, weight)
        return bins_lib.bins_of_winners(found, 15)

    for field in function(tf.constant(labels), tf.constant(rows), weight):
        assert np.isnan(field).all()


# name -> (labels, predictions, weight, part of the message)
WRONG_SHAPES = {
    "integer predictions": ([0], [[1, 0]], None, "floating dtype.*int64"),
    "a number": ([0], 0.5, None, r"\[n, num_classes\].*Received.*\(\)"),
    "a sequence": ([[0]], [[[0.5, 0.5]]], None, r"Reshape sequences"),
    "three true classes": (
        [True],
        [[0.5, 0.5, 0.0]],
        None,
        "must be numbers.*bool",
    ),
    "names": (["cat"], [[0.5, 0.5]], None, "must be numbers.*class_indices"),
    "swapped": ([[0.5, 0.5]], [1], None, "The labels come first"),
    "swapped, one hot": ([[0.5, 0.5]], [[0, 1]], None, "labels come first"),
    "swapped, one unit": ([[0.5, 0.3, 0.2]], [0.0], None, "the labels come"),
    "a scalar label": (
        0,
        [[0.5, 0.5]],
        None,
        r"`labels` .*labels of shape \(\)",
    ),
    "three for two classes": (
        [[0.0, 0.0, 1.0]],
        [[0.5, 0.5]],
        None,
        r"`labels` must have shape.*\(1, 3\)",
    ),
    "lengths differ": ([0, 1], [[0.5, 0.5]], None, r"one row for each.*\(2,\)"),
    "weights differ": (
        [0],
        [[0.5, 0.5]],
        [1.0, 1.0],
        r"`sample_weight` and.*one row for each",
    ),
    "weights of classes": (
        [0],
        [[0.5, 0.5]],
        [[1.0, 1.0]],
        r"`sample_weight` must have shape",
    ),
}


@pytest.mark.parametrize("name", WRONG_SHAPES)
def test_a_wrong_shape_is_refused(name):
    labels, rows, weight, message = WRONG_SHAPES[name]
    with pytest.raises(ValueError, match=f"{message}"):
        winners_of(labels, rows, sample_weight=weight)
    with pytest.raises(ValueError, match=f"{message}"):
        bins_lib.bins_of(labels, rows, sample_weight=weight)


def test_the_message_names_the_example_and_counts_them():
    labels, rows = cases.random_case(0, 20)
    rows[[7, 9]] = np.nan
    with pytest.raises(ValueError, match=r"at example 7 \(2 wrong of 20"):
        winners_of(labels, rows)


@pytest.mark.parametrize("dtype", [tf.float16, tf.bfloat16, tf.float32])
def test_rounding_outside_the_unit_interval_is_accepted(dtype):
    above = tf.cast([[1.0, 0.0]], dtype)
    above += tf.cast([[2.0**-7, 0]], dtype) if dtype == tf.bfloat16 else 0
    above += tf.cast([[2.0**-10, 0]], dtype) if dtype == tf.float16 else 0
    above += tf.cast([[5e-7, -5e-7]], dtype) if dtype == tf.float32 else 0
    assert float(above[0, 0]) > 1
    found = bins_lib.bins_of([0], above)
    assert found.count[-1] == 1


def test_a_softmax_in_bfloat16_is_accepted():
    rng = np.random.default_rng(0)
    logits = tf.constant(rng.normal(size=(200, 1000)), tf.float32)
    rows = tf.nn.softmax(tf.cast(logits, tf.bfloat16))
    assert np.sum(bins_lib.bins_of(np.zeros(200, int), rows).count) == 200


@pytest.mark.parametrize("weight", [1e-308, 1e-101, 1e101, 1e308])
def test_weights_whose_sums_lose_digits_are_refused(weight):
    with pytest.raises(ValueError, match="from 1e-100 to 1e100.*example 1"):
        winners_of([0, 1], ROWS, sample_weight=[1.0, weight])


def test_an_empty_batch_is_no_fault():
    found = winners_of(np.zeros(0, np.int64), np.zeros((0, 3), np.float32))
    assert found.confidence.shape == (0,)


@pytest.mark.parametrize("shape", [[4], [4, 1]])
@pytest.mark.parametrize("labels", [[0, 1, 1, 0], [[0], [1], [1], [0]]])
def test_one_unit_is_the_second_of_two_columns(labels, shape):
    probability = np.array([0.25, 0.75, 0.5, 1.0])
    both = np.stack([1 - probability, probability], axis=1)
    one = winners_of(labels, probability.reshape(shape))
    np.testing.assert_array_equal(one, winners_of(labels, both))
    logit = np.array([-1.0, 2.0, 0.0, 30.0])
    both = np.stack([0 * logit, logit], axis=1)
    one = winners_of(labels, logit.reshape(shape), from_logits=True)
    np.testing.assert_array_equal(one, winners_of(labels, both, True))


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("from_logits", [False, True])
def test_one_unit_in_a_graph_of_unknown_sizes(from_logits, compiled):
    unit = np.float32([[0.25], [0.75], [0.5], [0.875]])
    unit = 4 * unit - 2 if from_logits else unit
    labels = [0, 1, 1, 0]

    @tf.function(
        input_signature=[
            tf.TensorSpec([None], tf.int32),
            tf.TensorSpec([None, 1], tf.float32),
        ],
        jit_compile=compiled,
    )
    def function(labels, unit):
        return winners_of(labels, unit, from_logits)

    found = function(tf.constant(labels), tf.constant(unit))
    for ours, theirs in zip(
        found, winners_of(labels, unit, from_logits), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_the_label_of_one_unit_may_be_soft_or_true():
    unit = [[0.25], [0.75]]
    soft = example_scores.negative_log_likelihood([0.25, 1.0], unit)
    expected = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25) + np.log(0.75)) / 2
    np.testing.assert_allclose(soft, expected, rtol=1e-15)
    true = example_scores.brier_score(np.array([False, True]), unit)
    np.testing.assert_allclose(true, 2 * 0.25**2, rtol=1e-15)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int64"])
def test_narrow_integer_labels_are_classes(dtype):
    rows = np.full([2, 300], 1 / 300)
    rows[:, 120] += 0.1
    rows[:, 0] -= 0.1 - 1e-3
    rows = np.maximum(rows, 0)
    rows /= rows.sum(axis=1, keepdims=True)
    labels = np.array([120, 3], dtype)
    assert winners_of(labels, rows).correct.tolist() == [True, False]


def test_rows_of_a_frame_and_a_series_belong_together():
    frame = pd.DataFrame({"a": [0.75, 0.5], "b": [0.25, 0.5]}, index=[7, 9])
    series = pd.Series([0, 1], index=[7, 9])
    found = winners_of(series, frame)
    np.testing.assert_array_equal(found, winners_of([0, 1], ROWS))
    with pytest.raises(ValueError, match="must have the same index"):
        winners_of(series[::-1], frame)


def test_one_hot_predictions_of_soft_labels_seem_swapped():
    soft, one_hot = np.full([4, 2], 0.5), np.eye(2)[[0, 1, 1, 0]]
    with pytest.raises(ValueError, match=r"swapped.*\(labels, predictions\)"):
        inputs.read(soft, one_hot)
    for labels, predictions in ((one_hot, soft), (one_hot, one_hot)):
        inputs.read(labels, predictions)
    # A model that answers 0 and 1 alone, and classes.
    inputs.read(soft.argmax(axis=1), one_hot)
