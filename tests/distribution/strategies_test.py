"""Tests of tfmixup.distribution.strategies."""

import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from tests.distribution import jobs
from tests.models import checks
from tests.replicas import two_replicas
from tfmixup import distribution


def test_none_is_one_device():
    strategy = distribution.get_strategy("none")
    assert strategy.num_replicas_in_sync == 1
    assert distribution.worker_of(strategy) == (0, 1)
    assert distribution.worker_of(None).is_chief


def test_mirrored_has_a_replica_on_each_device():
    strategy = distribution.get_strategy("mirrored")
    assert isinstance(strategy, tf.distribute.MirroredStrategy)
    assert strategy.num_replicas_in_sync == 2
    assert distribution.worker_of(strategy) == (0, 1)


def test_another_name_is_refused():
    message = "one of none, mirrored, multi_worker. Received: name='horovod'"
    with pytest.raises(ValueError, match=message):
        distribution.get_strategy("horovod")


def test_each_of_two_workers_knows_which_it_is(workers):
    found = [
        distribution.Worker(*worker.values["worker"]) for worker in workers
    ]
    assert found == [(0, 2), (1, 2)]
    assert [worker.is_chief for worker in found] == [True, False]


def resolved(kind, index, **cluster):
    """A strategy's resolver and nothing else of it."""

    class Strategy:
        cluster_resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
            tf.train.ClusterSpec(cluster), task_type=kind, task_id=index
        )

    return Strategy


@pytest.mark.parametrize(
    ("kind", "index", "expected"),
    [("chief", 0, 0), ("worker", 0, 1), ("worker", 1, 2)],
)
def test_a_chief_is_the_first_of_the_workers(kind, index, expected):
    strategy = resolved(kind, index, chief=["a:1"], worker=["b:1", "c:1"])
    assert distribution.worker_of(strategy) == (expected, 3)


LONE = """
from tfmixup import distribution
distribution.get_strategy("multi_worker", start_deadline=1.0)
"""


def test_a_lone_worker_gives_up_with_status_75():
    # Port 1 is nobody's: the other worker never comes.
    with socket.socket() as free:
        free.bind(("localhost", 0))
        here = f"localhost:{free.getsockname()[1]}"
    cluster = {"worker": ["localhost:1", here]}
    config = {"cluster": cluster, "task": {"type": "worker", "index": 1}}
    ended = subprocess.run(
        [sys.executable, "-c", LONE],
        env={**os.environ, "TF_CONFIG": json.dumps(config)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.returncode == distribution.RESTARTABLE, ended.stderr
    assert f"within 1 s: localhost:1, {here}." in ended.stderr


@pytest.fixture(scope="module")
def one_process():
    """The model of `jobs`, trained by one device on the whole batches."""
    with checks.dtype_policy("float64"):
        strategy = distribution.get_strategy("none")
        # Both parts of a batch, each mixed within itself.
        model, history = jobs.trained(strategy)
        logits, labels = jobs.judged(model, strategy)
    return model, history, logits, labels


def test_two_workers_have_the_same_weights_bit_for_bit(workers):
    names = [name for name in workers[0].arrays if name.startswith("weights/")]
    assert len(names) == 8
    for name in names:
        np.testing.assert_array_equal(*(each.arrays[name] for each in workers))


def test_two_workers_train_and_judge_as_one_process(workers, one_process):
    model, history, logits, labels = one_process
    for values, arrays in workers:
        for weight in model.weights:
            actual = arrays[f"weights/{weight.path}"]
            np.testing.assert_allclose(actual, weight.numpy(), atol=1e-12)
        np.testing.assert_allclose(arrays["logits"], logits, atol=1e-11)
        # Every example once and in order: 21 in batches of 8.
        np.testing.assert_array_equal(arrays["labels"], labels)
        for name, expected in history.items():
            assert values["history"][name] == pytest.approx(expected, abs=1e-7)


def test_two_replicas_train_and_judge_as_one(one_process):
    expected, history, logits, _ = one_process
    with checks.dtype_policy("float64"):
        model, found = jobs.trained(two_replicas())
        judged, _ = jobs.judged(model, two_replicas())
    for one, other in zip(model.weights, expected.weights, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), atol=1e-12)
    np.testing.assert_allclose(judged, logits, atol=1e-11)
    for name in history:
        assert found[name] == pytest.approx(history[name], abs=1e-7)


@pytest.mark.parametrize("half", ["structures", "scalars"])
def test_keras_cannot_fit_yet_without_our_reduce(workers, half):
    for worker in workers:
        assert half in worker.values["upstream"], (
            "Keras fits under MultiWorkerMirroredStrategy without this half of "
            "MultiWorkerStrategy.reduce (keras issue 20585): remove it."
        )
