"""Tests of tfmixup.metrics.faults; inputs_test.py has each wrong value."""

import numpy as np
import pytest
import tensorflow as tf

from tfmixup.metrics import faults
from tfmixup.metrics.inputs import read

ROWS = np.full([3, 2], 0.5)


def inputs(weight=None):
    return read([0, 1, 0], ROWS, weight)


def test_the_first_of_several_faults_is_reported():
    first, second = np.array([0, 2, 0]), np.array([0, 1, 3])
    combined = faults.combine_faults(inputs(), first, second)
    np.testing.assert_array_equal(combined, [0, 2, 3])


def test_an_example_of_weight_zero_is_not_at_fault():
    combined = faults.combine_faults(inputs([1, 0, 1]), np.array([0, 2, 0]))
    np.testing.assert_array_equal(combined, [0, 0, 0])


def test_no_fault_is_the_int_0_that_costs_nothing():
    assert faults.combine_faults(inputs(), 0, 0) == 0
    faults.refuse(0, inputs())


@pytest.mark.parametrize("shape", [(3,), (3, 2)])
def test_settling_marks_wrong_examples_and_drops_weightless_ones(shape):
    settled = faults.settle(
        np.ones(shape), inputs([1, 0, 1]), np.array([0, 0, 2])
    )
    settled = settled.reshape(3, -1)
    assert np.all(settled[0] == 1) and np.all(settled[1] == 0)
    assert np.all(np.isnan(settled[2]))


def test_the_index_in_a_message_counts_from_the_offset():
    with pytest.raises(ValueError, match="at example 102 "):
        faults.refuse(np.array([0, 0, 1]), inputs(), offset=100)


def test_a_graph_raises_too():
    graph = tf.function(lambda fault: faults.refuse(fault, inputs()))
    graph(tf.constant([0, 0, 0]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be finite"):
        graph(tf.constant([0, 1, 0]))
