"""Two replicas in one process."""

import functools

import tensorflow as tf


@functools.cache
def two_replicas():
    """The one strategy over the two logical CPUs of the test session.

    One for all tests: each `MirroredStrategy` numbers its collective ops from
    the same start, and the second one fails where an op of the same number had
    another dtype ("Collective instance 100 expected type ...").
    """
    devices = [device.name for device in tf.config.list_logical_devices("CPU")]
    return tf.distribute.MirroredStrategy(devices)
