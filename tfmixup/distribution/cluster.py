"""Which processes work together, as the environment says it."""

import json
import os

import tensorflow as tf

__all__ = ["ClusterError", "check_tf_config", "find_cluster"]

_EXAMPLE = (
    '{"cluster": {"worker": ["host0:2222", "host1:2222"]}, '
    '"task": {"type": "worker", "index": 0}}'
)


class ClusterError(ValueError):
    """The environment describes no cluster; the message names the field."""


def find_cluster():
    """The cluster that TF_CONFIG or SLURM describes in the environment.

    TF_CONFIG wins over the variables of a SLURM job step.

    Returns:
        `tf.distribute.cluster_resolver.ClusterResolver`.

    Raises:
        ClusterError: neither is there, or one of them is malformed.

    Example:

    >>> find_cluster()
    Traceback (most recent call last):
    tfmixup.distribution.cluster.ClusterError: Several workers need ...
    """
    if os.environ.get("TF_CONFIG"):
        check_tf_config(os.environ["TF_CONFIG"])
        return tf.distribute.cluster_resolver.TFConfigClusterResolver()
    if "SLURM_PROCID" in os.environ:
        try:
            return _slurm_cluster()
        except (KeyError, RuntimeError) as error:
            raise ClusterError(
                f"SLURM describes no cluster that can be used: {error}. "
                "Start the workers with `srun`, one task for each; or set "
                "TF_CONFIG."
            ) from error
    raise ClusterError(
        "Several workers need TF_CONFIG or a SLURM job step in the "
        "environment. Received: neither. On one machine, "
        "`tools/launch_workers` sets TF_CONFIG; without a cluster, use the "
        "strategy 'none' or 'mirrored'."
    )


def check_tf_config(text):
    """Checks the value of TF_CONFIG before TensorFlow waits for its peers.

    A wrong address or index is not an error to TensorFlow: the process waits
    for somebody who never comes.

    Args:
        text: str, JSON.

    Returns:
        dict, the value.

    Raises:
        ClusterError: naming the field that is wrong.

    Example:

    >>> config = check_tf_config(
    ...     '{"cluster": {"worker": ["a:1", "b:1"]},'
    ...     ' "task": {"type": "worker", "index": 1}}')
    >>> config["task"]["index"]
    1
    """
    try:
        config = json.loads(text)
    except ValueError as error:
        raise ClusterError(_wrong("", f"JSON ({error})", text)) from None
    if not isinstance(config, dict):
        raise ClusterError(_wrong("", "a JSON object", config))
    cluster, task = config.get("cluster"), config.get("task")
    if not isinstance(cluster, dict) or not cluster:
        raise ClusterError(
            _wrong("cluster", "an object from task type to addresses", cluster)
        )
    _check_addresses(cluster)
    if not isinstance(task, dict):
        raise ClusterError(_wrong("task", "an object", task))
    kind, index = task.get("type"), task.get("index")
    if kind not in cluster:
        expected = f"one of {', '.join(map(repr, cluster))}"
        raise ClusterError(_wrong("task.type", expected, kind))
    count = len(cluster[kind])
    if type(index) is not int or not 0 <= index < count:
        expected = f"an integer from 0 to {count - 1} for {kind!r}"
        raise ClusterError(_wrong("task.index", expected, index))
    return config


def _slurm_cluster():
    """The cluster of a SLURM job step, each task with the GPUs that it sees.

    TensorFlow's resolver needs nvidia-smi, and shares out all GPUs of a node
    by itself; that is SLURM's business (`--gpus-per-task`). So it is told of
    more GPUs than there are tasks, and only its addresses are used.
    """
    slurm = tf.distribute.cluster_resolver.SlurmClusterResolver(
        gpus_per_node=1024, gpus_per_task=1, auto_set_gpu=False
    )
    cluster = slurm.cluster_spec()
    address = cluster.task_address(slurm.task_type, slurm.task_id)
    host, name = address.split(":")[0], os.environ.get("SLURMD_NODENAME")
    if name not in (None, host):
        # It sorts the nodes by name: node10 comes before node9.
        raise RuntimeError(
            f"task {slurm.task_id} is on {name}, and would listen on {host}"
        )
    gpus = len(tf.config.list_physical_devices("GPU"))
    return tf.distribute.cluster_resolver.SimpleClusterResolver(
        cluster,
        slurm.task_type,
        slurm.task_id,
        num_accelerators={"GPU": gpus},
        rpc_layer="grpc",
    )


def _check_addresses(cluster):
    seen = {}
    for kind, addresses in cluster.items():
        field = f"cluster.{kind}"
        if kind not in ("chief", "worker"):
            expected = "absent: only 'chief' and 'worker' take part"
            raise ClusterError(_wrong(field, expected, addresses))
        if not isinstance(addresses, list) or not addresses:
            expected = "a list of addresses 'host:port'"
            raise ClusterError(_wrong(field, expected, addresses))
        for index, address in enumerate(addresses):
            field = f"cluster.{kind}[{index}]"
            host, _, port = str(address).rpartition(":")
            if not host or not port.isdigit() or not 0 < int(port) < 65536:
                expected = "an address 'host:port' with a port below 65536"
                raise ClusterError(_wrong(field, expected, address))
            if address in seen:
                expected = f"another address than {seen[address]}"
                raise ClusterError(_wrong(field, expected, address))
            seen[address] = field
    if len(cluster.get("chief", "1")) != 1:
        raise ClusterError(
            _wrong("cluster.chief", "one address", cluster["chief"])
        )


def _wrong(field, expected, received):
    field = f"`{field}` of TF_CONFIG" if field else "TF_CONFIG"
    return (
        f"{field} must be {expected}. Received: {received!r}. "
        f"An example: {_EXAMPLE}"
    )
