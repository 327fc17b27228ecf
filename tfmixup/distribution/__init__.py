"""Training on several devices and several machines."""

from tfmixup.distribution.cluster import ClusterError as ClusterError
from tfmixup.distribution.deadline import RESTARTABLE as RESTARTABLE
from tfmixup.distribution.deadline import StartUpDeadline as StartUpDeadline
from tfmixup.distribution.exchange import check_agreement as check_agreement
from tfmixup.distribution.exchange import gather as gather
from tfmixup.distribution.exchange import wait_for_all as wait_for_all
from tfmixup.distribution.exchange import WorkersDisagree as WorkersDisagree
from tfmixup.distribution.replicas import (
    average_moving_statistics as average_moving_statistics,
)
from tfmixup.distribution.replicas import moving_statistics as moving_statistics
from tfmixup.distribution.replicas import ReplicaValues as ReplicaValues
from tfmixup.distribution.strategies import get_strategy
from tfmixup.distribution.strategies import (
    MultiWorkerStrategy as MultiWorkerStrategy,
)
from tfmixup.distribution.strategies import Worker as Worker
from tfmixup.distribution.strategies import worker_of as worker_of
from tfmixup.distribution.streams import distribute_stream as distribute_stream

__all__ = [
    "get_strategy",
]


def __dir__():
    return __all__
