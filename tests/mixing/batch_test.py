"""Tests of tfmixup.mixing.batch: what is refused, and in which words."""

import numpy as np
import pytest
import tensorflow as tf

from tfmixup.mixing.batch import check_batch
from tfmixup.mixing.batch import check_mixable
from tfmixup.mixing.batch import check_weights
from tfmixup.mixing.batch import soft_labels


@pytest.mark.parametrize(
    "dtype", ["int8", "uint8", "uint16", "int32", "uint32", "int64", "uint64"]
)
def test_integer_labels_become_float32_one_hot_rows(dtype):
    rows = soft_labels(tf.constant([2, 0], dtype), 3)
    assert rows.dtype == tf.float32
    np.testing.assert_array_equal(rows, [[0, 0, 1], [1, 0, 0]])


@pytest.mark.parametrize(
    "dtype", [tf.float16, tf.bfloat16, tf.float32, tf.float64]
)
def test_soft_labels_keep_their_dtype(dtype):
    rows = soft_labels(tf.constant([[0.25, 0.75]], dtype), None)
    assert rows.dtype == dtype


@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_out_of_range_is_refused(label):
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"in \[0, 3\)"):
        soft_labels(tf.constant([0, label]), 3)


def test_integer_labels_need_num_classes():
    with pytest.raises(ValueError, match="need `num_classes`"):
        soft_labels(tf.constant([0, 1]), None)


@pytest.mark.parametrize(
    ("labels", "error"),
    [
        (tf.constant([0.0, 1.0]), ValueError),
        (tf.constant([[0, 1], [1, 0]]), ValueError),
        (tf.constant(1), ValueError),
        (tf.constant(["cat"]), TypeError),
        (tf.constant([True]), TypeError),
    ],
    ids=["float indices", "int rows", "scalar", "string", "bool"],
)
def test_other_label_formats_are_refused_with_the_way_out(labels, error):
    with pytest.raises(error, match="Labels must be class indices.*Received"):
        soft_labels(labels, 2)


@pytest.mark.parametrize(
    "row",
    [[0.5, 0.6, 0.2], [-0.5, 1.0, 0.5], [np.nan, 0.5, 0.5], [1.0, 1.0, 0.0]],
    ids=["sum", "negative", "nan", "multi-label"],
)
def test_rows_that_are_no_probabilities_are_refused(row):
    with pytest.raises(tf.errors.InvalidArgumentError, match="sum to 1"):
        soft_labels(tf.constant([row]), 3)


def test_the_number_of_columns_must_be_num_classes():
    with pytest.raises(ValueError, match="num_classes=3"):
        soft_labels(tf.constant([[0.5, 0.5]]), 3)
    with pytest.raises(ValueError, match="at least 2"):
        soft_labels(tf.constant([[1.0]]), None)


@pytest.mark.parametrize("dtype", [tf.int32, tf.int64, tf.string, tf.bool])
def test_features_that_cannot_be_mixed_are_refused(dtype):
    with pytest.raises(TypeError, match="Token ids cannot be mixed"):
        check_mixable({"tokens": tf.zeros([2, 5], dtype)})


def test_features_without_a_batch_dimension_are_refused():
    with pytest.raises(ValueError, match=r"Call `dataset.batch\(...\)`"):
        check_batch(tf.zeros([]), tf.constant([0]))


def test_an_unbatched_example_is_refused():
    with pytest.raises(ValueError, match=r"Call `dataset.batch\(...\)`"):
        check_batch(tf.zeros([28, 28, 1]), tf.constant(3))
    # A one-hot row of 10 could pass for 10 labels: the sizes differ.
    with pytest.raises(ValueError, match=r"Call `dataset.batch\(...\)`"):
        check_batch(tf.zeros([28, 28, 1]), tf.one_hot(3, 10))


def test_sizes_that_differ_only_at_run_time_are_refused():
    signature = [tf.TensorSpec([None, 2]), tf.TensorSpec([None], tf.int32)]
    graph = tf.function(check_batch, input_signature=signature)
    assert graph(tf.zeros([3, 2]), tf.zeros([3], tf.int32)) == 3
    with pytest.raises(tf.errors.InvalidArgumentError, match="same number"):
        graph(tf.zeros([3, 2]), tf.zeros([4], tf.int32))


def test_an_empty_batch_is_refused():
    with pytest.raises(tf.errors.InvalidArgumentError, match="at least 1"):
        check_batch(tf.zeros([0, 2]), tf.zeros([0], tf.int32))


def test_an_empty_structure_is_refused():
    with pytest.raises(ValueError, match="empty structure"):
        check_batch({}, tf.constant([0]))


def test_an_unknown_rank_is_refused():
    graph = tf.function(check_batch)
    with pytest.raises(ValueError, match="rank .* must be known"):
        graph.get_concrete_function(
            tf.TensorSpec(None), tf.TensorSpec([None], tf.int32)
        )


@pytest.mark.parametrize(
    "dtype, num_classes",
    [("uint8", 256), ("uint8", 1000), ("int8", 200), ("uint16", 65536)],
)
def test_a_dtype_need_not_hold_the_number_of_classes(dtype, num_classes):
    rows = soft_labels(tf.constant([2, 100], dtype), num_classes)
    assert rows.shape == (2, num_classes)
    np.testing.assert_array_equal(tf.argmax(rows, 1), [2, 100])


def test_a_column_of_indices_is_a_vector():
    rows = soft_labels(tf.constant([[1], [0]]), 2)
    np.testing.assert_array_equal(rows, [[0, 1], [1, 0]])


@pytest.mark.parametrize("shape", [[3], [3, 1]])
@pytest.mark.parametrize("dtype", ["int32", "uint8", "float32", "float64"])
def test_labels_of_one_unit_keep_their_shape(dtype, shape):
    labels = tf.reshape(tf.constant([0, 1, 1], dtype), shape)
    found = soft_labels(labels, 1)
    assert found.dtype.is_floating and found.shape == labels.shape
    np.testing.assert_array_equal(found, tf.cast(labels, found.dtype))


@pytest.mark.parametrize("label", [2.0, -0.5, np.nan])
def test_labels_of_one_unit_lie_between_0_and_1(label):
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"in \[0, 1\]"):
        soft_labels(tf.constant([0.0, label]), 1)


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_weights_that_cannot_be_mixed_are_refused(weight):
    with pytest.raises(tf.errors.InvalidArgumentError, match="finite and at"):
        check_weights(tf.constant([1.0, weight]), tf.constant([0, 1]))


@pytest.mark.parametrize(
    "weights, error",
    [
        (tf.ones([2, 3]), ValueError),
        (tf.ones([]), ValueError),
        (tf.constant(["a", "b"]), TypeError),
    ],
)
def test_weights_of_another_form_are_refused(weights, error):
    with pytest.raises(error, match="Sample weights must.*Received"):
        check_weights(weights, tf.constant([0, 1]))


def test_another_number_of_weights_is_refused():
    with pytest.raises(tf.errors.InvalidArgumentError, match="one for each"):
        check_weights(tf.ones([3]), tf.constant([0, 1]))
