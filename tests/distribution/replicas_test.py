"""Tests of tfmixup.distribution.replicas."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.replicas import two_replicas
from tfmixup import distribution


def normalized(strategy, examples):
    """A model whose replicas saw their own part of the examples, once."""
    with strategy.scope():
        model = keras.Sequential(
            [
                keras.Input([1]),
                keras.layers.BatchNormalization(momentum=0.0),
                keras.layers.Dense(1),
            ]
        )
        model.compile("sgd", "mse")
    # With a momentum of 0 the moving statistics are those of the batch.
    model.fit(examples, np.ones([4, 1]), batch_size=4, shuffle=False, verbose=0)
    return model


EXAMPLES = np.array([[0.0], [2.0], [4.0], [8.0]])


def values_of(model):
    strategy = model.distribute_strategy
    statistics = distribution.moving_statistics(model)
    return distribution.ReplicaValues(strategy, statistics)


def test_each_replica_has_the_statistics_of_its_part():
    model = normalized(two_replicas(), EXAMPLES)
    mean, variance = values_of(model).read()
    np.testing.assert_allclose(mean, [[1.0], [6.0]], rtol=1e-6)
    np.testing.assert_allclose(variance, [[1.0], [4.0]], rtol=1e-6)


def test_the_average_is_the_same_on_all_replicas():
    model = normalized(two_replicas(), EXAMPLES)
    distribution.average_moving_statistics(model)
    mean, variance = values_of(model).read()
    np.testing.assert_allclose(mean, [[3.5], [3.5]], rtol=1e-6)
    np.testing.assert_allclose(variance, [[2.5], [2.5]], rtol=1e-6)


def test_one_device_keeps_its_statistics():
    model = normalized(tf.distribute.get_strategy(), EXAMPLES)
    before = values_of(model).read()
    distribution.average_moving_statistics(model)
    np.testing.assert_array_equal(values_of(model).read(), before)
    np.testing.assert_allclose(before[0], [[3.5]], rtol=1e-6)


def test_what_is_written_is_read():
    model = normalized(two_replicas(), EXAMPLES)
    written = [np.float32([[1.0], [2.0]]), np.float32([[3.0], [4.0]])]
    values_of(model).write(written)
    np.testing.assert_array_equal(values_of(model).read(), written)


def test_values_for_another_number_of_replicas_are_refused():
    model = normalized(two_replicas(), EXAMPLES)
    message = "1 values of .*moving_mean for 2 replicas. Use as many devices"
    with pytest.raises(ValueError, match=message):
        values_of(model).write([np.ones([1, 1]), np.ones([1, 1])])


def test_two_workers_have_statistics_of_their_own_until_they_are_averaged(
    workers,
):
    one, other = (worker.arrays for worker in workers)
    own = one["own_statistics"]  # [statistic, replica, unit]
    np.testing.assert_array_equal(own, other["own_statistics"])
    assert (own[:, 0] != own[:, 1]).any()
    for worker in (one, other):
        average = worker["average_statistics"]
        np.testing.assert_array_equal(average[:, 0], average[:, 1])
        np.testing.assert_allclose(average[:, 0], own.mean(1), rtol=1e-12)


def test_two_workers_read_what_was_written(workers):
    expected = np.arange(16.0).reshape(2, 8)
    for worker in workers:
        mean, variance = worker.arrays["written_statistics"]
        np.testing.assert_array_equal(mean, expected)
        np.testing.assert_array_equal(variance, -expected)


def test_two_workers_drop_other_units(workers):
    one, other = (worker.arrays["seeds"] for worker in workers)
    np.testing.assert_array_equal(one, other)
    assert (one[0] != one[1]).any()
