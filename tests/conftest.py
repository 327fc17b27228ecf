"""Two logical CPUs, so that replicas can be tested, and one global seed."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402  (the log level must be set first)
import tensorflow as tf  # noqa: E402

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0],
    [tf.config.LogicalDeviceConfiguration()] * 2,
)


def pytest_runtest_setup():
    """The weights of a test's models are the same in every run."""
    keras.utils.set_random_seed(0)
