"""Tests of tfmixup.distribution.cluster."""

import json
import os

import pytest
import tensorflow as tf

from tfmixup.distribution import cluster
from tfmixup.distribution import ClusterError

GOOD = {
    "cluster": {"worker": ["a:1", "b:1"]},
    "task": {"type": "worker", "index": 1},
}


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch):
    """The environment of a process that nobody started as a worker."""
    for name in ("TF_CONFIG", "SLURM_PROCID"):
        monkeypatch.delenv(name, raising=False)


def test_the_cluster_of_tf_config_is_found(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", json.dumps(GOOD))
    resolver = cluster.find_cluster()
    assert resolver.cluster_spec().as_dict() == GOOD["cluster"]
    assert (resolver.task_type, resolver.task_id) == ("worker", 1)


SLURM = {
    "SLURM_PROCID": "2",
    "SLURM_STEP_NODELIST": "node[01-02]",
    "SLURM_STEP_NUM_TASKS": "4",
    "SLURM_STEP_TASKS_PER_NODE": "2(x2)",
    "SLURMD_NODENAME": "node02",
}


def test_the_cluster_of_a_slurm_step_is_found(monkeypatch):
    for name, value in SLURM.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    resolver = cluster.find_cluster()
    assert resolver.cluster_spec().as_dict()["worker"] == [
        "node01:8888",
        "node01:8889",
        "node02:8888",
        "node02:8889",
    ]
    assert (resolver.task_type, resolver.task_id) == ("worker", 2)
    gpus = len(tf.config.list_physical_devices("GPU"))
    assert resolver.num_accelerators() == {"GPU": gpus}
    # SLURM said which GPUs are this task's; that is not changed.
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "3"


def test_a_task_that_would_listen_on_another_node_is_refused(monkeypatch):
    for name, value in SLURM.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SLURM_STEP_NODELIST", "node[9-10]")
    monkeypatch.setenv("SLURMD_NODENAME", "node10")
    message = "task 2 is on node10, and would listen on node9.*set TF_CONFIG"
    with pytest.raises(ClusterError, match=message):
        cluster.find_cluster()


def test_a_slurm_job_that_is_no_step_is_told_to_use_srun(monkeypatch):
    monkeypatch.setenv("SLURM_PROCID", "0")
    for name in SLURM:
        if name.startswith("SLURM_STEP"):
            monkeypatch.delenv(name, raising=False)
    with pytest.raises(ClusterError, match="Start the workers with `srun`"):
        cluster.find_cluster()


def test_without_any_cluster_the_message_says_what_makes_one():
    with pytest.raises(ClusterError, match="neither.*`tools/launch_workers`"):
        cluster.find_cluster()


def changed(**fields):
    return json.dumps({**GOOD, **fields})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"^TF_CONFIG must be JSON \("),
        ("[1]", r"^TF_CONFIG must be a JSON object. Received: \[1\]"),
        (changed(cluster=None), "`cluster` of TF_CONFIG must be an object"),
        (changed(cluster={}), "`cluster` of TF_CONFIG must be an object"),
        (
            changed(cluster={"ps": ["a:1"], "worker": ["b:1"]}),
            "`cluster.ps` of TF_CONFIG must be absent",
        ),
        (
            changed(cluster={"worker": "a:1"}),
            "`cluster.worker` of TF_CONFIG must be a list.* Received: 'a:1'",
        ),
        (
            changed(cluster={"worker": ["a:1", "b"]}),
            r"`cluster.worker\[1\]` of TF_CONFIG must be an address",
        ),
        (
            changed(cluster={"worker": ["a:1", "b:70000"]}),
            "with a port below 65536. Received: 'b:70000'",
        ),
        (
            changed(cluster={"worker": ["a:1", "a:1"]}),
            r"`cluster.worker\[1\]` .* address than cluster.worker\[0\]",
        ),
        (
            changed(cluster={"chief": ["a:1", "b:1"], "worker": ["c:1"]}),
            "`cluster.chief` of TF_CONFIG must be one address",
        ),
        (changed(task=None), "`task` of TF_CONFIG must be an object"),
        (
            changed(task={"type": "evaluator", "index": 0}),
            "`task.type` .* one of 'worker'. Received: 'evaluator'",
        ),
        (
            changed(task={"type": "worker", "index": 2}),
            "`task.index` .* from 0 to 1 for 'worker'. Received: 2",
        ),
        (
            changed(task={"type": "worker", "index": "0"}),
            "`task.index` .* integer.* Received: '0'",
        ),
        (changed(task={"type": "worker", "index": True}), "`task.index`"),
    ],
)
def test_what_is_wrong_with_tf_config_is_named(monkeypatch, text, message):
    with pytest.raises(ClusterError, match=message):
        cluster.check_tf_config(text)
    # TensorFlow would wait for a peer that never comes.
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(ClusterError, match=message):
        cluster.find_cluster()


def test_a_chief_is_one_of_the_workers():
    config = {
        "cluster": {"chief": ["a:1"], "worker": ["b:1"]},
        "task": {"type": "chief", "index": 0},
    }
    assert cluster.check_tf_config(json.dumps(config)) == config
