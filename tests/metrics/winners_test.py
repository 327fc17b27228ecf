"""Tests of tfmixup.metrics.winners."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import reference
from tests.metrics import cases
from tfmixup.metrics.winners import winners_of


def logits_case(seed=0, size=200, num_classes=7):
    rng = np.random.default_rng(seed)
    logits = 3 * rng.normal(size=(size, num_classes))
    return rng.integers(0, num_classes, size), logits


@pytest.mark.parametrize("num_classes", [2, 10, 1000])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_confidence_of_logits_is_their_highest_softmax(dtype, num_classes):
    labels, logits = logits_case(num_classes=num_classes)
    logits = logits.astype(dtype)
    found = winners_of(labels, logits, from_logits=True)
    confidence, correct = reference.winners(labels, reference.softmax(logits))
    # Rounding a difference of logits below 30 moves exp by 30 * eps / 2; a
    # sum of k positive terms adds at most k * eps / 2, a pairwise one far
    # less.
    tolerance = 32 * np.finfo(dtype).eps
    np.testing.assert_allclose(found.confidence, confidence, rtol=tolerance)
    np.testing.assert_array_equal(found.correct, correct)
    assert found.confidence.dtype == dtype


@pytest.mark.parametrize("dtype", [tf.float16, tf.bfloat16])
def test_half_precision_logits_are_widened_before_the_softmax(dtype):
    labels, logits = logits_case()
    logits = tf.cast(logits, dtype)
    found = winners_of(labels, logits, from_logits=True)
    wide = reference.softmax(tf.cast(logits, tf.float64))
    confidence, correct = reference.winners(labels, wide)
    assert found.confidence.dtype == tf.float32
    np.testing.assert_allclose(found.confidence, confidence, rtol=4e-6)
    np.testing.assert_array_equal(found.correct, correct)


@pytest.mark.parametrize("from_logits", [True, False])
def test_the_first_of_equal_classes_wins(from_logits):
    rows = np.tile(np.float32([[0.2, 0.3, 0.3, 0.2]]), [4, 1])
    rows += 2 * from_logits
    found = winners_of([0, 1, 2, 3], rows, from_logits)
    assert found.correct.tolist() == [False, True, False, False]


def test_the_winner_of_logits_is_found_before_rounding():
    # exp(-2**-27) is 1 in float32, but the logits differ.
    logits = np.array([[-(2.0**-27), 0.0]], np.float32)
    assert winners_of([1], logits, from_logits=True).correct.all()
    assert not winners_of([0], logits, from_logits=True).correct.any()


def test_huge_and_equal_logits_have_finite_confidence():
    logits = np.float32([[1e4, -1e4, 0], [3e38, -3e38, 0], [5, 5, 5]])
    found = winners_of([0, 0, 0], logits, from_logits=True)
    np.testing.assert_allclose(found.confidence, [1, 1, 1 / 3], rtol=1e-7)


def test_a_masked_class_has_a_logit_of_minus_infinity():
    logits = np.float32([[0, 0, -np.inf]])
    found = winners_of([0], logits, from_logits=True)
    assert found.confidence.tolist() == [0.5]


def test_all_forms_of_a_label_are_alike():
    labels, rows = cases.random_case(0, 100)
    one_hot = keras.utils.to_categorical(labels, 10)
    soft = 0.9 * one_hot + 0.01
    expected = winners_of(labels, rows).correct
    forms = [labels[:, None], labels.astype(np.uint8), one_hot, soft]
    forms += [labels.astype(np.float64), labels[:, None].astype(np.float16)]
    forms += [one_hot.astype(t) for t in (np.int32, np.float64, np.float16)]
    for form in [*forms, one_hot.astype(bool)]:
        found = winners_of(form, rows)
        np.testing.assert_array_equal(found.correct, expected)


def test_the_first_of_equal_soft_labels_counts():
    found = winners_of(
        [[0.2, 0.4, 0.4]] * 2, [[0.1, 0.6, 0.3], [0.1, 0.3, 0.6]]
    )
    assert found.correct.tolist() == [True, False]


def test_an_example_of_weight_zero_is_left_out_whatever_it_holds():
    rows = np.float32([[0.75, 0.25], [np.nan, 3]])
    found = winners_of([0, -1], rows, sample_weight=[2.0, 0.0])
    assert found.confidence.tolist() == [0.75, 0]
    assert found.correct.tolist() == [True, False]
    assert found.weight.tolist() == [2, 0]


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("from_logits", [False, True])
def test_a_graph_finds_the_same_winners_with_unknown_shapes(
    from_logits, compiled
):
    labels, rows = cases.random_case(0, 60)
    rows = 4 * rows - 1 if from_logits else rows
    signature = [
        tf.TensorSpec([None], tf.int64),
        tf.TensorSpec([None, 10], tf.float32),
    ]
    function = tf.function(
        lambda y, p: winners_of(y, p, from_logits),
        input_signature=signature,
        jit_compile=compiled,
    )
    found = function(labels, rows)
    expected = winners_of(labels, rows, from_logits)
    np.testing.assert_array_equal(found.correct, expected.correct)
    # The graph optimizer and XLA may change the last bits of a softmax.
    tolerance = 1e-6 if from_logits else 0
    np.testing.assert_allclose(
        found.confidence, expected.confidence, rtol=tolerance
    )
