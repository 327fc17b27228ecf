"""Tests of tfmixup.distribution.streams."""

import numpy as np
import tensorflow as tf

from tests.distribution import jobs
from tests.replicas import two_replicas
from tfmixup import distribution


def whole_batches(count=3):
    batches = list(jobs.mixed_stream(0, 1).take(count).as_numpy_iterator())
    return [np.stack(part) for part in zip(*batches, strict=True)]


def test_one_device_gets_the_stream_itself():
    stream = jobs.mixed_stream(0, 1)
    one = distribution.get_strategy("none")
    calls = []

    def make(*shard):
        calls.append(shard)
        return stream

    assert distribution.distribute_stream(one, make) is stream
    assert calls == [(0, 1)]


def test_replicas_get_the_parts_of_the_global_batch_in_order():
    strategy = two_replicas()
    stream = distribution.distribute_stream(strategy, jobs.mixed_stream)
    iterator = iter(stream)
    features, labels = whole_batches()
    for step in range(3):
        for part, expected in zip(
            next(iterator), (features[step], labels[step]), strict=True
        ):
            parts = strategy.experimental_local_results(part)
            assert [len(each) for each in parts] == [4, 4]
            np.testing.assert_array_equal(np.concatenate(parts), expected)


def test_workers_get_the_parts_of_the_global_batch_in_order(workers):
    for name, expected in zip(
        ("features", "soft_labels"), whole_batches(), strict=True
    ):
        parts = [worker.arrays[name] for worker in workers]
        np.testing.assert_array_equal(np.concatenate(parts, 1), expected)


def test_a_distributed_stream_has_no_end():
    numbers = tf.data.Dataset.range(2).batch(1).repeat()
    stream = distribution.distribute_stream(
        two_replicas(), lambda index, count: numbers
    )
    assert stream.cardinality == tf.data.INFINITE_CARDINALITY
