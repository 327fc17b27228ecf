"""Tests of tfmixup.metrics.frames."""

import numpy as np
import pandas as pd
import pytest

from tfmixup.metrics import frames

LABELS = {
    "strings": (["b", "a", "b"], ["a", "b"]),
    "array of strings": (np.array(["b", "a", "b"]), np.array(["a", "b"])),
    "column": (np.array([["b"], ["a"], ["b"]]), ["a", "b"]),
    "bools": ([True, False, True], [False, True]),
    "array of bools": (np.array([True, False, True]), [False, True]),
    "numbers": ([7, 3, 7], [3, 7]),
    "float numbers": (np.array([7.0, 3.0, 7.0]), [3, 7]),
    "categorical": (
        pd.Series(["b", "a", "b"], dtype="category"),
        ["a", "b"],
    ),
    "nullable": (pd.Series([7, 3, 7], dtype="Int64"), [3, 7]),
    "nullable strings": (pd.Series(["b", "a", "b"], dtype="string"), "ab"),
}


@pytest.mark.parametrize("name", LABELS)
def test_names_become_columns_in_the_order_of_classes(name):
    labels, classes = LABELS[name]
    found = frames.class_indices(labels, list(classes))
    assert found.tolist() == [1, 0, 1] and found.dtype == np.int64


@pytest.mark.parametrize(
    "labels",
    [
        ["a", "c", "a"],
        ["a", None, "a"],
        pd.Series(["a", None, "a"], dtype="category"),
        pd.Series(["a", pd.NA, "a"], dtype="string"),
        [1.0, np.nan, "a"],
    ],
)
def test_a_label_that_is_none_of_the_classes_is_named(labels):
    with pytest.raises(ValueError, match=r"one of `classes`.*at example"):
        frames.class_indices(labels, ["a", "b"])


@pytest.mark.parametrize("classes", [["a", "a"], ["a"], [], "ab"])
def test_classes_that_are_no_list_of_names_are_refused(classes):
    with pytest.raises(ValueError, match="`classes` must.*Received"):
        frames.class_indices(["a"], classes)


def test_frames_become_arrays_of_their_own_dtype():
    frame = pd.DataFrame({"a": [0.5], "b": [0.5]}, dtype="float32")
    series = pd.Series([1], dtype="Int8")
    rows, labels, nothing = frames.without_frames(a=frame, b=series, c=None)
    assert rows.dtype == np.float32 and rows.shape == (1, 2)
    assert labels.dtype == np.int8
    assert nothing is None
    [wide] = frames.without_frames(a=frame.astype("Float64"))
    assert wide.dtype == np.float64


def test_missing_values_of_nullable_columns_are_counted():
    series = pd.Series([1, None, None], dtype="Int64")
    with pytest.raises(ValueError, match="`labels`.*2 missing"):
        frames.without_frames(labels=series)


def test_indexes_that_differ_are_named():
    labels = pd.Series([0, 1], index=[5, 6])
    frame = pd.DataFrame(np.eye(2))
    with pytest.raises(ValueError, match=r"`labels` and `predictions`.*\[5, 6"):
        frames.without_frames(labels=labels, predictions=frame)
    frames.without_frames(labels=labels.to_numpy(), predictions=frame)


def test_classes_name_the_columns_of_the_predictions():
    labels = pd.Series(["b", "a"], index=[3, 4])
    frame = pd.DataFrame(np.eye(2), index=[3, 4])
    found, rows, weight = frames.with_class_indices(["a", "b"], labels, frame)
    assert found.tolist() == [1, 0] and rows.shape == (2, 2)
    assert weight is None
    with pytest.raises(ValueError, match="must have the same index"):
        frames.with_class_indices(["a", "b"], labels, frame[::-1])
    with pytest.raises(ValueError, match=r"3 classes.*shape \(2, 2\)"):
        frames.with_class_indices(["a", "b", "c"], labels, frame)
    frames.with_class_indices(["a", "b"], labels, np.array([0.5, 0.5]))


@pytest.mark.parametrize(
    "classes",
    [
        {"a", "b"},
        frozenset("ab"),
        {"a": 1, "b": 0},
        "ab",
        ["a", "b", "a"],
        ["a"],
    ],
)
def test_classes_without_an_order_are_refused(classes):
    with pytest.raises(ValueError, match="`classes` must"):
        frames.class_indices(["a", "b"], classes)
    with pytest.raises(ValueError, match="`names` must"):
        frames.class_list(classes, "names")


def test_columns_in_another_order_than_the_classes_are_refused():
    frame = pd.DataFrame(np.eye(2), columns=["b", "a"])
    with pytest.raises(ValueError, match=r"in the order.*\['a', 'b'\]"):
        frames.with_class_indices(["a", "b"], ["a", "b"], frame)
    in_order = frame[["a", "b"]]
    found, rows, _ = frames.with_class_indices(["a", "b"], ["a", "b"], in_order)
    np.testing.assert_array_equal(rows, [[0, 1], [1, 0]])
    # Labels of `pandas.get_dummies` and predictions.
    with pytest.raises(ValueError, match="in the order"):
        frames.without_frames(labels=in_order, predictions=frame)
    with pytest.raises(ValueError, match="in the order"):
        frames.without_frames(predictions=in_order.set_axis([1, 0], axis=1))
    # Names that say nothing of classes are left alone.
    other = in_order.set_axis(["score of a", "score of b"], axis=1)
    frames.with_class_indices(["a", "b"], ["a", "b"], other)


def test_a_mask_is_not_ignored():
    masked = np.ma.masked_array([0, 1], mask=[False, True])
    for name in ("labels", "predictions", "sample_weight"):
        with pytest.raises(ValueError, match=f"`{name}` must have no mask"):
            frames.without_frames(**{name: masked})
