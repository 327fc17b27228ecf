"""What workers tell each other outside of the training step."""

import functools
import hashlib
import json

import numpy as np
import tensorflow as tf

from tfmixup.distribution.strategies import worker_of

__all__ = ["WorkersDisagree", "check_agreement", "gather", "wait_for_all"]


class WorkersDisagree(RuntimeError):
    """Workers are about to do different things; the message says which."""


def gather(strategy, array):
    """The rows of all workers, in the order of the workers, on each of them.

    Every worker must call it, with rows of the same kind.

    Args:
        strategy: `tf.distribute.Strategy`, or None.
        array: NumPy array `[n, ...]`; n may differ between workers and be 0.

    Returns:
        NumPy array `[sum of n, ...]`; `array` itself without other workers.

    Example:

    >>> gather(None, np.arange(3)).tolist()
    [0, 1, 2]
    """
    if worker_of(strategy).count == 1:
        return array

    replicas = len(strategy.extended.worker_devices)

    def value_of(context):
        # The rows are those of the worker's first replica.
        first = context.replica_id_in_sync_group % replicas == 0
        return tf.constant(array if first else array[:0])

    values = strategy.experimental_distribute_values_from_function(value_of)
    gather_all = _gather_of(strategy, array.dtype, array.shape[1:])
    return gather_all(values).numpy()


@functools.cache
def _gather_of(strategy, dtype, row_shape):
    """A function for each kind of rows, traced for one number and for any."""
    del dtype, row_shape
    return tf.function(
        lambda values: strategy.gather(values, axis=0), reduce_retracing=True
    )


def check_agreement(strategy, facts):
    """Makes sure that all workers start from the same place.

    A worker that restored another step, or reads other data, does not fail
    by itself: it trains other weights, and the result is wrong.

    Args:
        strategy: `tf.distribute.Strategy`, or None.
        facts: dict from str to JSON values, with the same keys in all
            workers.

    Raises:
        WorkersDisagree: on all workers, naming the facts and the workers.

    Example:

    >>> check_agreement(None, {"step": 0})
    """
    names = sorted(facts)
    digests = np.stack([_digest(facts[name]) for name in names])
    received = gather(strategy, digests[None])
    chief = received[0]
    wrong = {
        name: np.flatnonzero((received[:, i] != chief[i]).any(-1)).tolist()
        for i, name in enumerate(names)
    }
    wrong = {name: workers for name, workers in wrong.items() if workers}
    if wrong:
        worker = worker_of(strategy)
        here = {name: facts[name] for name in wrong}
        raise WorkersDisagree(
            "All workers must agree. Received from "
            + "; ".join(
                f"worker {', '.join(map(str, workers))}: another {name!r} than "
                "the chief"
                for name, workers in wrong.items()
            )
            + f". On worker {worker.index}: {json.dumps(here)}. Give all of "
            "them the same flags, data and shared run directory."
        )


def wait_for_all(strategy):
    """Returns when every worker has called it."""
    gather(strategy, np.zeros([1], np.int32))


def _digest(fact):
    text = json.dumps(fact, sort_keys=True)
    digest = hashlib.sha256(text.encode()).digest()
    return np.frombuffer(digest, np.int32)
