"""Distribution strategies by name, and what a process is in one of them."""

from typing import NamedTuple

import tensorflow as tf

from tfmixup.distribution.cluster import find_cluster
from tfmixup.distribution.deadline import StartUpDeadline
from tfmixup.keras_backend import require_tensorflow

__all__ = ["MultiWorkerStrategy", "Worker", "get_strategy", "worker_of"]

_NAMES = ("none", "mirrored", "multi_worker")


class Worker(NamedTuple):
    """One of the processes that train a model together.

    Attributes:
        index: int from 0 to count - 1. Worker 0 is the chief, who writes.
        count: int, the number of workers; 1 without several.
    """

    index: int
    count: int

    @property
    def is_chief(self):
        """Whether this process writes what all of them made."""
        return self.index == 0


class MultiWorkerStrategy(tf.distribute.MultiWorkerMirroredStrategy):
    """`MultiWorkerMirroredStrategy` that Keras 3 can `fit` with.

    Keras 3 asks a strategy to reduce a whole structure of tensors at once
    when it builds a model, and to reduce the scalars of its logs along an
    axis; TensorFlow does neither, and `fit` fails
    (https://github.com/keras-team/keras/issues/20585). Everything else is
    TensorFlow's.
    """

    def reduce(self, reduce_op, value, axis=None):
        """Reduces values over all replicas.

        Args:
            reduce_op: "SUM" or "MEAN", or `tf.distribute.ReduceOp`.
            value: structure of tensors or per-replica values.
            axis: int, the axis of each value that is reduced as well; None
                for none. Scalars have none.

        Returns:
            The structure with reduced tensors.
        """

        def reduce_one(leaf):
            rank = self.experimental_local_results(leaf)[0].shape.rank
            return super(MultiWorkerStrategy, self).reduce(
                reduce_op, leaf, None if rank == 0 else axis
            )

        return tf.nest.map_structure(reduce_one, value)


def get_strategy(name, *, start_deadline=300.0):
    """A distribution strategy.

    Create the model and compile it under `strategy.scope()`; give `fit` what
    `distribute_stream` makes. With several workers every one of them runs the
    same program; none starts before all are there.

    Args:
        name: "none" for one device; "mirrored" for all GPUs of this machine
            (or all logical CPUs); "multi_worker" for all devices of several
            processes, found through TF_CONFIG or SLURM.
        start_deadline: float, seconds after which a worker that still waits
            for the others ends its process with status 75: TensorFlow waits
            for ever, and lets no signal but SIGKILL through meanwhile.

    Returns:
        `tf.distribute.Strategy`.

    Raises:
        ValueError: another name.
        ClusterError: no cluster, or a malformed one, for "multi_worker".

    Example:

    >>> get_strategy("none").num_replicas_in_sync
    1
    """
    require_tensorflow("get_strategy")
    if name == "none":
        return tf.distribute.get_strategy()
    if name == "mirrored":
        return tf.distribute.MirroredStrategy(_local_devices())
    if name != "multi_worker":
        raise ValueError(
            f"`name` must be one of {', '.join(_NAMES)}. "
            f"Received: name={name!r}."
        )
    resolver = find_cluster()
    with StartUpDeadline(start_deadline, _peers(resolver)):
        return MultiWorkerStrategy(cluster_resolver=resolver)


def worker_of(strategy):
    """Which of the workers of a strategy this process is.

    Args:
        strategy: `tf.distribute.Strategy`, or None.

    Returns:
        `Worker`.

    Example:

    >>> worker_of(get_strategy("none"))
    Worker(index=0, count=1)
    """
    resolver = getattr(strategy, "cluster_resolver", None)
    cluster = resolver.cluster_spec().as_dict() if resolver else {}
    if not cluster:
        return Worker(0, 1)
    chiefs = len(cluster.get("chief", ()))
    index = resolver.task_id
    if resolver.task_type != "chief":
        index += chiefs
    return Worker(index, chiefs + len(cluster.get("worker", ())))


def _local_devices():
    kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
    return [device.name for device in tf.config.list_logical_devices(kind)]


def _peers(resolver):
    cluster = resolver.cluster_spec().as_dict()
    return [address for kind in sorted(cluster) for address in cluster[kind]]
