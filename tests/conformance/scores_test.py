"""What every public score of labels and predictions does, and refuses.

The loop is over the door of `tfmixup.metrics`: a new score meets these tests
by itself.
"""

import inspect

import ml_dtypes
import numpy as np
import pandas as pd
import pytest

from tests import reference
from tests.metrics import cases
from tests.offered import offered_by
from tfmixup import metrics

NUM_CLASSES = 5


def takes_examples(function):
    return list(inspect.signature(function).parameters)[:2] == [
        "labels",
        "predictions",
    ]


SCORES = [
    value
    for value in (getattr(metrics, name) for name in offered_by(metrics))
    if inspect.isfunction(value) and takes_examples(value)
]
each_score = pytest.mark.parametrize("score", SCORES, ids=lambda s: s.__name__)


def data(size=120, seed=0):
    """Labels and float64 logits of moderate confidence."""
    rng = np.random.default_rng(seed)
    logits = 2 * rng.normal(size=(size, NUM_CLASSES))
    return rng.integers(0, NUM_CLASSES, size), logits


def same(found, expected, atol=1e-9):
    """Scores, bins and decompositions are numbers or tuples of arrays.

    exp and log are good to a few ulp; no confidence is on an edge, and
    smoothing enlarges a difference by no more than 1e3.
    """
    for one, other in zip(
        np.atleast_1d(np.asarray(found, object)),
        np.atleast_1d(np.asarray(expected, object)),
        strict=True,
    ):
        np.testing.assert_allclose(
            np.asarray(one, float), np.asarray(other, float), atol=atol
        )


def test_there_are_many():
    assert len(SCORES) >= 20


@each_score
def test_the_convention_is_that_of_keras(score):
    parameters = inspect.signature(score).parameters
    assert parameters["from_logits"].default is False
    assert parameters["sample_weight"].default is None


@each_score
def test_logits_are_scored_by_their_softmax(score):
    labels, logits = data()
    found = score(labels, logits, from_logits=True)
    same(found, score(labels, reference.softmax(logits)))


@each_score
def test_the_wrong_kind_is_refused_both_ways(score):
    labels, logits = data()
    rows = reference.softmax(logits)
    with pytest.raises(ValueError, match="pass from_logits=True"):
        score(labels, logits)
    for wrong in (rows, 100 * rows, np.round(rows, 2), rows.astype("float16")):
        with pytest.raises(ValueError, match="are no logits"):
            score(labels, wrong, from_logits=True)
    # The way out that the message names.
    same(
        score(labels, rows + 1, from_logits=True),
        score(labels, reference.softmax(rows)),
    )


@each_score
def test_arguments_in_another_order_are_refused(score):
    labels, logits = data()
    with pytest.raises(ValueError, match="labels come first"):
        score(logits, labels, from_logits=True)


@each_score
@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16])
def test_half_precision_is_scored_as_the_numbers_that_it_holds(score, dtype):
    labels, logits = data()
    half = logits.astype(dtype)
    wide = half.astype(np.float32)
    same(
        score(labels, half, from_logits=True),
        score(labels, wide, from_logits=True),
        atol=0,
    )
    rows = reference.softmax(logits).astype(dtype)
    same(score(labels, rows), score(labels, rows.astype(np.float32)), atol=0)


@each_score
@pytest.mark.parametrize("shape", [[-1], [-1, 1]])
def test_one_unit_is_the_second_of_two_columns(score, shape):
    labels, logits = data()
    labels, unit = labels % 2, logits[:, 0]
    both = np.stack([0 * unit, unit], axis=1)
    same(
        score(labels, unit.reshape(shape), from_logits=True),
        score(labels, both, from_logits=True),
    )
    rows = reference.softmax(both)
    same(score(labels, rows[:, 1].reshape(shape)), score(labels, rows))


@each_score
@pytest.mark.parametrize("mask", [-np.inf, np.finfo(np.float32).min])
def test_masked_classes_never_happen(score, mask):
    labels, logits = data()
    labels, logits = labels % 3, logits.astype(np.float32)
    logits[:, 3:] = mask
    found = score(labels, logits, from_logits=True)
    rows = np.zeros_like(logits)
    rows[:, :3] = reference.softmax(logits[:, :3].astype(float))
    same(found, score(labels, rows), atol=1e-5)


@each_score
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_refused_by_name(score, value):
    labels, logits = data()
    rows = reference.softmax(logits)
    for predictions, from_logits in ((logits, True), (rows, False)):
        wrong = predictions.copy()
        wrong[7, 2] = value
        with pytest.raises(ValueError, match="finite.*at example 7"):
            score(labels, wrong, from_logits=from_logits)


@each_score
def test_one_example_is_enough_and_none_is_not(score):
    labels, logits = data(1)
    score(labels, logits, from_logits=True)
    try:
        nothing = score(labels[:0], logits[:0], from_logits=True)
    except ValueError as error:
        assert "at least one example" in str(error)
    else:  # Bins and winners of nothing are sums of nothing.
        assert not np.concatenate([np.ravel(f) for f in nothing]).any()


@each_score
def test_whole_weights_are_repetitions(score):
    labels, rows = cases.random_case(2, 60, NUM_CLASSES, "float64")
    times = np.random.default_rng(1).integers(0, 4, 60)
    found = score(labels, rows, sample_weight=times)
    repeated = np.repeat(labels, times), np.repeat(rows, times, axis=0)
    if score is metrics.winners_of:
        assert (found.weight == times).all()
        return
    same(found, score(*repeated))


@each_score
@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf, 1e308, 1e-308])
def test_weights_that_cannot_be_summed_are_refused(score, weight):
    labels, rows = cases.random_case(2, 5, NUM_CLASSES, "float64")
    with pytest.raises(ValueError, match="`sample_weight`.*at example 3"):
        score(labels, rows, sample_weight=[1, 1, 1, weight, 1])


@each_score
def test_rows_of_pandas_belong_together(score):
    labels, rows = cases.random_case(2, 6, NUM_CLASSES, "float64")
    index = list("abcdef")
    series, frame = pd.Series(labels, index), pd.DataFrame(rows, index)
    same(score(series, frame), score(labels, rows), atol=0)
    same(score(series.astype("Int64"), frame), score(labels, rows), atol=0)
    with pytest.raises(ValueError, match="must have the same index"):
        score(series[::-1], frame)
    with pytest.raises(ValueError, match="class_indices"):
        score(series.astype(str), frame)
