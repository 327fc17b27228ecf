"""Training on several devices and several machines."""

from tfmixup.distribution.cluster import ClusterError
from tfmixup.distribution.deadline import RESTARTABLE
from tfmixup.distribution.deadline import StartUpDeadline
from tfmixup.distribution.exchange import check_agreement
from tfmixup.distribution.exchange import gather
from tfmixup.distribution.exchange import wait_for_all
from tfmixup.distribution.exchange import WorkersDisagree
from tfmixup.distribution.replicas import average_moving_statistics
from tfmixup.distribution.replicas import moving_statistics
from tfmixup.distribution.replicas import ReplicaValues
from tfmixup.distribution.strategies import get_strategy
from tfmixup.distribution.strategies import MultiWorkerStrategy
from tfmixup.distribution.strategies import Worker
from tfmixup.distribution.strategies import worker_of
from tfmixup.distribution.streams import distribute_stream

__all__ = [
    "RESTARTABLE",
    "ClusterError",
    "MultiWorkerStrategy",
    "ReplicaValues",
    "StartUpDeadline",
    "Worker",
    "WorkersDisagree",
    "average_moving_statistics",
    "check_agreement",
    "distribute_stream",
    "gather",
    "get_strategy",
    "moving_statistics",
    "wait_for_all",
    "worker_of",
]


def __dir__():
    return __all__
