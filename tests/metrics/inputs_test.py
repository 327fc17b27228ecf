"""Tests of tfmixup.metrics.inputs: what is refused, and how."""

import numpy as np
import pytest
import tensorflow as tf

from tests.metrics import cases
from tfmixup.metrics import bins as bins_lib
from tfmixup.metrics import scores
from tfmixup.metrics.winners import winners_of

ONE_HOT = [[1.0, 0.0], [0.0, 1.0]]
ROWS = np.float32([[0.75, 0.25], [0.5, 0.5]])


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
        "look like logits",
    ),
    "a little above 1": (
        [0, 1],
        np.float32([[1, 0], [1.00001, 0]]),
        False,
        None,
        "look like logits",
    ),
    "sum of 1.2": ([0, 1], with_entry(0.7), False, None, "sum to 1"),
    "class too high": ([0, 2], ROWS, False, None, r"in \[0, num_classes\)"),
    "class below 0": ([0, -1], ROWS, True, None, r"in \[0, num_classes\)"),
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
        ROWS,
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
    "negative weight": ([0, 1], ROWS, False, [1.0, -1.0], "sample_weight"),
    "nan weight": ([0, 1], ROWS, False, [1.0, np.nan], "sample_weight"),
    "infinite weight": ([0, 1], ROWS, True, [1.0, np.inf], "sample_weight"),
}


@pytest.mark.parametrize("name", WRONG_VALUES)
def test_a_wrong_value_raises_eagerly(name):
    labels, rows, from_logits, weight, message = WRONG_VALUES[name]
    for function in (
        winners_of,
        lambda y, p, *rest: bins_lib.bins_of(y, p, 15, *rest),
        scores.negative_log_likelihood,
        scores.brier_score,
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
    "one score": ([0], [[0.5]], None, r"num_classes >= 2.*\[1 - p, p\]"),
    "a vector": ([0], [0.5], None, r"\[n, num_classes\].*Received"),
    "a sequence": ([[0]], [[[0.5, 0.5]]], None, r"reshape sequences"),
    "true classes": ([True], [[0.5, 0.5]], None, "must be numbers.*bool"),
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


def test_an_empty_batch_is_no_fault():
    found = winners_of(np.zeros(0, np.int64), np.zeros((0, 3), np.float32))
    assert found.confidence.shape == (0,)
