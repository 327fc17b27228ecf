"""Tests of tfmixup.mixing.elements; conformance/stages_test.py has the rest."""

import numpy as np
import pytest
import tensorflow as tf

from tfmixup.mixing.elements import check_elements
from tfmixup.mixing.elements import check_num_classes
from tfmixup.mixing.elements import check_structure

X = tf.TensorSpec([4, 2])
Y = tf.TensorSpec([4], tf.int32)


@pytest.mark.parametrize("number", [1, 2, np.int64(7)])
def test_numbers_of_classes_are_ints(number):
    assert type(check_num_classes(number)) is int
    assert check_num_classes(None) is None


@pytest.mark.parametrize("number", [0, -1, 3.7, True, "3", [3]])
def test_what_is_no_number_of_classes_is_refused(number):
    with pytest.raises(ValueError, match="`num_classes` must be an integer"):
        check_num_classes(number)


def test_elements_of_another_form_are_refused():
    check_elements((X, Y))
    check_elements(({"a": X, "b": X}, Y, Y))
    with pytest.raises(ValueError, match="features, labels, weights"):
        check_elements((X, Y, Y, Y))
    with pytest.raises(ValueError, match="must give .features, labels."):
        check_elements(X)


def test_what_is_not_dense_is_refused_by_type():
    for labels in ({"a": Y}, (Y, Y), [0, 1]):
        with pytest.raises(TypeError, match="Labels must be one tensor"):
            check_structure((X, labels))
    with pytest.raises(TypeError, match="Weights must be one tensor"):
        check_structure((X, Y, [1.0, 2.0]))
    ragged = tf.RaggedTensorSpec([4, None])
    sparse = tf.SparseTensorSpec([4, 2])
    for features in (ragged, sparse, {"a": X, "b": ragged}):
        with pytest.raises(TypeError, match="must be dense"):
            check_structure((features, Y))
    for value in (1.0, "text", None):
        with pytest.raises(TypeError, match="must be tensors or arrays"):
            check_structure((value, Y))
