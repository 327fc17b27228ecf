"""Tests of tfmixup.metrics.kinds: what predictions are."""

import ml_dtypes
import numpy as np
import pytest
import tensorflow as tf

from tests import reference
from tfmixup.metrics import kinds

DTYPES = [np.float64, np.float32, np.float16, ml_dtypes.bfloat16]


def softmax_rows(num_classes, dtype, size=200, seed=0, sharpness=2.0):
    """Probabilities whose last rounding is that of the dtype."""
    rng = np.random.default_rng(seed)
    logits = sharpness * rng.normal(size=(size, num_classes))
    return reference.softmax(logits).astype(dtype)


def refused(rows):
    try:
        kinds.refuse_other_kind(rows)
    except ValueError:
        return True
    return False


def refused_in_a_graph(rows, compiled):
    function = tf.function(kinds.seem_no_logits, jit_compile=compiled)
    return bool(function(tf.constant(rows)))


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda d: np.dtype(d).name)
@pytest.mark.parametrize("num_classes", [2, 10, 1000])
def test_a_softmax_is_recognized_in_every_dtype(num_classes, dtype):
    rows = softmax_rows(num_classes, dtype)
    assert kinds.kind_of(rows) == "probabilities"
    assert refused(rows)
    assert refused_in_a_graph(rows, False) and refused_in_a_graph(rows, True)


@pytest.mark.parametrize("dtype", [tf.float32, tf.float16, tf.bfloat16])
@pytest.mark.parametrize("num_classes", [2, 1000])
def test_a_softmax_that_was_computed_in_the_dtype_is_too(num_classes, dtype):
    rng = np.random.default_rng(0)
    logits = tf.cast(3 * rng.normal(size=(300, num_classes)), dtype)
    rows = tf.nn.softmax(logits).numpy()
    assert kinds.kind_of(rows) == "probabilities"
    assert refused(rows)


@pytest.mark.parametrize("places", [1, 2, 3])
@pytest.mark.parametrize("num_classes", [2, 3, 10, 100])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_rounded_decimals_are_probabilities(dtype, num_classes, places):
    rows = softmax_rows(num_classes, dtype, sharpness=4.0)
    rows = np.round(rows, places)
    # 100 classes of one decimal can lose more than half of their sum.
    rows = rows[np.abs(rows.sum(axis=1, dtype=float) - 1) <= 0.5]
    assert len(rows) > 50
    assert kinds.kind_of(rows) == "probabilities"
    assert refused(rows) and refused_in_a_graph(rows, False)


@pytest.mark.parametrize("places", [0, 1, 5])
def test_percentages_are_recognized(places):
    rows = np.round(100 * softmax_rows(4, np.float64), places)
    assert kinds.kind_of(rows) == "percentages"
    assert refused(rows) and refused_in_a_graph(rows, False)


def test_certain_rows_and_votes_of_a_forest_are_probabilities():
    for rows in (np.eye(3), np.array([[1.0, 0, 0], [0.25, 0.75, 0]])):
        assert kinds.kind_of(rows) == "probabilities"
        assert refused(rows)


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda d: np.dtype(d).name)
@pytest.mark.parametrize("num_classes", [2, 3, 10, 1000])
@pytest.mark.parametrize("scale", [0.01, 1.0, 20.0])
def test_logits_pass(scale, num_classes, dtype):
    rng = np.random.default_rng(0)
    rows = (scale * rng.normal(size=(64, num_classes))).astype(dtype)
    assert kinds.kind_of(rows) == "logits"
    assert not refused(rows)
    assert not refused_in_a_graph(rows, False)
    assert not refused_in_a_graph(np.maximum(rows, 0), True)


def test_logits_of_an_untrained_layer_pass():
    zeros = np.zeros([8, 10], np.float32)
    for rows in (zeros, zeros + 0.25, zeros[:1]):
        assert not refused(rows) and not refused_in_a_graph(rows, False)
    assert kinds.kind_of(zeros) == "logits"


def test_masked_nan_and_infinite_logits_are_left_to_others():
    for value in (np.nan, np.inf, -np.inf):
        rows = np.array([[0.0, 1.0, value]])
        assert kinds.kind_of(rows) == "logits"
        assert not refused(rows) and not refused_in_a_graph(rows, True)


def test_a_constant_is_the_way_out():
    rows = softmax_rows(5, np.float32)
    with pytest.raises(ValueError, match=r"predictions \+ 1.*first of 200"):
        kinds.refuse_other_kind(rows)
    assert not refused(rows + 1)


def test_one_row_that_is_none_acquits_all():
    rows = softmax_rows(5, np.float32)
    rows[150] += 1
    assert not refused(rows) and not refused_in_a_graph(rows, False)


@pytest.mark.parametrize(
    "dtype, most",
    [(np.float32, 3e-5), (np.float16, 1.2e-3), (ml_dtypes.bfloat16, 8.5e-3)],
    ids=lambda value: str(value)[:20],
)
def test_the_false_alarms_of_single_rows_are_as_rare_as_stated(dtype, most):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(1_000_000, 2)).astype(dtype)
    found = kinds._are_distributions(
        rows.astype(np.float64), np.dtype(dtype).name, np
    )
    # Three standard errors of a Poisson number above what is stated.
    assert found.sum() <= 1e6 * most + 3 * np.sqrt(1e6 * most)
    # A check that never fires would pass: float32 has a few as well.
    assert found.sum() > 0


def test_sigmoids_are_neither():
    rng = np.random.default_rng(0)
    rows = 1 / (1 + np.exp(-3 * rng.normal(size=(50, 4))))
    assert kinds.kind_of(rows) == "sigmoids"
    assert kinds.kind_of(rows[:, :1] * 0.5 + 0.2) == "sigmoids"


@pytest.mark.parametrize("shape", [[-1], [-1, 1]])
def test_one_unit_is_judged_by_the_whole_set(shape):
    rng = np.random.default_rng(0)
    logit = 3 * rng.normal(size=100)
    unit = (1 / (1 + np.exp(-logit))).reshape(shape)
    assert kinds.kind_of(unit) == "probabilities"
    assert refused(unit) and refused_in_a_graph(unit, False)
    assert not refused(unit[:31])
    assert not refused(logit.reshape(shape))
    # Logits of an untrained unit lie close together.
    assert not refused(0.4 + 0.05 * logit.reshape(shape))


def test_no_example_shows_nothing():
    empty = np.zeros([0, 3], np.float32)
    assert kinds.kind_of(empty) == "logits"
    assert not refused(empty) and not refused_in_a_graph(empty, False)
