"""Tests of tfmixup.metrics.example_scores."""

import numpy as np
import pytest
import tensorflow as tf

from tfmixup.metrics import example_scores
from tfmixup.metrics.inputs import read

FUNCTIONS = [example_scores.log_losses, example_scores.squared_distances]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("compiled", [False, True])
def test_a_wrong_example_is_nan_and_one_of_weight_zero_is_0(function, compiled):
    rows = np.float32([[0.5, 0.5], [np.nan, 0.5], [np.nan, 0.5]])

    @tf.function(jit_compile=compiled)
    def run(rows):
        inputs = read([0, 0, 0], rows, [1.0, 1.0, 0.0])
        return function(inputs, from_logits=False)

    values, fault = run(rows)
    np.testing.assert_array_equal(np.isnan(values), [False, True, False])
    assert values[2] == 0
    np.testing.assert_array_equal(fault.numpy() > 0, [False, True, False])


def test_a_probability_rounded_below_zero_counts_as_zero():
    inputs = read([0], np.float32([[-1e-7, 1.0]]))
    losses, fault = example_scores.log_losses(inputs, from_logits=False)
    assert np.isinf(losses) and fault == 0


@pytest.mark.parametrize("function", FUNCTIONS)
def test_values_are_float64_for_all_inputs(function):
    for dtype in (tf.float16, tf.bfloat16, tf.float32, tf.float64):
        inputs = read([0], tf.cast([[0.5, 0.5]], dtype))
        values, _ = function(inputs, from_logits=False)
        assert values.dtype == np.float64
