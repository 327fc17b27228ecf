"""Tests of tfmixup.mixing.plan: a plan survives what happens to a batch."""

import keras
import numpy as np
import tensorflow as tf

from tfmixup.mixing import Plan
from tfmixup.mixing import Planned


def planned(size=6):
    rows = tf.range(size)
    coefficients = {0: tf.ones([size]), 10: tf.linspace(0.0, 1.0, size)}
    return Planned(
        plan=Plan(rows[::-1] - rows, coefficients),
        features={"ids": rows[:, None]},
    )


def test_a_plan_passes_through_datasets_functions_and_keras_trees():
    value = planned()
    (element,) = tf.data.Dataset.from_tensors(value)
    traced = tf.function(lambda x: x)(value)
    mapped = keras.tree.map_structure(lambda x: x, value)
    for result in (element, traced, mapped):
        assert type(result) is Planned
        assert type(result.plan) is Plan
        assert sorted(result.plan.coefficients) == [0, 10]
        tf.nest.map_structure(np.testing.assert_array_equal, result, value)


def test_whoever_splits_a_batch_splits_its_plan():
    whole = planned()
    parts = list(tf.data.Dataset.from_tensors(whole).unbatch().batch(3))
    assert [type(part) for part in parts] == [Planned, Planned]
    joined = tf.nest.map_structure(lambda *x: tf.concat(x, 0), *parts)
    tf.nest.map_structure(np.testing.assert_array_equal, joined, whole)
